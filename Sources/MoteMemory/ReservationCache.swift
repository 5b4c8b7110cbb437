internal import CPlatform

/// Released reservations of a runtime, kept for the next memory: reserving costs more than taking access
/// away.
///
/// In the runtime's arena; ``destroy(_:)`` before the arena goes. May be used from several threads.
package struct ReservationCache {
    struct Entry {
        var base: UnsafeMutableRawPointer
        var sizeInBytes: Int
    }

    var lock: MoteLock
    var entries: UnsafeMutablePointer<Entry>
    var capacity: Int
    /// Reservations held now.
    package internal(set) var count: Int

    package typealias Pointer = UnsafeMutablePointer<ReservationCache>

    /// A cache of at most `capacity` reservations: the plan's `retainedReservationCount`.
    package static func create(in arena: Arena, capacity: Int) throws(MemoryError) -> Pointer {
        let capacity = max(capacity, 0)
        let size = MemoryLayout<ReservationCache>.stride
        let (entries, overflow) = capacity.multipliedReportingOverflow(by: MemoryLayout<Entry>.stride)
        guard !overflow, entries <= .max &- size else {
            throw .exhausted(.structures, requested: .max, available: -1, site: .reservationCache)
        }
        let raw = try arena.allocateBytes(size &+ entries, region: .structures, site: .reservationCache)
        let cache = raw.bindMemory(to: ReservationCache.self, capacity: 1)
        cache.initialize(
            to: ReservationCache(
                lock: MoteLock(),
                entries: (raw + size).bindMemory(to: Entry.self, capacity: capacity),
                capacity: capacity,
                count: 0
            )
        )
        mote_lock_init(&cache.pointee.lock)
        return cache
    }

    /// Unmaps what is held.
    package static func destroy(_ cache: Pointer) {
        drain(cache)
        mote_lock_destroy(&cache.pointee.lock)
    }

    /// Unmaps what is held and goes on.
    @inline(never)
    package static func drain(_ cache: Pointer) {
        mote_lock_acquire(&cache.pointee.lock)
        defer { mote_lock_release(&cache.pointee.lock) }
        while cache.pointee.count > 0 {
            cache.pointee.count &-= 1
            let entry = cache.pointee.entries[cache.pointee.count]
            mote_release(entry.base, entry.sizeInBytes)
        }
    }

    /// Address space without access; nil when it has run out.
    static func take(_ cache: Pointer?, _ sizeInBytes: Int) -> UnsafeMutableRawPointer? {
        guard let cache else { return mote_reserve(sizeInBytes) }
        if let base = find(cache, sizeInBytes) { return base }
        if let base = mote_reserve(sizeInBytes) { return base }
        // Reservations of other sizes may be in the way.
        drain(cache)
        return mote_reserve(sizeInBytes)
    }

    private static func find(_ cache: Pointer, _ sizeInBytes: Int) -> UnsafeMutableRawPointer? {
        mote_lock_acquire(&cache.pointee.lock)
        defer { mote_lock_release(&cache.pointee.lock) }
        var index = cache.pointee.count
        while index > 0 {
            index &-= 1
            let entry = cache.pointee.entries[index]
            guard entry.sizeInBytes == sizeInBytes else { continue }
            cache.pointee.count &-= 1
            cache.pointee.entries[index] = cache.pointee.entries[cache.pointee.count]
            return entry.base
        }
        return nil
    }

    /// Keeps a reservation, its committed bytes given back to the system, or unmaps it.
    static func give(
        _ cache: Pointer?,
        _ base: UnsafeMutableRawPointer,
        _ sizeInBytes: Int,
        committedSizeInBytes: Int
    ) {
        guard let cache, cache.pointee.capacity > 0,
            committedSizeInBytes == 0 || mote_decommit(base, committedSizeInBytes)
        else {
            mote_release(base, sizeInBytes)
            return
        }
        mote_lock_acquire(&cache.pointee.lock)
        defer { mote_lock_release(&cache.pointee.lock) }
        guard cache.pointee.count < cache.pointee.capacity else {
            mote_release(base, sizeInBytes)
            return
        }
        (cache.pointee.entries + cache.pointee.count).initialize(
            to: Entry(base: base, sizeInBytes: sizeInBytes)
        )
        cache.pointee.count &+= 1
    }
}
