internal import MoteEngine

/// An execution environment: an operand stack on which one thread at a time runs guest code.
///
/// Holds its store. Each instance has one already; more are needed to run with another stack size or fuel.
public final class ExecutionEnvironment {
    let core: EnvironmentCore
    let store: Store
    private let keeper: Instance?
    private let isOwner: Bool

    /// A handle to an environment of the store, or of an instance that has to be kept.
    init(core: EnvironmentCore, store: Store, keeping keeper: Instance?) {
        self.core = core
        self.store = store
        self.keeper = keeper
        isOwner = false
    }

    /// An environment of its own for calls into an instance and into others of its store.
    ///
    /// `stack` is the size of the operand stack in bytes, nil for the plan's.
    /// - Throws: ``RuntimeError/memory(_:)``.
    public init(_ instance: Instance, stack: Int? = nil) throws(RuntimeError) {
        store = instance.store
        keeper = nil
        isOwner = true
        core = try EnvironmentCore(in: instance.store, operandStack: stack)
    }

    deinit {
        if isOwner { core.detach(destroying: true) }
    }

    /// What code of instances with a fuel limit may still spend; set it before a call.
    public var fuel: Int64 {
        get { core.engine.fuel }
        set { core.engine.fuel = newValue }
    }

    /// Most bytes of the operand stack that calls ever needed.
    public var operandStackPeak: Int { core.engine.operandStackPeakInBytes }

    /// The address on the calling thread's own stack below which host code is not entered; nil: found out from the
    /// thread, with ``MemoryPlan/nativeStackReserve`` above its end.
    ///
    /// On the stack of a fiber, which the platform knows nothing about, the caller has to say it. 0: not checked; then
    /// calls of host and guest by each other may be nested 128 deep.
    public var nativeStackBoundary: UInt? {
        get { core.engine.nativeStackBoundary }
        set { core.engine.nativeStackBoundary = newValue }
    }

    /// Size of the operand stack in bytes.
    public var operandStackSize: Int { core.engine.operandStackSizeInBytes }

    /// What other threads stop the guest with.
    public var interruptHandle: InterruptHandle { InterruptHandle(target: core.target) }
}

/// Stops the guest code that runs in an environment, from any thread.
///
/// Holds nothing: once the environment is gone it does nothing.
public struct InterruptHandle: Sendable {
    let target: InterruptTarget

    /// Ends what runs in the environment, blocking WASI calls included, with ``Trap/Code/interrupted``.
    ///
    /// Stays in force until ``clear()``: calls made meanwhile end at once.
    public func interrupt() { target.withEnvironment { $0.interrupt(.terminate) } }

    /// The same with ``Trap/Code/deadline``.
    public func expire() { target.withEnvironment { $0.interrupt(.deadline) } }

    /// Lets calls run again.
    public func clear() { target.withEnvironment { $0.clearInterrupt() } }
}
