internal import CPlatform
internal import MoteEngine
internal import MoteMemory

/// The heap in a guest's memory that the host allocates from: which one, where, and how full.
public struct GuestHeap: Equatable, Sendable {
    /// Which heap it is.
    public enum Kind: Sendable {
        /// The host may not allocate, or there is nothing to allocate from.
        case none
        /// The app heap: a range of the guest's memory that the host manages.
        case app
        /// The allocator that the guest exports: `malloc` and `free`, or AssemblyScript's `__new`.
        case libc
    }

    /// Which heap it is.
    public let kind: Kind
    /// Address of its first byte; nil where it is not known, as of an allocator whose module exports no `__heap_base`.
    public let offset: UInt64?
    /// Its bytes.
    public let sizeInBytes: UInt64?
    /// Bytes that are handed out; nil for the guest's own heap, of which only the guest knows.
    public let usedInBytes: UInt64?
    /// Most bytes that were handed out at once.
    public let peakInBytes: UInt64?
    /// Blocks that are handed out.
    public let blockCount: Int?
    /// The largest block that there is room for.
    public let largestFreeInBytes: UInt64?
}

extension Instance {
    /// The heap that ``malloc(_:in:)`` and its kin use, by ``MemoryPlan/guestHeap`` and what the module exports.
    public var guestHeap: GuestHeap { GuestHeap(engine.guestHeapState) }

    /// Takes bytes of the guest's memory, with arbitrary contents: their address, which is never 0.
    ///
    /// They come from the guest's own allocator where it exports one, and from the app heap otherwise;
    /// ``MemoryPlan/guestHeap`` says so, or something else. The guest's allocator is guest code: it runs in the
    /// environment given, or in the one that already runs on this thread, or in the instance's own. It may make the
    /// memory grow. A size of 0 is a block of its own, too.
    ///
    /// - Throws: ``RuntimeError/guestHeap(_:)``, which says which heap was asked and what would help; what
    ///   ``Function/call(_:in:)`` throws where the guest's allocator traps.
    public func malloc(
        _ sizeInBytes: some BinaryInteger,
        in environment: ExecutionEnvironment? = nil
    ) throws -> UInt64 {
        try heapAccess(environment).malloc(sizeInBytes)
    }

    /// Gives back what ``malloc(_:in:)``, ``realloc(_:_:from:in:)`` or ``duplicate(_:in:)`` took.
    ///
    /// Address 0 is nothing. In the app heap, what is not the address of a block is refused; the guest's own allocator
    /// checks what it likes.
    ///
    /// - Throws: as ``malloc(_:in:)``.
    public func free(_ address: some BinaryInteger, in environment: ExecutionEnvironment? = nil) throws {
        try heapAccess(environment).free(address)
    }

    /// Gives a block another size: its address, which may be another one.
    ///
    /// Its bytes stay, as many as both sizes have. Address 0 is ``malloc(_:in:)``. In the guest's own heap it is the
    /// guest's `realloc` where that is exported; otherwise malloc, copy and free, which needs the old size.
    ///
    /// - Throws: as ``malloc(_:in:)``; the block is as before then, unless guest code trapped.
    public func realloc(
        _ address: some BinaryInteger,
        _ sizeInBytes: some BinaryInteger,
        from oldSizeInBytes: UInt64? = nil,
        in environment: ExecutionEnvironment? = nil
    ) throws -> UInt64 {
        try heapAccess(environment).realloc(address, sizeInBytes, from: oldSizeInBytes)
    }

    /// Takes as many bytes as there are in a sequence, and copies them there.
    ///
    /// - Throws: as ``malloc(_:in:)``.
    public func duplicate(
        _ bytes: some Sequence<UInt8>,
        in environment: ExecutionEnvironment? = nil
    ) throws -> UInt64 {
        try heapAccess(environment).duplicate(bytes)
    }

    private func heapAccess(_ environment: ExecutionEnvironment?) throws(RuntimeError) -> GuestHeapAccess {
        if let environment, environment.store !== store { throw .usage(.foreignStore) }
        let core = environment?.core ?? EnvironmentCore.running(in: store) ?? core
        return GuestHeapAccess(engine: engine, store: store, core: core, owner: self, wasi: wasi)
    }
}

extension Caller {
    /// The same as ``Instance/malloc(_:in:)``, for the guest that called; the guest's allocator runs above its frames.
    ///
    /// - Throws: as ``Instance/malloc(_:in:)``; ``RuntimeError/usage(_:)`` once the call is over.
    public func malloc(_ sizeInBytes: some BinaryInteger) throws -> UInt64 {
        try heapAccess.malloc(sizeInBytes)
    }

    /// The same as ``Instance/free(_:in:)``.
    ///
    /// - Throws: as ``malloc(_:)``.
    public func free(_ address: some BinaryInteger) throws { try heapAccess.free(address) }

    /// The same as ``Instance/realloc(_:_:from:in:)``.
    ///
    /// - Throws: as ``malloc(_:)``.
    public func realloc(
        _ address: some BinaryInteger,
        _ sizeInBytes: some BinaryInteger,
        from oldSizeInBytes: UInt64? = nil
    ) throws -> UInt64 {
        try heapAccess.realloc(address, sizeInBytes, from: oldSizeInBytes)
    }

    /// The same as ``Instance/duplicate(_:in:)``.
    ///
    /// - Throws: as ``malloc(_:)``.
    public func duplicate(_ bytes: some Sequence<UInt8>) throws -> UInt64 {
        try heapAccess.duplicate(bytes)
    }

    private var heapAccess: GuestHeapAccess {
        get throws(RuntimeError) {
            guard core.isRunning(serial), let engine else { throw .usage(.instanceGone) }
            return GuestHeapAccess(
                engine: EngineInstance(state: engine.state),
                store: store,
                core: core,
                owner: owner,
                wasi: owner?.wasi
            )
        }
    }
}

extension GuestHeap {
    init(_ state: GuestHeapState) {
        kind = Kind(state.kind)
        offset = state.offset
        sizeInBytes = state.sizeInBytes
        usedInBytes = state.usedInBytes
        peakInBytes = state.peakInBytes
        blockCount = state.blockCount
        largestFreeInBytes = state.largestFreeInBytes
    }
}

extension GuestHeap.Kind {
    init(_ kind: GuestHeapKind) {
        switch kind {
        case .none: self = .none
        case .app: self = .app
        case .libc: self = .libc
        }
    }
}

/// An instance's heap, and where its allocator would run.
private struct GuestHeapAccess {
    let engine: EngineInstance
    let store: Store
    let core: EnvironmentCore
    let owner: Instance?
    let wasi: WASI?

    func malloc(_ size: some BinaryInteger) throws -> UInt64 {
        try enter { environment throws(GuestHeapError) in
            try engine.guestMalloc(MemoryAccess.unsigned(size) ?? .max, in: environment)
        }
    }

    func free(_ address: some BinaryInteger) throws {
        try enter { environment throws(GuestHeapError) in
            try engine.guestFree(MemoryAccess.unsigned(address) ?? .max, in: environment)
        }
    }

    func realloc(
        _ address: some BinaryInteger,
        _ size: some BinaryInteger,
        from oldSize: UInt64?
    ) throws -> UInt64 {
        try enter { environment throws(GuestHeapError) in
            try engine.guestRealloc(
                MemoryAccess.unsigned(address) ?? .max,
                from: oldSize,
                to: MemoryAccess.unsigned(size) ?? .max,
                in: environment
            )
        }
    }

    func duplicate(_ bytes: some Sequence<UInt8>) throws -> UInt64 {
        let bytes = Array(bytes)
        return try bytes.withUnsafeBytes { bytes in
            try enter { environment throws(GuestHeapError) in
                try engine.guestDuplicate(bytes, in: environment)
            }
        }
    }

    private func enter<Result>(_ body: (EngineEnvironment) throws(GuestHeapError) -> Result) throws -> Result
    {
        guard store.openViews.isEmpty else { throw RuntimeError.usage(.memoryViewOpen) }
        let outer = core.entryOwner
        core.entryOwner = owner ?? outer
        defer { core.entryOwner = outer }
        do throws(GuestHeapError) {
            return try body(core.engine)
        } catch {
            if error.kind == .trapped { throw core.error(for: error.trap, wasi: wasi) }
            throw RuntimeError.guestHeap(GuestHeapFailure(error, isPool: store.isPool))
        }
    }
}

extension EnvironmentCore {
    /// The core of the environment that runs guest code on this thread, if it is one of the store's.
    fileprivate static func running(in store: Store) -> EnvironmentCore? {
        guard let current = EngineEnvironment.current, current.store.state == store.engine.state,
            let data = current.base.pointee.userData
        else { return nil }
        return Unmanaged<EnvironmentCore>.fromOpaque(data).takeUnretainedValue()
    }
}
