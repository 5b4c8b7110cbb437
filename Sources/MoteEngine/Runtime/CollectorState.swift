internal import CPlatform
internal import MoteMemory

/// What a store keeps for its garbage-collected heap and for the references that the host holds.
///
/// Its lock is held while an object is allocated, while a collection runs, and while the host's handles change; it is
/// taken before the store's own lock, never after it.
struct CollectorState {
    /// Made with the first object.
    var heap: GCHeap.Pointer?
    var roots = HostRoots()
    /// Collects before every allocation, to find what is not rooted.
    var isStressed = false
    /// No collection may start: finalizers run, or values lie where nobody finds them.
    var deferralCount = 0
    /// The instance whose entities are being made; it is not in the store's list yet.
    var initializing: UnsafeMutablePointer<InstanceState>?
    /// An object was handed to the host: see ``Publishing``.
    var hasPublishedObjects = false
}

/// References that the host keeps, each in a numbered entry.
struct HostRoots {
    struct Entry {
        /// The reference, or 0 and the next free entry.
        var reference: UInt64
        var nextFree: UInt32
    }

    var entries: UnsafeMutablePointer<Entry>?
    var count: UInt32 = 0
    var capacity: UInt32 = 0
    /// Entry number of the first free one; 0 for none.
    var firstFree: UInt32 = 0

    /// The number, never 0, of a new entry.
    mutating func add(_ reference: UInt64, in arena: Arena) throws(MemoryError) -> UInt32 {
        if firstFree == 0, count == capacity { try grow(in: arena) }
        guard let entries else { return 0 }
        let number: UInt32
        if firstFree != 0 {
            number = firstFree
            firstFree = entries[Int(number &- 1)].nextFree
        } else {
            count &+= 1
            number = count
        }
        entries[Int(number &- 1)] = Entry(reference: reference, nextFree: 0)
        return number
    }

    mutating func remove(_ number: UInt32) {
        guard number > 0, number <= count, let entries, entries[Int(number &- 1)].reference != 0 else {
            return
        }
        entries[Int(number &- 1)] = Entry(reference: 0, nextFree: firstFree)
        firstFree = number
    }

    private mutating func grow(in arena: Arena) throws(MemoryError) {
        let stride = MemoryLayout<Entry>.stride
        let newCapacity = capacity == 0 ? 8 : capacity &* 2
        guard newCapacity < 1 << 30 else {
            throw .exhausted(.structures, requested: .max, available: -1, site: .hostRoots)
        }
        let size = Int(newCapacity) &* stride
        let raw: UnsafeMutableRawPointer
        if let entries {
            raw = try arena.resizeGrowable(UnsafeMutableRawPointer(entries), to: size, site: .hostRootGrowth)
        } else {
            raw = try arena.allocateGrowable(sizeInBytes: size, region: .structures, site: .hostRoots)
        }
        entries = raw.bindMemory(to: Entry.self, capacity: Int(newCapacity))
        capacity = newCapacity
    }
}
