internal import MoteModule
package import CPlatform

extension EngineEnvironment {
    /// Calls from the host that may be nested where nobody knows how much native stack is left.
    ///
    /// Each takes native stack of the calling thread. Where the thread's end of stack is known, that is the bound.
    package static var maximumHostDepth: UInt64 { 128 }

    /// Calls a function of the store with the parameters in `slots`, and puts its results there.
    ///
    /// `slotCount` slots must hold the larger of parameters and results (`MoteFunction` says how many); otherwise
    /// the call ends in ``TrapCode/hostError``. May be called by a host function that was called from this
    /// environment: the new frames start above the old ones. From another thread it is
    /// ``TrapCode/environmentBusy``. After a trap the slots are as before.
    package func call(
        _ function: UnsafeMutablePointer<MoteFunction>,
        slots: UnsafeMutablePointer<UInt64>?,
        slotCount: Int
    ) -> TrapCode {
        let parameterCount = Int(function.pointee.parameterSlots)
        let resultCount = Int(function.pointee.resultSlots)
        guard slotCount >= max(parameterCount, resultCount) else { return .hostError }
        guard enter() else { return .environmentBusy }
        let instance = function.pointee.instance
        if let instance, let slots, function.pointee.reserved & MoteFunction.takesReferences != 0,
            let type = FunctionDescription.type(of: function)
        {
            Publishing.link(values: slots, type.pointee.parameters, to: instance)
        }
        if let instance { _ = mote_add_u32(instance.state.activeEntries, 1) }
        let trap = run(function, slots, parameterCount, resultCount)
        leave()
        if let instance { EngineInstance.endEntry(instance.state) }
        return trap
    }

    /// Claims the environment for this thread; false when another one has it.
    func enter() -> Bool {
        let me = UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        if mote_load_acquire_pointer(base.thread) == me {
            state.pointee.nestedCount &+= 1
            return true
        }
        guard claim() else { return false }
        unprepare()
        // The next call that is prepared leaves its instance current.
        base.pointee.instance = nil
        if !state.pointee.hasNativeStackBoundary { findNativeStackBoundary() }
        return true
    }

    /// Puts the thread's name into an environment that nobody is inside of; waits for a collection.
    @inline(never)
    func claim() -> Bool {
        let me = UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        while !mote_compare_exchange_seq_pointer(base.thread, nil, me) {
            let other = mote_load_acquire_pointer(base.thread)
            guard other == nil || other == Collector.mark else { return false }
            mote_lock_acquire(state.pointee.store.collectorLock)
            mote_lock_release(state.pointee.store.collectorLock)
        }
        return true
    }

    func leave() {
        guard state.pointee.nestedCount == 0 else {
            state.pointee.nestedCount &-= 1
            return
        }
        mote_store_release_pointer(base.thread, nil)
    }

    /// ```
    /// start: | MoteActivation (8 slots) | parameters, then results over them | frames ...
    /// ```
    private func run(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ slots: UnsafeMutablePointer<UInt64>?,
        _ parameterCount: Int,
        _ resultCount: Int
    ) -> TrapCode {
        let environment = state.base
        state.pointee.lastTrap = .none
        state.pointee.pendingException = 0
        let previous = Operations.settle(environment)
        guard let start = previous?.pointee.operandPointer ?? environment.pointee.stackBase else {
            return .callStackExhausted
        }
        let valueCount = max(parameterCount, resultCount)
        guard Operations.hasRoom(environment, to: start + Operations.activationSlotCount + valueCount) else {
            return refuse(.callStackExhausted)
        }
        let boundary = environment.pointee.nativeStackBoundary
        if mote_native_stack_pointer() < boundary, isShortOfNativeStack() {
            return refuse(.nativeStackOverflow)
        }
        if boundary == 0, environment.pointee.hostDepth >= EngineEnvironment.maximumHostDepth {
            return .hostDepthExceeded
        }

        let arguments = start + Operations.activationSlotCount
        let activation = Operations.push(
            on: environment,
            at: start,
            kind: MOTE_ACTIVATION_ENTRY,
            callee: function,
            operandPointer: arguments + valueCount
        )
        environment.pointee.hostDepth &+= 1
        if let slots {
            for index in 0..<parameterCount { arguments[index] = slots[index] }
        }
        let code: UInt32
        if function.pointee.isHost != 0 {
            activation.pointee.kind = UInt32(truncatingIfNeeded: MOTE_ACTIVATION_HOST_CALL)
            code = Operations.invoke(environment, function, arguments)
        } else {
            Operations.reloadCaches(environment, function.pointee.instance)
            activation.pointee.inGuest = 1
            code = Interpreter.run(environment, function, arguments)
        }
        let trap = TrapCode(returned: code)
        if trap == .none {
            if let slots {
                for index in 0..<resultCount { slots[index] = arguments[index] }
            }
        } else {
            recordTrap(trap, in: activation)
        }
        environment.pointee.hostDepth &-= 1
        Operations.pop(activation, of: environment)
        return trap
    }

    /// Remembers where it happened, unless it came through from a nested call that is remembered already.
    @inline(never)
    func recordTrap(_ trap: TrapCode, in activation: UnsafeMutablePointer<MoteActivation>) {
        // A prepared call does not forget where the last one stopped.
        unprepare()
        let last = state.pointee.lastTrap
        if last.code == trap, let inner = last.activation, inner > activation { return }
        state.pointee.lastTrap = TrapPlace(
            code: trap,
            activation: activation,
            pc: state.pointee.base.trapPC,
            fp: state.pointee.base.trapFP,
            stack: stackShortage(trap)
        )
        state.pointee.base.trapCode = UInt32(trap.rawValue)
    }
}
