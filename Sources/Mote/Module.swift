internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A loaded and validated module.
///
/// Immutable: several threads may instantiate it and read its types. Holds its runtime.
public final class Module: @unchecked Sendable {
    // Sendable: the engine's module is immutable but for what its lock orders.
    /// The runtime it was loaded into.
    public let runtime: Runtime
    let engine: EngineModule
    private let bytes: ModuleBytes?

    init(engine: EngineModule, runtime: Runtime, bytes: ModuleBytes?) {
        self.engine = engine
        self.runtime = runtime
        self.bytes = bytes
    }

    deinit {
        let isFree = engine.unload()
        guard let bytes else { return }
        // Instances that others refer to may still run its code.
        if isFree { bytes.release() } else { runtime.lateBytes.add(bytes) }
    }

    var tables: EngineModuleTables.Pointer { engine.module }

    /// Makes an instance: links its imports, initialises its memory and tables, runs its start function.
    ///
    /// Without a store it gets one of its own.
    /// - Throws: ``RuntimeError/link(_:)`` for imports, ``RuntimeError/memory(_:)``, what start throws.
    public func instantiate(
        limits: InstanceLimits = InstanceLimits(),
        imports: Imports = Imports(),
        in store: Store? = nil
    ) throws -> Instance {
        try Instance(module: self, store: store ?? Store(runtime), limits: limits, imports: imports)
    }
}

/// What an instance overrides of its runtime's plan.
public struct InstanceLimits: Sendable {
    /// Operand stack of an environment of the instance's own, in bytes; nil: it shares its store's.
    public var operandStack: Int?
    /// Most pages of each of its memories; nil: the plan's.
    public var maximumPages: UInt64?
    /// Where its memories live; nil: the plan's.
    public var linearMemory: LinearMemoryBacking?
    /// Bounds checks of its memories; nil: the plan's.
    public var bounds: BoundsChecks?
    /// The maximum of its memories in pages, instead of the declared one: at least their initial size, at most what is
    /// declared; nil: as declared.
    public var maximumPagesOverride: UInt64?
    /// Bytes of the caller's for its memory 0, aligned to 16, which must outlive the instance; nil: as ``linearMemory``
    /// says.
    ///
    /// They are cleared where the memory begins or grows.
    public nonisolated(unsafe) var memoryBuffer: UnsafeMutableRawBufferPointer?
    /// Whether its memory 0 ends at `__heap_base`; nil: the plan's.
    public var truncation: Truncation?
    /// Bytes of its app heap; nil: the plan's.
    public var appHeap: Int?
    /// Where its app heap lies; nil: the plan's.
    public var appHeapPlacement: AppHeapPlacement?
    /// Which heap the host's malloc and free use; nil: the plan's.
    public var guestHeap: GuestHeapChoice?
    /// Most bytes of its memory 0 from `__heap_base` on; nil: the plan's.
    public var maximumGuestHeap: UInt64?
    /// Whether writes of its stack pointer are compared with the bounds of its stack; nil: the plan's.
    public var checksAuxiliaryStack: Bool?
    /// Whether shared heaps may be attached to it: its memory accesses are checked then.
    public var attachesSharedHeaps = false
    /// What its code may spend, start function included.
    ///
    /// About one for each instruction, and for each byte of a bulk
    /// operation. Nil: it is not counted, and runs a little faster.
    public var fuel: Int64?

    /// Limits; what is nil is as the plan says.
    public init(
        operandStack: Int? = nil,
        maximumPages: UInt64? = nil,
        linearMemory: LinearMemoryBacking? = nil,
        bounds: BoundsChecks? = nil,
        fuel: Int64? = nil
    ) {
        self.operandStack = operandStack
        self.maximumPages = maximumPages
        self.linearMemory = linearMemory
        self.bounds = bounds
        self.fuel = fuel
    }
}
