internal import CPlatform

/// What a heap holds beside the bytes that the ledger attributes.
package struct HeapStatistics: Sendable {
    /// Bytes that owners asked for: the ledger's total.
    package var askedInBytes: Int
    /// Bytes in use on top of those: headers of blocks, chunks and growables, and what arenas cut but did not
    /// hand out.
    ///
    /// What the system's malloc or a caller's function adds is not known and not counted.
    package var overheadInBytes: Int
    /// What follows describes a pool and is 0 with other sources.
    ///
    /// Bytes of its bookkeeping at the buffer's start.
    package var poolControlInBytes: Int
    /// Bytes of the pool that blocks may take, headers included.
    package var poolTotalInBytes: Int
    /// Bytes of free blocks.
    package var poolFreeInBytes: Int
    /// Most bytes that blocks and headers ever took.
    package var poolPeakInBytes: Int
    /// Largest block that can be had now.
    package var poolLargestAvailableInBytes: Int
    /// Whether a header was found overwritten.
    package var isCorrupted: Bool
}

extension GlobalHeap {
    /// The heap's numbers at this moment.
    package static func statistics(_ heap: Pointer) -> HeapStatistics {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let asked = heap.pointee.ledger.total
        let held = asked &- heap.pointee.mappedSizeInBytes
        guard let pool = heap.pointee.pool?.pool else {
            return HeapStatistics(
                askedInBytes: asked,
                overheadInBytes: heap.pointee.blockSizeInBytes &- held,
                poolControlInBytes: 0,
                poolTotalInBytes: 0,
                poolFreeInBytes: 0,
                poolPeakInBytes: 0,
                poolLargestAvailableInBytes: 0,
                isCorrupted: heap.pointee.isCorrupted
            )
        }
        let own = heap.pointee.ownsStorage ? (MemoryLayout<GlobalHeap>.size &+ 15) & ~15 : 0
        return HeapStatistics(
            askedInBytes: asked,
            overheadInBytes: pool.totalInBytes &- pool.freeInBytes &- held,
            poolControlInBytes: pool.controlSizeInBytes &+ own,
            poolTotalInBytes: pool.totalInBytes,
            poolFreeInBytes: pool.freeInBytes,
            poolPeakInBytes: pool.peakInBytes,
            poolLargestAvailableInBytes: pool.largestAvailableInBytes,
            isCorrupted: heap.pointee.isCorrupted || pool.isCorrupted
        )
    }

    /// A consistent copy of the ledger.
    package static func ledger(_ heap: Pointer) -> MemoryAccount {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        return heap.pointee.ledger
    }

    /// Sum of the arenas' accounts: equals the ledger, region by region, or the heap has a bug.
    package static func sumOfAccounts(_ heap: Pointer) -> MemoryAccount {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        var sum = MemoryAccount()
        var arena = heap.pointee.firstArena
        while let header = arena {
            for row in 0..<Region.count {
                guard let region = Region(rawValue: UInt8(truncatingIfNeeded: row)) else { continue }
                sum.add(header.pointee.account.current(row), to: region)
            }
            arena = header.pointee.nextArena
        }
        return sum
    }
}
