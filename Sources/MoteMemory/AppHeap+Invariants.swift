internal import CPlatform

extension AppHeap {
    /// Whether everything that an app heap knows agrees; for tests, in time proportional to the blocks.
    package static func checkInvariants(_ heap: Pointer) -> Bool {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let count = heap.pointee.extentCount
        guard heap.pointee.usedInBytes <= heap.pointee.peakInBytes else { return false }
        guard heap.pointee.extents != nil else {
            return count == 0 && heap.pointee.usedInBytes == 0 && heap.pointee.blockCount == 0
        }
        guard count > 0, count <= heap.pointee.extentCapacity else { return false }
        var used: UInt64 = 0
        var blockCount = 0
        var firsts = 0
        for extent in 0..<count {
            let fields = at(heap, extent).pointee
            if fields.previous == noExtent {
                firsts &+= 1
                guard start(heap, extent) == heap.pointee.startUnit else { return false }
            } else if next(heap, fields.previous) != extent {
                return false
            } else if !isUsed(heap, fields.previous), !isUsed(heap, extent) {
                return false
            }
            if fields.next != noExtent {
                guard fields.next < count, at(heap, fields.next).pointee.previous == extent,
                    start(heap, fields.next) > start(heap, extent)
                else { return false }
            }
            // Each is found in its tree, in its place.
            guard link(heap, to: extent).pointee == extent else { return false }
            if isUsed(heap, extent) {
                used &+= size(heap, extent) &* 8
                blockCount &+= 1
            }
        }
        return firsts == 1 && used == heap.pointee.usedInBytes && blockCount == heap.pointee.blockCount
    }

    /// Extents that there are, and that there is room for.
    package static func recordCounts(_ heap: Pointer) -> (count: Int, capacity: Int) {
        (Int(heap.pointee.extentCount), Int(heap.pointee.extentCapacity))
    }

    /// Most steps from the root to an extent.
    package static func depth(_ heap: Pointer) -> Int {
        var deepest = 0
        for extent in 0..<heap.pointee.extentCount {
            deepest = max(deepest, steps(heap, to: extent))
        }
        return deepest
    }
}
