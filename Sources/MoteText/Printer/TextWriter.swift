/// Text on its way out: appended to a buffer, which is handed over whenever it is large enough.
struct TextWriter {
    /// What was not handed over yet.
    private(set) var bytes: [UInt8] = []
    /// How many lines were begun.
    private(set) var lineCount = 1
    private let flush: ((_ bytes: [UInt8]) -> Void)?

    /// How much is kept at most before it is handed over, but for the last piece.
    private static let flushSizeInBytes = 1 << 20
    /// Deeper lines are indented no further: the text of a module stays linear in its size.
    private static let deepestIndentation = 60

    /// A writer that keeps everything, or hands it over piece by piece.
    init(flush: ((_ bytes: [UInt8]) -> Void)?) {
        self.flush = flush
        bytes.reserveCapacity(1 << 16)
    }

    /// Hands the bytes over where there are many; to be called between fields.
    mutating func flushIfLarge() {
        if bytes.count >= Self.flushSizeInBytes { flushAll() }
    }

    /// Hands over what is left, where somebody takes it.
    mutating func flushAll() {
        guard let flush, !bytes.isEmpty else { return }
        flush(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func put(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func put(raw text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }

    mutating func put(byte: UInt8) { bytes.append(byte) }

    /// A new line, indented by two spaces for each level.
    mutating func newLine(_ level: Int) {
        bytes.append(0x0A)
        lineCount &+= 1
        bytes.append(contentsOf: repeatElement(0x20, count: 2 &* min(max(level, 0), Self.deepestIndentation)))
    }

    mutating func decimal(_ number: UInt64) {
        guard number >= 10 else {
            bytes.append(0x30 &+ UInt8(truncatingIfNeeded: number))
            return
        }
        let first = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        bytes[first...].reverse()
    }

    mutating func decimal(_ number: UInt32) { decimal(UInt64(number)) }

    mutating func signed(_ number: Int64) {
        if number < 0 { bytes.append(0x2D) }
        decimal(number.magnitude)
    }

    /// `0x` and at least as many digits as asked for.
    mutating func hexadecimal(_ number: UInt64, digits: Int = 1) {
        put("0x")
        var position = max(digits, (64 &- number.leadingZeroBitCount &+ 3) / 4, 1)
        while position > 0 {
            position &-= 1
            bytes.append(Self.digit(UInt8(truncatingIfNeeded: number &>> UInt64(4 &* position)) & 15))
        }
    }

    /// A lower-case hexadecimal digit.
    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 &+ value : 0x57 &+ value }
}
