internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    // MARK: - Entities as imports and sections declare them

    /// A type index that must be a function type's.
    func readFunctionTypeIndex(_ reader: inout ByteReader) throws(DecodeError) -> UInt32 {
        let start = reader.offset
        let index = try reader.u32LEB()
        guard module.pointee.types.pointer(at: Int(index))?.pointee.kind == .function else {
            throw DecodeError(.unknownType, at: start, detail: index)
        }
        return index
    }

    /// Sizes: flags, then least and most.
    ///
    /// Bit 0 has a maximum, 1 shared, 2 addresses of 64 bits, 3 page size.
    private func readLimits(
        _ reader: inout ByteReader,
        allowed: UInt8
    ) throws(DecodeError) -> (limits: Limits, flags: UInt8) {
        let start = reader.offset
        let flags = try reader.u8()
        guard flags & ~allowed == 0 else {
            throw DecodeError(.malformedLimitsFlags, at: start, detail: UInt32(flags))
        }
        if flags & 2 != 0 { try use(.threads, at: start) }
        if flags & 4 != 0 { try use(.memory64, at: start) }
        if flags & 8 != 0 { try use(.customPageSizes, at: start) }
        let is64 = flags & 4 != 0
        let minimum = try reader.u64LEB()
        let maximum: UInt64? = flags & 1 != 0 ? try reader.u64LEB() : nil
        return (Limits(minimum: minimum, maximum: maximum, is64: is64, isShared: flags & 2 != 0), flags)
    }

    /// Reference type and limits.
    func readTableType(_ reader: inout ByteReader) throws(DecodeError) -> TableType {
        let start = reader.offset
        // WebAssembly 1.0 had tables of functions.
        var type = try reader.referenceType(features: features)
        if type != .funcref {
            try use(.referenceTypes, at: start)
            type = try canonical(type, at: start)
        }
        let limits = try readLimits(&reader, allowed: 0b101).limits
        return TableType(limits: limits, elementType: type, initializer: .empty)
    }

    func readMemoryType(_ reader: inout ByteReader) throws(DecodeError) -> MemoryType {
        let (limits, flags) = try readLimits(&reader, allowed: 0b1111)
        guard flags & 8 != 0 else { return MemoryType(limits: limits, pageSizeLog2: 16) }
        let start = reader.offset
        let log2 = try reader.u32LEB()
        // Which powers of two may be is for validation to say.
        guard log2 < 64 else { throw DecodeError(.malformedPageSize, at: start, detail: log2) }
        return MemoryType(limits: limits, pageSizeLog2: UInt8(truncatingIfNeeded: log2))
    }

    func readGlobalType(_ reader: inout ByteReader) throws(DecodeError) -> GlobalType {
        let start = reader.offset
        let type = try canonical(try reader.valueType(features: features), at: start)
        return GlobalType(valueType: type, isMutable: try readMutability(&reader))
    }

    /// The type index of a tag, behind its attribute.
    func readTagType(_ reader: inout ByteReader) throws(DecodeError) -> UInt32 {
        let start = reader.offset
        if features.contains(.legacyExceptions) && !features.contains(.exceptions) {
            try use(.legacyExceptions, at: start)
        } else {
            try use(.exceptions, at: start)
        }
        guard try reader.u8() == 0 else { throw DecodeError(.malformedTagAttribute, at: start) }
        return try readFunctionTypeIndex(&reader)
    }

    // MARK: - Sections

    mutating func decodeFunctions() throws(DecodeError) {
        var reader = reader(of: .function)
        let count = try entryCount(&reader, leastSize: 1, atMost: DecodeLimits.functions, .functions)
        for _ in 0..<count {
            let type = try readFunctionTypeIndex(&reader)
            append(FunctionDeclaration(typeIndex: type, body: .empty), to: &module.pointee.functions)
        }
        if sections.isPresent(.function) { try finish(reader) }
    }

    /// A table is its type, or 0x40 0x00, its type and the expression that fills it.
    mutating func decodeTables() throws(DecodeError) {
        var reader = reader(of: .table)
        let count = try entryCount(&reader, leastSize: 2, atMost: DecodeLimits.tables, .tables)
        for _ in 0..<count {
            let start = reader.offset
            if module.pointee.tables.count == 1 { try use(.referenceTypes, at: start) }
            if reader.peek == 0x40 {
                reader.offset &+= 1
                guard try reader.u8() == 0 else { throw DecodeError(.malformedTableForm, at: start) }
                try use(.typedFunctionReferences, at: start)
                var table = try readTableType(&reader)
                // Functions that it names are marked once the bitmap is there; see `allocateReferencedFunctions`.
                table.initializer = try reader.constantExpression(features: features)
                append(table, to: &module.pointee.tables)
            } else {
                append(try readTableType(&reader), to: &module.pointee.tables)
            }
        }
        if sections.isPresent(.table) { try finish(reader) }
    }

    mutating func decodeMemories() throws(DecodeError) {
        var reader = reader(of: .memory)
        let start = reader.offset
        let count = try entryCount(&reader, leastSize: 1, atMost: DecodeLimits.memories, .memories)
        for _ in 0..<count { append(try readMemoryType(&reader), to: &module.pointee.memories) }
        if sections.isPresent(.memory) { try finish(reader) }
        if module.pointee.memories.count > 1 { try use(.multiMemory, at: start) }
    }

    mutating func decodeTags() throws(DecodeError) {
        var reader = reader(of: .tag)
        let count = try entryCount(&reader, leastSize: 2, atMost: DecodeLimits.tags, .tags)
        for _ in 0..<count { append(try readTagType(&reader), to: &module.pointee.tags) }
        if sections.isPresent(.tag) { try finish(reader) }
    }

    mutating func decodeGlobals() throws(DecodeError) {
        var reader = reader(of: .global)
        let count = try entryCount(&reader, leastSize: 3, atMost: DecodeLimits.globals, .globals)
        var slot = 0
        for _ in 0..<count {
            let type = try readGlobalType(&reader)
            let initializer = try readExpression(&reader)
            append(
                GlobalDeclaration(
                    type: type,
                    initializer: initializer,
                    slot: UInt32(truncatingIfNeeded: slot)
                ),
                to: &module.pointee.globals
            )
            slot &+= type.valueType.slotCount
        }
        if sections.isPresent(.global) { try finish(reader) }
        module.pointee.globalSlots = slot
    }

    mutating func decodeStart() throws(DecodeError) {
        guard sections.isPresent(.start) else { return }
        var reader = reader(of: .start)
        let start = reader.offset
        let index = try reader.u32LEB()
        guard Int(index) < module.pointee.functions.count else {
            throw DecodeError(.unknownFunction, at: start, detail: index)
        }
        module.pointee.startFunction = index
        try finish(reader)
    }
}
