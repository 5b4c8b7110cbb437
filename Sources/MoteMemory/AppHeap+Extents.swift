/// One range of an app heap, handed out or free: 24 bytes.
///
/// It reaches up to the start of the next one, or to the heap's end. Ranges are in two orders at once: by address
/// through `previous` and `next`, and in one of two trees through `left` and `right`.
struct AppHeapExtent {
    /// In units of 8 bytes; the highest bit says that it is handed out.
    var word: UInt64
    var left: UInt32
    var right: UInt32
    var previous: UInt32
    var next: UInt32
}

// The lock is held in all of this. Indices are those of extents, below the count, or `noExtent`.
extension AppHeap {
    /// No extent.
    static var noExtent: UInt32 { .max }
    private static var usedBit: UInt64 { 1 << 63 }
    private static var leastCapacity: UInt32 { 6 }

    static func at(_ heap: Pointer, _ extent: UInt32) -> UnsafeMutablePointer<AppHeapExtent> {
        // Safe: only asked for extents that exist, and then there are some.
        heap.pointee.extents.unsafelyUnwrapped + Int(extent)
    }

    static func start(_ heap: Pointer, _ extent: UInt32) -> UInt64 {
        at(heap, extent).pointee.word & ~usedBit
    }

    static func isUsed(_ heap: Pointer, _ extent: UInt32) -> Bool {
        at(heap, extent).pointee.word & usedBit != 0
    }

    static func next(_ heap: Pointer, _ extent: UInt32) -> UInt32 { at(heap, extent).pointee.next }

    static func size(_ heap: Pointer, _ extent: UInt32) -> UInt64 {
        let following = next(heap, extent)
        let end = following == noExtent ? heap.pointee.endUnit : start(heap, following)
        return end &- start(heap, extent)
    }

    static func mark(_ heap: Pointer, _ extent: UInt32, used: Bool) {
        if used {
            at(heap, extent).pointee.word |= usedBit
        } else {
            at(heap, extent).pointee.word &= ~usedBit
        }
    }

    /// Makes sure that one more extent can be had; before the first block, makes the one that is the whole range.
    static func reserve(_ heap: Pointer) throws(MemoryError) {
        guard let extents = heap.pointee.extents else {
            // The range is not empty, or nothing had fitted.
            let raw = try heap.pointee.arena.allocateGrowable(
                sizeInBytes: byteCount(leastCapacity),
                region: .appHeap,
                site: .appHeapExtents
            )
            heap.pointee.extents = raw.bindMemory(to: AppHeapExtent.self, capacity: Int(leastCapacity))
            heap.pointee.extentCapacity = leastCapacity
            insert(heap, make(heap, start: heap.pointee.startUnit, after: noExtent))
            return
        }
        let capacity = heap.pointee.extentCapacity
        guard heap.pointee.extentCount == capacity else { return }
        guard capacity < 1 << 31 else {
            throw .exhausted(.appHeap, requested: .max, available: -1, site: .appHeapGrowth)
        }
        // Safe: below 2^32.
        try resize(heap, extents, to: capacity &+ max(capacity / 4, leastCapacity))
    }

    private static func resize(
        _ heap: Pointer,
        _ extents: UnsafeMutablePointer<AppHeapExtent>,
        to capacity: UInt32
    ) throws(MemoryError) {
        let raw = try heap.pointee.arena.resizeGrowable(
            UnsafeMutableRawPointer(extents),
            to: byteCount(capacity),
            site: .appHeapGrowth
        )
        heap.pointee.extents = raw.bindMemory(to: AppHeapExtent.self, capacity: Int(capacity))
        heap.pointee.extentCapacity = capacity
    }

    /// A free extent that no tree holds yet; there is room for it.
    private static func make(_ heap: Pointer, start: UInt64, after previous: UInt32) -> UInt32 {
        let extent = heap.pointee.extentCount
        heap.pointee.extentCount &+= 1
        let following = previous == noExtent ? noExtent : next(heap, previous)
        at(heap, extent).initialize(
            to: AppHeapExtent(
                word: start,
                left: noExtent,
                right: noExtent,
                previous: previous,
                next: following
            )
        )
        if previous != noExtent { at(heap, previous).pointee.next = extent }
        if following != noExtent { at(heap, following).pointee.previous = extent }
        return extent
    }

    /// Leaves an extent so many units; what is left becomes a free one behind it.
    ///
    /// No tree holds the extent.
    static func split(_ heap: Pointer, _ extent: UInt32, _ unitCount: UInt64) {
        guard size(heap, extent) > unitCount else { return }
        insert(heap, make(heap, start: start(heap, extent) &+ unitCount, after: extent))
    }

    /// Moves the end of a block, at the expense or for the good of the free extent behind it, if there is one.
    static func resize(_ heap: Pointer, _ extent: UInt32, to unitCount: UInt64, following: UInt32) {
        guard following != noExtent else { return split(heap, extent, unitCount) }
        let end = start(heap, extent) &+ unitCount
        remove(heap, following)
        if end == start(heap, following) &+ size(heap, following) {
            unlink(heap, following)
            discard(heap, following)
        } else {
            at(heap, following).pointee.word = end
            insert(heap, following)
        }
    }

    /// Joins a free extent with the free ones beside it, puts it into the tree, and gives unused records back.
    static func joinWithNeighbours(_ heap: Pointer, _ extent: UInt32) {
        let before = at(heap, extent).pointee.previous
        let after = at(heap, extent).pointee.next
        let joinsAfter = after != noExtent && !isUsed(heap, after)
        let joinsBefore = before != noExtent && !isUsed(heap, before)
        if joinsAfter { remove(heap, after) }
        if joinsBefore { remove(heap, before) }
        if joinsAfter { unlink(heap, after) }
        if joinsBefore { unlink(heap, extent) }
        insert(heap, joinsBefore ? before : extent)
        if joinsAfter, joinsBefore {
            // The higher one first: the last extent moves into its place, and that must not be the other one.
            discard(heap, max(after, extent))
            discard(heap, min(after, extent))
        } else if joinsAfter || joinsBefore {
            discard(heap, joinsAfter ? after : extent)
        }
        giveBackExtents(heap)
    }

    private static func unlink(_ heap: Pointer, _ extent: UInt32) {
        let fields = at(heap, extent).pointee
        if fields.previous != noExtent { at(heap, fields.previous).pointee.next = fields.next }
        if fields.next != noExtent { at(heap, fields.next).pointee.previous = fields.previous }
    }

    /// Gives up a record that no list and no tree holds: the last one moves into its place.
    private static func discard(_ heap: Pointer, _ extent: UInt32) {
        heap.pointee.extentCount &-= 1
        let last = heap.pointee.extentCount
        guard last != extent else { return }
        let place = link(heap, to: last)
        place.pointee = extent
        let fields = at(heap, last).pointee
        at(heap, extent).pointee = fields
        if fields.previous != noExtent { at(heap, fields.previous).pointee.next = extent }
        if fields.next != noExtent { at(heap, fields.next).pointee.previous = extent }
    }

    /// Halves the room for records when a quarter of it would do.
    private static func giveBackExtents(_ heap: Pointer) {
        let capacity = heap.pointee.extentCapacity
        guard let extents = heap.pointee.extents, capacity > leastCapacity &* 4,
            heap.pointee.extentCount <= capacity / 4
        else { return }
        // Nothing is lost where it cannot be made smaller.
        try? resize(heap, extents, to: capacity / 2)
    }

    /// Forgets all extents, so that the whole range is free.
    static func discardAll(_ heap: Pointer) {
        if let extents = heap.pointee.extents {
            heap.pointee.arena.freeGrowable(UnsafeMutableRawPointer(extents))
        }
        heap.pointee.extents = nil
        heap.pointee.extentCapacity = 0
        heap.pointee.extentCount = 0
        heap.pointee.usedRoot = noExtent
        heap.pointee.freeRoot = noExtent
    }

    static func byteCount(_ count: UInt32) -> Int { Int(count) &* MemoryLayout<AppHeapExtent>.stride }
}
