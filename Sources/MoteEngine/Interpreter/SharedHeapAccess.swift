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
