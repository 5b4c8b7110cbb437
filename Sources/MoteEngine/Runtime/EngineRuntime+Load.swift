internal import CPlatform
internal import MoteMemory
package import MoteModule
internal import MoteBinary
internal import MoteValidation

extension EngineRuntime {
    /// Decodes and validates a module; `eager` translates every function at once.
    ///
    /// What `ownership` says decides how long `bytes` must stay.
    package func load(
        _ bytes: UnsafePointer<UInt8>, sizeInBytes: Int, ownership: ModuleBytesOwnership,
        features: FeatureSet = .executable, eager: Bool = false
    ) throws(EngineError) -> EngineModule {
        let module = try decode(bytes, sizeInBytes, ownership, features)
        do throws(EngineError) {
            try validate(module, features)
            do throws(MemoryError) {
                return try adopt(module)
            } catch {
                throw .memory(error)
            }
        } catch {
            Module.destroy(module)
            throw error
        }
    }

    private func decode(
        _ bytes: UnsafePointer<UInt8>, _ sizeInBytes: Int, _ ownership: ModuleBytesOwnership, _ features: FeatureSet
    ) throws(EngineError) -> Module.Pointer {
        do throws(LoadFailure) {
            return try ModuleDecoder.decode(
                bytes, sizeInBytes: sizeInBytes, ownership: ownership, heap: heap, registry: state.pointee.types,
                features: features)
        } catch {
            switch error {
            case .malformed(let error): throw .decode(error)
            case .memory(let error): throw .memory(error)
            case .unsupported(let feature, let byteOffset): throw .unsupported(feature, byteOffset: byteOffset)
            }
        }
    }

    private func validate(_ module: Module.Pointer, _ features: FeatureSet) throws(EngineError) {
        do throws(ValidationFailure) {
            _ = try ModuleValidator.validate(module: module, registry: state.pointee.types, features: features)
        } catch {
            switch error {
            case .invalid(let error): throw .validation(error)
            case .malformed(let error): throw .decode(error)
            case .memory(let error): throw .memory(error)
            }
        }
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
