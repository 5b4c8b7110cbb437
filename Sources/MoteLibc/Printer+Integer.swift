extension Printer {
    /// A magnitude in a base, with sign or prefix, zeros up to the precision and blanks or zeros up to the width.
    mutating func putInteger(
        _ directive: FormatDirective,
        _ magnitude: UInt64,
        base: UInt64,
        isNegative: Bool = false
    ) {
        // 64 bits have 22 digits in base 8.
        var digits = InlineArray<24, UInt8>(repeating: 0)
        var count = 0
        var rest = magnitude
        let letters: UInt8 = directive.conversion == UInt8(ascii: "X") ? 55 : 87
        while rest > 0 {
            let digit = UInt8(truncatingIfNeeded: rest % base)
            digits[count] = digit < 10 ? digit &+ 48 : digit &+ letters
            count &+= 1
            rest /= base
        }
        var zeros = max(0, (directive.precision ?? 1) &- count)
        if base == 8, directive.isAlternate, zeros == 0, magnitude > 0 || count == 0 { zeros = 1 }
        let hasPrefix = base == 16 && directive.isAlternate && magnitude > 0
        let sign = base == 10 && directive.conversion != UInt8(ascii: "u") ? sign(directive, isNegative) : nil
        let size = count &+ zeros &+ (hasPrefix ? 2 : 0) &+ (sign == nil ? 0 : 1)
        var padding = max(0, directive.width &- size)
        if directive.padsWithZeros, !directive.isLeft, directive.precision == nil {
            zeros &+= padding
            padding = 0
        }
        if !directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
        if let sign { sink.put(sign) }
        if hasPrefix {
            sink.put(UInt8(ascii: "0"))
            sink.put(directive.conversion == UInt8(ascii: "X") ? UInt8(ascii: "X") : UInt8(ascii: "x"))
        }
        sink.put(UInt8(ascii: "0"), count: zeros)
        while count > 0 {
            count &-= 1
            sink.put(digits[count])
        }
        if directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
    }

    func sign(_ directive: FormatDirective, _ isNegative: Bool) -> UInt8? {
        if isNegative { return UInt8(ascii: "-") }
        if directive.hasPlus { return UInt8(ascii: "+") }
        return directive.hasSpace ? UInt8(ascii: " ") : nil
    }
}
