internal import CPlatform

#if !MOTE_WITHOUT_SIMD

// What the generated handlers of vector instructions share, and the one that is not regular.

/// The vector at a slot, as lanes.
@inline(__always)
func lanes<Lanes: BitwiseCopyable>(_ fp: FP, _ slot: Int, as type: Lanes.Type) -> Lanes {
    UnsafeRawPointer(fp + slot).loadUnaligned(as: type)
}
/// Puts lanes into a slot and the next.
@inline(__always)
func setLanes<Lanes: BitwiseCopyable>(_ fp: FP, _ slot: Int, _ value: Lanes) {
    UnsafeMutableRawPointer(fp + slot).storeBytes(of: value, as: Lanes.self)
}

/// A lane in the frame, whose byte offset from fp is a field of the instruction.
@inline(__always)
func shuffled<Lane: FixedWidthInteger & BitwiseCopyable>(_ pc: PC, _ fp: FP, _ at: Int, as type: Lane.Type)
    -> UInt64
{
    let offset = Int(pc.load(fromByteOffset: at, as: Int32.self))
    return UInt64(truncatingIfNeeded: (UnsafeRawPointer(fp) + offset).loadUnaligned(as: type))
}

// destination @8, value @16
@c(mote_handler_constantVector)
@inline(__always)
func constantVector(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    setVector(fp, slotField(pc, 8), pc.loadUnaligned(fromByteOffset: 16, as: Vector.self))
    return go(pc + 32, fp, memory, environment, r, d)
}
#endif
