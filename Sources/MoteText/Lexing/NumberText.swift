/// What is wrong with a number.
package enum NumberError: Error, Sendable {
    /// Not a number of the wanted kind at all.
    case malformed
    /// A number that the type cannot hold.
    case outOfRange
}

/// Number literals (spec 6.3.1 and 6.3.2), exactly rounded.
package enum NumberText {
    package typealias Text = UnsafeBufferPointer<UInt8>

    /// An optional sign and decimal or hexadecimal digits: the bits of an integer of a width up to 64.
    ///
    /// The range is that of signed and unsigned integers together, -2^(bits-1) to 2^bits-1.
    package static func integer(_ text: Text, bits: Int) throws(NumberError) -> UInt64 {
        var position = 0
        let isNegative = takeSign(text, &position)
        let magnitude = try natural(text, from: position)
        let mask: UInt64 = bits >= 64 ? .max : 1 << UInt64(bits) - 1
        guard isNegative else {
            guard magnitude <= mask else { throw .outOfRange }
            return magnitude
        }
        guard magnitude <= 1 << UInt64(bits - 1) else { throw .outOfRange }
        return (0 &- magnitude) & mask
    }

    /// Digits without a sign: an unsigned integer of a width up to 64.
    package static func unsigned(_ text: Text, bits: Int) throws(NumberError) -> UInt64 {
        let value = try natural(text, from: 0)
        guard bits >= 64 || value >> UInt64(bits) == 0 else { throw .outOfRange }
        return value
    }

    package static func i32(_ text: Text) throws(NumberError) -> UInt32 {
        UInt32(truncatingIfNeeded: try integer(text, bits: 32))
    }

    package static func i64(_ text: Text) throws(NumberError) -> UInt64 {
        try integer(text, bits: 64)
    }

    /// The bits of a 32-bit float.
    package static func f32(_ text: Text) throws(NumberError) -> UInt32 {
        UInt32(
            truncatingIfNeeded: try float(text, format: .binary32) { (cleaned) throws(NumberError) in
                guard let value = Float(cleaned) else { throw .malformed }
                return value.isFinite ? UInt64(value.bitPattern) : nil
            }
        )
    }

    /// The bits of a 64-bit float.
    package static func f64(_ text: Text) throws(NumberError) -> UInt64 {
        try float(text, format: .binary64) { (cleaned) throws(NumberError) in
            guard let value = Double(cleaned) else { throw .malformed }
            return value.isFinite ? value.bitPattern : nil
        }
    }

    // MARK: Integers

    private static func takeSign(_ text: Text, _ position: inout Int) -> Bool {
        guard let first = text.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else {
            return false
        }
        position = 1
        return first == UInt8(ascii: "-")
    }

    /// Whether the text goes on with `0x`.
    static func isHexadecimal(_ text: Text, at position: Int) -> Bool {
        text.count > position + 1 && text[position] == UInt8(ascii: "0")
            && text[position + 1] == UInt8(ascii: "x")
    }

    /// Digits, with single underscores between them, up to the end of the text.
    private static func natural(_ text: Text, from start: Int) throws(NumberError) -> UInt64 {
        let isHexadecimal = isHexadecimal(text, at: start)
        let radix: UInt64 = isHexadecimal ? 16 : 10
        var position = isHexadecimal ? start + 2 : start
        var value: UInt64 = 0
        var afterDigit = false
        var overflows = false
        while position < text.count {
            let byte = text[position]
            if let digit = StringText.hexDigit(byte), UInt64(digit) < radix {
                let product = value.multipliedReportingOverflow(by: radix)
                let sum = product.partialValue.addingReportingOverflow(UInt64(digit))
                overflows = overflows || product.overflow || sum.overflow
                value = sum.partialValue
                afterDigit = true
            } else {
                guard byte == UInt8(ascii: "_"), afterDigit else { throw .malformed }
                afterDigit = false
            }
            position += 1
        }
        guard afterDigit else { throw .malformed }
        if overflows { throw .outOfRange }
        return value
    }

    // MARK: Floats

    /// The bits of a float literal; decimal ones are given, without underscores and sign, to `decimal`, which
    /// answers nil where the value is infinite.
    private static func float(
        _ text: Text,
        format: FloatFormat,
        decimal: (String) throws(NumberError) -> UInt64?
    ) throws(NumberError) -> UInt64 {
        var position = 0
        let sign = takeSign(text, &position) ? format.signBit : 0
        let rest = Text(rebasing: text[position...])
        if rest.elementsEqual("inf".utf8) { return sign | format.infinity }
        if rest.elementsEqual("nan".utf8) { return sign | format.canonicalNaN }
        if rest.count > 4, rest.prefix(4).elementsEqual("nan:".utf8) {
            guard isHexadecimal(rest, at: 4) else { throw .malformed }
            let payload = try natural(rest, from: 4)
            guard payload >= 1, payload < 1 << UInt64(format.fractionBits) else { throw .outOfRange }
            return sign | format.infinity | payload
        }
        let magnitude: UInt64?
        if isHexadecimal(rest, at: 0) {
            magnitude = try HexFloat(rest).bits(format)
        } else {
            magnitude = try decimal(try cleanedDecimal(rest))
        }
        guard let magnitude else { throw .outOfRange }
        return sign | magnitude
    }

    /// A decimal float without its underscores, its grammar checked: `digits [. [digits]] [e [sign] digits]`.
    private static func cleanedDecimal(_ text: Text) throws(NumberError) -> String {
        var cleaned: [UInt8] = []
        cleaned.reserveCapacity(text.count + 1)
        var position = 0
        try digits(text, &position, into: &cleaned, isRequired: true)
        if position < text.count, text[position] == UInt8(ascii: ".") {
            cleaned.append(UInt8(ascii: "."))
            position += 1
            let before = cleaned.count
            try digits(text, &position, into: &cleaned, isRequired: false)
            if cleaned.count == before { cleaned.append(UInt8(ascii: "0")) }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            cleaned.append(UInt8(ascii: "e"))
            position += 1
            if position < text.count,
                text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")
            {
                cleaned.append(text[position])
                position += 1
            }
            try digits(text, &position, into: &cleaned, isRequired: true)
        }
        guard position == text.count else { throw .malformed }
        return String(decoding: cleaned, as: UTF8.self)
    }

    private static func digits(
        _ text: Text,
        _ position: inout Int,
        into cleaned: inout [UInt8],
        isRequired: Bool
    ) throws(NumberError) {
        var afterDigit = false
        var isEmpty = true
        while position < text.count {
            let byte = text[position]
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                cleaned.append(byte)
                afterDigit = true
                isEmpty = false
            } else if byte == UInt8(ascii: "_") {
                guard afterDigit else { throw .malformed }
                afterDigit = false
            } else {
                break
            }
            position += 1
        }
        guard isEmpty ? !isRequired : afterDigit else { throw .malformed }
    }
}
