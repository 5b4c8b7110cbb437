package import MoteModule

/// The immediates of one instruction, as read generically.
///
/// ```
/// kind                                first              second           third
/// block                               BlockType in `blockType`
/// memarg, memarg-lane                 offset             align (log2)     memory index | lane << 32
/// i32, i64 (sign-extended), f32, f64  bits
/// v128, lanes16                       low 8 bytes        high 8 bytes
/// lane, one index                     it
/// two indices                         in binary order    second one
/// heap-type                           HeapType
/// cast-branch                         label              HeapType from    HeapType to | flags << 32
/// label-table                         count              default label    (labels: `vector`)
/// value-types, try-table              count                               (entries: `vector`)
/// ```
@frozen
package struct Immediates {
    package var first: UInt64 = 0
    package var second: UInt64 = 0
    package var third: UInt64 = 0
    package var blockType: BlockType = .empty
    /// The bytes of the entries of a vector, behind its count.
    package var vector: ByteRange = .empty

    @inlinable package init() {}
}

extension ByteReader {
    /// The opcode at the position, prefixed ones included, and the row that says what it is.
    ///
    /// An opcode that is in no row is illegal; one whose feature is off is refused by name.
    @inlinable
    package mutating func opcode(features: FeatureSet) throws(DecodeError) -> OpcodeRow {
        if offset < end {
            // Safe: below end.
            let byte = UInt32(base[offset])
            if byte < 0xFB, let row = OpcodeTable.row(byte), row.isAvailable(in: features) {
                offset &+= 1
                return row
            }
        }
        return try opcodeSlow(features: features)
    }

    @inline(never) @usableFromInline
    package mutating func opcodeSlow(features: FeatureSet) throws(DecodeError) -> OpcodeRow {
        let start = offset
        let byte = try u8()
        var raw = UInt32(byte)
        if OpcodeTable.isPrefix(byte) {
            if let feature = OpcodeTable.leftOut(prefix: byte) { throw unsupported(feature, at: start) }
            let number = try u32LEB()
            guard let value = OpcodeTable.rawValue(prefix: byte, number: number) else {
                throw DecodeError(.illegalOpcode, at: start, detail: UInt32(byte))
            }
            raw = value
        }
        guard let row = OpcodeTable.row(raw) else {
            throw DecodeError(.illegalOpcode, at: start, detail: raw)
        }
        if let feature = row.feature, !features.contains(feature) { throw unsupported(feature, at: start) }
        return row
    }

    /// A memory access's flags, memory index and offset (spec 5.4.6).
    package mutating func memoryArgument(
        features: FeatureSet
    ) throws(DecodeError) -> (offset: UInt64, alignmentLog2: UInt32, memoryIndex: UInt32) {
        let start = offset
        let flags = try u32LEB()
        guard flags < 128 else { throw DecodeError(.malformedMemoryFlags, at: start, detail: flags) }
        var memoryIndex: UInt32 = 0
        if flags & 0x40 != 0 {
            try require(.multiMemory, of: features, at: start)
            memoryIndex = try u32LEB()
        }
        return (try u64LEB(), flags & 0x3F, memoryIndex)
    }

    /// Reads the immediates of an instruction whose opcode was just read.
    package mutating func immediates(of row: OpcodeRow, features: FeatureSet) throws(DecodeError)
        -> Immediates
    {
        var result = Immediates()
        switch row.immediates {
        case .none: break
        case .block: result.blockType = try blockType(features: features)
        case .label, .function, .type, .local, .global, .table, .element, .data, .memory, .tag:
            result.first = UInt64(try u32LEB())
        case .typeTable, .tableTable, .elementTable, .dataMemory, .memoryMemory, .typeField, .typeCount,
            .typeData,
            .typeElement, .typeType:
            result.first = UInt64(try u32LEB())
            result.second = UInt64(try u32LEB())
        case .labelTable:
            let count = try count()
            let start = offset
            for _ in 0..<count { _ = try u32LEB() }
            result.vector = range(from: start)
            result.first = UInt64(count)
            result.second = UInt64(try u32LEB())
        case .memarg, .memargLane:
            let argument = try memoryArgument(features: features)
            result.first = argument.offset
            result.second = UInt64(argument.alignmentLog2)
            result.third = UInt64(argument.memoryIndex)
            if row.immediates == .memargLane { result.third |= UInt64(try u8()) &<< 32 }
        case .lane: result.first = UInt64(try u8())
        case .i32: result.first = UInt64(bitPattern: Int64(try s32LEB()))
        case .i64: result.first = UInt64(bitPattern: try s64LEB())
        case .f32: result.first = UInt64(try f32Bits())
        case .f64: result.first = try f64Bits()
        case .v128, .lanes16:
            result.first = try f64Bits()
            result.second = try f64Bits()
        case .heapType: result.first = UInt64(try heapType(features: features).rawValue)
        case .valueTypes:
            let count = try count()
            let start = offset
            for _ in 0..<count { _ = try valueType(features: features) }
            result.vector = range(from: start)
            result.first = UInt64(count)
        case .tryTable:
            result.blockType = try blockType(features: features)
            let count = try count(leastSize: 2)
            let start = offset
            for _ in 0..<count {
                let clause = try u8()
                guard clause < 4 else {
                    throw DecodeError(.malformedCatch, at: offset &- 1, detail: UInt32(clause))
                }
                if clause < 2 { _ = try u32LEB() }
                _ = try u32LEB()
            }
            result.vector = range(from: start)
            result.first = UInt64(count)
        case .castBranch:
            let flags = try u8()
            guard flags < 4 else {
                throw DecodeError(.malformedCastFlags, at: offset &- 1, detail: UInt32(flags))
            }
            result.first = UInt64(try u32LEB())
            result.second = UInt64(try heapType(features: features).rawValue)
            result.third = UInt64(try heapType(features: features).rawValue) | UInt64(flags) &<< 32
        case .zeroByte:
            guard try u8() == 0 else { throw DecodeError(.zeroByteExpected, at: offset &- 1) }
        }
        return result
    }

    private func range(from start: Int) -> ByteRange {
        ByteRange(
            offset: UInt32(truncatingIfNeeded: start),
            sizeInBytes: UInt32(truncatingIfNeeded: offset &- start)
        )
    }

    /// Skips one constant expression and its `end`; which instructions it may have is for validation to say.
    package mutating func constantExpression(features: FeatureSet) throws(DecodeError) -> ByteRange {
        let start = offset
        var depth = 0
        while depth >= 0 {
            let row = try opcode(features: features)
            _ = try immediates(of: row, features: features)
            depth &+= row.nesting
        }
        return range(from: start)
    }
}

extension OpcodeRow {
    /// By how much an instruction changes the depth of blocks: 1, -1 or 0.
    var nesting: Int {
        switch opcode {
        case .block, .loop, .if, .try, .tryTable: 1
        case .end, .delegate: -1
        default: 0
        }
    }
}
