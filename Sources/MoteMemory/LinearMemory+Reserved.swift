internal import CPlatform
internal import MotePlatform

// Backing by reservation and commit: the base never moves, and what is not committed has no access and no
// memory.
//
// with guard pages: [ committed, 64 KiB pages ][ no access ................................ ] 8 GiB and one
// page checked:          [ committed ][ no access ] the maximum
extension LinearMemory {
    /// Index and offset are below 4 GiB each, and an access starts below their sum and is less than a page
    /// long.
    static var guardedReservationSizeInBytes: Int { 8 << 30 &+ max(systemPageSizeInBytes, 4096) }
    /// Address space for a checked memory whose maximum is larger, unless it starts out larger.
    static var largestCheckedReservationInBytes: UInt64 { 16 << 30 }
    /// A memory that starts out larger than this is not reserved: half of what most processors give a process.
    static var largestReservationInBytes: UInt64 { 64 << 40 }
    static var systemPageSizeInBytes: Int { Platform.pageSizeInBytes }

    /// Whether faults can become traps here at all.
    static var hostHasGuardPages: Bool {
        #if (arch(x86_64) || arch(arm64)) && (os(Linux) || os(Android))
        return systemPageSizeInBytes <= 65536
        #else
        return false
        #endif
    }

    /// Takes address space for a memory of no bytes yet; false when there is none.
    @inline(never)
    static func reserve(_ place: Pointer, _ choice: LinearMemoryChoice) -> Bool {
        if choice.hasGuardPages, !mote_install_fault_handler() { return false }
        let size = choice.reservedSizeInBytes
        guard let base = ReservationCache.take(place.pointee.cache, size) else { return false }
        place.pointee.memory.base = base.assumingMemoryBound(to: UInt8.self)
        place.pointee.memory.reservedInBytes = UInt64(truncatingIfNeeded: size)
        place.pointee.memory.backing = UInt8(MOTE_BACKING_RESERVED)
        place.pointee.memory.bounds = UInt8(choice.hasGuardPages ? MOTE_BOUNDS_GUARD : MOTE_BOUNDS_CHECKED)
        return true
    }

    /// Makes the memory `size` bytes by committing pages.
    ///
    /// On failure it is as before.
    @inline(never)
    static func extendReserved(_ place: Pointer, to size: Int, site: AllocationSite) throws(MemoryError) {
        let header = place.pointee.arena.header
        let old = Int(truncatingIfNeeded: place.pointee.memory.sizeInBytes)
        let page = systemPageSizeInBytes
        let committed = (size &+ page &- 1) & ~(page &- 1)
        guard let base = place.pointee.memory.base,
            committed <= Int(truncatingIfNeeded: place.pointee.memory.reservedInBytes)
        else {
            throw .exhausted(.linearMemory, requested: size, available: -1, site: site)
        }
        try GlobalHeap.noteMapping(
            header.pointee.heap,
            size &- old,
            region: .linearMemory,
            site: site,
            &header.pointee.account
        )
        if committed > place.pointee.committedSizeInBytes {
            let start = place.pointee.committedSizeInBytes
            guard mote_commit(base + start, committed &- start) else {
                GlobalHeap.noteUnmapping(
                    header.pointee.heap,
                    size &- old,
                    region: .linearMemory,
                    &header.pointee.account
                )
                throw .exhausted(.linearMemory, requested: size, available: -1, site: site)
            }
            place.pointee.committedSizeInBytes = committed
        }
        publish(size, place)
    }

    static func releaseReserved(_ place: Pointer) {
        guard let base = place.pointee.memory.base else { return }
        let header = place.pointee.arena.header
        ReservationCache.give(
            place.pointee.cache,
            base,
            Int(truncatingIfNeeded: place.pointee.memory.reservedInBytes),
            committedSizeInBytes: place.pointee.committedSizeInBytes
        )
        GlobalHeap.noteUnmapping(
            header.pointee.heap,
            Int(truncatingIfNeeded: place.pointee.memory.sizeInBytes),
            region: .linearMemory,
            &header.pointee.account
        )
        place.pointee.committedSizeInBytes = 0
    }
}

extension GlobalHeap {
    /// Counts committed bytes that the heap does not hold; subject to fault injection like an allocation.
    @inline(never)
    static func noteMapping(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        region: Region,
        site: AllocationSite,
        _ account: UnsafeMutablePointer<OwnerAccount>
    ) throws(MemoryError) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        try admit(heap, sizeInBytes, region, site)
        heap.pointee.mappedSizeInBytes &+= sizeInBytes
        note(heap, sizeInBytes, region, account)
    }

    @inline(never)
    static func noteUnmapping(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        region: Region,
        _ account: UnsafeMutablePointer<OwnerAccount>
    ) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        heap.pointee.mappedSizeInBytes &-= sizeInBytes
        note(heap, 0 &- sizeInBytes, region, account)
    }
}
