internal import CPlatform

// Copies, constants, select and globals of one slot; those of v128 are beside. A copy leaves both registers alone, so that values which were spilled
// between a comparison and its branch do not lose the comparison's operand.

// destination @8, source @10
@c(mote_handler_copySlot)
@inline(__always)
func copySlot(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    fp[slotField(pc, 8)] = fp[slotField(pc, 10)]
    return go(pc + 16, fp, memory, environment, r, d)
}

// destinations @8 and the next, sources @10, @12
@c(mote_handler_copyTwo)
@inline(__always)
func copyTwo(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let first = fp[slotField(pc, 10)]
    let second = fp[slotField(pc, 12)]
    let to = fp + slotField(pc, 8)
    to[0] = first
    to[1] = second
    return go(pc + 16, fp, memory, environment, r, d)
}

// destinations @8 and the next two, sources @10, @12, @14
@c(mote_handler_copyThree)
@inline(__always)
func copyThree(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let first = fp[slotField(pc, 10)]
    let second = fp[slotField(pc, 12)]
    let third = fp[slotField(pc, 14)]
    let to = fp + slotField(pc, 8)
    to[0] = first
    to[1] = second
    to[2] = third
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8
@c(mote_handler_copyLast)
@inline(__always)
func copyLast(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    fp[slotField(pc, 8)] = r
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8
@c(mote_handler_copyLastFloat)
@inline(__always)
func copyLastFloat(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    fp[slotField(pc, 8)] = d.bitPattern
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8, value @12
@c(mote_handler_constant32)
@inline(__always)
func constant32(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let z = UInt64(immediate32(pc))
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, z, d)
}

// destination @8, value @16; 24 bytes
@c(mote_handler_constant64)
@inline(__always)
func constant64(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let z = pc.load(fromByteOffset: 16, as: UInt64.self)
    fp[slotField(pc, 8)] = z
    return go(pc + 24, fp, memory, environment, z, d)
}

// destination @8, bits @12
@c(mote_handler_constantFloat32)
@inline(__always)
func constantFloat32(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = UInt64(immediate32(pc))
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, r, f64(z))
}

// destination @8, bits @16; 24 bytes
@c(mote_handler_constantFloat64)
@inline(__always)
func constantFloat64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = pc.load(fromByteOffset: 16, as: UInt64.self)
    fp[slotField(pc, 8)] = z
    return go(pc + 24, fp, memory, environment, r, f64(z))
}

// destination @8, first @10, second @12, condition @14
@c(mote_handler_selectSlots)
@inline(__always)
func selectSlots(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let at = low(fp[slotField(pc, 14)]) != 0 ? slotField(pc, 10) : slotField(pc, 12)
    let z = fp[at]
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, z, f64(z))
}

// destination @8, first @10, second @12, condition in `r`
@c(mote_handler_selectLast)
@inline(__always)
func selectLast(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let at = low(r) != 0 ? slotField(pc, 10) : slotField(pc, 12)
    let z = fp[at]
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, z, f64(z))
}

// Clearing the locals and the reference range, the first slots of a frame. Few slots are cleared in a straight line
// and rounded up: what lies above them are temporaries that nobody has written yet.

@inline(__always)
private func clear(_ fp: FP, _ from: Int) {
    fp[from] = 0
    fp[from + 1] = 0
    fp[from + 2] = 0
    fp[from + 3] = 0
}

@c(mote_handler_clearFour)
@inline(__always)
func clearFour(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    clear(fp, 0)
    return go(pc + 8, fp, memory, environment, r, d)
}

@c(mote_handler_clearEight)
@inline(__always)
func clearEight(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    clear(fp, 0)
    clear(fp, 4)
    return go(pc + 8, fp, memory, environment, r, d)
}

@c(mote_handler_clearSixteen)
@inline(__always)
func clearSixteen(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    clear(fp, 0)
    clear(fp, 4)
    clear(fp, 8)
    clear(fp, 12)
    return go(pc + 8, fp, memory, environment, r, d)
}

// count @12; 16 bytes
@c(mote_handler_clearSlots)
@inline(never)
func clearSlots(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    memset(fp, 0, Int(immediate32(pc)) &* 8)
    return goOn(pc + 16, fp, memory, environment, r, d)
}

/// The current instance's own globals; read only where there are some.
@inline(__always)
func globals(_ environment: Environment) -> FP {
    UnsafeRawPointer(environment).load(fromByteOffset: 32, as: FP.self)
}

// destination @8, slot among the instance's globals @12
@c(mote_handler_globalGet)
@inline(__always)
func globalGet(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let z = globals(environment)[Int(immediate32(pc))]
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, z, d)
}

// destination @8, slot among the instance's globals @12
@c(mote_handler_globalGetFloat)
@inline(__always)
func globalGetFloat(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = globals(environment)[Int(immediate32(pc))]
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, r, f64(z))
}

@inline(__always)
func importedGlobal(_ pc: PC, _ environment: Environment) -> UnsafeMutablePointer<UInt64> {
    UnsafeRawPointer(environment.pointee.instance.unsafelyUnwrapped.pointee.importedGlobals).load(
        fromByteOffset: Int(immediate32(pc)) * 8,
        as: UnsafeMutablePointer<UInt64>.self
    )
}

// destination @8, index among imported globals @12
@c(mote_handler_globalGetImported)
@inline(__always)
func globalGetImported(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let z = importedGlobal(pc, environment).pointee
    fp[slotField(pc, 8)] = z
    return go(pc + 16, fp, memory, environment, z, f64(z))
}

// value slot @8, slot among the instance's globals @12
@c(mote_handler_globalSetSlot)
@inline(__always)
func globalSetSlot(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    globals(environment)[Int(immediate32(pc))] = fp[slotField(pc, 8)]
    return go(pc + 16, fp, memory, environment, r, d)
}

// value in `r`, slot among the instance's globals @12
@c(mote_handler_globalSetLast)
@inline(__always)
func globalSetLast(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    globals(environment)[Int(immediate32(pc))] = r
    return go(pc + 16, fp, memory, environment, r, d)
}

// value slot @8, index among imported globals @12
@c(mote_handler_globalSetImported)
@inline(__always)
func globalSetImported(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    importedGlobal(pc, environment).pointee = fp[slotField(pc, 8)]
    return go(pc + 16, fp, memory, environment, r, d)
}
