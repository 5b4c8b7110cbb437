/// Strings, names and identifiers (spec 6.3.3 to 6.3.5).
extension TextWriter {
    /// Any bytes in quotes: printable ASCII as it is, everything else as `\hh`.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) {
        put(byte: 0x22)
        for byte in bytes { escaped(byte) }
        put(byte: 0x22)
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            put(byte: 0x5C)
            put(byte: byte)
        case 0x20...0x7E: put(byte: byte)
        default:
            put(byte: 0x5C)
            put(byte: Self.digit(byte >> 4))
            put(byte: Self.digit(byte & 15))
        }
    }

    /// A name, which is UTF-8, in quotes.
    ///
    /// Characters that do not show, or that change how their neighbours show, are escaped.
    mutating func name(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return string(bytes) }
        put(byte: 0x22)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if let byte = UInt8(exactly: scalar.value), byte < 0x80 {
                escaped(byte)
            } else if Self.isVisible(scalar) {
                for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { put(byte: byte) }
            } else {
                put("\\u{")
                put(String(scalar.value, radix: 16))
                put("}")
            }
        }
        put(byte: 0x22)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }

    /// An identifier with its dollar sign; in quotes where it has other characters than identifiers may have.
    ///
    /// The name must not be empty.
    mutating func identifier(_ bytes: UnsafeBufferPointer<UInt8>) {
        put(byte: 0x24)
        if bytes.allSatisfy(Self.isIdentifierByte) { put(raw: bytes) } else { name(bytes) }
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        // Space, quote, parentheses, comma, semicolon, brackets and braces end an identifier.
        case 0x20, 0x22, 0x28, 0x29, 0x2C, 0x3B, 0x5B, 0x5D, 0x7B, 0x7D: false
        case 0x21...0x7E: true
        default: false
        }
    }
}
