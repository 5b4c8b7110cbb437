internal import CPlatform

// Calls. A frame, slots growing upwards:
//
//  caller's temps | argument 0 .. M-1 (results over them) | return pc | caller fp | code | locals, references, temps
//                   ^ slots                                 fp[-3]      fp[-2]      fp[-1] ^ fp
//
// M is the larger of parameter and result slots, so the callee's fp is slots + M + 3. A call into another instance
// puts a record between the caller's arguments and a copy of them (drawn at `CrossCall`).

/// Slots between a frame's arguments and its fp.
let frameHeaderSlots = 3

/// Continues in `code` with a frame at `callee`, if the operand stack has room for it.
///
/// Frames above the highest yet take a cold path that raises `stackPeak`, the limit compared with here: so the
/// peak is exact and costs nothing. `word` travels in `r` for code that is still to be translated. `isFramed` where the
/// caller saves registers.
@inline(__always)
private func enter(
    _ word: UnsafeRawPointer,
    callee: FP,
    returning next: PC,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    isFramed: Bool = false
) -> Int {
    let code = codeBehind(word)
    let end = callee + Int(code.load(fromByteOffset: 8, as: UInt32.self))
    if end > environment.pointee.stackPeak.unsafelyUnwrapped {
        environment.pointee.spill.5 = UnsafeMutableRawPointer(end)
        return raisePeak(pc, fp, memory, environment, r, d)
    }
    if interruptWord(environment) != 0 { return interrupted(pc, fp, memory, environment, r, d) }
    let header = UnsafeMutableRawPointer(callee)
    header.storeBytes(of: next, toByteOffset: -24, as: PC.self)
    header.storeBytes(of: fp, toByteOffset: -16, as: FP.self)
    header.storeBytes(of: code, toByteOffset: -8, as: UnsafeRawPointer.self)
    let start = code + codeHeaderSizeInBytes
    let r = UInt64(UInt(bitPattern: word))
    return isFramed
        ? goOn(start, callee, memory, environment, r, d) : go(start, callee, memory, environment, r, d)
}

/// Moves the limit up to what `spill.5` asks for and runs the instruction again, or traps.
@inline(never)
private func raisePeak(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard Interpreter.raisePeak(environment, to: environment.pointee.spill.5) else {
        return trap(.callStackExhausted, pc, fp, environment)
    }
    return go(pc, fp, memory, environment, r, d)
}

// callee's fp @8, code word @16; 24 bytes
@c(mote_handler_callDirect)
@inline(__always)
func callDirect(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let word = pc.load(fromByteOffset: 16, as: UnsafeRawPointer.self)
    return enter(
        word,
        callee: fp + slotField(pc, 8),
        returning: pc + 24,
        pc,
        fp,
        memory,
        environment,
        r,
        d
    )
}

// callee's fp @8, first argument @10, function index @16; 24 bytes
@c(mote_handler_callImported)
@inline(__always)
func callImported(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let functions = UnsafeRawPointer(
        environment.pointee.instance.unsafelyUnwrapped.pointee.importedFunctions.unsafelyUnwrapped
    )
    let function = functions.load(
        fromByteOffset: Int(pc.load(fromByteOffset: 16, as: UInt32.self)) * 8,
        as: UInt64.self
    )
    let record = UnsafePointer<HostFunctionRecord>(bitPattern: UInt(function)).unsafelyUnwrapped
    guard record.pointee.function.isHost != 0 else {
        return callReference(pc, fp, memory, environment, function, d)
    }
    return record.pointee.handler(pc, fp, memory, environment, function, d)
}

/// The function that an indirect call names, or null with a trap code.
@inline(__always)
func resolve(
    _ pc: PC,
    _ environment: Environment,
    _ index: UInt64,
    tableAt: Int,
    _ trapCode: inout TrapCode,
    allowsSubtypes: Bool = false
) -> UnsafePointer<MoteFunction>? {
    let tables = UnsafeRawPointer(
        environment.pointee.instance.unsafelyUnwrapped.pointee.tables.unsafelyUnwrapped
    )
    let table = tables.load(
        fromByteOffset: Int(pc.load(fromByteOffset: tableAt, as: UInt32.self)) * 8,
        as: UnsafePointer<MoteTable>.self
    )
    guard index < table.pointee.count else {
        trapCode = .undefinedElement
        return nil
    }
    // Safe: a table has fewer elements than an Int can count.
    let bits = table.pointee.elements.unsafelyUnwrapped[Int(truncatingIfNeeded: index)]
    guard let function = UnsafePointer<MoteFunction>(bitPattern: UInt(bits)) else {
        trapCode = .uninitializedElement
        return nil
    }
    let typeID = pc.load(fromByteOffset: tableAt + 4, as: UInt32.self)
    guard
        function.pointee.typeID == typeID
            || allowsSubtypes && Operations.isSubtype(environment, function, of: typeID)
    else {
        trapCode = .indirectCallTypeMismatch
        return nil
    }
    return function
}

/// Calls a function of the current instance at once, all others through ``callReference(_:_:_:_:_:_:)``; callee's fp @8;
/// 24 bytes.
@inline(__always)
func call(
    _ function: UnsafePointer<MoteFunction>,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    isFramed: Bool = false
) -> Int {
    if function.pointee.instance == environment.pointee.instance {
        return enter(
            UnsafeRawPointer(function.pointee.target.unsafelyUnwrapped),
            callee: fp + slotField(pc, 8),
            returning: pc + 24,
            pc,
            fp,
            memory,
            environment,
            r,
            d,
            isFramed: isFramed
        )
    }
    return callReference(pc, fp, memory, environment, UInt64(UInt(bitPattern: function)), d)
}

@inline(__always)
private func callIndirect(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    index: UInt64
) -> Int {
    var code = TrapCode.none
    guard let function = resolve(pc, environment, index, tableAt: 16, &code) else {
        return unresolved(pc, fp, memory, environment, index, d)
    }
    return call(function, pc, fp, memory, environment, r, d)
}

/// An indirect call, by the index in `r`, of what is no function of exactly the named type: a subtype's, or a trap.
@inline(never)
private func unresolved(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    var code = TrapCode.none
    guard let function = resolve(pc, environment, r, tableAt: 16, &code, allowsSubtypes: true) else {
        return trap(code, pc, fp, environment)
    }
    return call(function, pc, fp, memory, environment, r, d, isFramed: true)
}

// callee's fp @8, index slot @10, table @16, type @20; 24 bytes
@c(mote_handler_callIndirectSlot)
@inline(__always)
func callIndirectSlot(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callIndirect(pc, fp, memory, environment, r, d, index: UInt64(low(fp[slotField(pc, 10)])))
}

// callee's fp @8, index in `r`, table @16, type @20; 24 bytes
@c(mote_handler_callIndirectLast)
@inline(__always)
func callIndirectLast(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callIndirect(pc, fp, memory, environment, r, d, index: UInt64(low(r)))
}

#if !MOTE_WITHOUT_MEMORY64
// callee's fp @8, 64-bit index slot @10, table @16, type @20; 24 bytes
@c(mote_handler_callIndirect64)
@inline(__always)
func callIndirect64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callIndirect(pc, fp, memory, environment, r, d, index: fp[slotField(pc, 10)])
}
#endif

/// Calls the function that `r` refers to, a host's or another instance's; callee's fp @8; 24 bytes.
@inline(never)
func callReference(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    guard let function = UnsafePointer<MoteFunction>(bitPattern: UInt(r)) else {
        return trap(.unlinkedFunction, pc, fp, environment)
    }
    let slots = fp + slotField(pc, 8) - frameHeaderSlots - function.frameArgumentSlots
    return call(function, slots, returning: pc + 24, pc, fp, environment)
}

/// Calls any function whose arguments lie at `slots`, and goes on at `next`.
@inline(__always)
func call(
    _ function: UnsafePointer<MoteFunction>,
    _ slots: FP,
    returning next: PC,
    _ pc: PC,
    _ fp: FP,
    _ environment: Environment
) -> Int {
    if function.pointee.isHost != 0 {
        let code = Operations.callHost(environment, function, slots, fp, pc)
        if code != 0 {
            let memory = Interpreter.memoryBase(environment)
            return hostStopped(pc, fp, memory, environment, UInt64(code), 0)
        }
        let first = function.pointee.resultSlots != 0 ? slots[0] : 0
        return goOn(next, fp, Interpreter.memoryBase(environment), environment, first, f64(first))
    }
    return CrossCall.call(function, slots, returning: next, pc, fp, environment)
}

extension UnsafePointer where Pointee == MoteFunction {
    /// Slots between the first argument and the header of the function's frame.
    @inline(__always)
    var frameArgumentSlots: Int { Int(max(pointee.parameterSlots, pointee.resultSlots)) }
}
