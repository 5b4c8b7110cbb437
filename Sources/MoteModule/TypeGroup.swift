internal import MoteMemory

/// One type of a recursion group before it has a canonical id.
///
/// Concrete heap types among its values, and its supertype, are canonical ids for types outside the group, and
/// ``TypeReference/inGroup(_:)`` for those inside.
package struct TypeCandidate {
    package var kind: CompositeKind
    package var isFinal: Bool
    /// `UInt32.max` for none.
    package var supertype: UInt32
    package var parameterCount: UInt32
    /// Where its values (and mutabilities) start among the group's.
    package var firstValue: Int
    package var valueCount: Int

    package init(
        kind: CompositeKind,
        isFinal: Bool,
        supertype: UInt32,
        parameterCount: UInt32,
        firstValue: Int,
        valueCount: Int
    ) {
        self.kind = kind
        self.isFinal = isFinal
        self.supertype = supertype
        self.parameterCount = parameterCount
        self.firstValue = firstValue
        self.valueCount = valueCount
    }
}

/// How a candidate's values name types of its own group, which have no canonical ids yet.
package enum TypeReference {
    /// Canonical ids are below this; references inside the group stand above.
    package static var limit: UInt32 { 0x80_0000 }

    /// The reference to the type at a position of the group.
    package static func inGroup(_ position: UInt32) -> UInt32 { limit | position }

    /// A word of a type with each reference into the group made a canonical id.
    static func resolved(_ type: ValueType, firstID: UInt32) -> ValueType {
        guard type.isReference, type.heapType.isConcrete, type.heapType.rawValue >= limit else { return type }
        let id = resolved(type.heapType.rawValue, firstID: firstID)
        return .reference(.concrete(id), isNullable: type.isNullable)
    }

    static func resolved(_ reference: UInt32, firstID: UInt32) -> UInt32 {
        reference != .max && reference >= limit ? firstID &+ (reference & (limit &- 1)) : reference
    }
}

/// A recursion group that the registry holds: equal groups of all modules are one.
///
/// ```
/// [ TypeGroup ][ DefinedType x count ][ ValueType x valueCount ][ Bool x valueCount ]     cut from a slab
/// ```
package struct TypeGroup {
    package typealias Pointer = UnsafeMutablePointer<TypeGroup>

    /// Canonical id of the first type; the others follow.
    package var firstID: UInt32
    /// How many modules (and hosts) hold it.
    var holderCount: UInt32
    package var count: Int
    var hash: UInt64
    /// Where it lies.
    var slab: TypeSlab.Pointer
    var next: Pointer?

    /// Bytes before the types, whose alignment is 8.
    static var headerSizeInBytes: Int { (MemoryLayout<TypeGroup>.size &+ 7) & ~7 }

    /// The types, in the group's order.
    package static func types(_ group: Pointer) -> UnsafeMutablePointer<DefinedType> {
        (UnsafeMutableRawPointer(group) + headerSizeInBytes).assumingMemoryBound(to: DefinedType.self)
    }

    /// Bytes that a group takes, or nil when they are too many.
    package static func sizeInBytes(count: Int, valueCount: Int) -> Int? {
        let (types, first) = count.multipliedReportingOverflow(by: MemoryLayout<DefinedType>.stride)
        let (values, second) = valueCount.multipliedReportingOverflow(by: MemoryLayout<ValueType>.stride &+ 1)
        guard !first, !second, types < 1 << 40, values < 1 << 40 else { return nil }
        return (headerSizeInBytes &+ types &+ values &+ 7) & ~7
    }

    /// Whether a candidate group is this one.
    static func isEqual(
        _ group: Pointer,
        _ candidates: UnsafePointer<TypeCandidate>,
        count: Int,
        values: UnsafePointer<ValueType>,
        mutability: UnsafePointer<Bool>
    ) -> Bool {
        guard group.pointee.count == count else { return false }
        let firstID = group.pointee.firstID
        for index in 0..<count {
            let type = types(group) + index
            let candidate = candidates + index
            guard
                type.pointee.kind == candidate.pointee.kind,
                type.pointee.isFinal == candidate.pointee.isFinal,
                type.pointee.parameterCount == candidate.pointee.parameterCount,
                type.pointee.values.count == candidate.pointee.valueCount,
                type.pointee.supertypeID
                    == TypeReference.resolved(candidate.pointee.supertype, firstID: firstID)
            else { return false }
            guard let ours = type.pointee.values.base else { continue }
            for position in 0..<candidate.pointee.valueCount {
                // Safe: both have `valueCount` values.
                let value = values[candidate.pointee.firstValue &+ position]
                if ours[position] != TypeReference.resolved(value, firstID: firstID) { return false }
                guard let flags = type.pointee.mutability.base else { continue }
                if flags[position] != mutability[candidate.pointee.firstValue &+ position] { return false }
            }
        }
        return true
    }

    /// Writes a candidate group behind the header of a fresh block.
    static func fill(
        _ group: Pointer,
        _ candidates: UnsafePointer<TypeCandidate>,
        values: UnsafePointer<ValueType>,
        mutability: UnsafePointer<Bool>,
        valueCount: Int
    ) {
        let count = group.pointee.count
        let firstID = group.pointee.firstID
        let types = types(group)
        let ownValues = UnsafeMutableRawPointer(types + count).assumingMemoryBound(to: ValueType.self)
        let ownMutability = UnsafeMutableRawPointer(ownValues + valueCount).assumingMemoryBound(to: Bool.self)
        for index in 0..<valueCount {
            ownValues[index] = TypeReference.resolved(values[index], firstID: firstID)
            ownMutability[index] = mutability[index]
        }
        for index in 0..<count {
            let candidate = candidates[index]
            let own = ownValues + candidate.firstValue
            var parameterSlots = 0
            var resultSlots = 0
            for position in 0..<candidate.valueCount {
                let slots = own[position].slotCount
                if position < Int(candidate.parameterCount) {
                    parameterSlots &+= slots
                } else {
                    resultSlots &+= slots
                }
            }
            let isFunction = candidate.kind == .function
            (types + index).initialize(
                to: DefinedType(
                    kind: candidate.kind,
                    isFinal: candidate.isFinal,
                    canonicalID: firstID &+ UInt32(truncatingIfNeeded: index),
                    supertypeID: TypeReference.resolved(candidate.supertype, firstID: firstID),
                    parameterCount: candidate.parameterCount,
                    values: Items(base: own, count: candidate.valueCount),
                    mutability: isFunction
                        ? .empty
                        : Items(base: ownMutability + candidate.firstValue, count: candidate.valueCount),
                    parameterSlots: isFunction ? UInt16(truncatingIfNeeded: parameterSlots) : 0,
                    resultSlots: isFunction ? UInt16(truncatingIfNeeded: resultSlots) : 0
                )
            )
        }
    }
}
