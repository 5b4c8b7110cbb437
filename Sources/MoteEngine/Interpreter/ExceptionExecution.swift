internal import CPlatform
internal import MotePlatform

// Throwing. All of it is cold: an exception costs an allocation and a walk over frames.

#if !MOTE_WITHOUT_EXCEPTIONS
// first value's slot @8, tag @12
@c(mote_handler_throwException)
@inline(never)
func throwException(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let code = Operations.makeException(
        environment,
        fp,
        tagIndex: immediate32(pc),
        fp + slotField(pc, 8)
    )
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    return raise(pc, fp, memory, environment, r, d)
}
#endif

#if !MOTE_WITHOUT_EXCEPTIONS
// exception's slot @8
@c(mote_handler_throwReference)
@inline(never)
func throwReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let exception = fp[slotField(pc, 8)]
    if exception == 0 { return trap(.nullExceptionReference, pc, fp, environment) }
    Operations.setPendingException(environment, exception)
    return raise(pc, fp, memory, environment, r, d)
}
#endif

/// Goes on where the pending exception is caught, or ends the entry from the host.
@inline(never)
func raise(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int
{
    let landing = Unwinding.unwind(environment, pc, fp)
    guard let target = landing.pc else { return trap(.uncaughtException, pc, fp, environment) }
    environment.pointee.activation?.pointee.inGuest = 1
    return goOn(target, landing.fp, Interpreter.memoryBase(environment), environment, 0, 0)
}

/// A host function gave the code in `r`: an exception flies on through its guest callers, all else stops them.
@inline(never)
func hostStopped(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let code = TrapCode(returned: low(r))
    if Build.hasExceptions, code == .uncaughtException, Operations.takesPendingException(environment) {
        return raise(pc, fp, memory, environment, 0, d)
    }
    return trap(code, pc, fp, environment)
}
