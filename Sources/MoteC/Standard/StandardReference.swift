package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory

/// What a reference stands for.
enum StandardPayload {
    case function(UnsafeMutablePointer<MoteFunction>)
    case global(GlobalCell)
    case table(UnsafeMutablePointer<MoteTable>)
    case memory(UnsafeMutablePointer<MoteMemory>)
    case instance(EngineInstance)
    case module(StandardModule.Pointer)
    case foreign
    case trap(StandardTrap)
    /// A reference that the interface has no kind for, with the root that keeps its object.
    case other(UInt64, root: UInt32)
    /// A placeholder for an imported function.
    case empty

    var kind: UInt32 {
        switch self {
        case .function, .empty: UInt32(MOTE_REFERENCE_FUNCTION)
        case .global: UInt32(MOTE_REFERENCE_GLOBAL)
        case .table: UInt32(MOTE_REFERENCE_TABLE)
        case .memory: UInt32(MOTE_REFERENCE_MEMORY)
        case .instance: UInt32(MOTE_REFERENCE_INSTANCE)
        case .module: UInt32(MOTE_REFERENCE_MODULE)
        case .foreign: UInt32(MOTE_REFERENCE_FOREIGN)
        case .trap: UInt32(MOTE_REFERENCE_TRAP)
        case .other: UInt32(MOTE_REFERENCE_OTHER)
        }
    }
}

/// Behind every handle of what a store has: one for each entity, however many handles there are.
///
/// In a block of its own from the engine's heap. It stays while there are handles or the guest may have it as an
/// externref; where host info was set, as long as the entity, so that a later handle of it finds the info.
struct StandardReference {
    typealias Pointer = UnsafeMutablePointer<StandardReference>

    /// First: its address is the reference's.
    var base: wasm_ref_t
    /// Handles, and parts of an instance that hold it.
    var holderCount: Int
    var store: StandardStore.Pointer
    var payload: StandardPayload
    /// Two references of a kind are the same if these are.
    var identity: UInt64
    /// The instance that a part belongs to: held while this has handles, kept while only the guest has it.
    var owner: Pointer?
    /// Parts of this instance without handles that the guest has as externrefs.
    var guestCount: Int
    /// Parts of this instance that wait for a later handle, with their host info.
    var waitingCount: Int
    /// One of those.
    var isWaiting: Bool
    /// What guests see of it as an externref, whose data is this record; 0: nothing yet.
    ///
    /// Retained while there are handles.
    var external: UInt64
    var hostInfo: UnsafeMutableRawPointer?
    var finalizer: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
    /// The next in its bucket of the store.
    var next: Pointer?
}

extension StandardReference {
    /// The record behind a handle of any kind; nil where it is null or gone.
    static func behind(_ handle: OpaquePointer?) -> Pointer? {
        handle.flatMap { behind(UnsafePointer<wasm_ref_t>($0)) }
    }

    static func behind(_ handle: UnsafePointer<wasm_ref_t>?) -> Pointer? {
        guard let handle, handle.pointee.mark == UInt32(MOTE_REFERENCE) else { return nil }
        return UnsafeMutableRawPointer(mutating: handle).assumingMemoryBound(to: StandardReference.self)
    }

    /// The reference of an entity, held once more; made where there is none yet.
    ///
    /// Nil when memory is not to be had.
    static func hold(
        _ payload: StandardPayload,
        identity: UInt64,
        owner: UnsafeMutablePointer<MoteInstance>? = nil,
        in store: StandardStore.Pointer
    ) -> Pointer? {
        if let known = store.reference(payload.kind, identity) {
            hold(known)
            return known
        }
        return make(payload, identity: identity, owner: owner, in: store)
    }

    /// A reference of an entity that has none yet, held once.
    static func make(
        _ payload: StandardPayload,
        identity: UInt64,
        owner: UnsafeMutablePointer<MoteInstance>? = nil,
        in store: StandardStore.Pointer
    ) -> Pointer? {
        let size = MemoryLayout<StandardReference>.size
        guard let raw = StandardEngine.allocate(size, from: store.pointee.engine) else { return nil }
        let reference = raw.bindMemory(to: StandardReference.self, capacity: 1)
        reference.initialize(
            to: StandardReference(
                base: wasm_ref_t(mark: UInt32(MOTE_REFERENCE), kind: payload.kind),
                holderCount: 0,
                store: store,
                payload: payload,
                identity: identity,
                owner: nil,
                guestCount: 0,
                waitingCount: 0,
                isWaiting: false,
                external: 0,
                hostInfo: nil,
                finalizer: nil,
                next: nil
            )
        )
        if let owner {
            let instance = EngineInstance(state: owner.state)
            reference.pointee.owner = instance.state.pointee.userData?.assumingMemoryBound(
                to: StandardReference.self
            )
            // The host gave the instance up, or is not told of it yet: only the store can keep it now.
            if reference.pointee.owner == nil { instance.pin() }
        }
        store.insert(reference)
        hold(reference)
        return reference
    }

    static func hold(_ reference: Pointer) {
        reference.pointee.holderCount &+= 1
        guard reference.pointee.holderCount == 1 else { return }
        let store = reference.pointee.store
        store.pointee.holderCount &+= 1
        if let owner = reference.pointee.owner { hold(owner) }
        if reference.pointee.isWaiting {
            reference.pointee.isWaiting = false
            reference.pointee.owner?.pointee.waitingCount &-= 1
        }
        guard reference.pointee.external != 0 else { return }
        store.pointee.store.retainExternalReference(reference.pointee.external)
        reference.pointee.owner?.pointee.guestCount &-= 1
    }

    static func release(_ reference: Pointer) {
        reference.pointee.holderCount &-= 1
        guard reference.pointee.holderCount == 0 else { return }
        let store = reference.pointee.store
        let owner = reference.pointee.owner
        if reference.pointee.external != 0 {
            // From here on the guest has it, until a collection does not find it any more.
            owner?.pointee.guestCount &+= 1
            store.pointee.store.releaseExternalReference(reference.pointee.external)
        }
        endIfUnused(reference)
        if let owner { release(owner) }
        StandardStore.release(store)
    }

    /// Ends what nobody has any more, unless it waits with its host info.
    private static func endIfUnused(_ reference: Pointer) {
        guard reference.pointee.holderCount == 0, reference.pointee.external == 0,
            reference.pointee.guestCount == 0
        else { return }
        switch reference.pointee.payload {
        case .function, .global, .table, .memory:
            // The entity is still there, and may be met again.
            guard reference.pointee.hostInfo == nil else {
                reference.pointee.isWaiting = true
                reference.pointee.owner?.pointee.waitingCount &+= 1
                return
            }
        case .instance(let instance):
            // What others may reach stays with its parts.
            if instance.isEscaped, reference.pointee.hostInfo != nil || reference.pointee.waitingCount > 0 {
                return
            }
            endWaitingParts(of: reference)
        case .module, .foreign, .trap, .other, .empty: break
        }
        guard reference.pointee.store.pointee.spareTrap != reference else { return }
        reference.pointee.store.remove(reference)
        end(reference)
        StandardEngine.free(UnsafeMutableRawPointer(reference))
    }

    /// The parts go with their instance; O(references of the store).
    private static func endWaitingParts(of instance: Pointer) {
        let store = instance.pointee.store
        for index in 0..<store.pointee.bucketCount where instance.pointee.waitingCount > 0 {
            var next = store.pointee.buckets[index]
            while let current = next {
                guard current.pointee.isWaiting, current.pointee.owner == instance else {
                    next = current.pointee.next
                    continue
                }
                instance.pointee.waitingCount &-= 1
                store.remove(current)
                end(current)
                StandardEngine.free(UnsafeMutableRawPointer(current))
                // Its finalizer may have ended others.
                next = store.pointee.buckets[index]
            }
        }
    }

    /// The reference as guests see it where an externref is wanted; 0 when memory is not to be had.
    ///
    /// There is a handle of it, which keeps the value until it is stored.
    static func external(_ reference: Pointer) -> UInt64 {
        if reference.pointee.external != 0 { return reference.pointee.external }
        let made = try? reference.pointee.store.pointee.store.makeExternalReference(
            UnsafeMutableRawPointer(reference),
            finalizer: externalDidEnd
        )
        reference.pointee.external = made ?? 0
        return reference.pointee.external
    }

    /// The guest does not have it any more, and there are no handles.
    private static let externalDidEnd: HostFinalizer = { data in
        guard let reference = data?.assumingMemoryBound(to: StandardReference.self) else { return }
        guard reference.pointee.base.mark == UInt32(MOTE_REFERENCE) else {
            // The store is going and has ended it already.
            return StandardEngine.free(UnsafeMutableRawPointer(reference))
        }
        reference.pointee.external = 0
        let owner = reference.pointee.owner
        endIfUnused(reference)
        owner?.pointee.guestCount &-= 1
        if let owner { endIfUnused(owner) }
    }

    /// Lets go of what it stands for and calls the finalizer; it is in no bucket.
    static func end(_ reference: Pointer) {
        let store = reference.pointee.store
        reference.pointee.base.mark = 0
        if let finalizer = reference.pointee.finalizer { finalizer(reference.pointee.hostInfo) }
        switch reference.pointee.payload {
        case .function, .global, .table, .memory, .foreign, .empty: break
        case .instance(let instance):
            instance.state.pointee.userData = nil
            // What others may reach stays, as the engine knows.
            instance.destroy()
        case .module(let module): StandardModule.release(module)
        case .trap(let trap): trap.end()
        case .other(_, let root): store.pointee.store.release(root: root)
        }
    }
}

extension UnsafeMutablePointer where Pointee == StandardReference {
    /// What the host gets.
    var handle: UnsafeMutablePointer<wasm_ref_t> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: wasm_ref_t.self)
    }

    /// The same for the kinds whose handles C knows nothing of.
    var opaque: OpaquePointer { OpaquePointer(self) }
}

// MARK: what the header declares for every kind

@c @implementation
package func wasm_ref_copy(_ handle: UnsafePointer<wasm_ref_t>?) -> UnsafeMutablePointer<wasm_ref_t>? {
    guard let reference = StandardReference.behind(handle) else { return nil }
    StandardReference.hold(reference)
    return reference.handle
}

@c @implementation
package func wasm_ref_delete(_ handle: UnsafeMutablePointer<wasm_ref_t>?) {
    if let reference = StandardReference.behind(UnsafePointer(handle)), reference.pointee.holderCount > 0 {
        StandardReference.release(reference)
    }
}

@c @implementation
package func wasm_ref_same(_ left: UnsafePointer<wasm_ref_t>?, _ right: UnsafePointer<wasm_ref_t>?) -> Bool {
    left == right
}

@c @implementation
package func wasm_ref_get_host_info(_ handle: UnsafePointer<wasm_ref_t>?) -> UnsafeMutableRawPointer? {
    StandardReference.behind(handle)?.pointee.hostInfo
}

@c @implementation
package func wasm_ref_set_host_info(
    _ handle: UnsafeMutablePointer<wasm_ref_t>?,
    _ info: UnsafeMutableRawPointer?
) {
    wasm_ref_set_host_info_with_finalizer(handle, info, nil)
}

@c @implementation
package func wasm_ref_set_host_info_with_finalizer(
    _ handle: UnsafeMutablePointer<wasm_ref_t>?,
    _ info: UnsafeMutableRawPointer?,
    _ finalizer: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
) {
    guard let reference = StandardReference.behind(UnsafePointer(handle)) else { return }
    let (old, oldFinalizer) = (reference.pointee.hostInfo, reference.pointee.finalizer)
    reference.pointee.hostInfo = info
    reference.pointee.finalizer = info == nil ? nil : finalizer
    if let oldFinalizer { oldFinalizer(old) }
}
