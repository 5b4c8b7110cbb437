package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MotePlatform

// System calls of natives that may take long: who terminates the instance has them return EINTR, by a signal that
// comes again until the operation is over, since it may have come too early.

@c @implementation
package func wasm_runtime_begin_blocking_op(_ handle: OpaquePointer?) -> Bool {
    guard let environment = record(ofEnvironment: handle) else { return false }
    mote_prepare_wake_signal()
    environment.pointee.blockedThread = mote_thread_id()
    // In one order with the interrupt: either it is seen here, or the operation is seen there.
    mote_exchange_u32(environment.isBlocked, 1)
    if mote_interrupt_word(environment.pointee.engine.base) == 0, !environment.pointee.instance.isFaulty {
        return true
    }
    mote_store_release_u32(environment.isBlocked, 0)
    return false
}

@c @implementation
package func wasm_runtime_end_blocking_op(_ handle: OpaquePointer?) {
    guard let environment = record(ofEnvironment: handle) else { return }
    mote_store_release_u32(environment.isBlocked, 0)
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// 1 while a native is in an operation that may block, for atomic access.
    @inline(__always)
    fileprivate var isBlocked: UnsafeMutablePointer<UInt32> {
        (UnsafeMutableRawPointer(self) + 4).assumingMemoryBound(to: UInt32.self)
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Has operations that block return, for at most a second; the environments are interrupted already.
    func wakeBlocked() {
        for _ in 0..<1000 {
            var isWaiting = false
            forEachMember { member in
                member.forEachEnvironment { environment in
                    guard mote_load_seq_u32(environment.isBlocked) != 0,
                        environment.pointee.blockedThread != mote_thread_id()
                    else { return }
                    isWaiting = true
                    mote_thread_wake(environment.pointee.blockedThread)
                }
            }
            guard isWaiting else { return }
            _ = mote_poll(nil, 0, 1_000_000)
        }
        Log.write(.warning, "a blocking operation goes on though its instance was terminated")
    }
}
