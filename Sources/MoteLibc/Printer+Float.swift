internal import MotePlatform

extension Printer {
    /// `%f`, `%e` and `%g`, each digit of the exact value.
    mutating func putFloat(_ directive: FormatDirective, _ number: Double) {
        let isUpper = directive.conversion & 32 == 0
        let sign = sign(directive, number.sign == .minus)
        guard number.isFinite else {
            let text: Text =
                number.isNaN ? (isUpper ? "NAN" : "nan") : (isUpper ? "INF" : "inf")
            let padding = directive.width &- 3 &- (sign == nil ? 0 : 1)
            if !directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
            if let sign { sink.put(sign) }
            sink.put(UnsafeBufferPointer(start: text.start, count: 3))
            if directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
            return
        }
        var digits = DecimalExpansion(number)
        var precision = directive.precision ?? 6
        var isExponential = directive.conversion | 32 == UInt8(ascii: "e")
        if directive.conversion | 32 == UInt8(ascii: "g") {
            if precision == 0 { precision = 1 }
            digits.round(toPower: digits.exponent &- precision &+ 1)
            let exponent = digits.exponent
            isExponential = exponent < -4 || exponent >= precision
            precision = isExponential ? precision &- 1 : precision &- 1 &- exponent
            if !directive.isAlternate {
                let lowest = isExponential ? exponent : 0
                while precision > 0, digits.digit(ofPower: lowest &- precision) == 0 { precision &-= 1 }
            }
        } else {
            digits.round(toPower: (isExponential ? digits.exponent : 0) &- precision)
        }
        put(directive, digits, precision, isExponential: isExponential, sign: sign, isUpper: isUpper)
    }

    private mutating func put(
        _ directive: FormatDirective,
        _ digits: DecimalExpansion,
        _ precision: Int,
        isExponential: Bool,
        sign: UInt8?,
        isUpper: Bool
    ) {
        let exponent = digits.exponent
        let top = isExponential ? exponent : max(0, exponent)
        let units = isExponential ? exponent : 0
        let hasPoint = precision > 0 || directive.isAlternate
        // The exponent has at least two digits.
        let tail = isExponential ? (abs(exponent) > 99 ? 5 : 4) : 0
        let size = top &- units &+ 1 &+ (hasPoint ? 1 : 0) &+ precision &+ tail &+ (sign == nil ? 0 : 1)
        let padding = max(0, directive.width &- size)
        let padsWithZeros = directive.padsWithZeros && !directive.isLeft
        if !directive.isLeft, !padsWithZeros { sink.put(UInt8(ascii: " "), count: padding) }
        if let sign { sink.put(sign) }
        if padsWithZeros { sink.put(UInt8(ascii: "0"), count: padding) }
        var power = top
        while power >= units {
            sink.put(digits.digit(ofPower: power) &+ 48)
            power &-= 1
        }
        if hasPoint { sink.put(UInt8(ascii: ".")) }
        while power >= units &- precision {
            sink.put(digits.digit(ofPower: power) &+ 48)
            power &-= 1
        }
        if isExponential {
            sink.put(isUpper ? UInt8(ascii: "E") : UInt8(ascii: "e"))
            sink.put(exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            let magnitude = abs(exponent)
            if magnitude > 99 { sink.put(UInt8(truncatingIfNeeded: magnitude / 100) &+ 48) }
            sink.put(UInt8(truncatingIfNeeded: magnitude / 10 % 10) &+ 48)
            sink.put(UInt8(truncatingIfNeeded: magnitude % 10) &+ 48)
        }
        if directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
    }
}
