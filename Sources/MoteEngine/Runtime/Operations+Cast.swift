internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

extension Operations {
    /// Whether a reference is of a type: a canonical id, or an abstract heap type of its hierarchy.
    ///
    /// ```
    /// ...1 small integer    ...10 handle of the host    ...000 object or function
    /// ```
    @inline(never)
    static func matches(
        _ environment: Environment,
        _ reference: UInt64,
        _ target: UInt32,
        isNullable: Bool
    ) -> Bool {
        let types = environment.state.pointee.store.pointee.runtime.pointee.types
        return matches(types, reference, target, isNullable: isNullable)
    }

    static func matches(
        _ types: TypeRegistry.Pointer,
        _ reference: UInt64,
        _ target: UInt32,
        isNullable: Bool
    ) -> Bool {
        guard reference != 0 else { return isNullable }
        let type = HeapType(rawValue: target)
        // The tops of the hierarchies: validation lets nothing else come here.
        if type == .any || type == .external || type == .function || type == .exception { return true }
        if Build.hasGarbageCollection, reference & 1 != 0 { return type == .eq || type == .i31 }
        guard reference & 2 == 0,
            let object = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return false }
        let header = GCObject.header(object)
        guard Build.hasObjects, header & 1 != 0 else {
            let function = object.assumingMemoryBound(to: MoteFunction.self)
            return type.isConcrete && TypeRegistry.isSubtype(types, function.pointee.typeID, of: target)
        }
        if type.isConcrete {
            let id = GCObject.typeID(header)
            return id == target || TypeRegistry.isSubtype(types, id, of: target)
        }
        switch GCObject.kind(header) {
        case .structure: return type == .eq || type == .structure
        case .array: return type == .eq || type == .array
        case .exception, .free: return false
        }
    }
}
