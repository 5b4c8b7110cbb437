internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A runtime: one global heap under one plan, with the modules and stores in it.
///
/// Lives as long as anything in it is held. Several threads may load modules into it and make stores.
public final class Runtime: @unchecked Sendable {
    // Sendable: the engine's runtime orders its lists by a lock; nothing else here changes.
    /// The plan it was made under.
    public let plan: MemoryPlan
    /// What modules may make use of, unless their loading says otherwise.
    public let features: Features
    /// Whether relaxed vector instructions give the results of the specification's deterministic profile.
    public let isDeterministic: Bool
    let engine: EngineRuntime
    private let pool: UnsafeMutableRawBufferPointer?
    let growthListener = GrowthListener()

    /// A runtime under a plan.
    ///
    /// `features` are what its modules may make use of. With `isDeterministic` relaxed vector instructions give the
    /// results of the specification's deterministic profile, not the cheapest of those that are allowed.
    /// - Throws: ``RuntimeError/memory(_:)`` where the plan makes no sense or its heap is too small.
    public init(
        _ plan: MemoryPlan = MemoryPlan(),
        features: Features = .standard,
        isDeterministic: Bool = false
    ) throws(RuntimeError) {
        self.plan = plan
        self.features = features
        self.isDeterministic = isDeterministic
        pool = try plan.mapPool()
        do throws(EngineError) {
            engine = try EngineRuntime.create(plan: plan.enginePlan(pool: pool))
            engine.isDeterministic = isDeterministic
        } catch {
            if let pool { munmap(pool.baseAddress, pool.count) }
            throw RuntimeError(error, isPool: plan.isPool)
        }
    }

    deinit {
        engine.destroy()
        for bytes in lateBytes.take() { bytes.release() }
        if let pool { munmap(pool.baseAddress, pool.count) }
    }

    /// Mappings of modules whose instances live on; given back with the runtime.
    let lateBytes = LateBytes()

    /// Loads a module from a file, whose bytes are mapped read-only and stay in the file.
    ///
    /// With `copying` the bytes are read into the global heap instead, and the file may change meanwhile.
    /// `isEager` translates every function at once, not when it is first called; `features` are the runtime's where
    /// nothing is given.
    /// - Throws: ``RuntimeError/file(path:reason:)``, or what makes the bytes no module.
    public func load(
        contentsOf path: String,
        copying: Bool = false,
        isEager: Bool = false,
        features: Features? = nil
    ) throws(RuntimeError) -> Module {
        let bytes = try ModuleBytes(mapping: path)
        guard copying else {
            return try load(bytes, ownership: .borrowed, isEager: isEager, features: features)
        }
        defer { bytes.release() }
        return try load(
            ModuleBytes(borrowing: bytes.buffer),
            ownership: .copied,
            isEager: isEager,
            features: features
        )
    }

    /// Loads a module from bytes, which are copied into the global heap.
    public func load(
        bytes: [UInt8],
        isEager: Bool = false,
        features: Features? = nil
    ) throws(RuntimeError) -> Module {
        let loaded: Result<Module, RuntimeError> = bytes.withUnsafeBytes { buffer in
            do throws(RuntimeError) {
                return .success(
                    try load(
                        ModuleBytes(borrowing: buffer),
                        ownership: .copied,
                        isEager: isEager,
                        features: features
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        return try loaded.get()
    }

    /// Loads a module from bytes of the caller's, which are neither copied nor written.
    ///
    /// They must stay as they are as long as the module, its instances or the stores of these live.
    public func load(
        borrowing bytes: UnsafeRawBufferPointer,
        isEager: Bool = false,
        features: Features? = nil
    ) throws(RuntimeError) -> Module {
        try load(
            ModuleBytes(borrowing: bytes),
            ownership: .borrowed,
            isEager: isEager,
            features: features
        )
    }

    private func load(
        _ bytes: ModuleBytes,
        ownership: ModuleBytesOwnership,
        isEager: Bool,
        features: Features?
    ) throws(RuntimeError) -> Module {
        let features = (features ?? self.features).engine
        // An empty buffer has no address, but its end is still somewhere.
        var nothing: UInt8 = 0
        do throws(EngineError) {
            let loaded: EngineModule
            if let start = bytes.buffer.baseAddress {
                loaded = try engine.load(
                    start.assumingMemoryBound(to: UInt8.self),
                    sizeInBytes: bytes.buffer.count,
                    ownership: ownership,
                    features: features,
                    eager: isEager
                )
            } else {
                loaded = try engine.load(&nothing, sizeInBytes: 0, ownership: .copied)
            }
            return Module(engine: loaded, runtime: self, bytes: ownership == .borrowed ? bytes : nil)
        } catch {
            bytes.release()
            throw RuntimeError(error, isPool: plan.isPool)
        }
    }

    /// What everything in the runtime uses at this moment.
    ///
    /// Nothing may end a store, an instance or an environment of the runtime on another thread meanwhile.
    public var memoryReport: MemoryReport { MemoryReport(engine, isPool: plan.isPool) }
}

extension MemoryPlan {
    /// The buffer of ``HeapSource/pool(bytes:)``; untouched, so that it takes memory only where it is used.
    fileprivate func mapPool() throws(RuntimeError) -> UnsafeMutableRawBufferPointer? {
        guard case .pool(let bytes) = globalHeap.kind else { return nil }
        guard bytes > 0 else { throw RuntimeError(.memory(.invalidPlan(.poolTooSmall)), isPool: true) }
        let start = mmap(
            nil,
            bytes,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0
        )
        guard let start, Int(bitPattern: start) != -1 else {
            throw RuntimeError(.memory(.invalidPlan(.sizeTooLarge)), isPool: true)
        }
        return UnsafeMutableRawBufferPointer(start: start, count: bytes)
    }
}
