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

    @inline(__always)
    mutating func u32() -> UInt32 {
        let first = base[offset]
        if first < 0x80 {
            offset &+= 1
            return UInt32(first)
        }
        return UInt32(truncatingIfNeeded: u64())
    }

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
