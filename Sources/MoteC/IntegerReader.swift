/// Integers as C's `strtoull` reads them with base 0: decimal, `0x...` or octal, a sign, white space before.
struct IntegerReader {
    /// What was read; what 64 bits do not hold is all ones.
    private(set) var value: UInt64 = 0
    /// Behind the last digit; the start where there was none.
    private(set) var end: UnsafePointer<CChar>

    init(_ text: UnsafePointer<CChar>) {
        end = text
        var next = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        while next.pointee == 32 || (next.pointee >= 9 && next.pointee <= 13) { next += 1 }
        let isNegative = next.pointee == UInt8(ascii: "-")
        if isNegative || next.pointee == UInt8(ascii: "+") { next += 1 }
        var base: UInt64 = 10
        if next.pointee == UInt8(ascii: "0") {
            let isHexadecimal = next[1] | 32 == UInt8(ascii: "x") && Self.digit(next[2], base: 16) != nil
            base = isHexadecimal ? 16 : 8
            if isHexadecimal { next += 2 }
        }
        var isTooLarge = false
        var hasDigits = false
        while let digit = Self.digit(next.pointee, base: base) {
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { isTooLarge = true }
            value = sum
            hasDigits = true
            next += 1
        }
        guard hasDigits else { return }
        end = UnsafeRawPointer(next).assumingMemoryBound(to: CChar.self)
        if isTooLarge {
            value = .max
        } else if isNegative {
            value = 0 &- value
        }
    }

    private static func digit(_ byte: UInt8, base: UInt64) -> UInt64? {
        let lower = byte | 32
        let digit: UInt64
        if byte &- 48 < 10 {
            digit = UInt64(byte &- 48)
        } else if lower &- 97 < 26 {
            digit = UInt64(lower &- 87)
        } else {
            return nil
        }
        return digit < base ? digit : nil
    }
}
