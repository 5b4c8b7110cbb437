internal import CPlatform

/// Where all runtime structures live: blocks from the system, a caller's buffer or a caller's functions.
///
/// At a stable address for the runtime's life; every owner's ``Arena`` points at it. All methods may be
/// called from several threads; a lock inside orders them, the list of arenas and every account.
package struct GlobalHeap {
    package typealias Pointer = UnsafeMutablePointer<GlobalHeap>

    package var source: HeapSource
    /// Bytes asked for and their peak, by region: always the sum of the arenas' accounts.
    package var ledger: MemoryAccount
    /// All arenas, newest first: what a report per owner walks.
    package var firstArena: UnsafeMutablePointer<ArenaHeader>?
    /// Next identity for an arena, within its owner kind.
    package var nextOwnerID: UInt32
    /// Fault injection: how many more requests (allocations, growing resizes, cuts from an arena's chunk)
    /// succeed before one fails.
    ///
    /// Negative: off; it is off again after the failure.
    package var failureCountdown: Int
    /// How many requests failed that way: a caller that tries again with less must not hide one.
    package var injectedFailureCount: Int
    /// Which place asked when memory last was not to be had, by injection or in truth.
    package var failureSite: AllocationSite
    /// How many such requests there were.
    package var allocationCount: Int
    /// Set when a header of the heap or of an arena was not what was written; nothing is given or taken then.
    package var isCorrupted: Bool
    /// Whether ``destroy(_:)`` gives the storage of this value back: ``create(source:)`` made it.
    var ownsStorage: Bool
    /// Mixed into the check words of pool and arenas.
    var key: UInt64
    /// Bytes of blocks in use, headers included; a pool counts for itself.
    var blockSizeInBytes: Int
    /// Bytes in the ledger that the heap does not hold: committed reservations.
    var mappedSizeInBytes: Int
    /// The allocator inside a caller's buffer; nil with other sources.
    var pool: PoolAccess?
    /// Where the bytes of linear memories come from instead; set before the first of them.
    package var linearMemoryFunctions: HeapFunctions?
    var lock: MoteLock

    /// Prepares a heap in place; the caller keeps the storage until ``destroy(_:)``.
    ///
    /// A pool's bookkeeping lies at the start of its buffer; too small a buffer is
    /// `invalidPlan(poolTooSmall)`.
    package static func initialize(_ heap: Pointer, source: HeapSource) throws(MemoryError) {
        var key = mote_monotonic_ns() ^ UInt64(UInt(bitPattern: heap))
        key = (key ^ 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        key ^= key >> 32
        var pool: PoolAccess?
        if case .pool(let base, let sizeInBytes, let isZeroed, let functions) = source {
            pool = try PoolAccess(
                functions,
                base: base,
                sizeInBytes: sizeInBytes,
                isZeroed: isZeroed,
                key: key
            )
        }
        heap.initialize(
            to: GlobalHeap(
                source: source,
                ledger: MemoryAccount(),
                firstArena: nil,
                nextOwnerID: 0,
                failureCountdown: -1,
                injectedFailureCount: 0,
                failureSite: .arenaHeader,
                allocationCount: 0,
                isCorrupted: false,
                ownsStorage: false,
                key: key,
                blockSizeInBytes: 0,
                mappedSizeInBytes: 0,
                pool: pool,
                lock: MoteLock()
            )
        )
        mote_lock_init(&heap.pointee.lock)
    }

    /// A heap inside its own source: at the start of a pool's buffer, or a block of the system or the caller.
    package static func create(source: HeapSource) throws(MemoryError) -> Pointer {
        let size = (MemoryLayout<GlobalHeap>.size &+ 15) & ~15
        var storage: UnsafeMutableRawPointer?
        var inner = source
        switch source {
        case .system:
            storage = malloc(size)
        case .allocator(let functions):
            storage = functions.allocate(UnsafeMutableRawPointer(bitPattern: functions.userData), size)
        case .pool(let base, let sizeInBytes, let isZeroed, let functions):
            let aligned = (base &+ 15) & ~15
            let lost = Int(truncatingIfNeeded: aligned &- base) &+ size
            guard base != 0, aligned >= base, sizeInBytes > lost else { throw .invalidPlan(.poolTooSmall) }
            storage = UnsafeMutableRawPointer(bitPattern: aligned)
            inner = .pool(
                base: aligned &+ UInt(bitPattern: size),
                sizeInBytes: sizeInBytes &- lost,
                isZeroed: isZeroed,
                by: functions
            )
        }
        guard let storage else {
            throw .exhausted(.structures, requested: size, available: -1, site: .globalHeap)
        }
        let heap = storage.bindMemory(to: GlobalHeap.self, capacity: 1)
        do throws(MemoryError) {
            try initialize(heap, source: inner)
        } catch {
            if case .allocator(let functions) = source {
                functions.free(UnsafeMutableRawPointer(bitPattern: functions.userData), storage)
            } else if case .system = source {
                CPlatform.free(storage)
            }
            throw error
        }
        heap.pointee.source = source
        heap.pointee.ownsStorage = true
        return heap
    }

    /// Ends a heap whose arenas are gone; what ``create(source:)`` took is given back.
    package static func destroy(_ heap: Pointer) {
        mote_lock_destroy(&heap.pointee.lock)
        guard heap.pointee.ownsStorage else { return }
        switch heap.pointee.source {
        case .system:
            CPlatform.free(heap)
        case .allocator(let functions):
            functions.free(UnsafeMutableRawPointer(bitPattern: functions.userData), heap)
        case .pool:
            break
        }
    }

    /// A block of at least `sizeInBytes`, aligned to 16, with arbitrary contents.
    package static func allocate(
        _ heap: Pointer,
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        try admit(heap, sizeInBytes, region, site)
        let block = try take(heap, sizeInBytes, region, site, zeroed: false, high: false)
        note(heap, sizeInBytes, region, nil)
        return block
    }

    /// The same with every byte zero; costs nothing where the source gives zeroes anyway.
    package static func allocateZeroed(
        _ heap: Pointer,
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        try admit(heap, sizeInBytes, region, site)
        let block = try take(heap, sizeInBytes, region, site, zeroed: true, high: false)
        note(heap, sizeInBytes, region, nil)
        return block
    }

    /// Grows or shrinks a block, in place if it can be; the bytes up to the smaller size are kept.
    ///
    /// On failure the block is as before.
    package static func resize(
        _ heap: Pointer,
        _ block: UnsafeMutableRawPointer,
        from oldSizeInBytes: Int,
        to sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        if sizeInBytes > oldSizeInBytes { try admit(heap, sizeInBytes, region, site) }
        let moved = try change(heap, block, oldSizeInBytes, sizeInBytes, region, site, zeroed: false)
        note(heap, sizeInBytes &- oldSizeInBytes, region, nil)
        return moved
    }

    /// Gives a block back, naming what it was allocated with.
    package static func free(
        _ heap: Pointer,
        _ block: UnsafeMutableRawPointer,
        sizeInBytes: Int,
        region: Region = .structures
    ) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        give(heap, block, sizeInBytes)
        note(heap, 0 &- sizeInBytes, region, nil)
    }
}
