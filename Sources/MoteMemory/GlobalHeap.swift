internal import CPlatform

/// Where all runtime structures live: blocks from the system, a caller's buffer or a caller's functions.
///
/// At a stable address for the runtime's life; every owner's ``Arena`` points at it. All methods may be called from
/// several threads; a lock inside orders them.
package struct GlobalHeap {
    package typealias Pointer = UnsafeMutablePointer<GlobalHeap>

    package var source: HeapSource
    /// Bytes in use and their peak, by region.
    package var ledger: MemoryAccount
    /// All arenas, newest first: what a report per owner walks.
    package var firstArena: UnsafeMutablePointer<ArenaHeader>?
    /// Next identity for an arena, within its owner kind.
    package var nextOwnerID: UInt32
    /// Fault injection: the allocation that brings this to zero fails. Negative: off.
    package var failureCountdown: Int
    /// How many allocations were asked for.
    package var allocationCount: Int
    var lock: MoteLock

    /// Prepares a heap in place; the caller keeps the storage until ``destroy(_:)``.
    package static func initialize(_ heap: Pointer, source: HeapSource) throws(MemoryError) {
        heap.initialize(
            to: GlobalHeap(
                source: source, ledger: MemoryAccount(), firstArena: nil, nextOwnerID: 0, failureCountdown: -1,
                allocationCount: 0, lock: MoteLock()))
        mote_lock_init(&heap.pointee.lock)
    }

    package static func destroy(_ heap: Pointer) {
        mote_lock_destroy(&heap.pointee.lock)
    }

    /// A block of at least `sizeInBytes`, aligned to 16, with arbitrary contents.
    package static func allocate(
        _ heap: Pointer, sizeInBytes: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        heap.pointee.allocationCount &+= 1
        if heap.pointee.failureCountdown >= 0 {
            heap.pointee.failureCountdown -= 1
            if heap.pointee.failureCountdown < 0 {
                throw .exhausted(region, requested: sizeInBytes, available: -1, site: site)
            }
        }
        guard let block = malloc(sizeInBytes) else {
            throw .exhausted(region, requested: sizeInBytes, available: -1, site: site)
        }
        return block
    }

    /// The same with every byte zero; costs nothing where the source gives zeroes anyway.
    package static func allocateZeroed(
        _ heap: Pointer, sizeInBytes: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let block = try allocate(heap, sizeInBytes: sizeInBytes, region: region, site: site)
        memset(block, 0, sizeInBytes)
        return block
    }

    /// Grows or shrinks a block, in place if it can be; the bytes up to the smaller size are kept. On failure the
    /// block is as before.
    package static func resize(
        _ heap: Pointer, _ block: UnsafeMutableRawPointer, from oldSizeInBytes: Int, to sizeInBytes: Int,
        region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        guard let moved = realloc(block, sizeInBytes) else {
            throw .exhausted(region, requested: sizeInBytes, available: -1, site: site)
        }
        return moved
    }

    package static func free(_ heap: Pointer, _ block: UnsafeMutableRawPointer, sizeInBytes: Int) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        CPlatform.free(block)
    }
}
