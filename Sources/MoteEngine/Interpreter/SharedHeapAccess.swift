internal import CPlatform
internal import MoteMemory
internal import MotePlatform

/// Where an access lies that memory 0 does not hold: in a shared heap that the instance has attached, or nowhere.
///
/// Asked only after a failed test of bounds, by the cold twins in Generated/SharedHeapHandlers: instances without a
/// shared heap pay nothing. Other memories than memory 0 have none.
enum SharedHeapAccess {
    /// The bytes at an effective address of a 32-bit memory 0, in one heap of the instance's chain.
    @inline(__always)
    static func place(
        _ environment: Environment,
        _ address: UInt64,
        _ sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        Build.hasSharedHeaps ? find(environment, address, sizeInBytes) : nil
    }

    @inline(never)
    private static func find(
        _ environment: Environment,
        _ address: UInt64,
        _ sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        guard let first = first(environment) else { return nil }
        return SharedHeap.place(first, at: address, count: sizeInBytes, is64: false)
    }

    /// The same for a memory with an index, which may be a 64-bit one; `address` is a slot as it is.
    @inline(__always)
    static func place(
        _ environment: Environment,
        memoryIndex: UInt32,
        address: UInt64,
        offset: UInt64,
        sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        Build.hasSharedHeaps ? find(environment, memoryIndex, address, offset, sizeInBytes) : nil
    }

    @inline(never)
    private static func find(
        _ environment: Environment,
        _ memoryIndex: UInt32,
        _ address: UInt64,
        _ offset: UInt64,
        _ sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        guard memoryIndex == 0, let first = first(environment) else { return nil }
        let is64 = Operations.memory(environment, 0).pointee.is64 != 0
        let (start, overflow) = (is64 ? address : UInt64(low(address))).addingReportingOverflow(offset)
        return overflow ? nil : SharedHeap.place(first, at: start, count: sizeInBytes, is64: is64)
    }

    /// The bytes of a bulk operation; of none, the address must lie in a heap all the same.
    @inline(never)
    static func bytes(
        _ instance: UnsafeMutablePointer<MoteInstance>,
        memoryIndex: UInt32,
        address: UInt64,
        count: UInt64
    ) -> UnsafeMutableRawPointer? {
        guard Build.hasSharedHeaps, memoryIndex == 0, let first = instance.sharedHeap,
            let memory = instance.pointee.memories?[0]
        else { return nil }
        return SharedHeap.place(first, at: address, count: count, is64: memory.pointee.is64 != 0)
    }

    @inline(__always)
    private static func first(_ environment: Environment) -> SharedHeap.Pointer? {
        environment.pointee.instance?.sharedHeap
    }
}

// What the cold twins share. A twin has left in the environment's `spill` where to go on (2), which finds there the place
// of its bytes, and the form of its access (3): `size | field of the address << 8 | field of the memory's index << 16`.

/// Of an access to a 32-bit memory 0, whose effective address is known.
@inline(never)
func goOutside(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    _ address: UInt64
) -> Int {
    let size = UInt64(UInt(bitPattern: environment.pointee.spill.3))
    guard let place = SharedHeapAccess.place(environment, address, size) else {
        return memoryOutOfBounds(pc, fp, memory, environment, r, d)
    }
    let next = unsafeBitCast(environment.pointee.spill.2, to: Handler.self)
    environment.pointee.spill.2 = place
    return next(pc, fp, memory, environment, r, d)
}

/// Of an access to any memory.
@inline(never)
func goOutsideOfAny(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let form = Int(bitPattern: environment.pointee.spill.3)
    let place = SharedHeapAccess.place(
        environment,
        memoryIndex: index16(pc, form &>> 16),
        address: fp[slotField(pc, form &>> 8 & 0xFF)],
        offset: pc.load(fromByteOffset: 16, as: UInt64.self),
        sizeInBytes: UInt64(form & 0xFF)
    )
    guard let place else { return memoryOutOfBounds(pc, fp, memory, environment, r, d) }
    let next = unsafeBitCast(environment.pointee.spill.2, to: Handler.self)
    environment.pointee.spill.2 = place
    return next(pc, fp, memory, environment, r, d)
}
