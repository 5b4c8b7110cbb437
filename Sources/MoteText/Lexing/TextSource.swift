internal import MoteBinary

/// The bytes of a text, with zeros behind them, so that looking a few bytes ahead needs no check.
///
/// Owns its bytes; pointers into them (tokens' texts, names) live as long as it does.
final class TextSource {
    let base: UnsafePointer<UInt8>
    let count: Int
    private let storage: UnsafeMutablePointer<UInt8>
    private var names: [UnsafeMutablePointer<UInt8>] = []

    /// Copies the bytes and checks that they are UTF-8.
    init(_ bytes: [UInt8]) throws(TextError) {
        guard bytes.count < Int(UInt32.max) else { throw TextError("source is too large", at: 0) }
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + 4)
        copy.initialize(repeating: 0, count: bytes.count + 4)
        bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { copy.update(from: start, count: source.count) }
        }
        storage = copy
        base = UnsafePointer(storage)
        count = bytes.count
        if let fault = UTF8Check.firstFault(base, count: count) {
            throw TextError("malformed UTF-8 encoding", at: fault)
        }
    }

    deinit {
        storage.deallocate()
        for name in names { name.deallocate() }
    }

    /// The bytes of a token.
    func bytes(_ token: Token) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + Int(token.start), count: token.sizeInBytes)
    }

    /// Keeps decoded bytes of a name as long as the source.
    func keep(_ bytes: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
        for (index, byte) in bytes.enumerated() { copy[index] = byte }
        names.append(copy)
        return UnsafeBufferPointer(start: copy, count: bytes.count)
    }
}
