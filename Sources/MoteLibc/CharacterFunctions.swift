/// The classes of `ctype.h` in the "C" locale: ASCII alone.
enum CharacterClass {
    static func isUpper(_ value: UInt32) -> Bool { value &- 65 < 26 }
    static func isLower(_ value: UInt32) -> Bool { value &- 97 < 26 }
    static func isDigit(_ value: UInt32) -> Bool { value &- 48 < 10 }
    static func isAlpha(_ value: UInt32) -> Bool { (value | 32) &- 97 < 26 }
    static func isAlphanumeric(_ value: UInt32) -> Bool { isAlpha(value) || isDigit(value) }
    static func isSpace(_ value: UInt32) -> Bool { value == 32 || value &- 9 < 5 }
    static func isGraphic(_ value: UInt32) -> Bool { value &- 33 < 94 }
    static func isPrintable(_ value: UInt32) -> Bool { value &- 32 < 95 }
    static func isHexadecimal(_ value: UInt32) -> Bool { isDigit(value) || (value | 32) &- 97 < 6 }

    static func lower(_ value: UInt8) -> UInt8 { isUpper(UInt32(value)) ? value | 32 : value }

    /// The value of a digit in a base up to 36; nil for none.
    static func digit(_ value: UInt8, base: UInt32) -> UInt32? {
        let code = UInt32(value)
        let digit: UInt32
        if isDigit(code) {
            digit = code &- 48
        } else if isAlpha(code) {
            digit = (code | 32) &- 87
        } else {
            return nil
        }
        return digit < base ? digit : nil
    }
}

extension LibcCall {
    func classify(_ test: (UInt32) -> Bool) -> UInt32 { test(word(0)) ? 1 : 0 }

    func toLower() -> UInt32 { CharacterClass.isUpper(word(0)) ? word(0) | 32 : word(0) }

    func toUpper() -> UInt32 { CharacterClass.isLower(word(0)) ? word(0) & ~32 : word(0) }
}
