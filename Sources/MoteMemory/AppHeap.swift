internal import CPlatform

/// A heap in a range of a guest's addresses that the host hands out, or the parts of it that tell what it holds.
///
/// ```
/// guest:  [ block ][ block ][   free   ][ block ][        free        ]     nothing of ours lies here
/// ours:     extent   extent    extent    extent          extent             24 bytes each, in the global heap
/// ```
/// Blocks are multiples of 8 bytes at multiples of 8, without a header: a guest cannot reach what the heap knows, and no
/// byte of the range is touched. Free neighbours are always joined, and the smallest free range that suffices is taken.
/// Every operation takes logarithmic time of the number of blocks.
///
/// At a stable address until ``destroy(_:)``; a lock inside orders threads.
package struct AppHeap {
    package typealias Pointer = UnsafeMutablePointer<AppHeap>

    /// What ``create(offset:sizeInBytes:in:)`` was given.
    package private(set) var offset: UInt64
    package private(set) var sizeInBytes: UInt64
    /// Sum of the blocks, each rounded up to 8, and its peak.
    package internal(set) var usedInBytes: UInt64
    package internal(set) var peakInBytes: UInt64
    /// Blocks that are handed out.
    package internal(set) var blockCount: Int
    var arena: Arena
    /// In units of 8 bytes: the first address that may be handed out, and the end.
    var startUnit: UInt64
    var endUnit: UInt64
    /// All ranges, used and free; in no order.
    ///
    /// None before the first block: the whole range is free then.
    var extents: UnsafeMutablePointer<AppHeapExtent>?
    var extentCount: UInt32
    var extentCapacity: UInt32
    /// Roots of the trees: blocks by address, free ranges by size and address.
    var usedRoot: UInt32
    var freeRoot: UInt32
    /// Makes the shape of the trees nothing that a guest can choose.
    var seed: UInt64
    var lock: MoteLock

    /// A heap over `[offset, offset + sizeInBytes)`, with its records in the arena.
    ///
    /// Address 0 is never handed out: a heap that begins there begins at 8.
    package static func create(
        offset: UInt64,
        sizeInBytes: UInt64,
        in arena: Arena
    ) throws(MemoryError) -> Pointer {
        let raw = try arena.allocateGrowable(
            sizeInBytes: MemoryLayout<AppHeap>.size,
            region: .appHeap,
            site: .appHeapRecord
        )
        let heap = raw.bindMemory(to: AppHeap.self, capacity: 1)
        // Safe: eighths of 64-bit numbers.
        let start = max(offset / 8 &+ (offset % 8 == 0 ? 0 : 1), 1)
        let end = offset / 8 &+ sizeInBytes / 8 &+ (offset % 8 &+ sizeInBytes % 8) / 8
        heap.initialize(
            to: AppHeap(
                offset: offset,
                sizeInBytes: sizeInBytes,
                usedInBytes: 0,
                peakInBytes: 0,
                blockCount: 0,
                arena: arena,
                startUnit: start,
                endUnit: max(start, min(end, 1 << 61)),
                extents: nil,
                extentCount: 0,
                extentCapacity: 0,
                usedRoot: noExtent,
                freeRoot: noExtent,
                seed: mote_monotonic_ns() ^ UInt64(UInt(bitPattern: heap)) &* 0x9E37_79B9_7F4A_7C15,
                lock: MoteLock()
            )
        )
        mote_lock_init(&heap.pointee.lock)
        return heap
    }

    /// Gives the records back; the blocks go with them.
    package static func destroy(_ heap: Pointer) {
        mote_lock_destroy(&heap.pointee.lock)
        discardAll(heap)
        heap.pointee.arena.freeGrowable(UnsafeMutableRawPointer(heap))
    }

    /// Address of a block of at least `sizeInBytes`, a multiple of 8; a size of 0 gives a block of its own as well.
    ///
    /// `exhausted` with the site `appHeapRecord` says that no free range is as large, and how large the largest is;
    /// with `appHeapExtents` or `appHeapGrowth`, that the global heap had no room for the records. The heap is as before
    /// then.
    package static func allocate(_ heap: Pointer, _ sizeInBytes: UInt64) throws(MemoryError) -> UInt64 {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let unitCount = units(sizeInBytes)
        guard unitCount <= largestFreeUnits(heap) else { throw exhausted(heap, sizeInBytes) }
        try reserve(heap)
        let extent = smallestFree(heap, holding: unitCount)
        remove(heap, extent)
        mark(heap, extent, used: true)
        split(heap, extent, unitCount)
        insert(heap, extent)
        note(heap, unitCount &* 8, blocks: 1)
        return start(heap, extent) &* 8
    }

    /// Takes a block back; false if no block begins at the address, with nothing changed.
    package static func free(_ heap: Pointer, _ address: UInt64) -> Bool {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let extent = block(heap, at: address)
        guard extent != noExtent else { return false }
        note(heap, 0 &- size(heap, extent) &* 8, blocks: -1)
        remove(heap, extent)
        mark(heap, extent, used: false)
        joinWithNeighbours(heap, extent)
        return true
    }

    /// What became of a block that was to get another size.
    package enum Resized: Sendable {
        /// It has the size, at the same address.
        case inPlace
        /// What lies behind it is in use: allocate, copy this many bytes, and free the old one.
        case mustMove(copying: UInt64)
        /// No block begins at the address.
        case notABlock
    }

    /// Gives a block another size where it lies, if it can be.
    ///
    /// Errors are those of ``allocate(_:_:)``, with the block as before.
    package static func resize(
        _ heap: Pointer,
        _ address: UInt64,
        to sizeInBytes: UInt64
    ) throws(MemoryError) -> Resized {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let extent = block(heap, at: address)
        guard extent != noExtent else { return .notABlock }
        let wanted = units(sizeInBytes)
        let before = size(heap, extent)
        guard wanted != before else { return .inPlace }
        let following = next(heap, extent)
        let hasRoom = following != noExtent && !isUsed(heap, following)
        // Safe: both within the range.
        if wanted > before, !hasRoom || size(heap, following) < wanted &- before {
            return .mustMove(copying: before &* 8)
        }
        if !hasRoom { try reserve(heap) }
        resize(heap, extent, to: wanted, following: hasRoom ? following : noExtent)
        note(heap, (wanted &- before) &* 8, blocks: 0)
        return .inPlace
    }

    /// Bytes of the block that begins at an address, a multiple of 8; nil if none does.
    package static func sizeOfBlock(_ heap: Pointer, _ address: UInt64) -> UInt64? {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let extent = block(heap, at: address)
        return extent == noExtent ? nil : size(heap, extent) &* 8
    }

    /// Whether an address lies in the range, handed out or not.
    package static func contains(_ heap: Pointer, _ address: UInt64) -> Bool {
        address >= heap.pointee.offset && address &- heap.pointee.offset < heap.pointee.sizeInBytes
    }

    /// The largest block, in bytes, that could be handed out.
    package static func largestFreeInBytes(_ heap: Pointer) -> UInt64 {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        return largestFreeUnits(heap) &* 8
    }

    /// Bytes of the global heap that its records take.
    package static func metadataSizeInBytes(_ heap: Pointer) -> Int {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        return MemoryLayout<AppHeap>.size &+ byteCount(heap.pointee.extentCapacity)
    }

    /// Takes every block back; the peak stays.
    package static func reset(_ heap: Pointer) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        discardAll(heap)
        heap.pointee.usedInBytes = 0
        heap.pointee.blockCount = 0
    }
}

extension AppHeap {
    private static func units(_ sizeInBytes: UInt64) -> UInt64 {
        max(sizeInBytes / 8 &+ (sizeInBytes % 8 == 0 ? 0 : 1), 1)
    }

    private static func exhausted(_ heap: Pointer, _ sizeInBytes: UInt64) -> MemoryError {
        .exhausted(
            .appHeap,
            requested: Int(clamping: sizeInBytes),
            available: Int(clamping: largestFreeUnits(heap) &* 8),
            site: .appHeapRecord
        )
    }

    private static func note(_ heap: Pointer, _ change: UInt64, blocks: Int) {
        heap.pointee.usedInBytes &+= change
        heap.pointee.blockCount &+= blocks
        heap.pointee.peakInBytes = max(heap.pointee.peakInBytes, heap.pointee.usedInBytes)
    }
}

extension AllocationSite {
    /// The record of an app heap; what its range refuses is refused in this name too.
    package static var appHeapRecord: Self { .init(rawValue: 0x014) }
    /// The first extents of an app heap.
    package static var appHeapExtents: Self { .init(rawValue: 0x015) }
    /// More extents of an app heap.
    package static var appHeapGrowth: Self { .init(rawValue: 0x016) }
}
