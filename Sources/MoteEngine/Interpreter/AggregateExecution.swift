internal import CPlatform

#if !MOTE_WITHOUT_GC

// Structs and arrays: what makes objects and works on many elements is in ``Operations``; loads and stores of fields and
// elements are generated.

@inline(never)
func nullStructureReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.nullStructureReference, pc, fp, environment)
}

@inline(never)
func nullArrayReference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.nullArrayReference, pc, fp, environment)
}

@inline(never)
func arrayOutOfBounds(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.arrayOutOfBounds, pc, fp, environment)
}

/// Puts a new object into the result's slot @8 and goes on, or stops with the trap in its place.
@inline(__always)
private func finish(
    _ made: (object: UInt64, trap: UInt32),
    _ pc: PC,
    _ size: Int,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ d: Double
) -> Int {
    if made.trap != 0 { return trap(TrapCode(returned: made.trap), pc, fp, environment) }
    fp[slotField(pc, 8)] = made.object
    return goOn(pc + size, fp, memory, environment, made.object, d)
}

@inline(__always)
private func proceed(
    _ code: UInt32,
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    return goOn(pc + 24, fp, memory, environment, r, d)
}

// result @8, field count @12, header @16, then for each field: slot, logarithm of its bytes, offset
@c(mote_handler_structNew)
@inline(__always)
func structNew(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let made = Operations.structNew(environment, fp, pc)
    return finish(made, pc, 24 + Int(immediate32(pc)) * 8, fp, memory, environment, d)
}

// result @8, header @16
@c(mote_handler_structNewDefault)
@inline(__always)
func structNewDefault(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let made = Operations.structNewDefault(environment, fp, pc)
    return finish(made, pc, 24, fp, memory, environment, d)
}

// result @8, value @10, count @12, header @16
@c(mote_handler_arrayNew)
@inline(__always)
func arrayNew(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let made = Operations.arrayNew(environment, fp, pc)
    return finish(made, pc, 24, fp, memory, environment, d)
}

// result @8, count @12, header @16
@c(mote_handler_arrayNewDefault)
@inline(__always)
func arrayNewDefault(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let count = low(fp[slotField(pc, 12)])
    let header = pc.load(fromByteOffset: 16, as: UInt32.self)
    let made = Operations.makeArray(environment, fp, header, count)
    return finish(made, pc, 24, fp, memory, environment, d)
}

// result @8, count @12, header @16, then a slot of 16 bits for each element
@c(mote_handler_arrayNewFixed)
@inline(__always)
func arrayNewFixed(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let made = Operations.arrayNewFixed(environment, fp, pc)
    return finish(made, pc, 24 + (Int(immediate32(pc)) * 2 + 7) & ~7, fp, memory, environment, d)
}

// result @8, source @10, count @12, header @16, segment @20
@c(mote_handler_arrayNewData)
@inline(__always)
func arrayNewData(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let made = Operations.arrayNewData(environment, fp, pc)
    return finish(made, pc, 24, fp, memory, environment, d)
}

// result @8, source @10, count @12, header @16, segment @20
@c(mote_handler_arrayNewElement)
@inline(__always)
func arrayNewElement(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let made = Operations.arrayNewElement(environment, fp, pc)
    return finish(made, pc, 24, fp, memory, environment, d)
}

// result @8, array @10
@c(mote_handler_arrayLength)
@inline(__always)
func arrayLength(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    guard let array = UnsafeRawPointer(bitPattern: UInt(fp[slotField(pc, 10)])) else {
        return nullArrayReference(pc, fp, memory, environment, r, d)
    }
    let z = UInt64(array.load(fromByteOffset: 4, as: UInt32.self))
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}

// array @8, first @10, value @12, count @14
@c(mote_handler_arrayFill)
@inline(__always)
func arrayFill(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    proceed(Operations.arrayFill(environment, fp, pc), pc, fp, memory, environment, r, d)
}

// array @8, first @10, source array @12, its first @14, count @16
@c(mote_handler_arrayCopy)
@inline(__always)
func arrayCopy(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    proceed(Operations.arrayCopy(environment, fp, pc), pc, fp, memory, environment, r, d)
}

// array @8, first @10, source @12, count @14, segment @16
@c(mote_handler_arrayInitData)
@inline(__always)
func arrayInitData(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    proceed(Operations.arrayInitData(environment, fp, pc), pc, fp, memory, environment, r, d)
}

// array @8, first @10, source @12, count @14, segment @16
@c(mote_handler_arrayInitElement)
@inline(__always)
func arrayInitElement(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    proceed(Operations.arrayInitElement(environment, fp, pc), pc, fp, memory, environment, r, d)
}
#endif
