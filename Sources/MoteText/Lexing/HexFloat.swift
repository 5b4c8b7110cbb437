/// The layout of an IEEE 754 binary format.
struct FloatFormat {
    var fractionBits: Int
    var largestExponent: Int

    static let binary32 = FloatFormat(fractionBits: 23, largestExponent: 127)
    static let binary64 = FloatFormat(fractionBits: 52, largestExponent: 1023)

    var signBit: UInt64 { fractionBits == 23 ? 1 << 31 : 1 << 63 }
    var infinity: UInt64 { UInt64(2 * largestExponent + 1) << UInt64(fractionBits) }
    var canonicalNaN: UInt64 { infinity | 1 << UInt64(fractionBits - 1) }
}

/// A hexadecimal float literal, read exactly: significand * 2^exponent, and whether anything was cut off below.
struct HexFloat {
    /// The leading bits; its top 4 bits are free until normalised.
    private var significand: UInt64 = 0
    private var exponent = 0
    private var isInexact = false

    /// Reads `0x digits [. [digits]] [p [sign] digits]`.
    init(_ text: UnsafeBufferPointer<UInt8>) throws(NumberError) {
        var position = 2
        try hexDigits(text, &position, isFraction: false)
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            if position < text.count, StringText.hexDigit(text[position]) != nil {
                try hexDigits(text, &position, isFraction: true)
            }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "p") {
            position += 1
            var isNegative = false
            if position < text.count,
                text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")
            {
                isNegative = text[position] == UInt8(ascii: "-")
                position += 1
            }
            let written = try decimalDigits(text, &position)
            exponent += isNegative ? -written : written
        }
        guard position == text.count else { throw .malformed }
    }

    private mutating func hexDigits(
        _ text: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        isFraction: Bool
    ) throws(NumberError) {
        var afterDigit = false
        while position < text.count {
            let byte = text[position]
            if let digit = StringText.hexDigit(byte) {
                if significand >> 60 == 0 {
                    significand = significand << 4 | UInt64(digit)
                    if isFraction { exponent -= 4 }
                } else {
                    isInexact = isInexact || digit != 0
                    if !isFraction { exponent += 4 }
                }
                afterDigit = true
            } else if byte == UInt8(ascii: "_"), afterDigit {
                afterDigit = false
            } else {
                break
            }
            position += 1
        }
        guard afterDigit else { throw .malformed }
    }

    /// The exponent as written; absurd ones are cut to what is absurd enough.
    private func decimalDigits(
        _ text: UnsafeBufferPointer<UInt8>,
        _ position: inout Int
    ) throws(NumberError) -> Int {
        var value = 0
        var afterDigit = false
        while position < text.count {
            let byte = text[position]
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1 << 56)
                afterDigit = true
            } else if byte == UInt8(ascii: "_"), afterDigit {
                afterDigit = false
            } else {
                break
            }
            position += 1
        }
        guard afterDigit else { throw .malformed }
        return value
    }

    /// The bits without sign, rounded to nearest, ties to even; nil if the value is too large for the format.
    func bits(_ format: FloatFormat) -> UInt64? {
        guard significand != 0 else { return 0 }
        let shift = significand.leadingZeroBitCount
        let normalised = significand << UInt64(shift)
        // The value is normalised * 2^(scale - 63), with bit 63 set.
        var scale = exponent - shift + 63
        guard scale <= format.largestExponent else { return nil }
        let smallest = 1 - format.largestExponent
        // Bits dropped from the 64: more for subnormal numbers.
        let dropped = 63 - format.fractionBits + max(0, smallest - scale)
        guard dropped <= 64 else { return 0 }
        var kept = dropped == 64 ? 0 : normalised >> UInt64(dropped)
        let half: UInt64 = 1 << UInt64(dropped - 1)
        let rest = dropped == 64 ? normalised : normalised & (1 << UInt64(dropped) - 1)
        if rest > half || (rest == half && (isInexact || kept & 1 != 0)) { kept += 1 }
        // A carry into the first normal number is right as it is.
        guard scale >= smallest else { return kept }
        if kept >> UInt64(format.fractionBits + 1) != 0 {
            kept >>= 1
            scale += 1
            guard scale <= format.largestExponent else { return nil }
        }
        let biased = UInt64(scale + format.largestExponent)
        return biased << UInt64(format.fractionBits) | (kept & (1 << UInt64(format.fractionBits) - 1))
    }
}
