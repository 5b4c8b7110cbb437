internal import MoteMemory
internal import CPlatform

// Texts: lengths, comparisons, copies, searches. A text that does not end inside memory is out of bounds.
extension LibcCall {
    func stringLength() throws(LibcFault) -> UInt32 {
        UInt32(truncatingIfNeeded: try text(word(0)).count)
    }

    func findCharacter() throws(LibcFault) -> UInt32 {
        let text = try text(word(0))
        let wanted = UInt8(truncatingIfNeeded: word(1))
        if wanted == 0 { return Self.address(word(0), text.count) }
        guard let start = text.baseAddress,
            let found = memchr(start, Int32(wanted), text.count)
        else { return 0 }
        return Self.address(word(0), UnsafeRawPointer(found) - UnsafeRawPointer(start))
    }

    func compareStrings() throws(LibcFault) -> UInt32 { try compareStrings(.max, ignoringCase: false) }

    func compareStringsUpTo() throws(LibcFault) -> UInt32 { try compareStrings(word(2), ignoringCase: false) }

    func compareStringsIgnoringCase() throws(LibcFault) -> UInt32 {
        try compareStrings(word(2), ignoringCase: true)
    }

    /// Byte by byte, so that texts may end where memory ends and need no end behind `count`.
    private func compareStrings(_ count: UInt32, ignoringCase: Bool) throws(LibcFault) -> UInt32 {
        var index: UInt32 = 0
        while index < count {
            var left = try byte(word(0), index)
            var right = try byte(word(1), index)
            if ignoringCase {
                left = CharacterClass.lower(left)
                right = CharacterClass.lower(right)
            }
            if left != right { return UInt32(bitPattern: Int32(left) &- Int32(right)) }
            if left == 0 { return 0 }
            index &+= 1
        }
        return 0
    }

    private func byte(_ address: UInt32, _ offset: UInt32) throws(LibcFault) -> UInt8 {
        guard let value = memory.load(UInt8.self, at: UInt64(address) &+ UInt64(offset)) else {
            throw .outOfBounds
        }
        return value
    }

    func copyString() throws(LibcFault) -> UInt32 {
        let source = try text(word(1))
        // Safe: texts are shorter than 4 GiB.
        let count = UInt32(truncatingIfNeeded: source.count &+ 1)
        let target = try bytes(word(0), count)
        if let start = source.baseAddress { memmove(target, start, Int(count)) }
        return word(0)
    }

    /// At most `count` bytes, the rest zero.
    func copyStringUpTo() throws(LibcFault) -> UInt32 {
        let count = word(2)
        let target = try bytes(word(0), count)
        var index: UInt32 = 0
        while index < count {
            let value = try byte(word(1), index)
            target[Int(index)] = value
            index &+= 1
            if value == 0 { break }
        }
        if index < count { memset(target + Int(index), 0, Int(count &- index)) }
        return word(0)
    }

    func spanOfAccepted() throws(LibcFault) -> UInt32 { try span(endsWhereFound: false) }

    func spanOfRejected() throws(LibcFault) -> UInt32 { try span(endsWhereFound: true) }

    private func span(endsWhereFound: Bool) throws(LibcFault) -> UInt32 {
        let text = try text(word(0))
        let characters = try self.text(word(1))
        var set: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for character in characters {
            let bit = UInt64(1) << UInt64(character & 63)
            switch character >> 6 {
            case 0: set.0 |= bit
            case 1: set.1 |= bit
            case 2: set.2 |= bit
            default: set.3 |= bit
            }
        }
        var count: UInt32 = 0
        for character in text {
            let row =
                switch character >> 6 {
                case 0: set.0
                case 1: set.1
                case 2: set.2
                default: set.3
                }
            if (row >> UInt64(character & 63) & 1 == 1) == endsWhereFound { break }
            count &+= 1
        }
        return count
    }

    /// The first place of a text in another; 0 where it is not there.
    func findString() throws(LibcFault) -> UInt32 {
        let text = try text(word(0))
        let wanted = try self.text(word(1))
        guard let start = text.baseAddress, let pattern = wanted.baseAddress, wanted.count > 0 else {
            return word(0)
        }
        var at = 0
        while wanted.count <= text.count &- at {
            // Safe: both ranges have been checked, and `at` is inside.
            guard let found = memchr(start + at, Int32(pattern[0]), text.count &- at) else { return 0 }
            at = UnsafeRawPointer(found) - UnsafeRawPointer(start)
            guard wanted.count <= text.count &- at else { return 0 }
            if memcmp(start + at, pattern, wanted.count) == 0 { return Self.address(word(0), at) }
            at &+= 1
        }
        return 0
    }
}
