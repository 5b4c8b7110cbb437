internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Where references of an instance may come to lie outside of it (the escape rule).
///
/// Handlers do not track single references: what a module imports says whether it can give any away.
///
/// Functions have an owner, which is linked with whoever gets them. Structs, arrays and exceptions do not: what they hold
/// may come from anywhere, and their types and tags belong to modules and instances too. So from the first object that
/// the host gives to a guest, or keeps, no instance of the store that may have to do with objects goes before the store
/// (``StoreState/collector``); until then, objects can only lie where their instances' link group is.
enum Publishing {
    /// Whether an instance of the module can hand a reference to something that it does not own.
    static func isPossible(for module: Module.Pointer) -> Bool {
        if module.pointee.importedTableCount > 0 { return true }
        for index in 0..<module.pointee.importedGlobalCount {
            guard let global = module.pointee.globals[checked: index] else { break }
            if global.type.valueType.isReference { return true }
        }
        for index in 0..<module.pointee.importedFunctionCount {
            guard let type = module.functionType(of: UInt32(truncatingIfNeeded: index)) else {
                continue
            }
            // Results too: a function received that way can be called with references.
            if hasReferences(type.pointee.values) { return true }
        }
        return false
    }

    /// Whether some value of a list is a reference.
    static func hasReferences(_ types: Items<ValueType>) -> Bool {
        for index in 0..<types.count where types[checked: index]?.isReference == true { return true }
        return false
    }

    /// Whether an instance of the module can make an object, or receive one as such.
    static func concernsObjects(_ module: Module.Pointer) -> Bool {
        guard Build.hasObjects else { return false }
        if module.pointee.tags.count > 0 { return true }
        for index in 0..<module.pointee.types.count
        where module.pointee.types.pointer(at: index)?.pointee.kind != .function {
            return true
        }
        return false
    }

    /// The instance that a function reference belongs to; nil for null, a host function, another kind of reference.
    static func owner(
        of reference: UInt64,
        type: ValueType
    ) -> UnsafeMutablePointer<MoteInstance>? {
        guard type.isReference, reference & 7 == 0, !EngineStore.isObject(reference) else { return nil }
        return UnsafeMutablePointer<MoteFunction>(bitPattern: UInt(truncatingIfNeeded: reference))?.pointee
            .instance
    }

    /// Notes that `giver`'s references may lie in `taker`: neither goes before the other.
    static func link(
        _ giver: UnsafeMutablePointer<MoteInstance>,
        to taker: UnsafeMutablePointer<MoteInstance>?
    ) {
        guard giver != taker else { return }
        let store = giver.state.pointee.store
        mote_lock_acquire(store.lock)
        giver.state.pointee.isEscaped = true
        if let taker {
            // It can call what it received, with references of its own.
            taker.state.pointee.isEscaped = true
            LinkGroup.join(giver.state, taker.state)
        } else {
            giver.state.pointee.link.leader.pointee.link.isPinned = true
        }
        mote_lock_release(store.lock)
    }

    /// Notes the references among the values that a call passes to `taker` (nil: to the host for good).
    static func link(
        values: UnsafePointer<UInt64>,
        _ types: Items<ValueType>,
        to taker: UnsafeMutablePointer<MoteInstance>?
    ) {
        var slot = 0
        for index in 0..<types.count {
            guard let type = types[checked: index] else { return }
            if let giver = owner(of: values[slot], type: type) {
                link(giver, to: taker)
            } else if type.isReference, let taker {
                EngineStore(state: taker.state.pointee.store).noteShared(values[slot])
            }
            slot &+= type.slotCount
        }
    }
}
