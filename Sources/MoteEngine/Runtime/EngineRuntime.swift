internal import CPlatform
package import MoteMemory
internal import MoteModule

/// A runtime: one global heap under one plan, with the modules and stores in it.
///
/// A handle; the runtime lives until ``destroy()``. Methods may be called from several threads, `destroy` from one.
package struct EngineRuntime {
    package let state: UnsafeMutablePointer<RuntimeState>

    package init(state: UnsafeMutablePointer<RuntimeState>) { self.state = state }

    /// A runtime under a plan; every byte of it comes from the plan's heap.
    package static func create(plan: MemoryPlan) throws(EngineError) -> EngineRuntime {
        do throws(MemoryError) {
            let heap = try GlobalHeap.create(source: plan.globalHeap)
            do throws(MemoryError) {
                return EngineRuntime(state: try create(plan: plan, in: heap))
            } catch {
                GlobalHeap.destroy(heap)
                throw error
            }
        } catch {
            throw .memory(error)
        }
    }

    /// The same in a heap that is there already, with the plan's source; on failure the heap is as before.
    package static func create(
        plan: MemoryPlan,
        in heap: GlobalHeap.Pointer
    ) throws(MemoryError) -> UnsafeMutablePointer<RuntimeState> {
        heap.pointee.linearMemoryFunctions = plan.linearMemoryFunctions
        let arena = try Arena.create(in: heap, owner: .runtime)
        do throws(MemoryError) {
            let state = try arena.allocate(
                RuntimeState.self,
                count: 1,
                region: .structures,
                site: .runtimeState
            )
            let stub = try arena.allocateBytes(
                Interpreter.stubSizeInBytes,
                region: .structures,
                site: .stubCode
            )
            let reservations = try ReservationCache.create(in: arena, capacity: plan.retainedReservationCount)
            let sharedMemories = try SharedMemories.create(in: arena)
            let types = try TypeRegistry.create(in: arena)
            state.initialize(
                to: RuntimeState(
                    lock: MoteLock(),
                    heap: heap,
                    plan: plan,
                    arena: arena,
                    stub: Interpreter.makeStub(at: stub),
                    types: types,
                    reservations: reservations,
                    sharedMemories: sharedMemories,
                    firstModule: nil,
                    firstStore: nil
                )
            )
            mote_lock_init(state.lock)
            return state
        } catch {
            arena.destroy()
            throw error
        }
    }

    /// Ends all stores and modules, and gives everything back.
    package func destroy() {
        let heap = state.pointee.heap
        close()
        GlobalHeap.destroy(heap)
    }

    /// Ends all stores and modules; the heap stays, as empty as it was before the runtime.
    package func close() {
        while let store = state.pointee.firstStore { EngineStore(state: store).destroy() }
        while let module = state.pointee.firstModule { EngineModule.release(module) }
        destroySharedHeaps()
        mote_lock_destroy(state.lock)
        TypeRegistry.destroy(state.pointee.types)
        SharedMemories.destroy(state.pointee.sharedMemories)
        ReservationCache.destroy(state.pointee.reservations)
        state.pointee.arena.destroy()
    }

    /// Where all structures live.
    package var heap: GlobalHeap.Pointer { state.pointee.heap }

    /// The plan it was created under.
    package var plan: MemoryPlan { state.pointee.plan }

    /// Whether relaxed vector instructions give the results of the spec's deterministic profile, not the cheapest
    /// allowed ones.
    ///
    /// Set it before modules are loaded: it counts when functions are translated.
    package var isDeterministic: Bool {
        get { state.pointee.isDeterministic }
        nonmutating set { state.pointee.isDeterministic = newValue }
    }

    /// Whether vector instructions may use what the processor has beyond the build's baseline; results are the same.
    ///
    /// Set it before modules are loaded, as above.
    package var usesProcessorExtensions: Bool {
        get { state.pointee.usesProcessorExtensions }
        nonmutating set { state.pointee.usesProcessorExtensions = newValue }
    }

    /// Current and peak bytes by region of the whole runtime.
    package var ledger: MemoryAccount { GlobalHeap.ledger(heap) }

    /// Calls `visit` with kind, identity and account of every owner, newest first; it must not use the runtime.
    package func forEachOwner(_ visit: (OwnerKind, UInt32, MemoryAccount) -> Void) {
        GlobalHeap.forEachOwner(heap, visit)
    }

    /// A new store for instances that may be linked.
    package func createStore() throws(EngineError) -> EngineStore {
        do throws(MemoryError) {
            return try EngineStore.create(in: state)
        } catch {
            throw .memory(error)
        }
    }
}
