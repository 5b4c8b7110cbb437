package import CPlatform
internal import MotePlatform

/// What a linear memory is to be, before the plan and the heap's source have been asked.
package struct LinearMemoryRequest: Sendable {
    package var initialPageCount: UInt64
    /// Bytes at first, where it is not those of the pages; see ``LinearMemoryShape``.
    package var initialSizeInBytes: UInt64?
    /// As declared; nil where the module sets none.
    package var maximumPageCount: UInt64?
    /// Of the plan or of the instance's limits; nil for none.
    package var pageCountCap: UInt64?
    /// 16, or 0 with custom page sizes.
    package var pageSizeLog2: UInt32 = 16
    package var is64 = false
    package var isShared = false
    /// Whether it is memory 0 of its instance: only then are guard pages possible.
    package var isFirst = true
    package var backing = LinearMemoryBacking.automatic
    package var bounds = BoundsChecks.automatic
    /// Bytes of the caller's, instead of what `backing` says.
    package var buffer: LinearMemoryBuffer?

    package init(initialPageCount: UInt64, maximumPageCount: UInt64? = nil) {
        self.initialPageCount = initialPageCount
        self.maximumPageCount = maximumPageCount
    }

    private var addressablePageCount: UInt64 {
        var wishes = LinearMemoryWishes()
        wishes.is64 = is64
        wishes.pageSizeLog2 = pageSizeLog2
        return wishes.addressablePageCount
    }

    /// The least of the declared maximum, the cap and what the index type addresses.
    package var effectiveMaximumPageCount: UInt64 {
        min(min(maximumPageCount ?? .max, pageCountCap ?? .max), addressablePageCount)
    }
}

/// A linear memory: what hot paths read, then what only growth and destruction look at.
///
/// Three legal pairs of backing and bounds: reserved with guard pages, reserved and checked, heap and
/// checked. Lives where its owner puts it, at a stable address; ``destroy(_:)`` must run before its arena
/// goes.
package struct LinearMemory {
    /// First: its address is the memory's.
    package var memory: MoteMemory
    package var arena: Arena
    /// Where a reservation comes from and goes to; nil maps and unmaps each time.
    var cache: UnsafeMutablePointer<ReservationCache>?
    /// What growth of a shared memory locks; nil for other memories.
    var shared: UnsafeMutablePointer<SharedMemories>?
    /// Readable and writable bytes: of a reservation, whole pages of the operating system; of a shared memory in the
    /// heap, its block.
    var committedSizeInBytes: Int
    /// Whether a reservation was wanted and address space had run out, so that the heap stands in.
    package var isFallback: Bool
    /// Whether its bytes come from ``GlobalHeap/linearMemoryFunctions``.
    var usesFunctions = false
    /// Of a buffer of the caller's: every byte beyond the memory is zero.
    var isZeroed = false

    package typealias Pointer = UnsafeMutablePointer<LinearMemory>

    /// Prepares a memory of its initial size, all zero, in place.
    ///
    /// On failure nothing was taken.
    package static func create(
        at place: Pointer,
        _ request: LinearMemoryRequest,
        in arena: Arena,
        cache: UnsafeMutablePointer<ReservationCache>? = nil,
        shared: UnsafeMutablePointer<SharedMemories>? = nil
    ) throws(MemoryError) {
        var request = request
        try create(at: place, &request, in: arena, cache: cache, shared: shared)
    }

    /// The same with a request that is not copied.
    @inline(never)
    package static func create(
        at place: Pointer,
        _ request: UnsafePointer<LinearMemoryRequest>,
        in arena: Arena,
        cache: UnsafeMutablePointer<ReservationCache>?,
        shared: UnsafeMutablePointer<SharedMemories>?
    ) throws(MemoryError) {
        var choice = LinearMemoryChoice()
        try choice.choose(request, arena.header.pointee.heap)
        place.initialize(
            to: LinearMemory(
                memory: MoteMemory(),
                arena: arena,
                cache: cache,
                shared: request.pointee.isShared ? shared : nil,
                committedSizeInBytes: 0,
                isFallback: false
            )
        )
        let most = request.pointee.effectiveMaximumPageCount
        place.pointee.memory.pageSizeLog2 = min(request.pointee.pageSizeLog2, 16)
        place.pointee.memory.maximumPageCount = most
        place.pointee.memory.is64 = request.pointee.is64 ? 1 : 0
        place.pointee.memory.isShared = request.pointee.isShared ? 1 : 0
        guard request.pointee.initialPageCount <= most,
            let pages = sizeInBytes(of: request.pointee.initialPageCount, place),
            let size = request.pointee.initialSizeInBytes.map({ Int(exactly: $0) }) ?? pages
        else {
            throw .exhausted(
                .linearMemory,
                requested: byteCount(request.pointee.initialPageCount, place),
                available: byteCount(most, place),
                site: .linearMemoryBlock
            )
        }
        if choice.isReserved, !reserve(place, choice) {
            place.pointee.isFallback = true
            choice.reservedSizeInBytes = 0
        }
        place.pointee.usesFunctions = choice.usesFunctions
        do throws(MemoryError) {
            if let buffer = request.pointee.buffer {
                try adopt(place, buffer)
                try extendBuffer(place, to: size, site: .linearMemoryBuffer)
            } else if choice.isReserved {
                try extendReserved(place, to: size, site: .linearMemoryCommit)
            } else if Build.hasThreads, request.pointee.isShared {
                let room = max(sizeInBytes(of: most, place) ?? .max, size)
                try allocateShared(place, size, roomFor: room)
            } else if choice.usesFunctions {
                try extendFunctions(place, to: size, site: .linearMemoryCallerBlock)
            } else {
                try extendHeap(place, to: size, site: .linearMemoryBlock)
            }
        } catch {
            destroy(place)
            throw error
        }
        place.pointee.memory.pageCount = request.pointee.initialPageCount
    }

    /// Adds zero pages: the count before, or nil past the maximum or when memory is not to be had; `failure`
    /// then says what was missing.
    ///
    /// The base of a heap-backed memory may move.
    package static func grow(
        _ place: Pointer,
        by delta: UInt64,
        failure: inout MemoryError?
    ) -> UInt64? {
        guard let shared = place.pointee.shared else { return extend(place, by: delta, failure: &failure) }
        mote_lock_acquire(&shared.pointee.growth)
        defer { mote_lock_release(&shared.pointee.growth) }
        return extend(place, by: delta, failure: &failure)
    }

    private static func extend(
        _ place: Pointer,
        by delta: UInt64,
        failure: inout MemoryError?
    ) -> UInt64? {
        guard delta > 0 else { return place.pointee.memory.pageCount }
        guard let after = pageCount(of: place, grownBy: delta),
            after <= place.pointee.memory.maximumPageCount,
            let size = sizeInBytes(of: after, place)
        else { return nil }
        do throws(MemoryError) {
            if place.pointee.memory.backing == UInt8(MOTE_BACKING_CALLER), !place.pointee.usesFunctions {
                try extendBuffer(place, to: size, site: .linearMemoryBufferGrowth)
            } else if place.pointee.memory.backing == UInt8(MOTE_BACKING_RESERVED) {
                try extendReserved(place, to: size, site: .linearMemoryCommitGrowth)
            } else if Build.hasThreads, place.pointee.memory.isShared != 0 {
                try extendShared(place, to: size)
            } else if place.pointee.usesFunctions {
                try extendFunctions(place, to: size, site: .linearMemoryCallerGrowth)
            } else {
                try extendHeap(place, to: size, site: .linearMemoryGrowth)
            }
        } catch {
            failure = error
            return nil
        }
        mote_store_release_u64(address(ofPageCountOf: place), after)
        return after &- delta
    }

    /// The same where the reason of a failure does not matter.
    package static func grow(_ place: Pointer, by delta: UInt64) -> UInt64? {
        var failure: MemoryError?
        return grow(place, by: delta, failure: &failure)
    }

    /// Gives the bytes back; the record stays its owner's.
    @inline(never)
    package static func destroy(_ place: Pointer) {
        if place.pointee.memory.backing == UInt8(MOTE_BACKING_RESERVED) {
            releaseReserved(place)
        } else if place.pointee.memory.backing == UInt8(MOTE_BACKING_CALLER) {
            releaseCaller(place)
        } else if let base = place.pointee.memory.base {
            place.pointee.arena.freeGrowable(UnsafeMutableRawPointer(base))
        }
        place.pointee.memory.base = nil
        place.pointee.memory.sizeInBytes = 0
        place.pointee.memory.pageCount = 0
        place.pointee.memory.reservedInBytes = 0
    }

    // Other threads may read the size of a shared memory while it grows. Offsets as mote_layout.h asserts them.

    /// Makes bytes that can be accessed now part of the memory.
    static func publish(_ size: Int, _ place: Pointer) {
        mote_store_release_u64(UnsafeMutableRawPointer(place) + 8, UInt64(truncatingIfNeeded: size))
    }

    /// Pages of a shared memory, which other threads may grow meanwhile.
    package static func currentPageCount(of memory: UnsafeMutablePointer<MoteMemory>) -> UInt64 {
        mote_load_acquire_u64(UnsafeMutableRawPointer(memory) + 16)
    }

    private static func address(ofPageCountOf place: Pointer) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(place) + 16
    }

    /// Bytes of a number of pages, or nil where an address cannot hold them.
    @inline(never)
    private static func sizeInBytes(of pageCount: UInt64, _ place: Pointer) -> Int? {
        let log = place.pointee.memory.pageSizeLog2
        // Half the address space: sums of a base and a size never wrap.
        guard pageCount <= (UInt64(Int.max) / 2) &>> UInt64(log) else { return nil }
        return Int(truncatingIfNeeded: pageCount &<< UInt64(log))
    }

    /// Pages that the bytes lie in, the last one maybe not whole.
    private static func coveredPageCount(_ place: Pointer) -> UInt64 {
        let log = UInt64(place.pointee.memory.pageSizeLog2)
        let size = place.pointee.memory.sizeInBytes
        return size &>> log &+ (size & ((1 &<< log) &- 1) == 0 ? 0 : 1)
    }

    /// Pages that the memory would have after growing, or nil beyond all numbers: those that an app heap behind the
    /// declared pages lies in count from the first growth on.
    package static func pageCount(of place: Pointer, grownBy delta: UInt64) -> UInt64? {
        guard delta > 0 else { return place.pointee.memory.pageCount }
        let before = max(place.pointee.memory.pageCount, coveredPageCount(place))
        let (after, overflow) = before.addingReportingOverflow(delta)
        return overflow ? nil : after
    }

    /// Bytes that the memory would have after growing, or nil where it cannot.
    package static func sizeInBytes(of place: Pointer, grownBy delta: UInt64) -> UInt64? {
        guard delta > 0 else { return place.pointee.memory.sizeInBytes }
        guard let after = pageCount(of: place, grownBy: delta) else { return nil }
        return sizeInBytes(of: after, place).map { UInt64(truncatingIfNeeded: $0) }
    }

    private static func byteCount(_ pageCount: UInt64, _ place: Pointer) -> Int {
        sizeInBytes(of: pageCount, place) ?? .max
    }
}

/// Backing and bounds of one memory, once plan, source and type have been asked.
struct LinearMemoryChoice {
    /// Address space to reserve; 0: the bytes come from elsewhere.
    var reservedSizeInBytes = 0
    var hasGuardPages = false
    /// The bytes come from ``GlobalHeap/linearMemoryFunctions``.
    var usesFunctions = false
    /// The bytes come from a pool or from the caller.
    var isScarce = false

    var isReserved: Bool { reservedSizeInBytes > 0 }

    /// The legal pair for a request; another one is an invalid plan.
    @inline(never)
    mutating func choose(
        _ request: UnsafePointer<LinearMemoryRequest>,
        _ heap: GlobalHeap.Pointer
    ) throws(MemoryError) {
        let wantsGuard = request.pointee.bounds == .guardPages
        let hasFunctions = heap.pointee.linearMemoryFunctions != nil
        let isCallers = request.pointee.buffer != nil || hasFunctions
        mote_lock_acquire(&heap.pointee.lock)
        let isPool = heap.pointee.pool != nil
        var isAllocators = false
        if case .allocator = heap.pointee.source { isAllocators = true }
        mote_lock_release(&heap.pointee.lock)
        if wantsGuard, isCallers || request.pointee.backing == .heap {
            throw .invalidPlan(.guardPagesNeedReservation, region: .linearMemory)
        }
        isScarce = true
        if isCallers {
            usesFunctions = request.pointee.buffer == nil
            return
        }
        if isPool {
            if request.pointee.backing == .reserved {
                throw .invalidPlan(.reservationInPool, region: .linearMemory)
            }
            if wantsGuard { throw .invalidPlan(.guardPagesNeedReservation, region: .linearMemory) }
            return
        }
        isScarce = false
        var reserves = request.pointee.backing == .reserved || wantsGuard
        if isAllocators {
            isScarce = !reserves
        } else if request.pointee.backing == .automatic {
            reserves = true
        }
        guard reserves else { return }
        // Guard pages stand for every check only where index + offset cannot leave the reservation, and the
        // fault handler looks at memory 0 alone.
        if !request.pointee.is64, request.pointee.pageSizeLog2 == 16, request.pointee.isFirst,
            request.pointee.bounds != .checked, LinearMemory.hostHasGuardPages
        {
            hasGuardPages = true
            reservedSizeInBytes = LinearMemory.guardedReservationSizeInBytes
            return
        }
        // A 64-bit memory may be declared larger than any address space: growth ends with the reservation.
        let log = UInt64(min(request.pointee.pageSizeLog2, 16))
        let usual = LinearMemory.largestCheckedReservationInBytes &>> log
        let maximum = min(
            request.pointee.effectiveMaximumPageCount,
            max(usual, request.pointee.initialPageCount)
        )
        guard maximum <= LinearMemory.largestReservationInBytes &>> log else { return }
        let page = LinearMemory.systemPageSizeInBytes
        // Safe: at most 64 TiB with an app heap and a page.
        let most = max(maximum &<< log, request.pointee.initialSizeInBytes ?? 0)
        let size = (Int(truncatingIfNeeded: most) &+ page &- 1) & ~(page &- 1)
        reservedSizeInBytes = max(size, page)
    }
}

extension LinearMemoryWishes {
    /// Asks where the bytes of a request come from; errors are those of its memory.
    package mutating func setScarce(
        _ request: UnsafePointer<LinearMemoryRequest>,
        in heap: GlobalHeap.Pointer
    ) throws(MemoryError) {
        var choice = LinearMemoryChoice()
        try choice.choose(request, heap)
        isScarce = choice.isScarce
    }
}
