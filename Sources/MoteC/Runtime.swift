package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

@c @implementation
package func wasm_runtime_init() -> Bool {
    Door.exclusively {
        Door.countIn() || Door.open(Door.plan(), maximumThreadCount: door.maximumThreadCount)
    }
}

@c @implementation
package func wasm_runtime_full_init(_ arguments: UnsafeMutablePointer<RuntimeInitArgs>?) -> Bool {
    Door.fullInit(arguments, .plain)
}

// What calls of the same name mean where the host defines the macros that tell its allocator's shape.
@c(wasm_runtime_full_init_with_user_data)
package func fullInitWithUserData(_ arguments: UnsafeMutablePointer<RuntimeInitArgs>?) -> Bool {
    Door.fullInit(arguments, .userData)
}

@c(wasm_runtime_full_init_with_usage)
package func fullInitWithUsage(_ arguments: UnsafeMutablePointer<RuntimeInitArgs>?) -> Bool {
    Door.fullInit(arguments, .usage)
}

@c(wasm_runtime_full_init_with_usage_and_user_data)
package func fullInitWithUsageAndUserData(_ arguments: UnsafeMutablePointer<RuntimeInitArgs>?) -> Bool {
    Door.fullInit(arguments, .usageAndUserData)
}

@c @implementation
package func wasm_runtime_destroy() {
    Door.exclusively { Door.close() }
}

extension Door {
    /// Makes the runtime with natives, or counts a user in.
    fileprivate static func fullInit(
        _ arguments: UnsafeMutablePointer<RuntimeInitArgs>?,
        _ shape: AllocatorShape
    ) -> Bool {
        guard let arguments else { return false }
        return exclusively {
            if countIn() { return true }
            var plan = plan()
            guard RunningModes.accept(arguments.pointee.running_mode), arguments.apply(to: &plan, shape)
            else { return false }
            arguments.noteWhatIsIgnored()
            let threadCount = arguments.pointee.max_thread_num
            guard open(plan, maximumThreadCount: threadCount > 0 ? threadCount : door.maximumThreadCount)
            else {
                arguments.noteFailure()
                return false
            }
            guard let symbols = arguments.pointee.native_symbols, arguments.pointee.n_native_symbols > 0
            else { return true }
            let name = arguments.pointee.native_module_name
            if wasm_runtime_register_natives(name, symbols, arguments.pointee.n_native_symbols) {
                return true
            }
            close()
            return false
        }
    }

    /// Counts a user in; false while there is no runtime.
    fileprivate static func countIn() -> Bool {
        if door.state != nil { door.userCount &+= 1 }
        return door.state != nil
    }

    /// What the host wished for the next runtime; on the system's allocator.
    fileprivate static func plan() -> MemoryPlan {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = InstanceRecord.defaultStackSizeInBytes
        door.plan.apply(to: &plan)
        return plan
    }

    /// Makes the runtime.
    ///
    /// What only some plans need, like a pool, is linked by who makes such a plan.
    fileprivate static func open(_ plan: MemoryPlan, maximumThreadCount: UInt32) -> Bool {
        let engine: EngineRuntime
        do {
            engine = try EngineRuntime.create(plan: plan)
        } catch {
            return false
        }
        guard let state = makeState(engine) else {
            engine.destroy()
            return false
        }
        state.pointee.maximumThreadCount = maximumThreadCount
        mote_thread_set_ready(true)
        door.state = state
        door.leastHandle = 1
        door.userCount = 1
        if let tell = door.tellGrowthFailure { engine.onGrowthFailure(tell) }
        return true
    }

    private static func makeState(_ engine: EngineRuntime) -> UnsafeMutablePointer<DoorState>? {
        do throws(MemoryError) {
            let arena = try Arena.create(in: engine.heap, owner: .runtime)
            do throws(MemoryError) {
                let state = try arena.allocate(DoorState.self, count: 1, region: .structures, site: .cRuntime)
                state.initialize(
                    to: DoorState(
                        lock: MoteLock(),
                        engine: engine,
                        arena: arena,
                        firstNatives: nil,
                        firstInstance: nil
                    )
                )
                mote_lock_init(state.lock)
                return state
            } catch {
                arena.destroy()
                return nil
            }
        } catch {
            return nil
        }
    }

    /// Counts a user out, and ends everything with the last one.
    fileprivate static func close() {
        guard let state = door.state, door.userCount > 0 else { return }
        if door.userCount == 1 {
            var next = state.pointee.firstInstance
            while let instance = next {
                // A native must not saw off the branch that it sits on.
                if instance.isRunning { return }
                next = instance.pointee.next
            }
        }
        if door.userCount == 1 {
            var next = state.pointee.firstInstance
            while let instance = next {
                guard instance.endThreads() else { return }
                next = instance.pointee.next
            }
            mote_thread_set_ready(false)
        }
        door.userCount &-= 1
        guard door.userCount == 0 else { return }
        // Destructors of contexts still use the runtime.
        while let instance = state.pointee.firstInstance { instance.end(in: state) }
        state.endRegisteredModules()
        door.state = nil
        door.leastHandle = .max
        let engine = state.pointee.engine
        let arena = state.pointee.arena
        mote_lock_destroy(state.lock)
        arena.destroy()
        engine.destroy()
    }
}

extension UnsafeMutablePointer where Pointee == RuntimeInitArgs {
    /// Puts where memory comes from into the plan; false where it makes no sense.
    fileprivate func apply(to plan: inout MemoryPlan, _ shape: AllocatorShape) -> Bool {
        let option = pointee.mem_alloc_option
        switch pointee.mem_alloc_type {
        case Alloc_With_Pool:
            guard let buffer = option.pool.heap_buf else {
                noteFailure()
                return false
            }
            plan.globalHeap = .pool(
                base: UInt(bitPattern: buffer),
                sizeInBytes: Int(option.pool.heap_size),
                isZeroed: false
            )
        case Alloc_With_Allocator:
            guard let allocator = HostAllocator(option, shape) else {
                noteFailure()
                return false
            }
            door.allocator = allocator
            plan.globalHeap = .allocator(allocator.functions(for: Alloc_For_Runtime))
            if shape.hasUsage {
                plan.linearMemoryFunctions = allocator.functions(for: Alloc_For_LinearMemory)
            }
        case Alloc_With_System_Allocator:
            plan.globalHeap = .system
        default:
            Log.write(.error, "Init memory failed: there is no such kind of allocator.")
            return false
        }
        if pointee.gc_heap_size > 0 { plan.gcHeapSizeInBytes = Int(pointee.gc_heap_size) }
        return true
    }

    fileprivate func noteFailure() {
        let option = pointee.mem_alloc_option
        Log.write(.error) { text in
            switch pointee.mem_alloc_type {
            case Alloc_With_Pool:
                text.write("Init memory with pool (")
                text.write(address: option.pool.heap_buf)
                text.write(", ")
                text.write(number: Int(option.pool.heap_size))
                text.write(") failed.")
            case Alloc_With_Allocator:
                text.write("Init memory with allocator (")
                text.write(address: option.allocator.malloc_func)
                text.write(", ")
                text.write(address: option.allocator.realloc_func)
                text.write(", ")
                text.write(address: option.allocator.free_func)
                text.write(") failed.")
            default:
                text.write("Init memory with system allocator failed.")
            }
        }
    }

    /// Says which arguments mean something that is not there.
    fileprivate func noteWhatIsIgnored() {
        if pointee.ip_addr.0 != 0 {
            Log.write(.warning, "there is no debugger: ip_addr and instance_port are ignored")
        }
        if pointee.enable_linux_perf || pointee.segue_flags != 0 {
            Log.write(.warning, "there is no native code: segue_flags and enable_linux_perf are ignored")
        }
        if pointee.fast_jit_code_cache_size != 0 || pointee.llvm_jit_opt_level != 0
            || pointee.llvm_jit_size_level != 0
        {
            Log.write(.debug, "there is no native code: sizes and levels of the JITs are ignored")
        }
    }
}
