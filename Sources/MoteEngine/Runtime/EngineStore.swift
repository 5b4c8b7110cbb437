internal import CPlatform
internal import MoteMemory
internal import MoteModule

/// A store: all instances that can exchange references, and what the host made for them.
///
/// A handle; the store lives until ``destroy()`` or until its runtime goes. One thread at a time changes it.
package struct EngineStore {
    package let state: UnsafeMutablePointer<StoreState>

    package init(state: UnsafeMutablePointer<StoreState>) { self.state = state }

    package var runtime: EngineRuntime { EngineRuntime(state: state.pointee.runtime) }

    static func create(in runtime: UnsafeMutablePointer<RuntimeState>) throws(MemoryError) -> EngineStore {
        let arena = try Arena.create(in: runtime.heap, owner: .store)
        let state: UnsafeMutablePointer<StoreState>
        do throws(MemoryError) {
            state = try arena.allocate(StoreState.self, count: 1, region: .structures, site: .storeState)
        } catch {
            arena.destroy()
            throw error
        }
        mote_lock_acquire(runtime.lock)
        defer { mote_lock_release(runtime.lock) }
        state.initialize(
            to: StoreState(
                lock: MoteLock(),
                collectorLock: MoteLock(),
                runtime: runtime,
                arena: arena,
                userData: nil,
                next: runtime.pointee.firstStore,
                previous: nil,
                firstInstance: nil,
                firstEnvironment: nil,
                firstHostFunction: nil,
                firstHostTag: nil,
                firstHostMemory: nil,
                firstHostTable: nil,
                firstHostGlobal: nil,
                externals: ExternalReferences(),
                defaultEnvironment: nil
            )
        )
        mote_lock_init(state.lock)
        mote_lock_init(state.collectorLock)
        runtime.pointee.firstStore?.pointee.previous = state
        runtime.pointee.firstStore = state
        return EngineStore(state: state)
    }

    /// Ends all instances, environments and host entities of the store, and runs their finalizers.
    package func destroy() {
        // While the memories of all are there.
        var next = state.pointee.firstInstance
        while let instance = next {
            EngineInstance.detach(instance)
            next = instance.pointee.nextInStore
        }
        while let instance = state.pointee.firstInstance { EngineInstance.release(instance) }
        while let environment = state.pointee.firstEnvironment {
            unlink(environment)
            mote_close_wake_descriptor(environment.base)
            environment.pointee.arena.destroy()
        }
        while let record = state.pointee.firstHostFunction {
            state.pointee.firstHostFunction = record.pointee.next
            record.pointee.finalizer?(record.pointee.function.hostData)
            if let group = record.pointee.typeGroup {
                TypeRegistry.release(state.pointee.runtime.pointee.types, group)
            }
        }
        destroyObjects()
        destroyHostTags()
        destroyHostMemories()
        let runtime = state.pointee.runtime
        mote_lock_acquire(runtime.lock)
        state.pointee.next?.pointee.previous = state.pointee.previous
        if let previous = state.pointee.previous {
            previous.pointee.next = state.pointee.next
        } else {
            runtime.pointee.firstStore = state.pointee.next
        }
        mote_lock_release(runtime.lock)
        mote_lock_destroy(state.lock)
        mote_lock_destroy(state.collectorLock)
        state.pointee.arena.destroy()
    }

    /// The environment that start functions run in when the caller names none; made with the plan's size.
    package func defaultEnvironment() throws(EngineError) -> EngineEnvironment {
        if let environment = state.pointee.defaultEnvironment { return EngineEnvironment(state: environment) }
        let environment = try EngineEnvironment.create(in: self)
        state.pointee.defaultEnvironment = environment.state
        return environment
    }

    func link(_ environment: UnsafeMutablePointer<EnvironmentState>) {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        environment.pointee.next = state.pointee.firstEnvironment
        state.pointee.firstEnvironment?.pointee.previous = environment
        state.pointee.firstEnvironment = environment
    }

    func unlink(_ environment: UnsafeMutablePointer<EnvironmentState>) {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        environment.pointee.next?.pointee.previous = environment.pointee.previous
        if let previous = environment.pointee.previous {
            previous.pointee.next = environment.pointee.next
        } else {
            state.pointee.firstEnvironment = environment.pointee.next
        }
        if state.pointee.defaultEnvironment == environment { state.pointee.defaultEnvironment = nil }
    }
}
