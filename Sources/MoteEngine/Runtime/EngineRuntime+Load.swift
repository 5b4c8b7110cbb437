internal import CPlatform
internal import MoteMemory
package import MoteModule

extension EngineRuntime {
    /// Decodes and validates a module; `eager` translates every function at once.
    ///
    /// What `ownership` says decides how long `bytes` must stay.
    package func load(
        _ bytes: UnsafePointer<UInt8>, sizeInBytes: Int, ownership: ModuleBytesOwnership,
        features: FeatureSet = .executable, eager: Bool = false
    ) throws(EngineError) -> EngineModule {
        throw .usage(.unsupported)
    }

    /// Makes the engine's record of a decoded and validated module, in the module's arena.
    func adopt(_ module: Module.Pointer) throws(MemoryError) -> EngineModule {
        let record = try module.pointee.arena.allocate(
            ModuleState.self, count: 1, region: .structures, site: .moduleState)
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        record.initialize(
            to: ModuleState(
                module: module, runtime: state, codeWords: .init(repeating: nil), lock: MoteLock(),
                instanceCount: 0, isUnloaded: false, next: state.pointee.firstModule, previous: nil))
        mote_lock_init(record.lock)
        module.pointee.engineState = UnsafeMutableRawPointer(record)
        state.pointee.firstModule?.pointee.previous = record
        state.pointee.firstModule = record
        return EngineModule(state: record)
    }
}
