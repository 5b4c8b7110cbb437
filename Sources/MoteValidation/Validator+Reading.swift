internal import MoteBinary
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Reading immediates. The decoder found the bodies' ends but has not looked inside, so this is where a body's bytes
/// turn out to be malformed. Fast paths are here and inlined; every other case goes to one cold function.
///
/// What cannot be read is zero, or nothing, and ends the validation.
extension Validator {
    /// An unsigned LEB128 of at most 32 bits.
    @inline(never)
    mutating func readU32() -> UInt32 {
        UInt32(truncatingIfNeeded: readUnsigned(bits: 32))
    }

    mutating func readU64() -> UInt64 {
        readUnsigned(bits: 64)
    }

    @inline(never)
    private mutating func readUnsigned(bits: UInt32) -> UInt64 {
        // Up to 28 bits: any are right.
        if end - cursor >= 4 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            var next = cursor
            while shift < 28 {
                let byte = next.pointee
                next += 1
                value |= UInt64(byte & 0x7F) &<< shift
                if byte < 0x80 {
                    cursor = next
                    return value
                }
                shift &+= 7
            }
        }
        return readNumber(bits: bits, isSigned: false)
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func readIndex() -> UInt32 {
        if cursor < end, cursor.pointee < 0x80 {
            let value = UInt32(cursor.pointee)
            cursor += 1
            return value
        }
        return readU32()
    }

    /// Every form of a number, by the decoder's reader, whose errors these are; the bits of a signed one.
    @inline(never)
    private mutating func readNumber(bits: UInt32, isSigned: Bool) -> UInt64 {
        var reader = ByteReader(base: moduleBytes, offset: cursor - moduleBytes, end: end - moduleBytes)
        do {
            let value =
                isSigned
                ? UInt64(bitPattern: try reader.signedSlow(bitCount: bits))
                : try reader.unsignedSlow(bitCount: bits)
            cursor = moduleBytes + reader.offset
            return value
        } catch {
            stop(.malformed(error))
            return 0
        }
    }

    /// Passes over a signed LEB128 of at most 32 or 64 bits.
    @inline(__always)
    mutating func skipSigned(bits: UInt32) {
        if cursor < end, cursor.pointee < 0x80 { return cursor += 1 }
        skipLongSigned(bits)
    }

    @inline(never)
    private mutating func skipLongSigned(_ bits: UInt32) {
        // Up to 28 bits: any are right.
        if end - cursor >= 4 {
            var size = 1
            while size < 4 {
                if cursor[size] < 0x80 { return cursor += size &+ 1 }
                size &+= 1
            }
        }
        _ = readNumber(bits: bits, isSigned: true)
    }

    /// Passes over bytes that may be anything.
    @inline(__always)
    mutating func skip(_ sizeInBytes: Int) {
        guard end - cursor >= sizeInBytes else { return malformed(.unexpectedEnd) }
        cursor += sizeInBytes
    }

    mutating func readByte() -> UInt8 {
        guard cursor < end else {
            malformed(.unexpectedEnd)
            return 0
        }
        let byte = cursor.pointee
        cursor += 1
        return byte
    }

    /// Nothing, a result, or the index of a function type (spec 5.4.1, `blocktype`).
    @inline(__always)
    mutating func readBlockType() -> BlockSignature {
        if cursor < end {
            let byte = cursor.pointee
            if byte == 0x40 || byte >= 0x7C && byte < 0x80 {
                cursor += 1
                return BlockSignature(result: byte == 0x40 ? .bottom : ValueType(rawValue: UInt32(byte)))
            }
        }
        return readLongBlockType()
    }

    @inline(never)
    private mutating func readLongBlockType() -> BlockSignature {
        if cursor >= end || cursor.pointee & 0xC0 == 0x40 { return BlockSignature(result: readValueType()) }
        require(.multiValue)
        guard let type = type(readTypeIndex(), .function) else { return BlockSignature(result: .bottom) }
        return BlockSignature(type: type)
    }

    /// A type index written as a signed number of 33 bits.
    mutating func readTypeIndex() -> UInt32 {
        let number = readNumber(bits: 33, isSigned: true)
        if Int64(bitPattern: number) < 0 { malformed(.malformedValueType) }
        return UInt32(truncatingIfNeeded: number)
    }

    /// The type of a function that an index names.
    @inline(__always)
    mutating func readFunctionType() -> UnsafeMutablePointer<DefinedType>? {
        functionType(readU32())
    }

    @inline(__always)
    mutating func functionType(_ number: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        let index = Int(number)
        guard index < functions.count, let base = functions.base, let typeBase = types.base else {
            fail(.unknownFunction)
            return nil
        }
        // Safe: validateFunctionTypes tested every function's type index, or nothing is validated behind it.
        return typeBase + Int(base[index].typeIndex)
    }

    /// A type of the type section.
    mutating func readDefinedType(_ kind: CompositeKind) -> UnsafeMutablePointer<DefinedType>? {
        type(readU32(), kind)
    }

    /// The type of an index; of a kind, if one is given.
    @inline(never)
    mutating func type(_ index: UInt32, _ kind: CompositeKind? = nil) -> UnsafeMutablePointer<DefinedType>? {
        if let type = types.pointer(at: Int(index)),
            !Build.hasGarbageCollection || kind == nil || type.pointee.kind == kind
        {
            return type
        }
        fail(.unknownType)
        return nil
    }

    /// A value type, canonical (spec 5.3.6).
    @inline(never)
    mutating func readValueType() -> ValueType {
        let byte = readByte()
        let type: ValueType
        switch byte {
        case 0x7C...0x7F: return ValueType(rawValue: UInt32(byte))
        case 0x7B: type = .v128
        case 0x69...0x74: type = .reference(HeapType(rawValue: 0xFFFF00 | UInt32(byte)), isNullable: true)
        case 0x63, 0x64: type = .reference(readHeapType(), isNullable: byte == 0x63)
        default:
            malformed(.malformedValueType)
            return .bottom
        }
        requireFeatures(of: type)
        return type
    }

    /// A heap type, canonical (spec 5.3.3).
    @inline(never)
    mutating func readHeapType() -> HeapType {
        let heapType: HeapType
        if cursor < end, cursor.pointee >= 0x69, cursor.pointee <= 0x74 {
            heapType = HeapType(rawValue: 0xFFFF00 | UInt32(cursor.pointee))
            cursor += 1
        } else {
            guard let type = type(readTypeIndex()) else { return .none }
            heapType = .concrete(type.pointee.canonicalID)
        }
        requireFeatures(of: .reference(heapType, isNullable: true))
        return heapType
    }

    /// Ends the validation unless the proposals that brought a type are on.
    @inline(never)
    mutating func requireFeatures(of type: ValueType) {
        if type == .v128 { return require(.simd) }
        guard type.isReference else { return }
        require(.referenceTypes)
        if !type.isNullable { require(.typedFunctionReferences) }
        switch type.heapType {
        case .function, .external: break
        case .exception, .noException: require(.exceptions)
        case let heapType where heapType.isConcrete: require(.typedFunctionReferences)
        default: require(.garbageCollection)
        }
    }
}
