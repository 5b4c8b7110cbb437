internal import CPlatform

// Bytes: memcmp, memcpy, memmove, memset, memchr. Both ranges are checked before a byte is read.
extension LibcCall {
    func compareMemory() throws(LibcFault) -> UInt32 {
        let count = word(2)
        let left = try bytes(word(0), count)
        let right = try bytes(word(1), count)
        return UInt32(bitPattern: memcmp(left, right, Int(count)))
    }

    /// Also memmove and emscripten_memcpy_big: ranges may overlap.
    func copyMemory() throws(LibcFault) -> UInt32 {
        let count = word(2)
        let target = try bytes(word(0), count)
        let source = try bytes(word(1), count)
        memmove(target, source, Int(count))
        return word(0)
    }

    func fillMemory() throws(LibcFault) -> UInt32 {
        let count = word(2)
        memset(try bytes(word(0), count), Int32(truncatingIfNeeded: word(1) & 0xFF), Int(count))
        return word(0)
    }

    func findByte() throws(LibcFault) -> UInt32 {
        let count = word(2)
        let start = try bytes(word(0), count)
        guard let found = memchr(start, Int32(truncatingIfNeeded: word(1) & 0xFF), Int(count)) else {
            return 0
        }
        return Self.address(word(0), UnsafeRawPointer(found) - UnsafeRawPointer(start))
    }
}
