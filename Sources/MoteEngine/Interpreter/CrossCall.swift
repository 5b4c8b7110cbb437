internal import CPlatform

/// Calls from one instance into another.
///
/// ```
/// caller's temps | argument 0 .. M-1 | record | copy of the arguments | header | callee's frame
///                                      0 return pc   1 caller fp   2 caller's instance
///                                      3 address of the caller's arguments   4 result slots
/// ```
/// The callee's header returns to the pseudo instruction `restoreInstance` with the record as its caller's fp: that
/// copies the results down, makes the caller's instance current again and goes on at the record's return pc.
enum CrossCall {
    static var recordSlots: Int { 5 }

    @inline(__always)
    static func call(
        _ function: UnsafePointer<MoteFunction>,
        _ slots: FP,
        returning next: PC,
        _ pc: PC,
        _ fp: FP,
        _ environment: Environment
    ) -> Int {
        let record = slots + function.frameArgumentSlots
        let copy = record + recordSlots
        let count = Int(function.pointee.parameterSlots)
        // Before anything is written: the arguments' copy may need more than the peak so far.
        guard Interpreter.raisePeak(environment, to: UnsafeMutableRawPointer(copy + count + frameHeaderSlots))
        else {
            return trap(.callStackExhausted, pc, fp, environment)
        }
        record[0] = UInt64(UInt(bitPattern: next))
        record[1] = UInt64(UInt(bitPattern: fp))
        record[2] = UInt64(UInt(bitPattern: environment.pointee.instance))
        record[3] = UInt64(UInt(bitPattern: slots))
        record[4] = UInt64(function.pointee.resultSlots)
        var index = 0
        while index < count {
            copy[index] = slots[index]
            index &+= 1
        }
        return reenter(function, record, pc, fp, environment)
    }

    /// Enters a function of another instance whose arguments lie behind a record.
    @inline(__always)
    static func reenter(
        _ function: UnsafePointer<MoteFunction>,
        _ record: FP,
        _ pc: PC,
        _ fp: FP,
        _ environment: Environment
    ) -> Int {
        let word = UnsafeRawPointer(function.pointee.target.unsafelyUnwrapped)
        let code = codeBehind(word)
        let callee = record + recordSlots + function.frameArgumentSlots + frameHeaderSlots
        let end = callee + Int(code.load(fromByteOffset: 8, as: UInt32.self))
        guard Interpreter.raisePeak(environment, to: UnsafeMutableRawPointer(end)) else {
            return trap(.callStackExhausted, pc, fp, environment)
        }
        if interruptWord(environment) != 0 {
            return interrupted(pc, fp, Interpreter.memoryBase(environment), environment, 0, 0)
        }
        callee[-3] = UInt64(UInt(bitPattern: PseudoCode.restore(environment)))
        callee[-2] = UInt64(UInt(bitPattern: record))
        callee[-1] = UInt64(UInt(bitPattern: code))
        Operations.reloadCaches(environment, function.pointee.instance)
        return goOn(
            code + codeHeaderSizeInBytes,
            callee,
            Interpreter.memoryBase(environment),
            environment,
            UInt64(UInt(bitPattern: word)),
            0
        )
    }

    /// The record below a frame that was entered from another instance, or nil.
    @inline(__always)
    static func record(of fp: FP, _ environment: Environment) -> FP? {
        guard fp[-3] == UInt64(UInt(bitPattern: PseudoCode.restore(environment))) else { return nil }
        return FP(bitPattern: UInt(fp[-2]))
    }
}

/// Ends a call into another instance; `fp` is its record.
@c(mote_handler_restoreInstance)
@inline(never)
func restoreInstance(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let record = UnsafeRawPointer(fp)
    let next = record.load(as: PC.self)
    let caller = record.load(fromByteOffset: 8, as: FP.self)
    let instance = record.load(fromByteOffset: 16, as: UnsafeMutablePointer<MoteInstance>.self)
    let slots = record.load(fromByteOffset: 24, as: FP.self)
    let count = Int(truncatingIfNeeded: fp[4])
    var index = 0
    while index < count {
        slots[index] = fp[CrossCall.recordSlots &+ index]
        index &+= 1
    }
    Operations.reloadCaches(environment, instance)
    let first = count != 0 ? slots[0] : 0
    return goOn(next, caller, Interpreter.memoryBase(environment), environment, first, f64(first))
}
