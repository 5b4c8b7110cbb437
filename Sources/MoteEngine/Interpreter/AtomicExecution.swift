internal import CPlatform
internal import MoteMemory

#if !MOTE_WITHOUT_THREADS

// Atomic instructions that are no accesses: fence, notify, wait. Fields as those of atomic accesses: result @8, address
// @10, memory @12, count or expected value @14, offset @16, timeout @24.

@inline(never)
func unalignedAtomic(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    trap(.unalignedAtomic, pc, fp, environment)
}

// 8 bytes
@c(mote_handler_atomicFence)
@inline(never)
func atomicFence(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    mote_guest_fence()
    return goOn(pc + 8, fp, memory, environment, r, d)
}

// 24 bytes
@c(mote_handler_atomicNotify)
@inline(__always)
func atomicNotify(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let (woken, code) = Operations.atomicNotify(
        environment,
        index16(pc, 12),
        fp[slotField(pc, 10)],
        pc.load(fromByteOffset: 16, as: UInt64.self),
        low(fp[slotField(pc, 14)])
    )
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    fp[slotField(pc, 8)] = woken
    return goOn(pc + 24, fp, memory, environment, woken, d)
}

// 32 bytes
@c(mote_handler_atomicWait32)
@inline(__always)
func atomicWait32(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    atomicWait(pc, fp, memory, environment, r, d, isWide: false)
}

// 32 bytes
@c(mote_handler_atomicWait64)
@inline(__always)
func atomicWait64(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    atomicWait(pc, fp, memory, environment, r, d, isWide: true)
}

@inline(__always)
private func atomicWait(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    isWide: Bool
) -> Int {
    let (result, code) = Operations.atomicWait(
        environment,
        index16(pc, 12),
        fp[slotField(pc, 10)],
        pc.load(fromByteOffset: 16, as: UInt64.self),
        fp[slotField(pc, 14)],
        Int64(bitPattern: fp[slotField(pc, 24)]),
        isWide: isWide
    )
    if code != 0 { return trap(TrapCode(returned: code), pc, fp, environment) }
    fp[slotField(pc, 8)] = result
    return goOn(pc + 32, fp, memory, environment, result, d)
}
#endif
