package import MoteModule

/// What a block takes and leaves (spec 5.4.1).
@frozen
package enum BlockType: Equatable, Sendable {
    case empty
    case value(ValueType)
    case typeIndex(UInt32)
}

extension ByteReader {
    /// An error that names a feature which is off.
    func unsupported(_ feature: Feature, at byteOffset: Int) -> DecodeError {
        DecodeError(.unsupportedFeature, at: byteOffset, detail: UInt32(feature.rawValue))
    }

    func require(_ feature: Feature, of features: FeatureSet, at byteOffset: Int) throws(DecodeError) {
        guard features.contains(feature) else { throw unsupported(feature, at: byteOffset) }
    }

    /// A value type; concrete heap types are type indices of the module, not checked here.
    @inline(never)
    package mutating func valueType(features: FeatureSet) throws(DecodeError) -> ValueType {
        let start = offset
        let byte = try u8()
        switch byte {
        case 0x7F, 0x7E, 0x7D, 0x7C: return ValueType(rawValue: UInt32(byte))
        case 0x7B:
            try require(.simd, of: features, at: start)
            return .v128
        default:
            offset = start
            guard let type = try referenceTypeIfPresent(features: features) else {
                throw DecodeError(.malformedValueType, at: start, detail: UInt32(byte))
            }
            try require(.referenceTypes, of: features, at: start)
            return type
        }
    }

    /// A reference type.
    package mutating func referenceType(features: FeatureSet) throws(DecodeError) -> ValueType {
        guard let type = try referenceTypeIfPresent(features: features) else {
            throw error(.malformedReferenceType)
        }
        return type
    }

    /// A reference type, or nil (and nothing consumed) if something else follows.
    @inline(never)
    mutating func referenceTypeIfPresent(features: FeatureSet) throws(DecodeError) -> ValueType? {
        let start = offset
        let byte = try u8()
        if byte == 0x63 || byte == 0x64 {
            try require(.typedFunctionReferences, of: features, at: start)
            return .reference(try heapType(features: features), isNullable: byte == 0x63)
        }
        guard let heapType = try abstractHeapType(byte, features: features, at: start) else {
            offset = start
            return nil
        }
        return .reference(heapType, isNullable: true)
    }

    /// A heap type; a concrete one is a type index of the module, not checked here.
    package mutating func heapType(features: FeatureSet) throws(DecodeError) -> HeapType {
        let start = offset
        if let byte = peek, let abstract = try abstractHeapType(byte, features: features, at: start) {
            offset &+= 1
            return abstract
        }
        let index = try s33()
        guard index >= 0 else { throw DecodeError(.malformedHeapType, at: start) }
        try require(.typedFunctionReferences, of: features, at: start)
        guard index < Int64(DecodeLimits.types) else {
            throw DecodeError(.unknownType, at: start, detail: UInt32(truncatingIfNeeded: index))
        }
        return .concrete(UInt32(truncatingIfNeeded: index))
    }

    private func abstractHeapType(
        _ byte: UInt8,
        features: FeatureSet,
        at byteOffset: Int
    ) throws(DecodeError) -> HeapType? {
        switch byte {
        case 0x70, 0x6F: break
        case 0x69, 0x74: try require(.exceptions, of: features, at: byteOffset)
        case 0x6A...0x6E, 0x71...0x73: try require(.garbageCollection, of: features, at: byteOffset)
        default: return nil
        }
        return HeapType(rawValue: 0xFFFF00 | UInt32(byte))
    }

    /// The type of a block; a type index is not checked here.
    package mutating func blockType(features: FeatureSet) throws(DecodeError) -> BlockType {
        guard let byte = peek else { throw error(.unexpectedEnd) }
        if byte == 0x40 {
            offset &+= 1
            return .empty
        }
        // One byte with bit 6 set and no continuation is negative: a value type.
        if byte & 0xC0 == 0x40 { return .value(try valueType(features: features)) }
        let start = offset
        let index = try s33()
        guard index >= 0 else { throw DecodeError(.malformedValueType, at: start) }
        try require(.multiValue, of: features, at: start)
        return .typeIndex(UInt32(truncatingIfNeeded: index))
    }
}
