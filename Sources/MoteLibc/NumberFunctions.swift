internal import MoteMemory
internal import CPlatform

// Texts as numbers: atoi, strtol, strtoul. A guest's `long` has 32 bits.
extension LibcCall {
    /// What was read: the value without its sign, whether it has one, where it ended, whether 32 bits held it.
    private struct Number {
        var magnitude: UInt32 = 0
        var isNegative = false
        var isTooLarge = false
        /// Bytes up to behind the last digit; 0 where there was none.
        var count = 0
    }

    func textToInteger() throws(LibcFault) -> UInt32 {
        let number = Self.read(try text(word(0)), base: 10)
        return number.isNegative ? 0 &- number.magnitude : number.magnitude
    }

    func textToSigned() throws(LibcFault) -> UInt32 {
        let number = try readNumber()
        if number.isNegative {
            return number.isTooLarge || number.magnitude > 1 << 31 ? 1 << 31 : 0 &- number.magnitude
        }
        return number.isTooLarge || number.magnitude >= 1 << 31 ? UInt32(Int32.max) : number.magnitude
    }

    func textToUnsigned() throws(LibcFault) -> UInt32 {
        let number = try readNumber()
        if number.isTooLarge { return .max }
        return number.isNegative ? 0 &- number.magnitude : number.magnitude
    }

    /// Reads in the base of the third parameter, and tells the second where it ended.
    private func readNumber() throws(LibcFault) -> Number {
        let text = try text(word(0))
        let base = word(2)
        let number = base == 1 || base > 36 ? Number() : Self.read(text, base: base)
        let end = word(1)
        if end != 0, !memory.store(Self.address(word(0), number.count), at: UInt64(end)) {
            throw .outOfBounds
        }
        return number
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>, base given: UInt32) -> Number {
        var number = Number()
        guard let start = text.baseAddress else { return number }
        // The zero behind the text ends every loop.
        var at = 0
        while CharacterClass.isSpace(UInt32(start[at])) { at &+= 1 }
        if start[at] == UInt8(ascii: "-") || start[at] == UInt8(ascii: "+") {
            number.isNegative = start[at] == UInt8(ascii: "-")
            at &+= 1
        }
        var base = given
        if base == 0 || base == 16, start[at] == UInt8(ascii: "0"), start[at + 1] | 32 == UInt8(ascii: "x"),
            CharacterClass.digit(start[at + 2], base: 16) != nil
        {
            base = 16
            at &+= 2
        } else if base == 0 {
            base = start[at] == UInt8(ascii: "0") ? 8 : 10
        }
        while let digit = CharacterClass.digit(start[at], base: base) {
            let (shifted, overflow) = number.magnitude.multipliedReportingOverflow(by: base)
            let (sum, carry) = shifted.addingReportingOverflow(digit)
            if overflow || carry { number.isTooLarge = true }
            number.magnitude = sum
            at &+= 1
            number.count = at
        }
        return number
    }
}
