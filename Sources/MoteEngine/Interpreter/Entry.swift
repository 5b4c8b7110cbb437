internal import CPlatform
internal import MoteMemory

/// Where the engine enters compiled code, and what handlers share.
enum Interpreter {
    /// Runs a function whose parameters lie at `slots`; results are over them.
    ///
    /// Returns a trap code.
    ///
    /// The caller has pushed an entry activation and made the function's instance current.
    static func run(
        _ environment: Environment,
        _ function: UnsafePointer<MoteFunction>,
        _ slots: FP
    ) -> UInt32 {
        guard let word = function.pointee.target, let code = mote_load_acquire_pointer(word) else {
            return UInt32(TrapCode.unlinkedFunction.rawValue)
        }
        let fp = slots + function.frameArgumentSlots + frameHeaderSlots
        let end = fp + Int(code.load(fromByteOffset: 8, as: UInt32.self))
        guard raisePeak(environment, to: UnsafeMutableRawPointer(end)) else {
            return UInt32(TrapCode.callStackExhausted.rawValue)
        }
        fp[-3] = UInt64(UInt(bitPattern: PseudoCode.halt(environment)))
        fp[-2] = 0
        fp[-1] = UInt64(UInt(bitPattern: code))
        return run(environment, from: code + codeHeaderSizeInBytes, fp, word: word)
    }

    /// Runs from an instruction in a frame; `word` is the code word where it may be the stub's.
    static func run(_ environment: Environment, from pc: PC, _ fp: FP, word: UnsafeMutableRawPointer?)
        -> UInt32
    {
        // `runSpilled` finds its registers where the trampoline spills them.
        environment.pointee.spill.0 = UnsafeMutableRawPointer(mutating: pc)
        environment.pointee.spill.1 = UnsafeMutableRawPointer(fp)
        environment.pointee.spill.3 = word
        environment.pointee.spill.4 = nil
        let outer = mote_get_current_environment()
        mote_set_current_environment(environment)
        let result = mote_enter(runSpilled, environment, environment.pointee.activation)
        mote_set_current_environment(outer)
        if result == UInt32(MOTE_TRAP_MEMORY_OUT_OF_BOUNDS) { checkFault(environment) }
        return result
    }

    /// After a guard page was hit, makes sure that pc and fp are what handlers had.
    ///
    /// The fault handler stored the registers that carry them; a debug build's handlers keep them in memory, but it
    /// spills before every instruction. What does not lie in the frame's code is dropped.
    private static func checkFault(_ environment: Environment) {
        guard environment.pointee.activation?.pointee.inGuest == 0 else { return }
        #if DEBUG || VM_TRAMPOLINE
        environment.pointee.trapPC = UnsafeRawPointer(environment.pointee.spill.0)
        environment.pointee.trapFP = environment.pointee.spill.1?.assumingMemoryBound(to: UInt64.self)
        #endif
        guard let pc = environment.pointee.trapPC, let fp = environment.pointee.trapFP,
            let base = environment.pointee.stackBase, let limit = environment.pointee.stackLimit,
            fp >= base + frameHeaderSlots, fp <= limit, UInt(bitPattern: fp) & 7 == 0,
            let code = UnsafePointer<MoteCode>(bitPattern: UInt(truncatingIfNeeded: fp[-1])),
            pc >= UnsafeRawPointer(code), pc < UnsafeRawPointer(code) + Int(code.pointee.sizeInBytes)
        else {
            environment.pointee.trapPC = nil
            environment.pointee.trapFP = nil
            return
        }
    }

    /// Where the caller of a frame goes on and its frame; null at the entry from the host.
    static func caller(of fp: FP, in environment: Environment) -> (PC?, FP?) {
        let frame = UnsafeRawPointer(fp)
        let pc = frame.load(fromByteOffset: -24, as: PC?.self)
        let caller = frame.load(fromByteOffset: -16, as: FP?.self)
        guard pc == PseudoCode.restore(environment), let record = caller else { return (pc, caller) }
        return (
            UnsafeRawPointer(record).load(as: PC?.self),
            UnsafeRawPointer(record).load(fromByteOffset: 8, as: FP?.self)
        )
    }

    /// Base of memory 0 of the current instance, as handlers carry it: null bits where there is none.
    @inline(__always)
    static func memoryBase(_ environment: Environment) -> Memory {
        UnsafeRawPointer(environment).load(fromByteOffset: 16, as: Memory.self)
    }

    /// Lets frames reach up to an address, if the operand stack does.
    @inline(__always)
    static func raisePeak(_ environment: Environment, to address: UnsafeMutableRawPointer?) -> Bool {
        guard let address, let peak = environment.pointee.stackPeak,
            let limit = environment.pointee.stackLimit
        else {
            return false
        }
        if address <= UnsafeMutableRawPointer(peak) { return true }
        // What was asked for stays in `spill.5`: the error tells it.
        environment.pointee.spill.5 = address
        guard address <= UnsafeMutableRawPointer(limit) else { return false }
        environment.pointee.stackPeak = address.assumingMemoryBound(to: UInt64.self)
        return true
    }

    static var stubSizeInBytes: Int { PseudoCode.sizeInBytes }

    /// Writes the code that a function's code word points to until the function is translated.
    static func makeStub(at address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<MoteCode> {
        PseudoCode.write(at: address)
    }

}

/// Instructions that belong to no function.
///
/// ```
///  0  MoteCode of the stub: no slots
/// 32  translateAndCall      what a code word leads to at first
/// 40  haltExecution         where a host's entry returns to
/// 48  restoreInstance       where a call from another instance returns to
/// ```
enum PseudoCode {
    static var sizeInBytes: Int { 56 }

    static func write(at address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<MoteCode> {
        memset(address, 0, sizeInBytes)
        (address + 32).storeBytes(of: InternalOpcode.translateAndCall.handler, as: Handler.self)
        (address + 40).storeBytes(of: InternalOpcode.haltExecution.handler, as: Handler.self)
        (address + 48).storeBytes(of: InternalOpcode.restoreInstance.handler, as: Handler.self)
        return address.assumingMemoryBound(to: MoteCode.self)
    }

    @inline(__always)
    static func halt(_ environment: Environment) -> PC {
        environment.pointee.pseudoCode.unsafelyUnwrapped + 40
    }
    @inline(__always)
    static func restore(_ environment: Environment) -> PC {
        environment.pointee.pseudoCode.unsafelyUnwrapped + 48
    }
}

/// Ends what ``Interpreter/run(_:_:_:)`` began.
@c(mote_handler_haltExecution)
@inline(__always)
func haltExecution(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    0
}

/// Offset of the spilled registers in the environment.
private let spillOffset = 96

/// Runs instructions from the spilled state until one of them halts or traps.
private func runSpilled(_ argument: UnsafeMutableRawPointer?) -> UInt32 {
    guard let environment = argument?.assumingMemoryBound(to: MoteEnvironment.self) else { return 0 }
    var result = step(environment)
    #if DEBUG || VM_TRAMPOLINE
    while result == codeContinue { result = step(environment) }
    #endif
    return UInt32(truncatingIfNeeded: result)
}

/// Runs the spilled state's instruction; with tail calls, all that follow too.
@inline(__always)
private func step(_ environment: Environment) -> Int {
    let spill = UnsafeRawPointer(environment) + spillOffset
    let pc = spill.load(as: PC.self)
    return pc.load(as: Handler.self)(
        pc,
        spill.load(fromByteOffset: 8, as: FP.self),
        Interpreter.memoryBase(environment),
        environment,
        spill.load(fromByteOffset: 24, as: UInt64.self),
        spill.load(fromByteOffset: 32, as: Double.self)
    )
}
