internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Reading immediates. The decoder found the bodies' ends but has not looked inside, so this is where a body's bytes
/// turn out to be malformed. Fast paths are here and inlined; every other case goes to one cold function.
extension Validator {
    /// An unsigned LEB128 of at most 32 bits.
    @inline(never)
    mutating func readU32() throws(Stop) -> UInt32 {
        try readIndex()
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func readIndex() throws(Stop) -> UInt32 {
        if cursor < end, cursor.pointee < 0x80 {
            let value = UInt32(cursor.pointee)
            cursor += 1
            return value
        }
        if end - cursor >= 2, cursor[1] < 0x80 {
            let value = UInt32(cursor[0] & 0x7F) | UInt32(cursor[1]) &<< 7
            cursor += 2
            return value
        }
        return UInt32(truncatingIfNeeded: try readUnsigned(bits: 32))
    }

    mutating func readU64() throws(Stop) -> UInt64 {
        try readUnsigned(bits: 64)
    }

    /// Every form of an unsigned number, by the decoder's reader, whose errors these are.
    @inline(never)
    private mutating func readUnsigned(bits: UInt32) throws(Stop) -> UInt64 {
        var reader = ByteReader(base: moduleBytes, offset: cursor - moduleBytes, end: end - moduleBytes)
        do {
            let value = try reader.unsignedSlow(bitCount: bits)
            cursor = moduleBytes + reader.offset
            return value
        } catch {
            failure = .malformed(error)
            throw Stop()
        }
    }

    /// Passes over a signed LEB128 of at most 32 bits.
    @inline(__always)
    mutating func skipInt32() throws(Stop) {
        if end - cursor >= 4 {
            if cursor[0] < 0x80 { return cursor += 1 }
            if cursor[1] < 0x80 { return cursor += 2 }
            if cursor[2] < 0x80 { return cursor += 3 }
            if cursor[3] < 0x80 { return cursor += 4 }
        }
        _ = try readSigned(bits: 32)
    }

    /// Passes over a signed LEB128 of at most 64 bits.
    @inline(__always)
    mutating func skipInt64() throws(Stop) {
        if cursor < end, cursor.pointee < 0x80 { return cursor += 1 }
        _ = try readSigned(bits: 64)
    }

    @inline(never)
    private mutating func readSigned(bits: UInt32) throws(Stop) -> Int64 {
        var reader = ByteReader(base: moduleBytes, offset: cursor - moduleBytes, end: end - moduleBytes)
        do {
            let value = try reader.signedSlow(bitCount: bits)
            cursor = moduleBytes + reader.offset
            return value
        } catch {
            failure = .malformed(error)
            throw Stop()
        }
    }

    /// Passes over bytes that may be anything.
    @inline(__always)
    mutating func skip(_ sizeInBytes: Int) throws(Stop) {
        guard end - cursor >= sizeInBytes else { throw unexpectedEnd() }
        cursor += sizeInBytes
    }

    /// Nothing, a result, or the index of a function type (spec 5.4.1, `blocktype`).
    @inline(__always)
    mutating func readBlockType() throws(Stop) -> BlockSignature {
        guard cursor < end else { throw unexpectedEnd() }
        let byte = cursor.pointee
        if byte == 0x40 {
            cursor += 1
            return BlockSignature(result: nil)
        }
        if byte >= 0x7C, byte < 0x80 {
            cursor += 1
            return BlockSignature(result: ValueType(rawValue: UInt32(byte)))
        }
        return try readLongBlockType(byte)
    }

    @inline(never)
    private mutating func readLongBlockType(_ byte: UInt8) throws(Stop) -> BlockSignature {
        if byte & 0xC0 == 0x40 { return BlockSignature(result: try readValueType()) }
        try require(.multiValue)
        let index = try readTypeIndex()
        guard let type = types.pointer(at: Int(index)) else { throw fail(.unknownType) }
        guard type.pointee.kind == .function else { throw fail(.unknownType) }
        return BlockSignature(type: type)
    }

    /// A type index written as a signed number of 33 bits.
    mutating func readTypeIndex() throws(Stop) -> UInt32 {
        let number = try readSigned(bits: 33)
        guard number >= 0 else { throw malformed(.malformedValueType) }
        return UInt32(truncatingIfNeeded: number)
    }

    /// The type of a function that an index names.
    @inline(__always)
    mutating func readFunctionType() throws(Stop) -> UnsafeMutablePointer<DefinedType> {
        let index = Int(try readIndex())
        guard index < functions.count, let base = functions.base, let typeBase = types.base else {
            throw fail(.unknownFunction)
        }
        // Safe: validateFunctionTypes tested every function's type index.
        return typeBase + Int(base[index].typeIndex)
    }

    /// A type of the type section.
    mutating func readDefinedType(_ kind: CompositeKind) throws(Stop) -> UnsafeMutablePointer<DefinedType> {
        guard let type = types.pointer(at: Int(try readU32())), type.pointee.kind == kind else {
            throw fail(.unknownType)
        }
        return type
    }

    /// A value type, canonical (spec 5.3.6).
    mutating func readValueType() throws(Stop) -> ValueType {
        guard cursor < end else { throw unexpectedEnd() }
        let byte = cursor.pointee
        cursor += 1
        let type: ValueType
        switch byte {
        case 0x7C...0x7F: return ValueType(rawValue: UInt32(byte))
        case 0x7B: type = .v128
        case 0x69...0x74: type = .reference(HeapType(rawValue: 0xFFFF00 | UInt32(byte)), isNullable: true)
        case 0x63, 0x64: type = .reference(try readHeapType(), isNullable: byte == 0x63)
        default: throw malformed(.malformedValueType)
        }
        try requireFeatures(of: type)
        return type
    }

    /// A heap type, canonical (spec 5.3.3).
    mutating func readHeapType() throws(Stop) -> HeapType {
        guard cursor < end else { throw unexpectedEnd() }
        let byte = cursor.pointee
        if byte >= 0x69, byte <= 0x74 {
            cursor += 1
            let heapType = HeapType(rawValue: 0xFFFF00 | UInt32(byte))
            try requireFeatures(of: .reference(heapType, isNullable: true))
            return heapType
        }
        let index = try readTypeIndex()
        guard let type = types.pointer(at: Int(index)) else { throw fail(.unknownType) }
        let heapType = HeapType.concrete(type.pointee.canonicalID)
        try requireFeatures(of: .reference(heapType, isNullable: true))
        return heapType
    }

    /// Ends the validation unless the proposals that brought a type are on.
    mutating func requireFeatures(of type: ValueType) throws(Stop) {
        if type == .v128 { return try require(.simd) }
        guard type.isReference else { return }
        try require(.referenceTypes)
        if !type.isNullable { try require(.typedFunctionReferences) }
        switch type.heapType {
        case .function, .external: break
        case .exception, .noException: try require(.exceptions)
        case let heapType where heapType.isConcrete: try require(.typedFunctionReferences)
        default: try require(.garbageCollection)
        }
    }
}
