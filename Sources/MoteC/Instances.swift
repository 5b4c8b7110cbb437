package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteWASI

@c @implementation
package func wasm_runtime_instantiate(
    _ module: OpaquePointer?,
    _ stackSize: UInt32,
    _ heapSize: UInt32,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var arguments = InstantiationArgs()
    arguments.default_stack_size = stackSize
    arguments.host_managed_heap_size = heapSize
    return wasm_runtime_instantiate_ex(module, &arguments, errorBuffer, errorBufferSize)
}

@c @implementation
package func wasm_runtime_instantiate_ex(
    _ handle: OpaquePointer?,
    _ arguments: UnsafePointer<InstantiationArgs>?,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
    guard let state = Door.current, let module = record(ofModule: handle), let arguments else {
        text.write("Instantiate module failed, invalid module")
        return nil
    }
    text.write("WASM module instantiate failed: ")
    guard let instance = InstanceRecord.make(module, arguments.pointee, in: state, &text) else { return nil }
    guard instance.instantiate(arguments.pointee, in: state, &text) else {
        instance.end(in: state)
        return nil
    }
    if errorBufferSize > 0 { errorBuffer?[0] = 0 }
    return OpaquePointer(instance)
}

@c @implementation
package func wasm_runtime_deinstantiate(_ handle: OpaquePointer?) {
    guard let state = Door.current, let instance = record(ofInstance: handle), !instance.isRunning else {
        return
    }
    instance.end(in: state)
}

@c @implementation
package func wasm_runtime_get_module(_ handle: OpaquePointer?) -> OpaquePointer? {
    record(ofInstance: handle).map { OpaquePointer($0.pointee.module) }
}

@c @implementation
package func wasm_runtime_set_custom_data(_ handle: OpaquePointer?, _ data: UnsafeMutableRawPointer?) {
    record(ofInstance: handle)?.pointee.customData = data
}

@c @implementation
package func wasm_runtime_get_custom_data(_ handle: OpaquePointer?) -> UnsafeMutableRawPointer? {
    record(ofInstance: handle)?.pointee.customData
}

extension InstanceRecord {
    /// A store with the record in it, and the WASI context if the module wants one.
    fileprivate static func make(
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ arguments: InstantiationArgs,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<InstanceRecord>? {
        let record: UnsafeMutablePointer<InstanceRecord>
        do throws(EngineError) {
            let store = try state.pointee.engine.createStore()
            do throws(MemoryError) {
                record = try allocate(in: store, module, arguments)
            } catch {
                store.destroy()
                throw .memory(error)
            }
        } catch {
            text.write(error)
            return nil
        }
        mote_lock_acquire(state.lock)
        record.pointee.next = state.pointee.firstInstance
        state.pointee.firstInstance?.pointee.previous = record
        state.pointee.firstInstance = record
        mote_lock_release(state.lock)
        guard Build.hasWASI, WASISettings.isWanted(by: module.pointee.engine.module) else { return record }
        do throws(WASISetupError) {
            record.pointee.wasi = try module.pointee.wasi.makeContext(in: state)
            return record
        } catch {
            text.write(error)
            record.end(in: state)
            return nil
        }
    }

    private static func allocate(
        in store: EngineStore,
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ arguments: InstantiationArgs
    ) throws(MemoryError) -> UnsafeMutablePointer<InstanceRecord> {
        let arena = store.state.pointee.arena
        let record = try arena.allocate(InstanceRecord.self, count: 1, region: .structures, site: .cInstance)
        let exception = try arena.allocateZeroed(
            CChar.self,
            count: exceptionSizeInBytes,
            region: .structures,
            site: .cInstanceException
        )
        let stackSize = Int(arguments.default_stack_size)
        record.initialize(
            to: InstanceRecord(
                mark: living,
                hasException: 0,
                module: module,
                store: store,
                instance: nil,
                wasi: nil,
                libc: LibcImports.context(standardOutput: module.pointee.wasi.standardOutput),
                stackSizeInBytes: stackSize > 0 ? stackSize : defaultStackSizeInBytes,
                singleton: nil,
                firstEnvironment: nil,
                customData: nil,
                exception: exception,
                lock: MoteLock(),
                next: nil,
                previous: nil
            )
        )
        mote_lock_init(record.lock)
        return record
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Links and instantiates, then runs what a toolchain wants to run first; false with the reason in `text`.
    fileprivate func instantiate(
        _ arguments: InstantiationArgs,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> Bool {
        var limits = InstanceLimits()
        limits.operandStackSizeInBytes = pointee.stackSizeInBytes
        if arguments.max_memory_pages > 0 {
            limits.maximumPageCountOverride = UInt64(arguments.max_memory_pages)
        }
        limits.appHeapSizeInBytes = Int(arguments.host_managed_heap_size)
        let module = pointee.module.pointee.engine
        // Memory that an import wanted and could not have.
        var failure: MemoryError?
        do throws(EngineError) {
            // A start function may call natives, which want a handle of the environment.
            var environment: EngineEnvironment?
            if module.module.pointee.startFunction != nil {
                environment = try ownEnvironment().pointee.engine
            }
            pointee.instance = try EngineInstance.instantiate(
                module,
                in: pointee.store,
                limits: limits,
                environment: environment
            ) { request in resolve(request, in: state, &failure) }
        } catch {
            if let failure {
                text.write(failure)
            } else if isFaulty {
                text.write(cString: pointee.exception)
            } else if case .trap(let trap) = error {
                text.write("Exception: ")
                text.write(trap.wamrText)
            } else {
                text.write(error, in: module.module)
            }
            return false
        }
        let isReady =
            pointee.wasi != nil
            ? runIfExported("_initialize", &text)
            : runIfExported("__post_instantiate", &text) && runIfExported("__wasm_call_ctors", &text)
        return isReady
    }

    /// Runs an exported function without parameters and results; true also where there is none.
    private func runIfExported(_ name: StaticString, _ text: inout TextWriter) -> Bool {
        guard let function = function(named: name).map({ UnsafeMutablePointer<MoteFunction>($0) }),
            function.pointee.parameterSlots == 0, function.pointee.resultSlots == 0
        else { return true }
        do throws(EngineError) {
            let environment = try ownEnvironment()
            if finish(
                environment.pointee.engine.call(function, slots: nil, slotCount: 0),
                in: environment.pointee.engine
            ) {
                return true
            }
            text.write(cString: pointee.exception)
        } catch {
            text.write(error)
        }
        return false
    }
}
