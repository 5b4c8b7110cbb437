package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

// Objects of the host's as externrefs. The interface numbers them, for a guest's reference is a handle of its store:
//
//   object <-> number (of the process's runtime) <-> handle (of the instance's store)
//
// A number lives until its object is deleted or its instance ends, whether or not it is retained: that no guest holds it
// any more is not looked for.

/// One object of one instance; in the door's table.
struct Externref {
    var object: UnsafeMutableRawPointer?
    /// Null in a free entry.
    var instance: UnsafeMutablePointer<InstanceRecord>?
    /// In the instance's store.
    var handle: UInt64
    var cleanup: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?

    /// What stands for no object in cells and calls.
    static var null: UInt32 { .max }
}

/// All of them; the door's lock is held.
struct Externrefs {
    var entries: UnsafeMutablePointer<Externref>?
    var count = 0
    var capacity = 0
}

@c @implementation
package func wasm_externref_obj2ref(
    _ handle: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ number: UnsafeMutablePointer<UInt32>?
) -> Bool {
    guard let state = Door.current, let instance = record(ofInstance: handle), let number else {
        return false
    }
    guard !isNull(object) else {
        number.pointee = Externref.null
        return true
    }
    guard let found = state.number(of: object, in: instance) else { return false }
    number.pointee = found
    return true
}

@c @implementation
package func wasm_externref_ref2obj(
    _ number: UInt32,
    _ object: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> Bool {
    guard let state = Door.current, let object else { return false }
    guard number != Externref.null else {
        object.pointee = nil
        return true
    }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    guard let entry = state.externref(number) else { return false }
    object.pointee = entry.pointee.object
    return true
}

@c @implementation
package func wasm_externref_retain(_ number: UInt32) -> Bool {
    guard let state = Door.current else { return false }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    return state.externref(number) != nil
}

@c @implementation
package func wasm_externref_set_cleanup(
    _ handle: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ cleanup: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?
) -> Bool {
    guard let state = Door.current, let instance = record(ofInstance: handle) else { return false }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    guard let entry = state.externref(of: object, in: instance) else { return false }
    entry.pointee.cleanup = cleanup
    return true
}

@c @implementation
package func wasm_externref_objdel(_ handle: OpaquePointer?, _ object: UnsafeMutableRawPointer?) -> Bool {
    guard let state = Door.current, let instance = record(ofInstance: handle) else { return false }
    mote_lock_acquire(state.lock)
    guard let entry = state.externref(of: object, in: instance) else {
        mote_lock_release(state.lock)
        return false
    }
    let deleted = entry.pointee
    entry.pointee.instance = nil
    mote_lock_release(state.lock)
    instance.pointee.store.releaseExternalReference(deleted.handle)
    deleted.cleanup?(object)
    return true
}

/// Null and all ones, which hosts pass for it, stand for the null reference.
private func isNull(_ object: UnsafeMutableRawPointer?) -> Bool {
    object == nil || UInt(bitPattern: object) == .max
}

extension UnsafeMutablePointer where Pointee == DoorState {
    /// The number of an object, made at its first use in the instance; nil without memory.
    fileprivate func number(
        of object: UnsafeMutableRawPointer?,
        in instance: UnsafeMutablePointer<InstanceRecord>
    ) -> UInt32? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        guard let entry = externref(of: object, in: instance) ?? makeExternref(object, instance),
            let first = pointee.externrefs.entries
        else { return nil }
        return UInt32(truncatingIfNeeded: entry - first &+ 1)
    }

    /// The entry of a number that is in use; the lock is held.
    fileprivate func externref(_ number: UInt32) -> UnsafeMutablePointer<Externref>? {
        let index = Int(number) &- 1
        guard index >= 0, index < pointee.externrefs.count, let entries = pointee.externrefs.entries,
            entries[index].instance != nil
        else { return nil }
        return entries + index
    }

    /// The entry of an object in an instance; O(entries), with the lock held.
    fileprivate func externref(
        of object: UnsafeMutableRawPointer?,
        in instance: UnsafeMutablePointer<InstanceRecord>
    ) -> UnsafeMutablePointer<Externref>? {
        guard let entries = pointee.externrefs.entries else { return nil }
        for index in 0..<pointee.externrefs.count
        where entries[index].instance == instance && entries[index].object == object {
            return entries + index
        }
        return nil
    }

    private func makeExternref(
        _ object: UnsafeMutableRawPointer?,
        _ instance: UnsafeMutablePointer<InstanceRecord>
    ) -> UnsafeMutablePointer<Externref>? {
        do throws(EngineError) {
            guard let entry = try freeExternref() else { return nil }
            entry.pointee.handle = try instance.pointee.store.makeExternalReference(
                object,
                finalizer: nil
            )
            entry.pointee.object = object
            entry.pointee.cleanup = nil
            entry.pointee.instance = instance
            return entry
        } catch {
            return nil
        }
    }

    private func freeExternref() throws(EngineError) -> UnsafeMutablePointer<Externref>? {
        if let entries = pointee.externrefs.entries {
            for index in 0..<pointee.externrefs.count where entries[index].instance == nil {
                return entries + index
            }
        }
        if pointee.externrefs.count == pointee.externrefs.capacity { try growExternrefs() }
        guard let entries = pointee.externrefs.entries else { return nil }
        let entry = entries + pointee.externrefs.count
        entry.initialize(to: Externref(object: nil, instance: nil, handle: 0, cleanup: nil))
        pointee.externrefs.count &+= 1
        return entry
    }

    private func growExternrefs() throws(EngineError) {
        let capacity = Swift.max(pointee.externrefs.capacity &* 2, 8)
        let size = capacity &* MemoryLayout<Externref>.stride
        do throws(MemoryError) {
            let raw: UnsafeMutableRawPointer
            if let entries = pointee.externrefs.entries {
                raw = try pointee.arena.resizeGrowable(
                    UnsafeMutableRawPointer(entries),
                    to: size,
                    site: .cExternrefGrowth
                )
            } else {
                raw = try pointee.arena.allocateGrowable(
                    sizeInBytes: size,
                    region: .structures,
                    site: .cExternrefs
                )
            }
            pointee.externrefs.entries = raw.bindMemory(to: Externref.self, capacity: capacity)
            pointee.externrefs.capacity = capacity
        } catch {
            throw .memory(error)
        }
    }

    /// Gives the table back where no entry is in use; the lock is held.
    private func freeExternrefs() {
        guard let entries = pointee.externrefs.entries else { return }
        for index in 0..<pointee.externrefs.count where entries[index].instance != nil { return }
        pointee.arena.freeGrowable(UnsafeMutableRawPointer(entries))
        pointee.externrefs = Externrefs()
    }

    /// Ends the numbers of an instance's objects, and lets the host clean up; the table goes with the last.
    func endExternrefs(of instance: UnsafeMutablePointer<InstanceRecord>) {
        var index = 0
        while true {
            mote_lock_acquire(lock)
            guard let entries = pointee.externrefs.entries, index < pointee.externrefs.count else {
                freeExternrefs()
                mote_lock_release(lock)
                return
            }
            let entry = entries[index]
            // Parts of the instance go with it.
            let isOurs = entry.instance?.pointee.store.state == instance.pointee.store.state
            if isOurs { entries[index].instance = nil }
            mote_lock_release(lock)
            // Without the lock: it may use the interface.
            if isOurs { entry.cleanup?(entry.object) }
            index &+= 1
        }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// A guest's reference to an object; nil without memory.
    func reference(to object: UnsafeMutableRawPointer?) -> UInt64? {
        guard !isNull(object) else { return 0 }
        guard let state = Door.current else { return nil }
        guard let number = state.number(of: object, in: self) else { return nil }
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        return state.externref(number)?.pointee.handle
    }

    /// Puts the reference to an object over the object that a native left; a trap code.
    func makeReference(_ slots: UnsafeMutablePointer<UInt64>) -> UInt32 {
        guard let reference = reference(to: UnsafeMutableRawPointer(bitPattern: UInt(slots[0]))) else {
            setException("allocate memory failed")
            return UInt32(TrapCode.hostError.rawValue)
        }
        slots[0] = reference
        return 0
    }

    /// The object behind a guest's reference; null where it was deleted.
    func object(of reference: UInt64) -> UnsafeMutableRawPointer? {
        guard reference != 0, let state = Door.current else { return nil }
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        guard let entries = state.pointee.externrefs.entries else { return nil }
        // Handles are told apart by their generations, also where an entry of the store is used again.
        guard let object = pointee.store.externalData(of: reference) else { return nil }
        for index in 0..<state.pointee.externrefs.count
        where entries[index].handle == reference && entries[index].instance != nil
            && entries[index].instance?.pointee.store.state == pointee.store.state
        {
            return object
        }
        return nil
    }
}
