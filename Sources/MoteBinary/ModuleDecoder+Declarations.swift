internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    // MARK: - Entities as imports and sections declare them

    /// A type index that must be a function type's.
    @inline(never)
    mutating func readFunctionTypeIndex() -> UInt32 {
        let start = offset
        let index = readU32()
        if module.pointee.types.pointer(at: Int(index))?.pointee.kind != .function {
            fail(.unknownType, at: start, detail: index)
        }
        return index
    }

    /// Sizes: flags, then least and most.
    ///
    /// Bit 0 has a maximum, 1 shared, 2 addresses of 64 bits, 3 page size.
    @inline(never)
    private mutating func readLimits(_ limits: inout Limits, allowed: UInt8) -> UInt8 {
        let start = offset
        let flags = readByte()
        guard flags & ~allowed == 0 else {
            fail(.malformedLimitsFlags, at: start, detail: UInt32(flags))
            return 0
        }
        if flags & 2 != 0 { use(.threads, at: start) }
        if flags & 4 != 0 { use(.memory64, at: start) }
        if flags & 8 != 0 { use(.customPageSizes, at: start) }
        limits.is64 = flags & 4 != 0
        limits.isShared = flags & 2 != 0
        limits.minimum = read(.unsigned64)
        if flags & 1 != 0 { limits.maximum = read(.unsigned64) }
        return flags
    }

    /// Reference type and limits.
    @inline(never)
    mutating func readTableType() -> TableType {
        let start = offset
        // WebAssembly 1.0 had tables of functions.
        var type = readReferenceType()
        if type != .funcref {
            use(.referenceTypes, at: start)
            type = canonical(type, at: start)
        }
        var table = TableType(limits: Limits(minimum: 0), elementType: type, initializer: .empty)
        _ = readLimits(&table.limits, allowed: 0b101)
        return table
    }

    @inline(never)
    mutating func readMemoryType() -> MemoryType {
        var memory = MemoryType(limits: Limits(minimum: 0), pageSizeLog2: 16)
        guard readLimits(&memory.limits, allowed: 0b1111) & 8 != 0 else { return memory }
        let start = offset
        let log2 = readU32()
        // Which powers of two may be is for validation to say.
        if log2 >= 64 { fail(.malformedPageSize, at: start, detail: log2) }
        memory.pageSizeLog2 = UInt8(truncatingIfNeeded: log2)
        return memory
    }

    @inline(never)
    mutating func readGlobalType() -> GlobalType {
        let start = offset
        let type = canonical(readValueType(), at: start)
        return GlobalType(valueType: type, isMutable: readMutability())
    }

    /// The type index of a tag, behind its attribute.
    @inline(never)
    mutating func readTagType() -> UInt32 {
        let start = offset
        if features.contains(.legacyExceptions) && !features.contains(.exceptions) {
            use(.legacyExceptions, at: start)
        } else {
            use(.exceptions, at: start)
        }
        if readByte() != 0 { fail(.malformedTagAttribute, at: start) }
        return readFunctionTypeIndex()
    }

    // MARK: - Sections

    mutating func decodeFunctions() {
        guard enter(.function) else { return }
        var left = entryCount(leastSize: 1, atMost: DecodeLimits.functions, .functions)
        while takesOne(of: &left) {
            append(
                FunctionDeclaration(typeIndex: readFunctionTypeIndex(), body: .empty),
                to: &module.pointee.functions
            )
        }
        finish()
    }

    /// A table is its type, or 0x40 0x00, its type and the expression that fills it.
    mutating func decodeTables() {
        guard enter(.table) else { return }
        var left = entryCount(leastSize: 2, atMost: DecodeLimits.tables, .tables)
        while takesOne(of: &left) {
            let start = offset
            if module.pointee.tables.count == 1 { use(.referenceTypes, at: start) }
            let isFilled = peek == 0x40
            if isFilled {
                offset &+= 1
                if readByte() != 0 { fail(.malformedTableForm, at: start) }
                use(.typedFunctionReferences, at: start)
            }
            var table = readTableType()
            // Functions that it names are marked once the bitmap is there; see `allocateReferencedFunctions`.
            if isFilled { table.initializer = readExpression() }
            append(table, to: &module.pointee.tables)
        }
        finish()
    }

    mutating func decodeMemories() {
        guard enter(.memory) else { return checkMemoryCount(at: 0) }
        let start = offset
        var left = entryCount(leastSize: 1, atMost: DecodeLimits.memories, .memories)
        while takesOne(of: &left) { append(readMemoryType(), to: &module.pointee.memories) }
        finish()
        checkMemoryCount(at: start)
    }

    private mutating func checkMemoryCount(at byteOffset: Int) {
        if module.pointee.memories.count > 1 { use(.multiMemory, at: byteOffset) }
    }

    mutating func decodeTags() {
        guard enter(.tag) else { return }
        var left = entryCount(leastSize: 2, atMost: DecodeLimits.tags, .tags)
        while takesOne(of: &left) { append(readTagType(), to: &module.pointee.tags) }
        finish()
    }

    mutating func decodeGlobals() {
        guard enter(.global) else { return }
        var left = entryCount(leastSize: 3, atMost: DecodeLimits.globals, .globals)
        var slot = 0
        while takesOne(of: &left) {
            let type = readGlobalType()
            append(
                GlobalDeclaration(
                    type: type,
                    initializer: readExpression(),
                    slot: UInt32(truncatingIfNeeded: slot)
                ),
                to: &module.pointee.globals
            )
            slot &+= type.valueType.slotCount
        }
        finish()
        module.pointee.globalSlots = slot
    }

    mutating func decodeStart() {
        guard enter(.start) else { return }
        let start = offset
        let index = readU32()
        guard Int(index) < module.pointee.functions.count else {
            return fail(.unknownFunction, at: start, detail: index)
        }
        module.pointee.startFunction = index
        finish()
    }
}
