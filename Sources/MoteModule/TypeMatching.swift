internal import MoteMemory
internal import MotePlatform

/// Subtyping of value types and heap types (spec 3.3).
///
/// Concrete heap types are canonical ids.
package enum TypeMatching {
    /// Whether a value of the first type may stand where the second is expected.
    package static func matches(_ type: ValueType, _ expected: ValueType, _ registry: TypeRegistry.Pointer)
        -> Bool
    {
        if type == expected || type == .bottom { return true }
        guard type.isReference, expected.isReference else { return false }
        if type.isNullable && !expected.isNullable { return false }
        return matches(type.heapType, expected.heapType, registry)
    }

    /// Whether the first heap type is a subtype of the second.
    package static func matches(_ type: HeapType, _ expected: HeapType, _ registry: TypeRegistry.Pointer)
        -> Bool
    {
        if type == expected { return true }
        if type.isConcrete {
            if expected.isConcrete {
                return TypeRegistry.isSubtype(registry, type.rawValue, of: expected.rawValue)
            }
            switch TypeRegistry.type(registry, type.rawValue)?.pointee.kind {
            case .function: return expected == .function
            case .structure: return expected == .structure || isAbove(.structure, expected)
            case .array: return expected == .array || isAbove(.array, expected)
            case nil: return false
            }
        }
        if expected.isConcrete {
            switch TypeRegistry.type(registry, expected.rawValue)?.pointee.kind {
            case .function: return type == .noFunction
            case .structure, .array: return type == .none
            case nil: return false
            }
        }
        return isAbove(type, expected)
    }

    /// Whether `upper` stands strictly above `lower` in the hierarchy of abstract heap types.
    private static func isAbove(_ lower: HeapType, _ upper: HeapType) -> Bool {
        switch lower {
        case .none: upper == .i31 || upper == .structure || upper == .array || upper == .eq || upper == .any
        case .i31, .structure, .array: upper == .eq || upper == .any
        case .eq: upper == .any
        case .noFunction: upper == .function
        case .noExternal: upper == .external
        case .noException: upper == .exception
        default: false
        }
    }

    /// Whether a type may declare another as its supertype: it is open, of the same kind, and its parts match
    /// (spec 3.2.7, "Sub types").
    package static func isValidSubtype(
        _ type: UnsafePointer<DefinedType>,
        of supertype: UnsafePointer<DefinedType>,
        _ registry: TypeRegistry.Pointer
    ) -> Bool {
        // Declarations of supertypes came with garbage collection: without it the decoder refuses them before.
        guard Build.hasGarbageCollection else { return false }
        guard !supertype.pointee.isFinal, type.pointee.kind == supertype.pointee.kind else { return false }
        let own = type.pointee.values
        let base = supertype.pointee.values
        switch type.pointee.kind {
        case .function:
            guard own.count == base.count, type.pointee.parameterCount == supertype.pointee.parameterCount
            else {
                return false
            }
            for index in 0..<own.count {
                guard let mine = own[checked: index], let theirs = base[checked: index] else { return false }
                let isParameter = index < Int(type.pointee.parameterCount)
                guard isParameter ? matches(theirs, mine, registry) : matches(mine, theirs, registry) else {
                    return false
                }
            }
            return true
        case .structure, .array:
            guard own.count >= base.count else { return false }
            for index in 0..<base.count {
                guard
                    let mine = own[checked: index], let theirs = base[checked: index],
                    let isMutable = type.pointee.mutability[checked: index],
                    isMutable == supertype.pointee.mutability[checked: index]
                else { return false }
                // A field that is written must have the same type.
                guard isMutable ? mine == theirs : matches(mine, theirs, registry) else { return false }
            }
            return true
        }
    }
}
