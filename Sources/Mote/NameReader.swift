// Bytes of a module, which the module keeps; read within one call only.

/// Reads what custom sections and constants consist of; nil where the bytes end or are malformed.
struct NameReader {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? { rest.popFirst() }

    /// The next bytes.
    mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return UnsafeBufferPointer(rebasing: rest.prefix(count))
    }

    mutating func unsigned32() -> UInt32? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return UInt32(exactly: value) }
        }
        return nil
    }
}
