package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory

@c @implementation
package func wasm_runtime_init() -> Bool {
    Door.exclusively { Door.open(.system) }
}

@c @implementation
package func wasm_runtime_full_init(_ arguments: UnsafeMutablePointer<RuntimeInitArgs>?) -> Bool {
    guard let arguments else { return false }
    return Door.exclusively {
        if door.state != nil { return Door.open(.system) }
        guard let source = Door.heapSource(arguments.pointee), Door.open(source) else { return false }
        guard let symbols = arguments.pointee.native_symbols, arguments.pointee.n_native_symbols > 0 else {
            return true
        }
        let name = arguments.pointee.native_module_name
        if wasm_runtime_register_natives(name, symbols, arguments.pointee.n_native_symbols) { return true }
        Door.close()
        return false
    }
}

@c @implementation
package func wasm_runtime_destroy() {
    Door.exclusively { Door.close() }
}

extension Door {
    /// Counts a user in, making the runtime for the first one.
    static func open(_ source: HeapSource) -> Bool {
        if door.state != nil {
            door.userCount &+= 1
            return true
        }
        var plan = MemoryPlan()
        plan.globalHeap = source
        plan.operandStackSizeInBytes = InstanceRecord.defaultStackSizeInBytes
        let engine: EngineRuntime
        do { engine = try EngineRuntime.create(plan: plan) } catch { return false }
        guard let state = makeState(engine) else {
            engine.destroy()
            return false
        }
        door.state = state
        door.userCount = 1
        if door.growthFailure != nil { engine.onGrowthFailure(GrowthFailures.tell) }
        return true
    }

    private static func makeState(_ engine: EngineRuntime) -> UnsafeMutablePointer<DoorState>? {
        do throws(MemoryError) {
            let arena = try Arena.create(in: engine.heap, owner: .runtime)
            do throws(MemoryError) {
                let state = try arena.allocate(DoorState.self, count: 1, region: .structures, site: .cRuntime)
                state.initialize(
                    to: DoorState(
                        engine: engine,
                        arena: arena,
                        firstNatives: nil,
                        firstInstance: nil,
                        lock: MoteLock()
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
    static func close() {
        guard let state = door.state, door.userCount > 0 else { return }
        if door.userCount == 1 {
            var next = state.pointee.firstInstance
            while let instance = next {
                // A native must not saw off the branch that it sits on.
                if instance.isRunning { return }
                next = instance.pointee.next
            }
        }
        door.userCount &-= 1
        guard door.userCount == 0 else { return }
        door.state = nil
        while let instance = state.pointee.firstInstance { instance.end(in: state) }
        let engine = state.pointee.engine
        let arena = state.pointee.arena
        mote_lock_destroy(state.lock)
        arena.destroy()
        engine.destroy()
    }

    /// Where the arguments say that memory comes from; nil where they make no sense.
    static func heapSource(_ arguments: RuntimeInitArgs) -> HeapSource? {
        let option = arguments.mem_alloc_option
        switch arguments.mem_alloc_type {
        case Alloc_With_Pool:
            guard let buffer = option.pool.heap_buf else { return nil }
            return .pool(
                base: UInt(bitPattern: buffer),
                sizeInBytes: Int(option.pool.heap_size),
                isZeroed: false
            )
        case Alloc_With_Allocator:
            guard let allocate = option.allocator.malloc_func, let free = option.allocator.free_func,
                allocate != free
            else { return nil }
            door.allocate = allocate
            door.reallocate = option.allocator.realloc_func
            door.free = free
            return .allocator(
                HeapFunctions(
                    userData: 0,
                    allocate: HostAllocator.allocate,
                    reallocate: door.reallocate == nil ? nil : HostAllocator.reallocate,
                    free: HostAllocator.free
                )
            )
        case Alloc_With_System_Allocator:
            return .system
        default:
            return nil
        }
    }
}

/// The host's allocator as the heap wants it: sizes are `unsigned int` there, and no data goes with the functions.
enum HostAllocator {
    static let allocate: HeapFunctions.Allocate = { _, size in
        guard let function = door.allocate, let size = UInt32(exactly: size) else { return nil }
        return unsafeBitCast(function, to: (@convention(c) (UInt32) -> UnsafeMutableRawPointer?).self)(size)
    }

    static let reallocate: HeapFunctions.Reallocate = { _, block, size in
        guard let function = door.reallocate, let size = UInt32(exactly: size) else { return nil }
        typealias Function = @convention(c) (UnsafeMutableRawPointer?, UInt32) -> UnsafeMutableRawPointer?
        return unsafeBitCast(function, to: Function.self)(block, size)
    }

    static let free: HeapFunctions.Free = { _, block in
        guard let function = door.free else { return }
        unsafeBitCast(function, to: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)(block)
    }
}
