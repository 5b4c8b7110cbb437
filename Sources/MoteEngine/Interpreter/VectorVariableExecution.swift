internal import CPlatform

#if !MOTE_WITHOUT_SIMD

// Copies, select and globals of v128 values: two slots, of any alignment.

typealias Vector = SIMD16<UInt8>

/// The vector at a slot.
@inline(__always)
func vector(_ fp: FP, _ slot: Int) -> Vector { UnsafeRawPointer(fp + slot).loadUnaligned(as: Vector.self) }
/// Puts a vector into a slot and the next.
@inline(__always)
func setVector(_ fp: FP, _ slot: Int, _ value: Vector) {
    UnsafeMutableRawPointer(fp + slot).storeBytes(of: value, as: Vector.self)
}

// destination @8, source @10
@c(mote_handler_copyVector)
@inline(__always)
func copyVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(fp, slotField(pc, 8), vector(fp, slotField(pc, 10)))
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8, first @10, second @12, condition @14
@c(mote_handler_selectVector)
@inline(__always)
func selectVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let at = low(fp[slotField(pc, 14)]) != 0 ? slotField(pc, 10) : slotField(pc, 12)
    setVector(fp, slotField(pc, 8), vector(fp, at))
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8, slot among the instance's globals @12
@c(mote_handler_globalGetVector)
@inline(__always)
func globalGetVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(fp, slotField(pc, 8), vector(globals(environment), Int(immediate32(pc))))
    return go(pc + 16, fp, memory, environment, r, d)
}

// destination @8, index among imported globals @12
@c(mote_handler_globalGetImportedVector)
@inline(__always)
func globalGetImportedVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(fp, slotField(pc, 8), vector(importedGlobal(pc, environment), 0))
    return go(pc + 16, fp, memory, environment, r, d)
}

// value slot @8, slot among the instance's globals @12
@c(mote_handler_globalSetVector)
@inline(__always)
func globalSetVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(globals(environment), Int(immediate32(pc)), vector(fp, slotField(pc, 8)))
    return go(pc + 16, fp, memory, environment, r, d)
}

// value slot @8, index among imported globals @12
@c(mote_handler_globalSetImportedVector)
@inline(__always)
func globalSetImportedVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(importedGlobal(pc, environment), 0, vector(fp, slotField(pc, 8)))
    return go(pc + 16, fp, memory, environment, r, d)
}
#endif
