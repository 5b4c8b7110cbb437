internal import CPlatform

// Tail calls: arguments move down over the frame's own, and the callee returns to the frame's caller.
//
// Layout, 24 bytes: arguments @8, their count @10, the frame's slots @12, and
//   direct:    callee's max of parameters and results @14, code word @16
//   imported:  function index @16
//   indirect:  index slot @14, table @16, type @20
// Behind the latter two stand copies of the results and a return, for callees that cannot replace the frame: host
// functions, and the first call into another instance (whose record then serves all that follow, so an endless
// chain of tail calls between instances needs one record).

/// Replaces the frame at `fp` by one of `word`'s function.
@inline(__always)
private func replaceFrame(
    _ word: UnsafeRawPointer,
    argumentSlots: Int,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ d: Double
) -> Int {
    let code = codeBehind(word)
    let slots = fp + slotField(pc, 12)
    let callee = slots + argumentSlots + frameHeaderSlots
    let end = callee + Int(code.load(fromByteOffset: 8, as: UInt32.self))
    guard Interpreter.raisePeak(environment, to: UnsafeMutableRawPointer(end)) else {
        return trap(.callStackExhausted, pc, fp, environment)
    }
    if interruptWord(environment) != 0 { return interrupted(pc, fp, memory, environment, 0, d) }
    let old = UnsafeRawPointer(fp)
    let next = old.load(fromByteOffset: -24, as: UInt64.self)
    let caller = old.load(fromByteOffset: -16, as: UInt64.self)
    copyArguments(pc, fp, to: slots)
    callee[-3] = next
    callee[-2] = caller
    callee[-1] = UInt64(UInt(bitPattern: code))
    return goOn(
        code + codeHeaderSizeInBytes,
        callee,
        memory,
        environment,
        UInt64(UInt(bitPattern: word)),
        d
    )
}

/// Upwards: the frame's slots lie below the arguments.
@inline(__always)
private func copyArguments(_ pc: PC, _ fp: FP, to slots: FP) {
    let from = fp + slotField(pc, 8)
    var index = 0
    let count = slotField(pc, 10)
    while index < count {
        slots[index] = from[index]
        index &+= 1
    }
}

@c(mote_handler_returnCallDirect)
@inline(never)
func returnCallDirect(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    replaceFrame(
        pc.load(fromByteOffset: 16, as: UnsafeRawPointer.self),
        argumentSlots: slotField(pc, 14),
        pc,
        fp,
        memory,
        environment,
        d
    )
}

@c(mote_handler_returnCallImported)
@inline(never)
func returnCallImported(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let functions = UnsafeRawPointer(
        environment.pointee.instance.unsafelyUnwrapped.pointee.importedFunctions.unsafelyUnwrapped
    )
    let function = functions.load(
        fromByteOffset: Int(pc.load(fromByteOffset: 16, as: UInt32.self)) * 8,
        as: UnsafePointer<MoteFunction>?.self
    )
    guard let function else { return trap(.unlinkedFunction, pc, fp, environment) }
    return returnCall(function, pc, fp, memory, environment, d)
}

@c(mote_handler_returnCallIndirect)
@inline(never)
func returnCallIndirect(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    returnCallIndirect(pc, fp, memory, environment, d, index: UInt64(low(fp[slotField(pc, 14)])))
}

#if !MOTE_WITHOUT_MEMORY64
@c(mote_handler_returnCallIndirect64)
@inline(never)
func returnCallIndirect64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    returnCallIndirect(pc, fp, memory, environment, d, index: fp[slotField(pc, 14)])
}
#endif

@inline(__always)
private func returnCallIndirect(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ d: Double,
    index: UInt64
) -> Int {
    var code = TrapCode.none
    guard let function = resolve(pc, environment, index, tableAt: 16, &code, allowsSubtypes: true) else {
        return trap(code, pc, fp, environment)
    }
    return returnCall(function, pc, fp, memory, environment, d)
}

/// One for all kinds of calls: each of them jumps here.
@inline(never)
func returnCall(
    _ function: UnsafePointer<MoteFunction>,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ d: Double
) -> Int {
    if function.pointee.instance == environment.pointee.instance, function.pointee.isHost == 0 {
        return replaceFrame(
            UnsafeRawPointer(function.pointee.target.unsafelyUnwrapped),
            argumentSlots: function.frameArgumentSlots,
            pc,
            fp,
            memory,
            environment,
            d
        )
    }
    if function.pointee.isHost == 0, let record = CrossCall.record(of: fp, environment) {
        copyArguments(pc, fp, to: record + CrossCall.recordSlots)
        return CrossCall.reenter(function, record, pc, fp, environment)
    }
    return call(function, fp + slotField(pc, 8), returning: pc + 24, pc, fp, environment)
}
