/// One conversion of a format text, as `%-08.3lx`.
struct FormatDirective {
    // With raw values: the comparison of others brings hashing along.
    enum Length: UInt8 { case byte, short, word, double }

    var isLeft = false
    var hasPlus = false
    var hasSpace = false
    var isAlternate = false
    var padsWithZeros = false
    var width = 0
    /// Nil: the conversion's own.
    var precision: Int?
    var length = Length.word
    var conversion: UInt8 = 0

    /// Longer fields than this are cut, so that a guest cannot keep the host busy with one conversion.
    static var longestField: Int { 1 << 20 }

    /// Reads what stands behind a `%`, up to and with the letter of the conversion; nil where the text ends before.
    static func read(
        from format: inout FormatReader,
        arguments: inout ArgumentReader
    ) throws(LibcFault) -> FormatDirective? {
        var directive = FormatDirective()
        while directive.takeFlag(format.peek) { format.skip() }
        if format.take(UInt8(ascii: "*")) {
            let given = Int(Int32(bitPattern: try arguments.word()))
            directive.isLeft = directive.isLeft || given < 0
            directive.width = min(abs(given), longestField)
        } else {
            directive.width = format.number()
        }
        if format.take(UInt8(ascii: ".")) {
            if format.take(UInt8(ascii: "*")) {
                let given = Int(Int32(bitPattern: try arguments.word()))
                directive.precision = given < 0 ? nil : min(given, longestField)
            } else {
                directive.precision = format.number()
            }
        }
        directive.takeLength(&format)
        guard let letter = format.peek else { return nil }
        format.skip()
        directive.conversion = letter
        return directive
    }

    private mutating func takeFlag(_ byte: UInt8?) -> Bool {
        switch byte {
        case UInt8(ascii: "-"): isLeft = true
        case UInt8(ascii: "+"): hasPlus = true
        case UInt8(ascii: " "): hasSpace = true
        case UInt8(ascii: "#"): isAlternate = true
        case UInt8(ascii: "0"): padsWithZeros = true
        default: return false
        }
        return true
    }

    /// A guest's `long`, `size_t` and `ptrdiff_t` have 32 bits, and its `long double` is not known here.
    private mutating func takeLength(_ format: inout FormatReader) {
        if format.take(UInt8(ascii: "h")) {
            length = format.take(UInt8(ascii: "h")) ? .byte : .short
        } else if format.take(UInt8(ascii: "l")) {
            length = format.take(UInt8(ascii: "l")) ? .double : .word
        } else if format.take(UInt8(ascii: "j")) || format.take(UInt8(ascii: "q")) {
            length = .double
        } else if format.take(UInt8(ascii: "z")) || format.take(UInt8(ascii: "t")) {
            length = .word
        }
    }
}

/// A format text and how far it has been read.
struct FormatReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next byte; nil at the end.
    var peek: UInt8? { offset < bytes.count ? bytes.baseAddress?[offset] : nil }

    mutating func skip() { offset &+= 1 }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        skip()
        return true
    }

    /// Decimal digits, 0 where there are none.
    mutating func number() -> Int {
        var value = 0
        while let byte = peek, let digit = CharacterClass.digit(byte, base: 10) {
            value = min(value &* 10 &+ Int(digit), FormatDirective.longestField)
            skip()
        }
        return value
    }
}
