internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    /// Makes the bitmap of functions that may be referred to (spec 3.5, C.refs), and marks what tables name.
    mutating func allocateReferencedFunctions() {
        let words = (module.pointee.functions.count &+ 63) &>> 6
        let bits = allocate(UInt64.self, count: words, site: .moduleReferencedFunctions)
        bits.base?.initialize(repeating: 0, count: words)
        module.pointee.referencedFunctions = bits
        let ranks = allocate(UInt32.self, count: words, site: .moduleReferencedRanks)
        ranks.base?.initialize(repeating: 0, count: words)
        module.pointee.referencedRanks = ranks
        for index in 0..<module.pointee.tables.count {
            guard let table = module.pointee.tables.pointer(at: index) else { continue }
            enter(table.pointee.initializer)
            if !isAtEnd { _ = readExpression() }
        }
    }

    /// Marks a function as one that may be referred to; an index outside the index space is left to validation.
    func markReferenced(_ functionIndex: UInt32) {
        module.pointee.referencedFunctions.pointer(at: Int(functionIndex &>> 6))?.pointee |=
            1 &<< UInt64(functionIndex & 63)
    }

    /// Skips a constant expression and marks the functions that it names.
    @inline(never)
    mutating func readExpression() -> ByteRange {
        let start = offset
        var depth = 0
        while depth >= 0, let row = readOpcode() {
            let index = skipImmediates(row.immediates)
            if row.opcode == .refFunc { markReferenced(index) }
            if let feature = row.feature { module.pointee.usedFeatures.insert(feature) }
            depth &+= row.nesting
        }
        return range(from: start)
    }

    private mutating func readOpcode() -> OpcodeRow? {
        var reader = ByteReader(base: base, offset: offset, end: end)
        do throws(DecodeError) {
            let row = try reader.opcode(features: features)
            offset = reader.offset
            return row
        } catch {
            fail(error)
            return nil
        }
    }

    /// Passes over the immediates of an instruction whose opcode was just read; the first index among them.
    private mutating func skipImmediates(_ kind: ImmediateKind) -> UInt32 {
        switch kind {
        case .none: break
        case .block: _ = read(.blockType)
        case .label, .function, .type, .local, .global, .table, .element, .data, .memory, .tag:
            return readU32()
        case .typeTable, .tableTable, .elementTable, .dataMemory, .memoryMemory, .typeField, .typeCount,
            .typeData, .typeElement, .typeType:
            _ = readU32()
            _ = readU32()
        case .labelTable:
            var left = count()
            while takesOne(of: &left) { _ = readU32() }
            _ = readU32()
        case .memarg, .memargLane:
            let start = offset
            let flags = readU32()
            if flags >= 128 { fail(.malformedMemoryFlags, at: start, detail: flags) }
            if flags & 0x40 != 0 {
                if !features.contains(.multiMemory) { use(.multiMemory, at: start) }
                _ = readU32()
            }
            _ = read(.unsigned64)
            if kind == .memargLane { _ = readByte() }
        case .lane: _ = readByte()
        case .i32: _ = read(.signed32)
        case .i64: _ = read(.signed64)
        case .f32: skip(4)
        case .f64: skip(8)
        case .v128, .lanes16:
            skip(8)
            skip(8)
        case .heapType: _ = read(.heapType)
        case .valueTypes:
            var left = count()
            while takesOne(of: &left) { _ = readValueType() }
        case .tryTable:
            _ = read(.blockType)
            var left = count(leastSize: 2)
            while takesOne(of: &left) {
                let clause = readByte()
                if clause >= 4 { fail(.malformedCatch, at: offset &- 1, detail: UInt32(clause)) }
                if clause < 2 { _ = readU32() }
                _ = readU32()
            }
        case .castBranch:
            let flags = readByte()
            if flags >= 4 { fail(.malformedCastFlags, at: offset &- 1, detail: UInt32(flags)) }
            _ = readU32()
            _ = read(.heapType)
            _ = read(.heapType)
        case .zeroByte:
            if readByte() != 0 { fail(.zeroByteExpected, at: offset &- 1) }
        }
        return 0
    }

    private mutating func skip(_ sizeInBytes: Int) {
        guard end &- offset >= sizeInBytes else { return fail(.unexpectedEnd, at: end) }
        offset &+= sizeInBytes
    }

    /// Counts the marks before each word.
    func rankReferencedFunctions() {
        var count = 0
        for word in 0..<module.pointee.referencedFunctions.count {
            guard let bits = module.pointee.referencedFunctions[checked: word],
                let rank = module.pointee.referencedRanks.pointer(at: word)
            else { break }
            rank.pointee = UInt32(truncatingIfNeeded: count)
            count &+= bits.nonzeroBitCount
        }
        module.pointee.referencedFunctionCount = count
    }
}
