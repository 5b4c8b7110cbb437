internal import CPlatform
internal import MoteMemory
internal import MoteModule

extension EngineInstance {
    /// Instantiates a module (spec 4.7.2): links its imports, makes its entities, initialises segments, runs start.
    ///
    /// `resolve` is asked once for each import, in order. The start function runs in `environment`, or in the
    /// instance's default one. After a failure everything is given back, except where references of the instance
    /// were published: then it lives on, escaped, as the specification asks.
    ///
    /// `peer` makes it the instance of another thread: the memories that it would make are the peer's, which must all be
    /// shared ones and outlive it; what initialised them does not happen again, nor does the start function run.
    package static func instantiate(
        _ module: EngineModule,
        in store: EngineStore,
        limits: InstanceLimits = InstanceLimits(),
        environment: EngineEnvironment? = nil,
        peer: EngineInstance? = nil,
        resolve: (ImportRequest) -> ExternalValue?
    ) throws(EngineError) -> EngineInstance {
        guard module.state.pointee.runtime == store.state.pointee.runtime else { throw .usage(.foreignStore) }
        guard module.retainInstance() else { throw .usage(.moduleUnloaded) }
        let state: UnsafeMutablePointer<InstanceState>
        do throws(MemoryError) {
            state = try allocateState(module, in: store, limits: limits)
        } catch {
            module.releaseInstance()
            throw .memory(error)
        }
        do throws(EngineError) {
            try link(state, resolve: resolve)
            do throws(MemoryError) {
                try makeEntities(of: state, peer: peer)
            } catch {
                throw .memory(error)
            }
        } catch {
            releaseStorage(of: state)
            throw error
        }
        state.pointee.arena.trim()
        enlist(state)
        do throws(EngineError) {
            try initializeSegments(of: state, isPeer: peer != nil)
            if peer == nil { try start(state, in: environment) }
        } catch {
            EngineInstance(state: state).destroy()
            throw error
        }
        return EngineInstance(state: state)
    }

    /// The arena and the empty record.
    private static func allocateState(
        _ module: EngineModule,
        in store: EngineStore,
        limits: InstanceLimits
    ) throws(MemoryError) -> UnsafeMutablePointer<InstanceState> {
        let arena = try Arena.create(in: store.state.pointee.runtime.heap, owner: .instance)
        do throws(MemoryError) {
            let hasLimits = !limits.isPlan
            let size = recordsSizeInBytes(module.state.pointee.module, hasLimits: hasLimits)
            try arena.reserve(sizeInBytes: size, region: .structures, site: .instanceRecords)
            let state = try arena.allocate(
                InstanceState.self,
                count: 1,
                region: .structures,
                site: .instanceState
            )
            var ownLimits: UnsafeMutablePointer<InstanceLimits>?
            if hasLimits {
                let kept = try arena.allocate(
                    InstanceLimits.self,
                    count: 1,
                    region: .structures,
                    site: .instanceLimits
                )
                kept.initialize(to: limits)
                ownLimits = kept
            }
            var base = MoteInstance()
            base.module = UnsafeMutableRawPointer(module.state.pointee.module)
            base.store = UnsafeMutableRawPointer(store.state)
            state.initialize(
                to: InstanceState(
                    base: base,
                    activeEntries: 0,
                    arena: arena,
                    module: module.state,
                    store: store.state,
                    ownLimits: ownLimits,
                    userData: nil,
                    nextInStore: nil,
                    previousInStore: nil,
                    link: LinkNode(alone: state),
                    isDestroyed: false,
                    isEscaped: false,
                    importedGlobalCells: nil,
                    droppedSegments: nil,
                    ownMemories: nil,
                    ownMemoryCount: 0,
                    ownTables: nil,
                    environment: nil
                )
            )
            let checks =
                limits.checksAuxiliaryStack ?? store.state.pointee.runtime.pointee.plan.checksAuxiliaryStack
            state.pointee.base.setAuxiliaryStack(module.state.pointee.auxiliaryStack, isChecked: checks)
            return state
        } catch {
            arena.destroy()
            throw error
        }
    }

    /// Puts the instance into its store and into the link group of all that it imports from.
    private static func enlist(_ state: UnsafeMutablePointer<InstanceState>) {
        let store = state.pointee.store
        mote_lock_acquire(store.lock)
        state.pointee.nextInStore = store.pointee.firstInstance
        store.pointee.firstInstance?.pointee.previousInStore = state
        store.pointee.firstInstance = state
        mote_lock_release(store.lock)
        joinGroups(of: state)
        if Publishing.isPossible(for: state.pointee.module.pointee.module) {
            EngineInstance(state: state).markEscaped()
        }
    }

    /// Runs the start function; a trap of its is the error.
    private static func start(
        _ state: UnsafeMutablePointer<InstanceState>,
        in given: EngineEnvironment?
    ) throws(EngineError) {
        let module = state.pointee.module.pointee.module
        guard let index = module.pointee.startFunction else { return }
        let instance = EngineInstance(state: state)
        let environment: EngineEnvironment
        if let given { environment = given } else { environment = try instance.environment() }
        var record = MoteFunction()
        let trap: TrapCode
        if let function = instance.function(at: index) {
            trap = environment.call(function, slots: nil, slotCount: 0)
        } else {
            // Nothing else refers to it, so it has no record of its own.
            guard describe(&record, index, of: state) else { return }
            trap = withUnsafeMutablePointer(to: &record) { environment.call($0, slots: nil, slotCount: 0) }
        }
        if trap == .memoryExhausted, let error = environment.memoryError { throw .memory(error) }
        if trap != .none { throw .trap(trap) }
    }
}
