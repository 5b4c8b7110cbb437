package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MotePlatform

// wasm_runtime_set_module_inst. An environment's operand stack belongs to its instance's store, so that calls in
// another instance run in an environment of that one, made at first need; natives that they call are given that one.

@c @implementation
package func wasm_runtime_set_module_inst(_ handle: OpaquePointer?, _ instanceHandle: OpaquePointer?) {
    guard let environment = record(ofEnvironment: handle), let instance = record(ofInstance: instanceHandle)
    else { return }
    guard instance != environment.pointee.instance else {
        environment.setDelegate(nil)
        return
    }
    if let delegate = environment.pointee.delegate, delegate.pointee.instance == instance { return }
    let size = environment.pointee.engine.operandStackSizeInBytes
    guard let delegate = try? instance.makeEnvironment(stackSizeInBytes: size) else {
        environment.pointee.instance.setException("create singleton exec_env failed")
        return
    }
    delegate.pointee.userData = environment.pointee.userData
    environment.setDelegate(delegate)
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// The instance that calls are in.
    var callInstance: UnsafeMutablePointer<InstanceRecord> {
        pointee.delegate?.pointee.instance ?? pointee.instance
    }

    /// Lets calls run in another environment, or in this one again.
    func setDelegate(_ delegate: UnsafeMutablePointer<EnvironmentRecord>?) {
        let old = pointee.delegate
        mote_lock_acquire(pointee.instance.lock)
        pointee.delegate = delegate
        markFault()
        mote_lock_release(pointee.instance.lock)
        if let old { wasm_runtime_destroy_exec_env(OpaquePointer(old)) }
    }
}

extension UnsafeMutablePointer where Pointee == DoorState {
    /// Lets no environment of another instance run calls in one that ends.
    func endDelegates(in instance: UnsafeMutablePointer<InstanceRecord>) {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstInstance
        while let other = next {
            next = other.pointee.next
            guard other != instance else { continue }
            other.forEachEnvironment { environment in
                guard environment.pointee.delegate?.pointee.instance == instance else { return }
                environment.pointee.delegate = nil
                environment.markFault()
            }
        }
    }
}
