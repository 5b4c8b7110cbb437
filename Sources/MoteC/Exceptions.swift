package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MotePlatform

@c @implementation
package func wasm_runtime_get_exception(_ handle: OpaquePointer?) -> UnsafePointer<CChar>? {
    guard let instance = record(ofInstance: handle), instance.isFaulty else { return nil }
    return UnsafePointer(instance.pointee.exception)
}

@c @implementation
package func wasm_runtime_set_exception(_ handle: OpaquePointer?, _ text: UnsafePointer<CChar>?) {
    guard let instance = record(ofInstance: handle) else { return }
    guard let text else { return instance.clearException() }
    instance.setException { writer in writer.write(cString: text) }
}

@c @implementation
package func wasm_runtime_clear_exception(_ handle: OpaquePointer?) {
    guard let instance = record(ofInstance: handle) else { return }
    instance.clearException()
    instance.forEachEnvironment { $0.pointee.engine.clearInterrupt() }
}

@c @implementation
package func wasm_runtime_terminate(_ handle: OpaquePointer?) {
    guard let instance = record(ofInstance: handle) else { return }
    instance.forEachMember { member in
        member.setException("terminated by user")
        member.forEachEnvironment { $0.pointee.engine.interrupt(.terminate) }
    }
    instance.wakeBlocked()
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Whether an exception is set.
    var isFaulty: Bool { mote_load_acquire_u32(hasException) != 0 }

    /// Sets the exception to a text that a closure writes.
    @inline(never)
    func setException(_ body: (inout TextWriter) -> Void) {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var writer = TextWriter(pointee.exception, sizeInBytes: InstanceRecord.exceptionSizeInBytes)
        writer.write("Exception: ")
        body(&writer)
        mote_store_release_u32(hasException, 1)
        markEnvironments()
    }

    @inline(never)
    func setException(_ text: Text) { setException { $0.write(text) } }

    func clearException() {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        mote_store_release_u32(hasException, 0)
        markEnvironments()
        pointee.exception[0] = 0
    }

    /// Tells the environments whether there is an exception; the lock is held.
    func markEnvironments() {
        var next = pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            environment.markFault()
        }
    }

    func forEachEnvironment(_ body: (UnsafeMutablePointer<EnvironmentRecord>) -> Void) {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            body(environment)
        }
    }

    /// What a call's end means: true when it went well, otherwise the exception is set.
    ///
    /// One that is set already,
    /// by a native or from another thread, stays.
    func finish(_ trap: TrapCode, in environment: EngineEnvironment) -> Bool {
        if trap == .none { return !isFaulty }
        if isFaulty { return false }
        if trap == .memoryExhausted, let error = environment.memoryError {
            setException { $0.write(error) }
        } else {
            setException(trap.wamrText)
        }
        spreadException()
        return false
    }

    /// What ``spreadException()`` does where there are threads.
    func spreadExceptionNow() {
        var text = InlineArray<192, CChar>(repeating: 0)
        withUnsafeMutablePointer(to: &text) {
            let start = UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
            mote_lock_acquire(lock)
            memcpy(start, pointee.exception, InstanceRecord.exceptionSizeInBytes)
            mote_lock_release(lock)
            var hasOthers = false
            forEachMember { member in
                guard member != self, !member.isFaulty else { return }
                hasOthers = true
                // "Exception: " is written again.
                member.setException { $0.write(cString: start + 11) }
                member.forEachEnvironment { $0.pointee.engine.interrupt(.terminate) }
            }
            if hasOthers { wakeBlocked() }
        }
    }
}
