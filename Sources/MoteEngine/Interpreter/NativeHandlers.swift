package import CPlatform

/// What guests call C functions of integers through, without any function between: a handler for each number of
/// parameters.
///
/// A native's first parameter is the environment's `userData`, all parameters are in registers. Its caller's slots of 32
/// bits are passed as they are: what lies above means nothing to C. The entry is marked left at an import: what else a
/// host call notes (`Operations.callHost`) is read from the instruction when somebody asks (`Operations.settle`). All
/// that goes on is found there again afterwards, so that nothing but the environment has to be kept.
enum NativeHandlers {
    /// Most parameters that there is a handler for.
    static var maximumParameterCount: Int { 5 }

    static func handler(parameterCount: Int, isWide: Bool) -> Handler? {
        switch parameterCount {
        case 0: isWide ? wide0 : narrow0
        case 1: isWide ? wide1 : narrow1
        case 2: isWide ? wide2 : narrow2
        case 3: isWide ? wide3 : narrow3
        case 4: isWide ? wide4 : narrow4
        case 5: isWide ? wide5 : narrow5
        default: nil
        }
    }
}

private typealias Native0 = @convention(c) (UnsafeMutableRawPointer?) -> UInt64
private typealias Native1 = @convention(c) (UnsafeMutableRawPointer?, UInt64) -> UInt64
private typealias Native2 = @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64) -> UInt64
private typealias Native3 = @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64, UInt64) -> UInt64
private typealias Native4 =
    @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64, UInt64, UInt64) -> UInt64
private typealias Native5 =
    @convention(c) (UnsafeMutableRawPointer?, UInt64, UInt64, UInt64, UInt64, UInt64) -> UInt64

/// Leaves guest code, has `body` call, and goes on with its result.
///
/// The native stack is not looked at: guest code takes none, so that what was enough for its entry still is.
@inline(__always)
private func callNative(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    isWide: Bool,
    _ body: (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, FP) -> UInt64
) -> Int {
    let record = UnsafePointer<HostFunctionRecord>(bitPattern: UInt(r)).unsafelyUnwrapped
    let left = environment.pointee.activation.unsafelyUnwrapped
    left.pointee.pc = pc
    left.pointee.fp = fp
    left.pointee.inGuest = UInt32(MOTE_LEFT_AT_IMPORT)
    let value = body(record.pointee.native, environment.pointee.userData, fp + slotField(pc, 10))
    return comeBack(environment, isWide ? value : UInt64(low(value)))
}

/// ``Handler`` without the register of floats.
private typealias IntegerHandler = @convention(c) (PC, FP, Memory, Environment, UInt64) -> Int

/// Goes on behind the call that the entry was left at.
@inline(__always)
private func comeBack(_ environment: Environment, _ result: UInt64) -> Int {
    let entry = environment.pointee.activation.unsafelyUnwrapped
    let pc = entry.pointee.pc.unsafelyUnwrapped
    let fp = entry.pointee.fp.unsafelyUnwrapped
    // A plain load of a word is atomic: here it becomes a part of the comparison.
    #if DEBUG
    let isStopped = mote_load_relaxed_u32(environment.hostStop) != 0
    #else
    let isStopped = environment.pointee.hostStop != 0
    #endif
    if isStopped {
        let memory = Interpreter.memoryBase(environment)
        return hostStopped(pc, fp, memory, environment, UInt64(TrapCode.hostError.rawValue), 0)
    }
    entry.pointee.inGuest = 1
    // Where nothing is returned, the slot was an argument's.
    fp[slotField(pc, 10)] = result
    #if DEBUG || VM_TRAMPOLINE
    return goOn(pc + 24, fp, Interpreter.memoryBase(environment), environment, result, 0)
    #else
    // An integer is the last result of its register alone.
    let next = unsafeBitCast((pc + 24).load(as: Handler.self), to: IntegerHandler.self)
    return next(pc + 24, fp, Interpreter.memoryBase(environment), environment, result)
    #endif
}

@inline(__always)
private func narrow0(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, _ in
        unsafeBitCast(native, to: Native0.self)(data)
    }
}

@inline(__always)
private func narrow1(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, slots in
        unsafeBitCast(native, to: Native1.self)(data, slots[0])
    }
}

@inline(__always)
private func narrow2(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, slots in
        unsafeBitCast(native, to: Native2.self)(data, slots[0], slots[1])
    }
}

@inline(__always)
private func narrow3(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, slots in
        unsafeBitCast(native, to: Native3.self)(data, slots[0], slots[1], slots[2])
    }
}

@inline(__always)
private func narrow4(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, slots in
        unsafeBitCast(native, to: Native4.self)(data, slots[0], slots[1], slots[2], slots[3])
    }
}

@inline(__always)
private func narrow5(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    callNative(pc, fp, memory, environment, r, d, isWide: false) { native, data, slots in
        unsafeBitCast(native, to: Native5.self)(data, slots[0], slots[1], slots[2], slots[3], slots[4])
    }
}

@inline(__always)
private func wide0(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, _ in
        unsafeBitCast(native, to: Native0.self)(data)
    }
}

@inline(__always)
private func wide1(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, slots in
        unsafeBitCast(native, to: Native1.self)(data, slots[0])
    }
}

@inline(__always)
private func wide2(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, slots in
        unsafeBitCast(native, to: Native2.self)(data, slots[0], slots[1])
    }
}

@inline(__always)
private func wide3(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, slots in
        unsafeBitCast(native, to: Native3.self)(data, slots[0], slots[1], slots[2])
    }
}

@inline(__always)
private func wide4(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, slots in
        unsafeBitCast(native, to: Native4.self)(data, slots[0], slots[1], slots[2], slots[3])
    }
}

@inline(__always)
private func wide5(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    callNative(pc, fp, memory, environment, r, d, isWide: true) { native, data, slots in
        unsafeBitCast(native, to: Native5.self)(data, slots[0], slots[1], slots[2], slots[3], slots[4])
    }
}

extension EngineStore {
    /// Lets guests call a host function's C function at once: one of up to five integers that returns nothing or one.
    ///
    /// `native` is called with the environment's `userData` and the parameters. The target stays for calls of other
    /// kinds. False where there are more, or neither parameter nor result.
    @discardableResult
    package static func setNative(
        _ function: UnsafeMutablePointer<MoteFunction>,
        _ native: UnsafeMutableRawPointer,
        parameterCount: Int,
        returnsI64: Bool
    ) -> Bool {
        // A handler writes a result always; where there is none it needs an argument's slot.
        guard function.pointee.isHost != 0, parameterCount > 0 || function.pointee.resultSlots > 0,
            let handler = NativeHandlers.handler(parameterCount: parameterCount, isWide: returnsI64)
        else { return false }
        let record = UnsafeMutableRawPointer(function).assumingMemoryBound(to: HostFunctionRecord.self)
        record.pointee.native = native
        record.pointee.handler = handler
        return true
    }
}

extension EngineEnvironment {
    /// The host function that runs in the environment, where the innermost thing that runs is one.
    package var runningHostFunction: UnsafePointer<MoteFunction>? {
        guard let activation = Operations.settle(base),
            activation.pointee.kind == UInt32(MOTE_ACTIVATION_HOST_CALL)
                || activation.pointee.inGuest == UInt32(MOTE_LEFT)
        else { return nil }
        return activation.pointee.callee
    }

    /// Whether host functions that return now, or later, end their call with ``TrapCode/hostError``; any thread may say so.
    package var stopsAfterHostCall: Bool {
        get { mote_load_relaxed_u32(base.hostStop) != 0 }
        nonmutating set { mote_store_release_u32(base.hostStop, newValue ? 1 : 0) }
    }
}
