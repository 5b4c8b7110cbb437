extension [UInt8] {
    /// Appends an unsigned number in as few bytes as possible (LEB128).
    mutating func append(unsigned value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(unsigned value: UInt32) { append(unsigned: UInt64(value)) }
    mutating func append(unsigned value: Int) { append(unsigned: UInt64(truncatingIfNeeded: value)) }

    /// Appends a signed number in as few bytes as possible (LEB128).
    mutating func append(signed value: Int64) {
        var rest = value
        while rest < -64 || rest > 63 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest) & 0x7F)
    }

    /// Appends the lowest bytes of a word, lowest first.
    mutating func append(littleEndian value: UInt64, byteCount: Int) {
        for index in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// Appends bytes behind their count.
    mutating func append(counted bytes: some Collection<UInt8>) {
        append(unsigned: bytes.count)
        append(contentsOf: bytes)
    }
}

/// The entries of a section, and how many they are.
struct SectionBytes {
    var count: UInt32 = 0
    var bytes: [UInt8] = []
}
