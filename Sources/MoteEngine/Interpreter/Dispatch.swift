internal import CPlatform

/// Runs the instruction at `pc`.
///
/// For handlers that save no register: in the Embedded build a jump that knows of no frame. Others go on by ``goOn``.
@inline(__always)
func go(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int {
    #if !DEBUG && !VM_TRAMPOLINE && hasFeature(Embedded) && arch(x86_64)
    mote_jump(pc, fp, memory, environment, r, d)
    #else
    return goOn(pc, fp, memory, environment, r, d)
    #endif
}

/// Runs the instruction at `pc`.
///
/// In optimised builds this is a sibling call that LLVM makes of the return; debug and sanitizer builds have no tail
/// calls, so they spill the state and return to the trampoline in ``Interpreter``.
@inline(__always)
func goOn(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int {
    #if DEBUG || VM_TRAMPOLINE
    environment.pointee.spill.0 = UnsafeMutableRawPointer(mutating: pc)
    environment.pointee.spill.1 = UnsafeMutableRawPointer(fp)
    environment.pointee.spill.3 = UnsafeMutableRawPointer(bitPattern: UInt(r))
    environment.pointee.spill.4 = UnsafeMutableRawPointer(bitPattern: UInt(d.bitPattern))
    return codeContinue
    #else
    return pc.load(as: Handler.self)(pc, fp, memory, environment, r, d)
    #endif
}

// Two words that other threads write. Aligned loads of them are single instructions; the sanitizer's builds say so
// in C11, which in release builds would be a call (C functions are not inlined into handlers).

/// Not 0: somebody wants the environment to stop.
@inline(__always)
func interruptWord(_ environment: Environment) -> UInt32 {
    #if DEBUG || VM_TRAMPOLINE
    return mote_load_relaxed_u32(UnsafeRawPointer(environment) + 40)
    #else
    return environment.pointee.interrupt
    #endif
}

/// The code that a code word leads to.
///
/// Loads through it depend on it, so they see what was published before it.
@inline(__always)
func codeBehind(_ word: UnsafeRawPointer) -> UnsafeRawPointer {
    #if DEBUG || VM_TRAMPOLINE
    return UnsafeRawPointer(mote_load_acquire_pointer(word).unsafelyUnwrapped)
    #else
    return word.load(as: UnsafeRawPointer.self)
    #endif
}

/// Continues at a branch target, unless somebody asked the environment to stop.
///
/// Every taken branch polls: one compare with memory and a branch never taken. For handlers that save no register,
/// like ``go``.
@inline(__always)
func branch(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int
{
    #if !DEBUG && !VM_TRAMPOLINE && hasFeature(Embedded) && arch(x86_64)
    mote_branch(pc, fp, memory, environment, r, d)
    #else
    return branchOn(pc, fp, memory, environment, r, d)
    #endif
}

/// The same for all others, like ``goOn``.
@inline(__always)
func branchOn(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    if interruptWord(environment) != 0 { return interrupted(pc, fp, memory, environment, r, d) }
    return goOn(branchTarget(pc), fp, memory, environment, r, d)
}

// Cold ends, of the handlers' own signature so that they are jumped to without saving registers.

@c(mote_interrupted) @inline(never)
func interrupted(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let word = interruptWord(environment)
    return trap(word & UInt32(MOTE_INTERRUPT_TERMINATE) != 0 ? .interrupted : .deadline, pc, fp, environment)
}

@inline(never)
func memoryOutOfBounds(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    // Another thread may have grown the memory: the instruction is run again with the new size.
    if Operations.refreshSharedSize(environment) { return goOn(pc, fp, memory, environment, r, d) }
    return trap(.memoryOutOfBounds, pc, fp, environment)
}

@inline(never)
func divideByZero(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    trap(.integerDivideByZero, pc, fp, environment)
}

@inline(never)
func integerOverflow(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.integerOverflow, pc, fp, environment)
}

@inline(never)
func invalidConversion(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.invalidConversionToInteger, pc, fp, environment)
}

/// Remembers where execution stopped and gives the code that ends it.
@inline(never)
func trap(_ code: TrapCode, _ pc: PC, _ fp: FP, _ environment: Environment) -> Int {
    environment.pointee.trapCode = UInt32(code.rawValue)
    environment.pointee.trapPC = pc
    environment.pointee.trapFP = fp
    return Int(code.rawValue)
}
