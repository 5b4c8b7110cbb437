/// Whether bytes are UTF-8 as the specification has it (Unicode table 3-7): no overlong forms, no surrogates,
/// nothing above U+10FFFF.
package enum UTF8Check {
    /// Position of the first byte that begins no valid character, or nil if all are valid.
    package static func firstFault(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        var position = 0
        while position < count {
            let first = bytes[position]  // Safe: below count.
            if first < 0x80 {
                position &+= 1
                continue
            }
            let length: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch first {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, low) = (3, 0xA0)
            case 0xED: (length, high) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, low) = (4, 0x90)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, high) = (4, 0x8F)
            default: return position
            }
            guard count &- position >= length else { return position }
            // Safe: `length` bytes are left.
            let second = bytes[position &+ 1]
            guard second >= low, second <= high else { return position }
            for index in 2..<4 where index < length {
                guard bytes[position &+ index] & 0xC0 == 0x80 else { return position }
            }
            position &+= length
        }
        return nil
    }
}
