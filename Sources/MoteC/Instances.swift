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
    InstanceRecord.make(
        handle,
        arguments.map { InstanceOptions($0.pointee) },
        errorBuffer,
        errorBufferSize
    )
}

@c @implementation
package func wasm_runtime_instantiate_ex2(
    _ handle: OpaquePointer?,
    _ arguments: OpaquePointer?,
    _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? {
    InstanceRecord.make(
        handle,
        record(ofArguments: arguments)?.pointee.options,
        errorBuffer,
        errorBufferSize
    )
}

@c @implementation
package func wasm_runtime_deinstantiate(_ handle: OpaquePointer?) {
    guard let state = Door.current, let instance = record(ofInstance: handle),
        instance.pointee.root == nil, instance.pointee.thread == nil, !instance.isRunning,
        instance.endThreads()
    else { return }
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

/// What one instance is made with.
struct InstanceOptions {
    /// Operand stack of environments that the runtime makes; 0: the default.
    var stackSizeInBytes: UInt32 = 0
    var appHeapSizeInBytes: UInt32 = 0
    /// 0: the module's own maximum.
    var maximumPageCount: UInt32 = 0
    var customData: UnsafeMutableRawPointer?
    /// Instead of what the module was given.
    var wasi = WASISettings()
    /// What mote.h overrides.
    var limits = InstanceLimits()

    init() {}

    init(_ arguments: InstantiationArgs) {
        stackSizeInBytes = arguments.default_stack_size
        appHeapSizeInBytes = arguments.host_managed_heap_size
        maximumPageCount = arguments.max_memory_pages
    }
}

extension InstanceRecord {
    /// An instance that is ready; nil with the reason in the buffer.
    fileprivate static func make(
        _ handle: OpaquePointer?,
        _ options: InstanceOptions?,
        _ errorBuffer: UnsafeMutablePointer<CChar>?,
        _ errorBufferSize: UInt32
    ) -> OpaquePointer? {
        var text = TextWriter(errorBuffer, sizeInBytes: Int(errorBufferSize))
        guard let state = Door.current, let module = record(ofModule: handle), var options else {
            text.write("Instantiate module failed, invalid module")
            return nil
        }
        text.write("WASM module instantiate failed: ")
        guard let instance = make(module, options, in: state, &text) else { return nil }
        guard door.modules.makeParts?(instance, &options, state, &text) ?? true,
            instance.instantiate(options, in: state, &text)
        else {
            instance.end(in: state)
            return nil
        }
        if errorBufferSize > 0 { errorBuffer?[0] = 0 }
        return OpaquePointer(instance)
    }

    /// A store with the record in it, and the WASI context if the module wants one.
    private static func make(
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ options: InstanceOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> UnsafeMutablePointer<InstanceRecord>? {
        guard !options.wasi.isGiven || !module.pointee.wasi.isGiven else {
            text.write("WASI configuration was given via both of module and InstantiationArgs2")
            return nil
        }
        let record: UnsafeMutablePointer<InstanceRecord>
        do throws(EngineError) {
            let store = try state.pointee.engine.createStore()
            do throws(MemoryError) {
                record = try allocate(in: store, module, options, site: .cInstance)
            } catch {
                store.destroy()
                throw .memory(error)
            }
        } catch {
            text.write(error)
            return nil
        }
        record.pointee.customData = options.customData
        mote_lock_acquire(state.lock)
        record.pointee.next = state.pointee.firstInstance
        state.pointee.firstInstance?.pointee.previous = record
        state.pointee.firstInstance = record
        mote_lock_release(state.lock)
        guard record.makeWASI(options, in: state, &text) else {
            record.end(in: state)
            return nil
        }
        return record
    }

    /// A handle in a store's arena.
    static func allocate(
        in store: EngineStore,
        _ module: UnsafeMutablePointer<ModuleRecord>,
        _ options: InstanceOptions,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<InstanceRecord> {
        let arena = store.state.pointee.arena
        let record = try arena.allocate(InstanceRecord.self, count: 1, region: .structures, site: site)
        let exception = try arena.allocateZeroed(
            CChar.self,
            count: exceptionSizeInBytes,
            region: .structures,
            site: .cInstanceException
        )
        let stackSize = Int(options.stackSizeInBytes)
        let wasi = options.wasi.isGiven ? options.wasi : module.pointee.wasi
        record.initialize(
            to: InstanceRecord(
                mark: living,
                hasException: 0,
                lock: MoteLock(),
                module: module,
                store: store,
                instance: nil,
                wasi: nil,
                libc: LibcImports.context(standardOutput: wasi.standardOutput),
                stackSizeInBytes: stackSize > 0 ? stackSize : defaultStackSizeInBytes,
                singleton: nil,
                firstEnvironment: nil,
                customData: nil,
                exception: exception,
                next: nil,
                previous: nil
            )
        )
        mote_lock_init(record.lock)
        return record
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Makes the WASI context if the module wants one; false with the reason in `text`.
    func makeWASI(
        _ options: InstanceOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> Bool {
        let module = pointee.module
        guard Build.hasWASI, WASISettings.isWanted(by: module.pointee.engine.module) else { return true }
        let settings = options.wasi.isGiven ? options.wasi : module.pointee.wasi
        do throws(WASISetupError) {
            pointee.wasi = try settings.makeContext(in: state)
            return true
        } catch {
            text.write(error)
            return false
        }
    }

    /// Links and instantiates, then runs what a toolchain wants to run first; false with the reason in `text`.
    func instantiate(
        _ options: InstanceOptions,
        in state: UnsafeMutablePointer<DoorState>,
        _ text: inout TextWriter
    ) -> Bool {
        var limits = options.limits
        limits.operandStackSizeInBytes = pointee.stackSizeInBytes
        if options.maximumPageCount > 0 {
            limits.maximumPageCountOverride = UInt64(options.maximumPageCount)
        }
        limits.appHeapSizeInBytes = Int(options.appHeapSizeInBytes)
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
        noteMemories()
        let isReady =
            pointee.wasi != nil
            ? runIfExported("_initialize", &text)
            : runIfExported("__post_instantiate", &text) && runIfExported("__wasm_call_ctors", &text)
        return isReady
    }

    /// Tells what was not done as asked with the instance's own memories.
    private func noteMemories() {
        guard let instance = pointee.instance, Log.isOn(.warning) else { return }
        let module = pointee.module.pointee.engine.module
        for index in module.pointee.importedMemoryCount..<module.pointee.memories.count {
            guard let memory = instance.memory(at: UInt32(truncatingIfNeeded: index)) else { continue }
            memory.instance.pointee.notes.forEach { Log.write(.warning, $0.text) }
        }
    }

    /// Runs an exported function without parameters and results; true also where there is none.
    private func runIfExported(_ name: Text, _ text: inout TextWriter) -> Bool {
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
