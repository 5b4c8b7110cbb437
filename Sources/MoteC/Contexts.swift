package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

/// What ends the data behind a key; null where nothing does.
typealias ContextDestructor = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void

/// The keys under which hosts keep data in instances.
///
/// A key's handle is its number from 1 on.
struct ContextKeys {
    static var capacity: Int { 8 }

    private var destructors = InlineArray<8, ContextDestructor?>(repeating: nil)
    private var used: UInt8 = 0

    /// A new key, if there is one left.
    mutating func take(_ destructor: ContextDestructor?) -> Int? {
        for key in 0..<Self.capacity where used & (1 &<< UInt8(key)) == 0 {
            used |= 1 &<< UInt8(key)
            destructors[key] = destructor
            return key
        }
        return nil
    }

    mutating func giveBack(_ key: Int) { used &= ~(1 &<< UInt8(key)) }

    func isUsed(_ key: Int) -> Bool { used & (1 &<< UInt8(key)) != 0 }

    func destructor(of key: Int) -> ContextDestructor? { isUsed(key) ? destructors[key] : nil }

    /// The key of a handle.
    func key(_ handle: UnsafeMutableRawPointer?) -> Int? {
        let number = Int(bitPattern: handle)
        guard number >= 1, number <= Self.capacity, isUsed(number &- 1) else { return nil }
        return number &- 1
    }
}

@c @implementation
package func wasm_runtime_create_context_key(
    _ destructor: (@convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Void)?
) -> UnsafeMutableRawPointer? {
    guard let state = Door.current else { return nil }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    return state.pointee.contexts.take(destructor).flatMap { UnsafeMutableRawPointer(bitPattern: $0 &+ 1) }
}

@c @implementation
package func wasm_runtime_destroy_context_key(_ handle: UnsafeMutableRawPointer?) {
    guard let state = Door.current else { return }
    mote_lock_acquire(state.lock)
    defer { mote_lock_release(state.lock) }
    if let key = state.pointee.contexts.key(handle) { state.pointee.contexts.giveBack(key) }
}

@c @implementation
package func wasm_runtime_set_context(
    _ handle: OpaquePointer?,
    _ key: UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let state = Door.current, let instance = record(ofInstance: handle),
        let key = state.pointee.contexts.key(key)
    else { return }
    mote_lock_acquire(instance.lock)
    defer { mote_lock_release(instance.lock) }
    if instance.pointee.contexts == nil {
        guard context != nil else { return }
        do throws(MemoryError) {
            instance.pointee.contexts = try instance.pointee.store.state.pointee.arena.allocateZeroed(
                UnsafeMutableRawPointer?.self,
                count: ContextKeys.capacity,
                region: .structures,
                site: .cContexts
            )
        } catch {
            Log.write(.error) { text in
                text.write("a context is not set: ")
                text.write(error)
            }
        }
    }
    instance.pointee.contexts?[key] = context
}

@c @implementation
package func wasm_runtime_set_context_spread(
    _ instance: OpaquePointer?,
    _ key: UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer?
) {
    wasm_runtime_set_context(instance, key, context)
}

@c @implementation
package func wasm_runtime_get_context(_ handle: OpaquePointer?, _ key: UnsafeMutableRawPointer?)
    -> UnsafeMutableRawPointer?
{
    guard let state = Door.current, let instance = record(ofInstance: handle),
        let key = state.pointee.contexts.key(key)
    else { return nil }
    return instance.pointee.contexts?[key]
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Gives the hosts' data to its destructors.
    func endContexts(in state: UnsafeMutablePointer<DoorState>) {
        guard let contexts = pointee.contexts else { return }
        for key in 0..<ContextKeys.capacity {
            guard let context = contexts[key] else { continue }
            contexts[key] = nil
            state.pointee.contexts.destructor(of: key)?(OpaquePointer(self), context)
        }
    }
}
