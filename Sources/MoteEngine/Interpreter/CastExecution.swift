internal import CPlatform
internal import MoteMemory

#if !MOTE_WITHOUT_GC

// Tests and casts of references, small integers as references. "Object": the target is a struct or array type, so most
// casts are one comparison with the object's own type.

@inline(__always)
private func target(_ pc: PC) -> UInt32 { pc.load(fromByteOffset: 16, as: UInt32.self) }

/// Whether a reference of the `any` hierarchy is an object of exactly the target's type.
@inline(__always)
private func isExactly(_ reference: UInt64, _ pc: PC) -> Bool {
    guard reference & 3 == 0, let object = UnsafeRawPointer(bitPattern: UInt(reference)) else { return false }
    return GCObject.hasType(object, target(pc))
}

// result @8, reference @10, 1 where null will do @12, target @16
@c(mote_handler_referenceTestObject)
@inline(__always)
func referenceTestObject(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard isExactly(fp[slotField(pc, 10)], pc) else {
        return referenceTestOther(pc, fp, memory, environment, r, d)
    }
    fp[slotField(pc, 8)] = 1
    return goOn(pc + 24, fp, memory, environment, 1, d)
}

// the same
@c(mote_handler_referenceTestOther)
@inline(never)
func referenceTestOther(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let isMatch = Operations.matches(
        environment,
        fp[slotField(pc, 10)],
        target(pc),
        isNullable: slotField(pc, 12) & 1 != 0
    )
    let z: UInt64 = isMatch ? 1 : 0
    fp[slotField(pc, 8)] = z
    return goOn(pc + 24, fp, memory, environment, z, d)
}

// reference @8, 1 where null will do @10, target @16
@c(mote_handler_referenceCastObject)
@inline(__always)
func referenceCastObject(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard isExactly(fp[slotField(pc, 8)], pc) else {
        return referenceCastOther(pc, fp, memory, environment, r, d)
    }
    return goOn(pc + 24, fp, memory, environment, r, d)
}

// the same
@c(mote_handler_referenceCastOther)
@inline(never)
func referenceCastOther(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let isMatch = Operations.matches(
        environment,
        fp[slotField(pc, 8)],
        target(pc),
        isNullable: slotField(pc, 10) & 1 != 0
    )
    guard isMatch else { return trap(.castFailure, pc, fp, environment) }
    return goOn(pc + 24, fp, memory, environment, r, d)
}

// reference @8, 1 where null will do and 2 to branch on failure @10, distance @12, target @16
@c(mote_handler_branchOnCastObject)
@inline(__always)
func branchOnCastObject(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    guard isExactly(fp[slotField(pc, 8)], pc) else {
        return branchOnCastOther(pc, fp, memory, environment, r, d)
    }
    if slotField(pc, 10) & 2 == 0 { return branch(pc, fp, memory, environment, r, d) }
    return goOn(pc + 24, fp, memory, environment, r, d)
}

// the same
@c(mote_handler_branchOnCastOther)
@inline(never)
func branchOnCastOther(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let flags = slotField(pc, 10)
    let isMatch = Operations.matches(
        environment,
        fp[slotField(pc, 8)],
        target(pc),
        isNullable: flags & 1 != 0
    )
    if isMatch == (flags & 2 == 0) { return branchOn(pc, fp, memory, environment, r, d) }
    return goOn(pc + 24, fp, memory, environment, r, d)
}

// result @8, value @10
@c(mote_handler_i31New)
@inline(__always)
func i31New(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double) -> Int
{
    let z = UInt64(low(fp[slotField(pc, 10)]) &<< 1 | 1)
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}

@inline(never)
private func nullI31Reference(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.nullI31Reference, pc, fp, environment)
}

// result @8, reference @10
@c(mote_handler_i31GetSigned)
@inline(__always)
func i31GetSigned(_ pc: PC, _ fp: FP, _ memory: Memory, _ environment: Environment, _ r: UInt64, _ d: Double)
    -> Int
{
    let reference = fp[slotField(pc, 10)]
    if reference == 0 { return nullI31Reference(pc, fp, memory, environment, r, d) }
    let z = UInt64(UInt32(bitPattern: Int32(bitPattern: low(reference)) &>> 1))
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}

// result @8, reference @10
@c(mote_handler_i31GetUnsigned)
@inline(__always)
func i31GetUnsigned(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let reference = fp[slotField(pc, 10)]
    if reference == 0 { return nullI31Reference(pc, fp, memory, environment, r, d) }
    let z = UInt64(low(reference) &>> 1)
    fp[slotField(pc, 8)] = z
    return goOn(pc + 16, fp, memory, environment, z, d)
}
#endif
