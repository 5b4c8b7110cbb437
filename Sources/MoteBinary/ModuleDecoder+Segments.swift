internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    /// Decodes the element segments (spec 5.5.12): eight forms, told apart by three flags.
    ///
    /// Bit 0: passive or declarative. Bit 1: explicit table index, or declarative. Bit 2: expressions, not indices.
    mutating func decodeElements() {
        guard enter(.element) else { return }
        var left = entryCount(leastSize: 2, atMost: DecodeLimits.elementSegments, .elementSegments)
        let segments = allocate(ElementSegment.self, count: left, site: .moduleElements)
        module.pointee.elements = Items(base: segments.base, count: 0)
        while takesOne(of: &left) { append(readElementSegment(), to: &module.pointee.elements) }
        finish()
    }

    private mutating func readElementSegment() -> ElementSegment {
        let start = offset
        let flags = readU32()
        if flags >= 8 { fail(.malformedElementFlags, at: start, detail: flags) }
        if flags != 0 { use(flags >= 4 ? .referenceTypes : .bulkMemory, at: start) }
        let isExpressions = flags & 4 != 0
        var segment = ElementSegment(
            mode: flags & 1 == 0 ? .active : (flags & 2 == 0 ? .passive : .declarative),
            tableIndex: 0,
            offset: .empty,
            // Without a kind or type: indices are of functions, expressions of funcref.
            elementType: isExpressions ? .funcref : .reference(.function, isNullable: false),
            count: 0,
            elements: .empty,
            isExpressions: isExpressions
        )
        if flags & 1 == 0 {
            if flags & 2 != 0 { segment.tableIndex = readU32() }
            segment.offset = readExpression()
        }
        if flags & 3 != 0 {
            let position = offset
            if isExpressions {
                segment.elementType = canonical(readReferenceType(), at: position)
            } else {
                let kind = readByte()
                if kind != 0 { fail(.malformedElementKind, at: position, detail: UInt32(kind)) }
            }
        }
        let position = offset
        var left = count(leastSize: isExpressions ? 2 : 1)
        if left > DecodeLimits.elements { exceed(.elements, at: position) }
        segment.count = UInt32(truncatingIfNeeded: left)
        let first = offset
        while takesOne(of: &left) {
            if isExpressions {
                _ = readExpression()
                continue
            }
            let position = offset
            let function = readU32()
            if Int(function) >= module.pointee.functions.count {
                fail(.unknownFunction, at: position, detail: function)
            }
            markReferenced(function)
        }
        segment.elements = range(from: first)
        return segment
    }

    mutating func decodeDataCount() {
        guard enter(.dataCount) else { return }
        use(.bulkMemory, at: offset)
        module.pointee.dataCount = readU32()
        finish()
    }

    /// Decodes the data segments: active in memory 0, passive, or active in a memory of an index.
    mutating func decodeData() {
        _ = enter(.data)
        let start = offset
        var left = entryCount(leastSize: 2, atMost: DecodeLimits.dataSegments, .dataSegments)
        if let dataCount = module.pointee.dataCount, Int(dataCount) != left {
            return fail(.inconsistentDataLengths, at: start, detail: dataCount)
        }
        let segments = allocate(DataSegment.self, count: left, site: .moduleDataSegments)
        module.pointee.dataSegments = Items(base: segments.base, count: 0)
        while takesOne(of: &left) {
            let start = offset
            let flags = readU32()
            if flags >= 3 { fail(.malformedDataFlags, at: start, detail: flags) }
            if flags == 1 { use(.bulkMemory, at: start) }
            var segment = DataSegment(
                mode: flags == 1 ? .passive : .active,
                memoryIndex: flags == 2 ? readU32() : 0,
                offset: .empty,
                bytes: .empty
            )
            if flags != 1 { segment.offset = readExpression() }
            segment.bytes = readSizedBytes()
            append(segment, to: &module.pointee.dataSegments)
        }
        finish()
    }

    /// Finds the functions' bodies; validation reads them.
    mutating func decodeCode() {
        _ = enter(.code)
        let start = offset
        let count = entryCount(leastSize: 2, atMost: DecodeLimits.functions, .functions)
        let imported = module.pointee.importedFunctionCount
        guard imported &+ count == module.pointee.functions.count else {
            return fail(
                .inconsistentFunctionLengths,
                at: start,
                detail: UInt32(truncatingIfNeeded: count)
            )
        }
        var left = count
        while takesOne(of: &left) {
            let position = offset
            let body = readSizedBytes()
            if Int(body.sizeInBytes) > DecodeLimits.functionBodySizeInBytes {
                exceed(.functionBodySize, at: position)
            }
            let index = imported &+ (count &- left &- 1)
            module.pointee.functions.pointer(at: index)?.pointee.body = body
        }
        finish()
    }
}
