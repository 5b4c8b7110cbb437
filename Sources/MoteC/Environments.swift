package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

@c @implementation
package func wasm_runtime_create_exec_env(_ handle: OpaquePointer?, _ stackSize: UInt32) -> OpaquePointer? {
    guard let instance = record(ofInstance: handle) else { return nil }
    do throws(EngineError) {
        return OpaquePointer(try instance.makeEnvironment(stackSizeInBytes: Int(stackSize)))
    } catch {
        return nil
    }
}

@c @implementation
package func wasm_runtime_destroy_exec_env(_ handle: OpaquePointer?) {
    guard let environment = record(ofEnvironment: handle) else { return }
    environment.setDelegate(nil)
    let instance = environment.pointee.instance
    mote_lock_acquire(instance.lock)
    defer { mote_lock_release(instance.lock) }
    let engine = environment.pointee.engine
    let next = environment.pointee.next
    let previous = environment.pointee.previous
    environment.pointee.mark = 0
    guard engine.destroy() else {
        environment.markFault()
        return
    }
    next?.pointee.previous = previous
    if let previous { previous.pointee.next = next } else { instance.pointee.firstEnvironment = next }
    if instance.pointee.singleton == environment { instance.pointee.singleton = nil }
}

@c @implementation
package func wasm_runtime_get_exec_env_singleton(_ handle: OpaquePointer?) -> OpaquePointer? {
    guard let instance = record(ofInstance: handle) else { return nil }
    do throws(EngineError) {
        return OpaquePointer(try instance.ownEnvironment())
    } catch {
        instance.setException("create singleton exec_env failed")
        return nil
    }
}

@c @implementation
package func wasm_runtime_get_module_inst(_ handle: OpaquePointer?) -> OpaquePointer? {
    record(ofEnvironment: handle).map { OpaquePointer($0.callInstance) }
}

@c @implementation
package func wasm_runtime_set_user_data(_ handle: OpaquePointer?, _ data: UnsafeMutableRawPointer?) {
    record(ofEnvironment: handle)?.pointee.userData = data
}

@c @implementation
package func wasm_runtime_get_user_data(_ handle: OpaquePointer?) -> UnsafeMutableRawPointer? {
    record(ofEnvironment: handle)?.pointee.userData
}

@c @implementation
package func wasm_runtime_get_function_attachment(_ handle: OpaquePointer?) -> UnsafeMutableRawPointer? {
    guard let environment = record(ofEnvironment: handle) else { return nil }
    // The interpreter calls natives of integers itself, and notes only which.
    guard let native = NativeImport.running(in: environment.pointee.engine) else {
        return environment.pointee.attachment
    }
    return native.pointee.attachment
}

@c @implementation
package func wasm_runtime_set_instruction_count_limit(_ handle: OpaquePointer?, _ count: Int32) {
    guard let environment = record(ofEnvironment: handle) else { return }
    let engine = environment.pointee.engine
    guard count >= 0 else {
        engine.fuel = .max
        return
    }
    engine.fuel = Int64(count)
    // Code that counts is other code: it is translated when the first limit is set.
    do throws(EngineError) {
        guard let instance = environment.pointee.instance.pointee.instance else { return }
        if try !instance.startMetering() { environment.pointee.instance.setException("invalid exec env") }
    } catch {
        environment.pointee.instance.setException { $0.write(error) }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// The instance's own environment, made at first need.
    func ownEnvironment() throws(EngineError) -> UnsafeMutablePointer<EnvironmentRecord> {
        if let environment = pointee.singleton { return environment }
        let environment = try makeEnvironment(stackSizeInBytes: pointee.stackSizeInBytes)
        pointee.singleton = environment
        return environment
    }

    func makeEnvironment(stackSizeInBytes: Int) throws(EngineError) -> UnsafeMutablePointer<EnvironmentRecord>
    {
        // Less than the engine takes: what is more is not used, so that calls overflow as the host expects.
        let engine = try EngineEnvironment.create(
            in: pointee.store,
            operandStackSizeInBytes: Swift.max(stackSizeInBytes, 256)
        )
        let record: UnsafeMutablePointer<EnvironmentRecord>
        do throws(MemoryError) {
            record = try engine.state.pointee.arena.allocate(
                EnvironmentRecord.self,
                count: 1,
                region: .structures,
                site: .cEnvironment
            )
        } catch {
            engine.destroy()
            throw .memory(error)
        }
        engine.fuel = .max
        if stackSizeInBytes < 256, let base = engine.base.pointee.stackBase {
            engine.base.pointee.stackLimit = base + Swift.max(stackSizeInBytes, 0) / 8
        }
        engine.base.pointee.userData = UnsafeMutableRawPointer(record)
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        record.initialize(
            to: EnvironmentRecord(
                mark: EnvironmentRecord.living,
                engine: engine,
                instance: self,
                userData: nil,
                attachment: nil,
                delegate: nil,
                next: pointee.firstEnvironment,
                previous: nil
            )
        )
        record.markFault()
        pointee.firstEnvironment?.pointee.previous = record
        pointee.firstEnvironment = record
        return record
    }
}
