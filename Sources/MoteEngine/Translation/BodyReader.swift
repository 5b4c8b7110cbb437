internal import MoteModule

/// Reads instructions of a body that validation has accepted: no check can fail, so none is made.
struct BodyReader {
    let base: UnsafePointer<UInt8>
    var offset: Int
    let end: Int

    @inline(__always)
    mutating func byte() -> UInt8 {
        let value = base[offset]
        offset &+= 1
        return value
    }

    @inline(never)
    mutating func u32() -> UInt32 {
        let first = byte()
        if first < 0x80 { return UInt32(first) }
        offset &-= 1
        return UInt32(truncatingIfNeeded: u64())
    }

    @inline(never)
    mutating func u64() -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            result |= UInt64(next & 0x7F) &<< shift
            if next < 0x80 { return result }
            shift &+= 7
        }
    }

    @inline(never)
    mutating func s64() -> Int64 {
        var result: Int64 = 0
        var shift: Int64 = 0
        while true {
            let next = byte()
            result |= Int64(next & 0x7F) &<< shift
            shift &+= 7
            if next < 0x80 {
                if shift < 64, next & 0x40 != 0 { result |= -1 &<< shift }
                return result
            }
        }
    }

    mutating func bits32() -> UInt32 {
        let value = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self)
        offset &+= 4
        return value
    }

    mutating func bits64() -> UInt64 {
        let value = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
        offset &+= 8
        return value
    }

    /// The kind byte of a value type; the heap type of a reference is skipped.
    @inline(never)
    mutating func valueTypeKind() -> UInt8 {
        let kind = byte()
        switch kind {
        case 0x63, 0x64:
            _ = s64()
            return kind
        case 0x69...0x74:
            return 0x63
        default:
            return kind
        }
    }
}

extension Translator {
    /// The next immediate of 32 bits.
    @inline(never)
    mutating func u32() -> UInt32 { reader.u32() }
}

extension BodyReader {
    /// The row of the opcode that begins with `first`, whose number is read where it is a prefix.
    mutating func row(_ first: UInt8) -> OpcodeRow? {
        guard OpcodeTable.isPrefix(first) else { return OpcodeTable.row(UInt32(first)) }
        return OpcodeTable.rawValue(prefix: first, number: u32()).flatMap { OpcodeTable.row($0) }
    }

    /// Skips what follows an opcode.
    @inline(never)
    mutating func skip(_ immediates: ImmediateKind) {
        switch immediates {
        case .none: break
        case .block: skipBlockType()
        case .label, .function, .type, .local, .global, .table, .element, .data, .memory, .tag:
            _ = u32()
        case .typeTable, .tableTable, .elementTable, .dataMemory, .memoryMemory, .typeField, .typeCount,
            .typeData, .typeElement, .typeType:
            _ = u32()
            _ = u32()
        case .labelTable: for _ in 0...u32() { _ = u32() }
        case .memarg, .memargLane:
            if u32() & 0x40 != 0 { _ = u32() }
            _ = u64()
            if immediates == .memargLane { offset &+= 1 }
        case .lane, .zeroByte: offset &+= 1
        case .i32, .i64, .heapType: _ = s64()
        case .f32: offset &+= 4
        case .f64: offset &+= 8
        case .v128, .lanes16: offset &+= 16
        case .valueTypes: for _ in 0..<u32() { _ = valueTypeKind() }
        case .tryTable:
            skipBlockType()
            for _ in 0..<u32() {
                if byte() < 2 { _ = u32() }
                _ = u32()
            }
        case .castBranch:
            offset &+= 1
            _ = u32()
            _ = s64()
            _ = s64()
        }
    }

    /// An index, or the kind byte of a value type and its heap type.
    private mutating func skipBlockType() {
        let first = base[offset]
        if first == 0x63 || first == 0x64 { offset &+= 1 }
        _ = s64()
    }
}
