package import MoteModule

/// Reads the primitives of the binary format (spec 5.2) from a range of a module's bytes.
///
/// A value of its own: copying it copies the position. The bytes belong to the module and must outlive the reader.
/// On the list of inlinable files: decoder, validator and translator call it once per byte or two.
@frozen
package struct ByteReader {
    /// The first byte of the module: offsets count from here.
    package let base: UnsafePointer<UInt8>
    /// Where the next byte is read; never above `end`.
    package var offset: Int
    /// Where reading must stop; within the module.
    package var end: Int

    /// A reader of `[offset, end)`, which must lie within the bytes at `base`.
    @inlinable
    package init(base: UnsafePointer<UInt8>, offset: Int, end: Int) {
        self.base = base
        self.offset = offset
        self.end = end
    }

    /// A reader of a range of the module.
    @inlinable
    package init(base: UnsafePointer<UInt8>, range: ByteRange) {
        self.init(base: base, offset: Int(range.offset), end: Int(range.offset) &+ Int(range.sizeInBytes))
    }

    @inlinable package var isAtEnd: Bool { offset >= end }
    @inlinable package var remaining: Int { end &- offset }
    /// The next byte without consuming it, or nil at the end.
    @inlinable package var peek: UInt8? { offset < end ? base[offset] : nil }

    @inlinable
    package func error(_ kind: DecodeError.Kind, detail: UInt32 = 0) -> DecodeError {
        DecodeError(kind, at: offset, detail: detail)
    }

    @inline(never) @usableFromInline
    package mutating func u8() throws(DecodeError) -> UInt8 {
        guard offset < end else { throw error(.unexpectedEnd) }
        let byte = base[offset]  // Safe: below end.
        offset &+= 1
        return byte
    }

    /// An unsigned LEB128 of at most 32 bits.
    @inline(never) @usableFromInline
    package mutating func u32LEB() throws(DecodeError) -> UInt32 {
        if offset < end {
            let byte = base[offset]  // Safe: below end.
            if byte < 0x80 {
                offset &+= 1
                return UInt32(byte)
            }
        }
        return UInt32(truncatingIfNeeded: try unsignedSlow(bitCount: 32))
    }

    /// An unsigned LEB128 of at most 64 bits.
    @inlinable
    package mutating func u64LEB() throws(DecodeError) -> UInt64 {
        if offset < end {
            let byte = base[offset]  // Safe: below end.
            if byte < 0x80 {
                offset &+= 1
                return UInt64(byte)
            }
        }
        return try unsignedSlow(bitCount: 64)
    }

    /// A signed LEB128 of at most 32 bits.
    @inlinable
    package mutating func s32LEB() throws(DecodeError) -> Int32 {
        if offset < end {
            let byte = base[offset]  // Safe: below end.
            if byte < 0x80 {
                offset &+= 1
                return Int32(Int8(bitPattern: byte &<< 1) &>> 1)
            }
        }
        return Int32(truncatingIfNeeded: try signedSlow(bitCount: 32))
    }

    /// A signed LEB128 of at most 33 bits: type indices where a type may stand as well.
    @inlinable
    package mutating func s33() throws(DecodeError) -> Int64 {
        try signedSlow(bitCount: 33)
    }

    /// A signed LEB128 of at most 64 bits.
    @inlinable
    package mutating func s64LEB() throws(DecodeError) -> Int64 {
        if offset < end {
            let byte = base[offset]  // Safe: below end.
            if byte < 0x80 {
                offset &+= 1
                return Int64(Int8(bitPattern: byte &<< 1) &>> 1)
            }
        }
        return try signedSlow(bitCount: 64)
    }

    /// The four bytes of an f32, little-endian.
    @inlinable
    package mutating func f32Bits() throws(DecodeError) -> UInt32 {
        guard end &- offset >= 4 else { throw DecodeError(.unexpectedEnd, at: end) }
        // Safe: four bytes are left.
        let bits = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self)
        offset &+= 4
        return UInt32(littleEndian: bits)
    }

    /// The eight bytes of an f64, little-endian.
    @inlinable
    package mutating func f64Bits() throws(DecodeError) -> UInt64 {
        guard end &- offset >= 8 else { throw DecodeError(.unexpectedEnd, at: end) }
        // Safe: eight bytes are left.
        let bits = UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
        offset &+= 8
        return UInt64(littleEndian: bits)
    }

    /// The next `count` bytes as a range of the module; `count` above what is left is an error.
    @inlinable
    package mutating func bytes(_ count: UInt32) throws(DecodeError) -> ByteRange {
        guard Int(count) <= end &- offset else { throw error(.lengthOutOfBounds, detail: count) }
        let range = ByteRange(offset: UInt32(truncatingIfNeeded: offset), sizeInBytes: count)
        offset &+= Int(count)
        return range
    }

    /// A size and that many bytes.
    @inline(never) @usableFromInline
    package mutating func sizedBytes() throws(DecodeError) -> ByteRange {
        let start = offset
        let size = try u32LEB()
        if Int(size) > end &- offset {
            // The specification's tests tell the two apart by the place where the size stands.
            throw DecodeError(
                Int(size) > end &- start ? .lengthOutOfBounds : .unexpectedEnd,
                at: start,
                detail: size
            )
        }
        return try bytes(size)
    }

    /// A name: a size and that many bytes of UTF-8.
    package mutating func name() throws(DecodeError) -> ByteRange {
        let range = try sizedBytes()
        let start = Int(range.offset)
        guard let fault = UTF8Check.firstFault(base + start, count: Int(range.sizeInBytes)) else {
            return range
        }
        throw DecodeError(.malformedUTF8, at: start &+ fault)
    }

    /// How many entries follow, refused when each takes at least `leastSize` bytes and so many are not left.
    @inline(never) @usableFromInline
    package mutating func count(leastSize: Int = 1) throws(DecodeError) -> Int {
        let start = offset
        let count = Int(try u32LEB())
        guard count.multipliedReportingOverflow(by: leastSize).partialValue <= end &- offset else {
            throw DecodeError(.unexpectedEnd, at: start, detail: UInt32(truncatingIfNeeded: count))
        }
        return count
    }

    @inline(never) @usableFromInline
    package mutating func unsignedSlow(bitCount: UInt32) throws(DecodeError) -> UInt64 {
        let start = offset
        var position = offset
        var result: UInt64 = 0
        var shift: UInt32 = 0
        while true {
            guard position < end else { throw DecodeError(.unexpectedEnd, at: end) }
            let byte = base[position]  // Safe: below end.
            position &+= 1
            let left = bitCount &- shift
            if left < 7 {
                // The last byte that the width allows: nothing may follow it, nor stand above the width.
                if byte & 0x80 != 0 { throw DecodeError(.integerTooLong, at: start) }
                if byte &>> UInt8(truncatingIfNeeded: left) != 0 {
                    throw DecodeError(.integerTooLarge, at: start)
                }
            }
            result |= UInt64(byte & 0x7F) &<< UInt64(shift)
            if byte & 0x80 == 0 { break }
            shift &+= 7
        }
        offset = position
        return result
    }

    @inline(never) @usableFromInline
    package mutating func signedSlow(bitCount: UInt32) throws(DecodeError) -> Int64 {
        let start = offset
        var position = offset
        var result: UInt64 = 0
        var shift: UInt32 = 0
        while true {
            guard position < end else { throw DecodeError(.unexpectedEnd, at: end) }
            let byte = base[position]  // Safe: below end.
            position &+= 1
            let left = bitCount &- shift
            if left < 7 {
                if byte & 0x80 != 0 { throw DecodeError(.integerTooLong, at: start) }
                // The bits above the width must repeat the sign: all zero or all one.
                let above = (byte & 0x7F) &>> UInt8(truncatingIfNeeded: left &- 1)
                let allOne = UInt8(0x7F) &>> UInt8(truncatingIfNeeded: left &- 1)
                if above != 0 && above != allOne { throw DecodeError(.integerTooLarge, at: start) }
            }
            result |= UInt64(byte & 0x7F) &<< UInt64(shift)
            shift &+= 7
            if byte & 0x80 == 0 {
                if shift < 64 && byte & 0x40 != 0 { result |= ~0 &<< UInt64(shift) }
                break
            }
        }
        offset = position
        return Int64(bitPattern: result)
    }
}
