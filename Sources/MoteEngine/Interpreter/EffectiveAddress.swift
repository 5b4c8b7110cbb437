internal import CPlatform

/// A 16-bit field that is an index.
@inline(__always)
func index16(_ pc: PC, _ at: Int) -> UInt32 { UInt32(pc.load(fromByteOffset: at, as: UInt16.self)) }

/// Where an access to any memory lies: of any index, 32- or 64-bit, shared or not, with pages of any size.
///
/// Accesses to memory 0, if it is 32-bit, have handlers of their own and do not come here.
enum EffectiveAddress {
    /// The bytes at `address + offset` of a memory, or nil when one of them is outside.
    ///
    /// `address` is a slot as it is: of a 32-bit memory its low half counts. `memoryIndex` comes from validated
    /// code, and `sizeInBytes` is not 0. The pointer is good until the memory grows.
    @inline(__always)
    static func resolve(
        _ environment: Environment,
        memoryIndex: UInt32,
        address: UInt64,
        offset: UInt64,
        sizeInBytes: UInt64
    ) -> UnsafeMutableRawPointer? {
        // Safe: validation has checked the index, and an instance has every memory of its module.
        let memory = environment.pointee.instance.unsafelyUnwrapped.pointee.memories
            .unsafelyUnwrapped[Int(memoryIndex)].unsafelyUnwrapped
        let index = memory.pointee.is64 != 0 ? address : UInt64(low(address))
        let (start, overflow) = index.addingReportingOverflow(offset)
        // Both sums may wrap. Written with few values at once: a handler has four registers to spare.
        if overflow { return nil }
        let (end, isBeyond) = start.addingReportingOverflow(sizeInBytes)
        if isBeyond || end > currentSize(of: memory) { return nil }
        // Safe: inside the memory, so it has a base, and the address is an Int.
        return UnsafeMutableRawPointer(memory.pointee.base.unsafelyUnwrapped)
            + Int(truncatingIfNeeded: start)
    }

    /// Bytes of a memory that another thread may be growing.
    ///
    /// An aligned load is one instruction; the sanitizer's builds say so in C11, which in release builds would be
    /// a call.
    @inline(__always)
    static func currentSize(of memory: UnsafeMutablePointer<MoteMemory>) -> UInt64 {
        #if DEBUG || VM_TRAMPOLINE
        return mote_load_acquire_u64(UnsafeRawPointer(memory) + 8)
        #else
        return memory.pointee.sizeInBytes
        #endif
    }
}
