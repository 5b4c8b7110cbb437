package import CMoteAPI
internal import CPlatform
internal import MoteEngine
package import MoteMemory

/// Behind a `wasm_engine_t`: a runtime with a heap of its own; in an arena of that heap.
///
/// Lives as long as something holds it: its handle, its stores, and the blocks that came from its heap.
struct StandardEngine {
    typealias Pointer = UnsafeMutablePointer<StandardEngine>
    static var living: UInt32 { 0x4D6F_5301 }

    var mark: UInt32
    var runtime: EngineRuntime
    var arena: Arena
    /// Under ``Standard/gate``.
    var holderCount: Int
    /// The engine that was newest before it.
    var next: Pointer?
    /// The host's functions, where the heap's blocks come from them.
    var allocator: StandardAllocator.Pointer?
}

/// All engines of the process.
struct Standard {
    /// 1 while a thread changes the list or a count (atomic).
    var gate: UInt32 = 0
    /// Engines with a handle, newest first.
    ///
    /// Blocks that belong to no engine come from the first.
    var newest: StandardEngine.Pointer?
    /// Where such blocks come from while there is no engine.
    var spare: StandardEngine.Pointer?

    /// Runs one thread at a time; nothing blocks inside.
    static func exclusively<Result>(_ body: () -> Result) -> Result {
        while !mote_compare_exchange_u32(&standard.gate, 0, 1) { sched_yield() }
        let result = body()
        mote_store_release_u32(&standard.gate, 0)
        return result
    }
}

nonisolated(unsafe) var standard = Standard()

extension StandardEngine {
    /// The engine behind a handle; nil where it is null or was deleted.
    static func behind(_ handle: OpaquePointer?) -> Pointer? {
        guard let handle else { return nil }
        let engine = Pointer(handle)
        return engine.pointee.mark == living ? engine : nil
    }

    /// An engine held once.
    static func create(_ source: HeapSource) -> Pointer? {
        var plan = MemoryPlan()
        plan.globalHeap = source
        plan.operandStackSizeInBytes = 32 * 1024
        guard let runtime = try? EngineRuntime.create(plan: plan) else { return nil }
        do throws(MemoryError) {
            let arena = try Arena.create(in: runtime.heap, owner: .runtime)
            do throws(MemoryError) {
                let engine = try arena.allocate(
                    StandardEngine.self,
                    count: 1,
                    region: .structures,
                    site: .cStandardEngine
                )
                engine.initialize(
                    to: StandardEngine(
                        mark: living,
                        runtime: runtime,
                        arena: arena,
                        holderCount: 1,
                        next: nil,
                        allocator: nil
                    )
                )
                return engine
            } catch {
                arena.destroy()
            }
        } catch {}
        runtime.destroy()
        return nil
    }

    static func hold(_ engine: Pointer) {
        Standard.exclusively { engine.pointee.holderCount &+= 1 }
    }

    static func release(_ engine: Pointer) {
        let isLast = Standard.exclusively {
            engine.pointee.holderCount &-= 1
            guard engine.pointee.holderCount == 0 else { return false }
            if standard.spare == engine { standard.spare = nil }
            return true
        }
        guard isLast else { return }
        let runtime = engine.pointee.runtime
        let allocator = engine.pointee.allocator
        engine.pointee.arena.destroy()
        runtime.destroy()
        if let allocator { StandardAllocator.end(allocator) }
    }

    /// The engine whose heap gives what belongs to none, held once more.
    private static func holdForBlock() -> Pointer? {
        Standard.exclusively {
            if let engine = standard.newest ?? standard.spare {
                engine.pointee.holderCount &+= 1
                return engine
            }
            standard.spare = create(.system)
            return standard.spare
        }
    }

    /// ```
    /// block: [ engine | size ][ what the caller sees ]
    /// ```
    static var headerSizeInBytes: Int { 16 }

    /// Zeroed bytes from an engine's heap, which hold it; nil: the newest engine's.
    static func allocate(_ sizeInBytes: Int, from given: Pointer? = nil) -> UnsafeMutableRawPointer? {
        let (size, overflow) = sizeInBytes.addingReportingOverflow(headerSizeInBytes)
        guard sizeInBytes >= 0, !overflow else { return nil }
        let engine: Pointer
        if let given {
            hold(given)
            engine = given
        } else {
            guard let newest = holdForBlock() else { return nil }
            engine = newest
        }
        do throws(MemoryError) {
            let raw = try engine.pointee.arena.allocateGrowableZeroed(
                sizeInBytes: size,
                region: .structures,
                site: .cStandardBlock
            )
            raw.storeBytes(of: engine, as: Pointer.self)
            return raw + headerSizeInBytes
        } catch {
            release(engine)
            return nil
        }
    }

    static func free(_ block: UnsafeMutableRawPointer) {
        let raw = block - headerSizeInBytes
        let engine = raw.load(as: Pointer.self)
        engine.pointee.arena.freeGrowable(raw)
        release(engine)
    }
}

/// The heap of an engine; for tests.
package func heapOfEngine(_ handle: OpaquePointer?) -> GlobalHeap.Pointer? {
    StandardEngine.behind(handle)?.pointee.runtime.heap
}

@c @implementation
package func wasm_mote_allocate(_ size: Int) -> UnsafeMutableRawPointer? { StandardEngine.allocate(size) }

@c @implementation
package func wasm_mote_free(_ block: UnsafeMutableRawPointer?) {
    if let block { StandardEngine.free(block) }
}

@c @implementation
package func wasm_engine_new() -> OpaquePointer? {
    StandardEngine.open(Alloc_With_System_Allocator, MemAllocOption())
}

@c @implementation
package func wasm_engine_new_with_config(
    _ configuration: UnsafeMutablePointer<wasm_config_t>?
) -> OpaquePointer? {
    guard let given = configuration?.pointee else { return wasm_engine_new() }
    wasm_config_delete(configuration)
    return StandardEngine.open(given.mem_alloc_type, given.mem_alloc_option)
}

@c @implementation
package func wasm_engine_delete(_ handle: OpaquePointer?) {
    guard let engine = StandardEngine.behind(handle) else { return }
    engine.pointee.mark = 0
    Standard.exclusively {
        if standard.newest == engine {
            standard.newest = engine.pointee.next
            return
        }
        var before = standard.newest
        while let current = before, current.pointee.next != engine { before = current.pointee.next }
        before?.pointee.next = engine.pointee.next
    }
    StandardEngine.release(engine)
}

extension StandardEngine {
    /// An engine in the list, and its handle.
    static func open(_ type: mem_alloc_type_t, _ option: MemAllocOption) -> OpaquePointer? {
        var allocator: StandardAllocator.Pointer?
        let source: HeapSource
        switch type {
        case Alloc_With_System_Allocator: source = .system
        case Alloc_With_Pool:
            guard let buffer = option.pool.heap_buf else { return nil }
            source = .pool(
                base: UInt(bitPattern: buffer),
                sizeInBytes: Int(option.pool.heap_size),
                isZeroed: false
            )
        case Alloc_With_Allocator:
            guard let made = StandardAllocator.make(option) else { return nil }
            allocator = made
            source = .allocator(StandardAllocator.functions(made))
        default: return nil
        }
        guard let engine = create(source) else {
            if let allocator { StandardAllocator.end(allocator) }
            return nil
        }
        engine.pointee.allocator = allocator
        Standard.exclusively {
            engine.pointee.next = standard.newest
            standard.newest = engine
        }
        return OpaquePointer(engine)
    }
}
