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
        _ bytes: UnsafePointer<UInt8>,
        sizeInBytes: Int,
        ownership: ModuleBytesOwnership,
        features: FeatureSet = .standard,
        eager: Bool = false
    ) throws(EngineError) -> EngineModule {
        let module = try decode(bytes, sizeInBytes, ownership, features)
        do throws(EngineError) {
            try validate(module, features)
        } catch {
            Module.destroy(module)
            throw error
        }
        do throws(MemoryError) {
            let loaded = try adopt(module)
            guard eager else { return loaded }
            do throws(MemoryError) {
                try loaded.translateAll(variant: likelyVariant(of: module))
            } catch {
                EngineModule.release(loaded.state)
                throw error
            }
            return loaded
        } catch {
            throw .memory(error)
        }
    }

    /// The variant of code that an unmetered instance gets under the plan, if its limits do not say otherwise.
    private func likelyVariant(of module: Module.Pointer) -> Int {
        guard case .system = plan.globalHeap, plan.linearMemory != .heap, plan.bounds != .checked,
            let memory = module.pointee.memories[checked: 0], memory.pageSizeLog2 == 16, !memory.limits.is64
        else { return 0 }
        return 1
    }

    private func decode(
        _ bytes: UnsafePointer<UInt8>,
        _ sizeInBytes: Int,
        _ ownership: ModuleBytesOwnership,
        _ features: FeatureSet
    ) throws(EngineError) -> Module.Pointer {
        do throws(LoadFailure) {
            return try ModuleDecoder.decode(
                bytes,
                sizeInBytes: sizeInBytes,
                ownership: ownership,
                heap: heap,
                registry: state.pointee.types,
                features: features
            )
        } catch {
            switch error {
            case .malformed(let error): throw .decode(error)
            case .memory(let error): throw .memory(error)
            case .unsupported(let feature, let byteOffset):
                throw .unsupported(feature, byteOffset: byteOffset)
            }
        }
    }

    private func validate(_ module: Module.Pointer, _ features: FeatureSet) throws(EngineError) {
        do throws(ValidationFailure) {
            _ = try ModuleValidator.validate(
                module: module,
                registry: state.pointee.types,
                features: features
            )
        } catch {
            switch error {
            case .invalid(let error): throw .validation(error)
            case .malformed(let error): throw .decode(error)
            case .memory(let error): throw .memory(error)
            }
        }
    }

    /// Makes the engine's record of a decoded and validated module, in the module's arena; on failure the module is
    /// gone.
    private func adopt(_ module: Module.Pointer) throws(MemoryError) -> EngineModule {
        let record: UnsafeMutablePointer<ModuleState>
        do throws(MemoryError) {
            record = try module.pointee.arena.allocate(
                ModuleState.self,
                count: 1,
                region: .structures,
                site: .moduleState
            )
        } catch {
            Module.destroy(module)
            throw error
        }
        record.initialize(
            to: ModuleState(
                lock: MoteLock(),
                module: module,
                runtime: state,
                codeWords: .init(repeating: nil),
                layout: LinearMemoryLayout(),
                guestAllocator: ModuleState.detectAllocator(of: module),
                instanceCount: 0,
                isUnloaded: false,
                next: nil,
                previous: nil
            )
        )
        ModuleState.detectLayout(of: module, &record.pointee.layout)
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        mote_lock_init(record.lock)
        module.pointee.engineState = UnsafeMutableRawPointer(record)
        record.pointee.next = state.pointee.firstModule
        state.pointee.firstModule?.pointee.previous = record
        state.pointee.firstModule = record
        return EngineModule(state: record)
    }
}
