internal import CPlatform

// Checked writes of the global that holds the guest's stack pointer. Only modules with such a stack have these
// instructions: value slot @8, slot among the instance's globals @12, and @10 whether the value has 64 bits.
//
//  boundary            lowest value yet             top
//     | ( overflow ..  ] cold path, lowers "lowest" [ fast path ]  underflow ..

/// Whether a value lies outside of what the stack pointer has held.
@inline(__always)
private func isNew(_ value: UInt64, _ environment: Environment) -> Bool {
    // Offsets as mote_layout.h asserts them; one instance is current while its code runs.
    let instance = UnsafeRawPointer(environment.pointee.instance.unsafelyUnwrapped)
    let lowest = instance.load(fromByteOffset: 104, as: UInt64.self)
    let top = instance.load(fromByteOffset: 112, as: UInt64.self)
    return value &- lowest > top &- lowest
}

/// Writes the value that all forms of the instruction have in common.
@inline(__always)
private func set(
    _ value: UInt64,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    if isNew(value, environment) { return lowerStackPointer(pc, fp, memory, environment, r, d) }
    globals(environment)[Int(immediate32(pc))] = value
    return go(pc + 16, fp, memory, environment, r, d)
}

@c(mote_handler_stackPointerSetSlot)
@inline(__always)
func stackPointerSetSlot(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    set(UInt64(low(fp[slotField(pc, 8)])), pc, fp, memory, environment, r, d)
}

@c(mote_handler_stackPointerSetLast)
@inline(__always)
func stackPointerSetLast(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    set(UInt64(low(r)), pc, fp, memory, environment, r, d)
}

#if !MOTE_WITHOUT_MEMORY64
@c(mote_handler_stackPointerSetSlot64)
@inline(__always)
func stackPointerSetSlot64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    set(fp[slotField(pc, 8)], pc, fp, memory, environment, r, d)
}
#endif

#if !MOTE_WITHOUT_MEMORY64
@c(mote_handler_stackPointerSetLast64)
@inline(__always)
func stackPointerSetLast64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    set(r, pc, fp, memory, environment, r, d)
}
#endif

/// Remembers a new lowest value and runs the instruction again, or traps.
///
/// The value is in its slot, whichever form the instruction has.
@inline(never)
private func lowerStackPointer(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let bits = fp[slotField(pc, 8)]
    let value = slotField(pc, 10) != 0 ? bits : UInt64(low(bits))
    let instance = environment.pointee.instance.unsafelyUnwrapped
    let boundary = instance.pointee.auxiliaryStackBoundary
    // Where nothing is checked only the peak is kept.
    if boundary != .max {
        environment.pointee.spill.5 = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: value))
        if value <= boundary { return trap(.auxiliaryStackOverflow, pc, fp, environment) }
        if value > instance.pointee.auxiliaryStackTop {
            return trap(.auxiliaryStackUnderflow, pc, fp, environment)
        }
    }
    instance.pointee.auxiliaryStackLowest = value
    return go(pc, fp, memory, environment, r, d)
}
