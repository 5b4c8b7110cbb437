internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    /// Decodes the element segments (spec 5.5.12): eight forms, told apart by three flags.
    ///
    /// Bit 0: passive or declarative. Bit 1: explicit table index, or declarative. Bit 2: expressions, not indices.
    mutating func decodeElements() throws(DecodeError) {
        var reader = reader(of: .element)
        let count = try entryCount(
            &reader,
            leastSize: 2,
            atMost: DecodeLimits.elementSegments,
            .elementSegments
        )
        let segments = try allocate(ElementSegment.self, count: count, site: .moduleElements)
        module.pointee.elements = Items(base: segments.base, count: 0)
        for _ in 0..<count { append(try readElementSegment(&reader), to: &module.pointee.elements) }
        if sections.isPresent(.element) { try finish(reader) }
    }

    private func readElementSegment(_ reader: inout ByteReader) throws(DecodeError) -> ElementSegment {
        let start = reader.offset
        let flags = try reader.u32LEB()
        guard flags < 8 else { throw DecodeError(.malformedElementFlags, at: start, detail: flags) }
        if flags != 0 { try use(flags >= 4 ? .referenceTypes : .bulkMemory, at: start) }
        let mode: SegmentMode = flags & 1 == 0 ? .active : (flags & 2 == 0 ? .passive : .declarative)
        let isExpressions = flags & 4 != 0
        var tableIndex: UInt32 = 0
        var offset = ByteRange.empty
        if mode == .active {
            if flags & 2 != 0 { tableIndex = try reader.u32LEB() }
            offset = try readExpression(&reader)
        }
        // Without a kind or type: indices are of functions, expressions of funcref.
        var type: ValueType = isExpressions ? .funcref : .reference(.function, isNullable: false)
        if flags & 3 != 0 {
            let position = reader.offset
            if isExpressions {
                type = try canonical(try reader.referenceType(features: features), at: position)
            } else {
                let kind = try reader.u8()
                guard kind == 0 else {
                    throw DecodeError(.malformedElementKind, at: position, detail: UInt32(kind))
                }
            }
        }
        let position = reader.offset
        let count = try reader.count(leastSize: isExpressions ? 2 : 1)
        guard count <= DecodeLimits.elements else { throw limitExceeded(.elements, at: position) }
        let first = reader.offset
        for _ in 0..<count {
            if isExpressions {
                _ = try readExpression(&reader)
            } else {
                let position = reader.offset
                let function = try reader.u32LEB()
                guard Int(function) < module.pointee.functions.count else {
                    throw DecodeError(.unknownFunction, at: position, detail: function)
                }
                markReferenced(function)
            }
        }
        let elements = ByteRange(
            offset: UInt32(truncatingIfNeeded: first),
            sizeInBytes: UInt32(truncatingIfNeeded: reader.offset &- first)
        )
        return ElementSegment(
            mode: mode,
            tableIndex: tableIndex,
            offset: offset,
            elementType: type,
            count: UInt32(truncatingIfNeeded: count),
            elements: elements,
            isExpressions: isExpressions
        )
    }

    mutating func decodeDataCount() throws(DecodeError) {
        guard sections.isPresent(.dataCount) else { return }
        var reader = reader(of: .dataCount)
        try use(.bulkMemory, at: reader.offset)
        module.pointee.dataCount = try reader.u32LEB()
        try finish(reader)
    }

    /// Decodes the data segments: active in memory 0, passive, or active in a memory of an index.
    mutating func decodeData() throws(DecodeError) {
        var reader = reader(of: .data)
        let start = reader.offset
        let count = try entryCount(&reader, leastSize: 2, atMost: DecodeLimits.dataSegments, .dataSegments)
        if let dataCount = module.pointee.dataCount, Int(dataCount) != count {
            throw DecodeError(.inconsistentDataLengths, at: start, detail: dataCount)
        }
        let segments = try allocate(DataSegment.self, count: count, site: .moduleDataSegments)
        module.pointee.dataSegments = Items(base: segments.base, count: 0)
        for _ in 0..<count {
            let start = reader.offset
            let flags = try reader.u32LEB()
            guard flags < 3 else { throw DecodeError(.malformedDataFlags, at: start, detail: flags) }
            if flags == 1 { try use(.bulkMemory, at: start) }
            let memoryIndex = flags == 2 ? try reader.u32LEB() : 0
            let offset = flags == 1 ? ByteRange.empty : try readExpression(&reader)
            let bytes = try reader.sizedBytes()
            append(
                DataSegment(
                    mode: flags == 1 ? .passive : .active,
                    memoryIndex: memoryIndex,
                    offset: offset,
                    bytes: bytes
                ),
                to: &module.pointee.dataSegments
            )
        }
        if sections.isPresent(.data) { try finish(reader) }
    }

    /// Finds the functions' bodies; validation reads them.
    mutating func decodeCode() throws(DecodeError) {
        var reader = reader(of: .code)
        let start = reader.offset
        let count = try entryCount(&reader, leastSize: 2, atMost: DecodeLimits.functions, .functions)
        let imported = module.pointee.importedFunctionCount
        guard imported &+ count == module.pointee.functions.count else {
            throw DecodeError(
                .inconsistentFunctionLengths,
                at: start,
                detail: UInt32(truncatingIfNeeded: count)
            )
        }
        for index in imported..<(imported &+ count) {
            let position = reader.offset
            let body = try reader.sizedBytes()
            guard Int(body.sizeInBytes) <= DecodeLimits.functionBodySizeInBytes else {
                throw limitExceeded(.functionBodySize, at: position)
            }
            module.pointee.functions.pointer(at: index)?.pointee.body = body
        }
        if sections.isPresent(.code) { try finish(reader) }
    }
}
