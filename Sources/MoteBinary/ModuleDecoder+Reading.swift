internal import MoteMemory
internal import MoteModule

// The primitives of the format (spec 5.2), for a decoder that does not throw. Numbers of one byte are read here; all
// else, and what is wrong, by `ByteReader`, whose errors these are.
extension ModuleDecoder {
    var hasFailed: Bool { failure.byteOffset >= 0 }
    var isAtEnd: Bool { offset >= end }
    /// The next byte without consuming it; 0 at the end.
    var peek: UInt8 { offset < end ? base[offset] : 0 }

    /// Keeps what is wrong, if it is the first, and ends what is to be read.
    @inline(never)
    mutating func fail(_ kind: DecodeError.Kind, at byteOffset: Int, detail: UInt32 = 0) {
        if !hasFailed { failure = DecodeError(kind, at: byteOffset, detail: detail) }
        end = offset
    }

    mutating func fail(_ error: DecodeError) {
        fail(error.kind, at: error.byteOffset, detail: error.detail)
    }

    @inline(never)
    mutating func fail(_ error: MemoryError) {
        if !hasFailed { memoryError = error }
        fail(.outOfMemory, at: 0)
    }

    mutating func exceed(_ limit: DecodeLimit, at byteOffset: Int) {
        fail(.limitExceeded, at: byteOffset, detail: limit.rawValue)
    }

    /// Begins to read a range; nothing once something was wrong.
    mutating func enter(_ range: ByteRange) {
        offset = Int(range.offset)
        end = hasFailed ? offset : Int(range.end)
    }

    /// Begins to read a section; false for one that the module does not have.
    @inline(never)
    mutating func enter(_ section: SectionID) -> Bool {
        enter(sections[section])
        return sections.isPresent(section) && !hasFailed
    }

    /// Ends a section: all its bytes must have been read.
    @inline(never)
    mutating func finish() {
        if !isAtEnd { fail(.sectionSizeMismatch, at: offset) }
    }

    /// Whether one more of `left` entries is to be read.
    func takesOne(of left: inout Int) -> Bool {
        guard left > 0, !hasFailed else { return false }
        left &-= 1
        return true
    }

    /// The bytes from an offset up to the next one.
    func range(from start: Int) -> ByteRange {
        ByteRange(
            offset: UInt32(truncatingIfNeeded: start),
            sizeInBytes: UInt32(truncatingIfNeeded: offset &- start)
        )
    }

    @inline(never)
    mutating func readByte() -> UInt8 {
        guard offset < end else {
            fail(.unexpectedEnd, at: offset)
            return 0
        }
        let byte = base[offset]  // Safe: below end.
        offset &+= 1
        return byte
    }

    /// An unsigned LEB128 of at most 32 bits.
    @inline(never)
    mutating func readU32() -> UInt32 {
        if offset < end, base[offset] < 0x80 { return UInt32(readByte()) }
        return UInt32(truncatingIfNeeded: read(.unsigned32))
    }

    /// What ``ByteReader`` reads here.
    enum Form: UInt8 {
        case unsigned32, unsigned64, signed32, signed64, valueType, referenceType, heapType, blockType
    }

    /// A number's bits or a type's raw value; 0 for what cannot be read, and for types of blocks.
    @inline(never)
    mutating func read(_ form: Form) -> UInt64 {
        var reader = ByteReader(base: base, offset: offset, end: end)
        do throws(DecodeError) {
            var value: UInt64 = 0
            switch form {
            case .unsigned32: value = try reader.unsignedSlow(bitCount: 32)
            case .unsigned64: value = try reader.unsignedSlow(bitCount: 64)
            case .signed32: value = UInt64(bitPattern: try reader.signedSlow(bitCount: 32))
            case .signed64: value = UInt64(bitPattern: try reader.signedSlow(bitCount: 64))
            case .valueType: value = UInt64(try reader.valueType(features: features).rawValue)
            case .referenceType: value = UInt64(try reader.referenceType(features: features).rawValue)
            case .heapType: value = UInt64(try reader.heapType(features: features).rawValue)
            case .blockType: _ = try reader.blockType(features: features)
            }
            offset = reader.offset
            return value
        } catch {
            fail(error)
            return 0
        }
    }

    mutating func readValueType() -> ValueType {
        ValueType(rawValue: UInt32(truncatingIfNeeded: read(.valueType)))
    }

    mutating func readReferenceType() -> ValueType {
        ValueType(rawValue: UInt32(truncatingIfNeeded: read(.referenceType)))
    }

    /// A size and that many bytes.
    @inline(never)
    mutating func readSizedBytes() -> ByteRange {
        let start = offset
        let size = readU32()
        guard Int(size) <= end &- offset else {
            // The specification's tests tell the two apart by the place where the size stands.
            fail(Int(size) > end &- start ? .lengthOutOfBounds : .unexpectedEnd, at: start, detail: size)
            return .empty
        }
        let first = offset
        offset &+= Int(size)
        return range(from: first)
    }

    /// A name: a size and that many bytes of UTF-8.
    @inline(never)
    mutating func readName() -> ByteRange {
        let range = readSizedBytes()
        let start = Int(range.offset)
        if let fault = UTF8Check.firstFault(base + start, count: Int(range.sizeInBytes)) {
            fail(.malformedUTF8, at: start &+ fault)
        }
        return range
    }

    /// How many entries follow, refused when each takes at least `leastSize` bytes and so many are not left.
    @inline(never)
    mutating func count(leastSize: Int = 1) -> Int {
        let start = offset
        let count = Int(readU32())
        // Safe: 32 bits by a size of at most 3.
        guard count &* leastSize <= end &- offset else {
            fail(.unexpectedEnd, at: start, detail: UInt32(truncatingIfNeeded: count))
            return 0
        }
        return count
    }
}
