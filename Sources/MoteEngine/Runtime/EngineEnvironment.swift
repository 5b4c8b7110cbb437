package import CPlatform
package import MoteMemory

/// An execution environment: an operand stack on which one thread at a time runs guest code.
///
/// A handle; the environment lives until ``destroy()`` or until its store goes.
package struct EngineEnvironment {
    package let state: UnsafeMutablePointer<EnvironmentState>

    package init(state: UnsafeMutablePointer<EnvironmentState>) { self.state = state }

    /// The environment that a host function was called with.
    package init(_ environment: UnsafeMutablePointer<MoteEnvironment>) { state = environment.state }

    /// A new environment; the size of its operand stack is in bytes, nil for the plan's.
    package static func create(
        in store: EngineStore,
        operandStackSizeInBytes: Int? = nil
    ) throws(EngineError) -> EngineEnvironment {
        let runtime = store.state.pointee.runtime
        let size = operandStackSizeInBytes ?? runtime.pointee.plan.operandStackSizeInBytes
        do throws(MemoryError) {
            let arena = try Arena.create(in: runtime.heap, owner: .environment)
            do throws(MemoryError) {
                return try create(in: store, arena: arena, operandStackSizeInBytes: size)
            } catch {
                arena.destroy()
                throw error
            }
        } catch {
            throw .memory(error)
        }
    }

    private static func create(
        in store: EngineStore,
        arena: Arena,
        operandStackSizeInBytes size: Int
    ) throws(MemoryError) -> EngineEnvironment {
        let state = try arena.allocate(
            EnvironmentState.self,
            count: 1,
            region: .structures,
            site: .environmentState
        )
        let slots = try OperandStack.create(in: arena, sizeInBytes: size)
        var base = MoteEnvironment()
        base.stackBase = slots.base
        base.stackPeak = slots.base
        base.stackLimit = slots.limit
        base.fuel = .max
        base.prepared.function = EngineEnvironment.nothingPrepared
        base.wakeDescriptor = -1
        base.store = UnsafeMutableRawPointer(store.state)
        base.pseudoCode = UnsafeRawPointer(store.state.pointee.runtime.pointee.stub)
        state.initialize(
            to: EnvironmentState(
                base: base,
                waiter: Waiter(),
                arena: arena,
                store: store.state,
                memoryError: nil,
                pendingException: 0,
                lastTrap: .none,
                nestedCount: 0,
                ownerInstance: nil,
                next: nil,
                previous: nil
            )
        )
        store.link(state)
        return EngineEnvironment(state: state)
    }

    /// Gives everything back; refused (false) while a call runs inside.
    @discardableResult
    package func destroy() -> Bool {
        guard claim() else { return false }
        state.pointee.ownerInstance?.pointee.environment = nil
        EngineStore(state: state.pointee.store).unlink(state)
        mote_close_wake_descriptor(state.base)
        state.pointee.arena.destroy()
        return true
    }

    package var store: EngineStore { EngineStore(state: state.pointee.store) }

    /// The C structure that host functions receive.
    package var base: UnsafeMutablePointer<MoteEnvironment> { state.base }

    /// What is left to be spent by metered instances, at first practically endless; read and written between calls or by host functions.
    package var fuel: Int64 {
        get { state.pointee.base.fuel }
        nonmutating set { state.pointee.base.fuel = newValue }
    }

    /// Most bytes of the operand stack that frames ever needed.
    package var operandStackPeakInBytes: Int {
        OperandStack.peakInBytes(of: base)
    }

    /// Why the last ``TrapCode/memoryExhausted`` happened.
    package var memoryError: MemoryError? { state.pointee.memoryError }
}
