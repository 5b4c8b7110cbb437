package import CPlatform
internal import MoteMemory
internal import MoteModule

// Calls of one function again and again, from outside of any other call: what the last one found out is kept in the
// environment (`MotePreparedCall`), so that the next one writes parameters and goes on in the function's code.
//
// ```
// stack base: | MoteActivation (8 slots) | parameters, then results over them | header (3 slots) | frame ...
// ```
// Activation and header stay as they are between such calls: what runs in the frame changes only what it puts back,
// functions that may leave their frame to others are not prepared, and every other call from outside takes the
// preparation back, as do a trap, the end of the instance, and new code for it.

extension EngineEnvironment {
    /// What `function` of a prepared call is where there is none: no address of a function.
    package static var nothingPrepared: UnsafePointer<MoteFunction>? {
        UnsafePointer(bitPattern: 1)
    }

    /// Prepares calls of a function of numbers; false where it has others or more than one result, leaves its frame to
    /// others, was not called yet, or a call is inside.
    package func prepare(_ function: UnsafePointer<MoteFunction>) -> Bool {
        guard let instance = function.pointee.instance, let type = FunctionDescription.type(of: function),
            let shape = CellShape(type), enter()
        else { return false }
        defer { leave() }
        let environment = base
        guard state.pointee.nestedCount == 0, environment.pointee.activation == nil,
            !instance.state.pointee.isDestroyed, let start = environment.pointee.stackBase,
            let word = function.pointee.target, let raw = mote_load_acquire_pointer(word),
            let pseudoCode = environment.pointee.pseudoCode, pseudoCode != UnsafeRawPointer(raw)
        else { return false }
        let code = raw.assumingMemoryBound(to: MoteCode.self)
        let arguments = start + Operations.activationSlotCount
        let fp = arguments + function.frameArgumentSlots + frameHeaderSlots
        guard code.pointee.flags & UInt64(MOTE_CODE_TAIL_CALLS) == 0,
            Interpreter.raisePeak(environment, to: UnsafeMutableRawPointer(fp + Int(code.pointee.frameSlots)))
        else { return false }
        UnsafeMutableRawPointer(start).assumingMemoryBound(to: MoteActivation.self).initialize(
            to: MoteActivation(
                previous: nil,
                kind: UInt32(MOTE_ACTIVATION_ENTRY),
                inGuest: 1,
                operandPointer: fp - frameHeaderSlots,
                pc: nil,
                fp: nil,
                nativeStackPointer: nil,
                instance: nil,
                callee: nil
            )
        )
        fp[-3] = UInt64(UInt(bitPattern: PseudoCode.halt(environment)))
        fp[-2] = 0
        fp[-1] = UInt64(UInt(bitPattern: code))
        Operations.reloadCaches(environment, instance)
        state.pointee.lastTrap = .none
        state.pointee.pendingException = 0
        let pc = UnsafeRawPointer(code) + codeHeaderSizeInBytes
        #if DEBUG || VM_TRAMPOLINE
        let entry: Handler = enterPrepared
        #else
        let entry = mayFault(instance) ? enterPrepared : pc.load(as: Handler.self)
        #endif
        environment.pointee.prepared = MotePreparedCall(
            function: EngineEnvironment.nothingPrepared,
            cellCount: UInt32(truncatingIfNeeded: shape.cellCount),
            parameterKind: shape.parameterKind,
            resultKind: shape.resultKind,
            wideParameters: shape.wideParameters,
            arguments: arguments,
            fp: fp,
            pc: pc,
            entry: unsafeBitCast(entry, to: MoteHandler.self),
            instance: nil,
            cells: nil,
            parameterCount: UInt32(truncatingIfNeeded: type.pointee.parameters.count),
            takenCellCount: UInt32(truncatingIfNeeded: max(shape.cellCount, Int(shape.resultKind)))
        )
        mote_store_release_pointer(environment.preparedInstance, instance)
        mote_store_release_pointer(environment.preparedFunction, UnsafeMutableRawPointer(mutating: function))
        return true
    }

    /// Whether code that runs may touch guard pages: its instance's, or those of another that it calls.
    private func mayFault(_ instance: UnsafeMutablePointer<MoteInstance>) -> Bool {
        instance.pointee.variant & 1 != 0 || state.pointee.store.pointee.hasGuardPages
    }

    /// Takes a preparation back; the thread is inside.
    func unprepare() {
        mote_store_release_pointer(
            base.preparedFunction,
            UnsafeMutableRawPointer(mutating: EngineEnvironment.nothingPrepared)
        )
        guard state.pointee.nestedCount == 0 else { return }
        mote_store_release_pointer(base.preparedInstance, nil)
    }

    /// Ends a prepared call that its code ended with a trap, or during which the preparation was taken back.
    ///
    /// Its result is the trap that a call from the host has.
    package func endPrepared(_ code: UInt32) -> TrapCode {
        let trap = TrapCode(returned: code)
        let instance = mote_load_acquire_pointer(base.preparedInstance)?.assumingMemoryBound(
            to: InstanceState.self
        )
        if trap != .none, let activation = base.pointee.activation { recordTrap(trap, in: activation) }
        let isDestroyed = instance?.pointee.isDestroyed == true
        base.pointee.activation = nil
        base.pointee.instance = nil
        unprepare()
        leave()
        if isDestroyed, let instance { EngineInstance.collect(instance) }
        return trap
    }
}

/// How a function of numbers takes cells of 32 bits.
private struct CellShape {
    var cellCount = 0
    /// As in `MotePreparedCall`.
    var parameterKind: UInt16 = 0
    var resultKind: UInt16 = 0
    /// Bits of the parameters that take two cells.
    var wideParameters: UInt64 = 0

    init?(_ type: UnsafePointer<DefinedType>) {
        let parameters = type.pointee.parameters
        guard parameters.count <= 64, type.pointee.resultCount <= 1 else { return nil }
        for index in 0..<parameters.count {
            guard let cells = CellShape.cellCount(parameters[checked: index]) else { return nil }
            cellCount &+= cells
            if cells == 2 { wideParameters |= 1 &<< UInt64(index) }
        }
        parameterKind = wideParameters == 0 && cellCount <= 2 ? UInt16(truncatingIfNeeded: cellCount) : 3
        guard let result = type.pointee.results[checked: 0] else { return }
        guard let cells = CellShape.cellCount(result) else { return nil }
        resultKind = UInt16(truncatingIfNeeded: cells)
    }

    private static func cellCount(_ type: ValueType?) -> Int? {
        switch type {
        case .i32, .f32: 1
        case .i64, .f64: 2
        default: nil
        }
    }
}

/// What a prepared call enters where a fault may end it, and where instructions return to the trampoline.
private func enterPrepared(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    Int(Interpreter.run(environment, from: pc, fp, word: nil))
}

extension EngineInstance {
    /// Whether a call from the host runs in it; the store's lock is held.
    var isActive: Bool {
        if mote_load_acquire_u32(state.activeEntries) != 0 { return true }
        var next = state.pointee.store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            if mote_load_acquire_pointer(environment.base.preparedInstance) == UnsafeMutableRawPointer(state),
                EngineEnvironment(state: environment).isEntered
            {
                return true
            }
        }
        return false
    }

    /// The same, with the lock not held.
    var isEntered: Bool {
        mote_lock_acquire(state.pointee.store.lock)
        defer { mote_lock_release(state.pointee.store.lock) }
        return isActive
    }

    /// Takes back what environments prepared for it, since it goes; the store's lock is held.
    ///
    /// A call that runs finds that out when it ends.
    func endPreparedCalls() {
        var next = state.pointee.store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            let base = environment.base
            guard mote_load_acquire_pointer(base.preparedInstance) == UnsafeMutableRawPointer(state) else {
                continue
            }
            mote_store_release_pointer(
                base.preparedFunction,
                UnsafeMutableRawPointer(mutating: EngineEnvironment.nothingPrepared)
            )
            guard !EngineEnvironment(state: environment).isEntered else { continue }
            mote_store_release_pointer(base.preparedInstance, nil)
            base.pointee.instance = nil
        }
    }

    /// Takes back what environments prepared for it, with the store's lock not held.
    func forgetPreparedCalls() {
        mote_lock_acquire(state.pointee.store.lock)
        defer { mote_lock_release(state.pointee.store.lock) }
        endPreparedCalls()
    }
}

extension EngineEnvironment {
    /// Whether a thread is inside.
    package var isEntered: Bool {
        guard let thread = mote_load_acquire_pointer(base.thread) else { return false }
        return thread != Collector.mark
    }
}

extension EngineStore {
    /// Notes that some memory of the store has guard pages: from now on calls prepare for faults.
    func noteGuardPages() {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        guard !state.pointee.hasGuardPages else { return }
        state.pointee.hasGuardPages = true
        var next = state.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            mote_store_release_pointer(
                environment.base.preparedFunction,
                UnsafeMutableRawPointer(mutating: EngineEnvironment.nothingPrepared)
            )
        }
    }
}
