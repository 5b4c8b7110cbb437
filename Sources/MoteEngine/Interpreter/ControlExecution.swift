internal import CPlatform

// Branches and returns. Layouts: see the comment of each; all are 16 bytes unless said.

/// `unreachable`; also what a hole of the handler table would run.
@c(mote_handler_unreachableOperation)
@inline(__always)
func unreachableOperation(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.unreachable, pc, fp, environment)
}

// distance @12
@c(mote_handler_branchAlways)
@inline(__always)
func branchAlways(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    branch(pc, fp, memory, environment, r, d)
}

// index slot @8, label count @12, then one distance of 32 bits per label and one for the default, each relative to
/// 12 bytes before itself, as in every branch.
@c(mote_handler_branchTable)
@inline(__always)
func branchTable(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    if interruptWord(environment) != 0 { return interrupted(pc, fp, memory, environment, r, d) }
    let index = low(fp[slotField(pc, 8)])
    let count = immediate32(pc)
    let entry = pc + 16 + Int(index < count ? index : count) * 4
    return go(entry - 12 + Int(entry.load(as: Int32.self)), fp, memory, environment, r, d)
}

/// The caller's pc and fp, from the header below a frame.
@inline(__always)
func leave(_ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int {
    let header = UnsafeRawPointer(fp)
    let pc = header.load(fromByteOffset: -24, as: PC.self)
    let caller = header.load(fromByteOffset: -16, as: FP.self)
    return go(pc, caller, memory, environment, r, d)
}

/// Results, if any, are in place.
@c(mote_handler_returnNothing)
@inline(__always)
func returnNothing(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    leave(fp, memory, environment, r, d)
}

/// result slot @8, value slot @10.
///
/// The value becomes the caller's last result in both registers.
@c(mote_handler_returnSlot)
@inline(__always)
func returnSlot(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let z = fp[slotField(pc, 10)]
    fp[slotField(pc, 8)] = z
    return leave(fp, memory, environment, z, f64(z))
}

// result slot @8
@c(mote_handler_returnLast)
@inline(__always)
func returnLast(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    fp[slotField(pc, 8)] = r
    return leave(fp, memory, environment, r, d)
}

// result slot @8
@c(mote_handler_returnLastFloat)
@inline(__always)
func returnLastFloat(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    fp[slotField(pc, 8)] = d.bitPattern
    return leave(fp, memory, environment, r, d)
}

// result slot @8, value @16; 24 bytes
@c(mote_handler_returnConstant)
@inline(__always)
func returnConstant(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = pc.load(fromByteOffset: 16, as: UInt64.self)
    fp[slotField(pc, 8)] = z
    return leave(fp, memory, environment, z, f64(z))
}

// units @12: what the instructions up to the next charge cost
@c(mote_handler_chargeFuel)
@inline(__always)
func chargeFuel(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let left = environment.pointee.fuel &- Int64(immediate32(pc))
    if left < 0 { return fuelExhausted(pc, fp, memory, environment, r, d) }
    environment.pointee.fuel = left
    return go(pc + 16, fp, memory, environment, r, d)
}

@inline(never)
func fuelExhausted(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    environment.pointee.fuel = 0
    return trap(.fuelExhausted, pc, fp, environment)
}
