// The two trees of an app heap: blocks by address; free ranges by size, those of one size by address. Each is a treap:
// ordered by key from left to right, and by priority from top to bottom. A priority is a hash of the address with a seed
// of the heap's, so depths are logarithmic whatever a guest asks for, and nothing is stored for it.
extension AppHeap {
    /// Where an extent stands in its tree's order.
    private struct Key {
        var size: UInt64
        var start: UInt64

        static func < (left: Key, right: Key) -> Bool {
            left.size < right.size || left.size == right.size && left.start < right.start
        }
    }

    private typealias Link = UnsafeMutablePointer<UInt32>

    private static func key(_ heap: Pointer, _ extent: UInt32) -> Key {
        Key(size: isUsed(heap, extent) ? 0 : size(heap, extent), start: start(heap, extent))
    }

    private static func priority(_ heap: Pointer, _ extent: UInt32) -> UInt64 {
        var word = (start(heap, extent) ^ heap.pointee.seed) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word &>> 32) &* 0x94D0_49BB_1331_11EB
        return word ^ word &>> 29
    }

    // The records do not move while a link is held.
    private static func left(_ heap: Pointer, _ extent: UInt32) -> Link {
        withUnsafeMutablePointer(to: &at(heap, extent).pointee.left) { $0 }
    }

    private static func right(_ heap: Pointer, _ extent: UInt32) -> Link {
        withUnsafeMutablePointer(to: &at(heap, extent).pointee.right) { $0 }
    }

    private static func root(_ heap: Pointer, used: Bool) -> Link {
        used
            ? withUnsafeMutablePointer(to: &heap.pointee.usedRoot) { $0 }
            : withUnsafeMutablePointer(to: &heap.pointee.freeRoot) { $0 }
    }

    /// The field that names an extent which is in its tree.
    static func link(_ heap: Pointer, to extent: UInt32) -> UnsafeMutablePointer<UInt32> {
        let wanted = key(heap, extent)
        var place = root(heap, used: isUsed(heap, extent))
        while place.pointee != extent {
            let current = place.pointee
            place = wanted < key(heap, current) ? left(heap, current) : right(heap, current)
        }
        return place
    }

    /// Extents above one in its tree.
    static func steps(_ heap: Pointer, to extent: UInt32) -> Int {
        let wanted = key(heap, extent)
        var current = root(heap, used: isUsed(heap, extent)).pointee
        var count = 0
        while current != extent {
            current = wanted < key(heap, current) ? left(heap, current).pointee : right(heap, current).pointee
            count &+= 1
        }
        return count
    }

    /// Puts an extent into the tree of its kind.
    static func insert(_ heap: Pointer, _ extent: UInt32) {
        let wanted = key(heap, extent)
        let rank = priority(heap, extent)
        var place = root(heap, used: isUsed(heap, extent))
        while place.pointee != noExtent, priority(heap, place.pointee) >= rank {
            let current = place.pointee
            place = wanted < key(heap, current) ? left(heap, current) : right(heap, current)
        }
        // What stood here is parted into what is smaller and what is larger.
        var rest = place.pointee
        place.pointee = extent
        var smaller = left(heap, extent)
        var larger = right(heap, extent)
        while rest != noExtent {
            if key(heap, rest) < wanted {
                smaller.pointee = rest
                smaller = right(heap, rest)
                rest = smaller.pointee
            } else {
                larger.pointee = rest
                larger = left(heap, rest)
                rest = larger.pointee
            }
        }
        smaller.pointee = noExtent
        larger.pointee = noExtent
    }

    /// Takes an extent out of the tree of its kind; its key must be what it was when it was put in.
    static func remove(_ heap: Pointer, _ extent: UInt32) {
        var place = link(heap, to: extent)
        var smaller = at(heap, extent).pointee.left
        var larger = at(heap, extent).pointee.right
        while smaller != noExtent, larger != noExtent {
            if priority(heap, smaller) >= priority(heap, larger) {
                place.pointee = smaller
                place = right(heap, smaller)
                smaller = place.pointee
            } else {
                place.pointee = larger
                place = left(heap, larger)
                larger = place.pointee
            }
        }
        place.pointee = smaller != noExtent ? smaller : larger
    }

    /// The block that begins at an address.
    static func block(_ heap: Pointer, at address: UInt64) -> UInt32 {
        guard address % 8 == 0 else { return noExtent }
        let unit = address / 8
        var extent = heap.pointee.usedRoot
        while extent != noExtent {
            let here = start(heap, extent)
            if unit == here { return extent }
            extent = unit < here ? at(heap, extent).pointee.left : at(heap, extent).pointee.right
        }
        return noExtent
    }

    /// The smallest free extent of at least so many units, and the lowest of those; there is one.
    static func smallestFree(_ heap: Pointer, holding unitCount: UInt64) -> UInt32 {
        var found = noExtent
        var extent = heap.pointee.freeRoot
        while extent != noExtent {
            if size(heap, extent) >= unitCount {
                found = extent
                extent = at(heap, extent).pointee.left
            } else {
                extent = at(heap, extent).pointee.right
            }
        }
        return found
    }

    static func largestFreeUnits(_ heap: Pointer) -> UInt64 {
        // Before the first block there are no records.
        guard heap.pointee.extentCount > 0 else { return heap.pointee.endUnit &- heap.pointee.startUnit }
        var largest: UInt64 = 0
        var extent = heap.pointee.freeRoot
        while extent != noExtent {
            largest = size(heap, extent)
            extent = at(heap, extent).pointee.right
        }
        return largest
    }
}
