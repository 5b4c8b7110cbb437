internal import CPlatform
internal import MoteMemory
internal import MotePlatform

/// Where an access lies that memory 0 does not hold: in a shared heap that the instance has attached, or nowhere.
///
/// Asked only after a failed test of bounds: instances without a shared heap pay nothing. Other memories than memory 0
/// have none.
enum SharedHeapAccess {
    /// The bytes at an effective address of a 32-bit memory 0, in one heap of the instance's chain.
    @inline(never)
    static func place(
        _ environment: Environment,
        _ address: UInt64,
        _ sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        guard let first = environment.pointee.instance?.sharedHeap else { return nil }
        return SharedHeap.place(first, at: address, count: sizeInBytes, is64: false)
    }

    /// The same for a memory with an index, which may be a 64-bit one; `address` is a slot as it is.
    @inline(never)
    static func place(
        _ environment: Environment,
        memoryIndex: UInt32,
        address: UInt64,
        offset: UInt64,
        sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        guard memoryIndex == 0, let first = environment.pointee.instance?.sharedHeap else { return nil }
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
}

// What follows is for the cold twins in Generated/SharedHeapHandlers, each of which says how many bytes it wants and what
// goes on with them. Where `spill` lets it find the place:
//
//     spill.2    the place found; while it is sought, what goes on
//     spill.3    bits 0-7 the size in bytes, 8-15 and 16-23 where the instruction has address slot and memory index
//
// In the Embedded build all twins jump to one search, because most of its code is the state kept across it. Elsewhere
// the compiler would merge such twins, which differ in constants alone, into one function with more arguments than
// there are registers, and lose the tail call: there each searches by itself.

/// The place that the search has found.
@inline(__always)
func placeFound(_ environment: Environment) -> UnsafeMutableRawPointer {
    environment.pointee.spill.2.unsafelyUnwrapped  // Written by the search that went on here.
}

/// What goes on with the place that was found, as the compiler inlines it.
typealias Found = (PC, FP, Memory, Environment, UInt64, Double) -> Int

/// Goes on with the `sizeInBytes` bytes of memory 0 at `address`, or traps.
///
/// `then` and `orAtOnce` are the same function.
@inline(__always)
func searchAt(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    _ address: UInt64,
    _ sizeInBytes: UInt,
    then goOn: Handler,
    orAtOnce found: Found
) -> Int {
    guard Build.hasSharedHeaps else { return memoryOutOfBounds(pc, fp, memory, environment, r, d) }
    #if MOTE_EMBEDDED
    environment.pointee.spill.2 = unsafeBitCast(goOn, to: UnsafeMutableRawPointer.self)
    environment.pointee.spill.3 = UnsafeMutableRawPointer(bitPattern: sizeInBytes)
    return searchWithAddress(pc, fp, memory, environment, r, d, address)
    #else
    guard let place = SharedHeapAccess.place(environment, address, UInt64(sizeInBytes)) else {
        return memoryOutOfBounds(pc, fp, memory, environment, r, d)
    }
    environment.pointee.spill.2 = place
    return found(pc, fp, memory, environment, r, d)
    #endif
}

/// Goes on with the `sizeInBytes` bytes of any memory that the instruction's address, offset and memory index tell, or
/// traps.
@inline(__always)
func search(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    _ sizeInBytes: UInt,
    addressAt: Int,
    memoryIndexAt: Int,
    then goOn: Handler,
    orAtOnce found: Found
) -> Int {
    guard Build.hasSharedHeaps else { return memoryOutOfBounds(pc, fp, memory, environment, r, d) }
    #if MOTE_EMBEDDED
    environment.pointee.spill.2 = unsafeBitCast(goOn, to: UnsafeMutableRawPointer.self)
    environment.pointee.spill.3 = UnsafeMutableRawPointer(
        bitPattern: sizeInBytes | UInt(bitPattern: addressAt) &<< 8 | UInt(bitPattern: memoryIndexAt) &<< 16
    )
    return searchInstruction(pc, fp, memory, environment, r, d)
    #else
    guard
        let place = SharedHeapAccess.place(
            environment,
            memoryIndex: index16(pc, memoryIndexAt),
            address: fp[slotField(pc, addressAt)],
            offset: pc.load(fromByteOffset: 16, as: UInt64.self),
            sizeInBytes: UInt64(sizeInBytes)
        )
    else { return memoryOutOfBounds(pc, fp, memory, environment, r, d) }
    environment.pointee.spill.2 = place
    return found(pc, fp, memory, environment, r, d)
    #endif
}

#if MOTE_EMBEDDED
@inline(never)
private func searchWithAddress(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    _ address: UInt64
) -> Int {
    let size = UInt64(UInt(bitPattern: environment.pointee.spill.3))
    return goOn(pc, fp, memory, environment, r, d, with: SharedHeapAccess.place(environment, address, size))
}

@inline(never)
private func searchInstruction(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double
) -> Int {
    let wanted = Int(bitPattern: environment.pointee.spill.3)
    let place = SharedHeapAccess.place(
        environment,
        memoryIndex: index16(pc, wanted &>> 16),
        address: fp[slotField(pc, wanted &>> 8 & 0xFF)],
        offset: pc.load(fromByteOffset: 16, as: UInt64.self),
        sizeInBytes: UInt64(UInt(bitPattern: wanted & 0xFF))
    )
    return goOn(pc, fp, memory, environment, r, d, with: place)
}

@inline(__always)
private func goOn(
    _ pc: PC,
    _ fp: FP,
    _ memory: Memory,
    _ environment: Environment,
    _ r: UInt64,
    _ d: Double,
    with place: UnsafeMutableRawPointer?
) -> Int {
    guard let place, let next = environment.pointee.spill.2 else {
        return memoryOutOfBounds(pc, fp, memory, environment, r, d)
    }
    environment.pointee.spill.2 = place
    return unsafeBitCast(next, to: Handler.self)(pc, fp, memory, environment, r, d)
}
#endif
