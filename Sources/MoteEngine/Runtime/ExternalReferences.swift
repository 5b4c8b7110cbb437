internal import CPlatform
internal import MoteMemory

/// The externref handles of a store.
///
/// ```
/// handle: generation (32 bits) | entry index + 1 (32 bits)      0 is null
/// ```
/// An entry lives while it is retained; afterwards until ``StoreState`` finds it unreachable or goes.
struct ExternalReferences {
    struct Entry {
        var data: UnsafeMutableRawPointer?
        var finalizer: HostFinalizer?
        var retainCount: UInt32
        /// Distinguishes uses of one entry; odd while in use.
        var generation: UInt32
        var nextFree: Int32
        var isMarked: Bool
    }

    var entries: UnsafeMutablePointer<Entry>?
    var count: Int = 0
    var capacity: Int = 0
    var firstFree: Int32 = -1

    /// A handle retained once.
    mutating func make(
        in arena: Arena,
        data: UnsafeMutableRawPointer?,
        finalizer: HostFinalizer?
    ) throws(MemoryError) -> UInt64 {
        if firstFree < 0, count == capacity { try grow(in: arena) }
        guard let entries else { return 0 }
        let index: Int
        if firstFree >= 0 {
            index = Int(firstFree)
            firstFree = entries[index].nextFree
        } else {
            index = count
            entries[index] = Entry(
                data: nil,
                finalizer: nil,
                retainCount: 0,
                generation: 0,
                nextFree: -1,
                isMarked: false
            )
            count &+= 1
        }
        entries[index].data = data
        entries[index].finalizer = finalizer
        entries[index].retainCount = 1
        entries[index].generation &+= 1
        return UInt64(entries[index].generation) << 32 | UInt64(index &+ 1)
    }

    /// The entry of a handle that is in use, or nil.
    func entry(of handle: UInt64) -> UnsafeMutablePointer<Entry>? {
        let index = Int(handle & 0xFFFF_FFFF) &- 1
        guard index >= 0, index < count, let entries else { return nil }
        guard entries[index].generation == UInt32(truncatingIfNeeded: handle >> 32) else { return nil }
        return entries + index
    }

    /// Ends an entry and runs its finalizer.
    mutating func free(at index: Int) {
        guard let entries, index < count, entries[index].generation & 1 == 1 else { return }
        let entry = entries[index]
        entries[index].generation &+= 1
        entries[index].retainCount = 0
        entries[index].nextFree = firstFree
        firstFree = Int32(truncatingIfNeeded: index)
        entry.finalizer?(entry.data)
    }

    private mutating func grow(in arena: Arena) throws(MemoryError) {
        let stride = MemoryLayout<Entry>.stride
        let newCapacity = capacity == 0 ? 8 : capacity &* 2
        guard newCapacity < 1 << 30 else {
            throw .exhausted(.structures, requested: .max, available: -1, site: .externalReferences)
        }
        let raw: UnsafeMutableRawPointer
        if let entries {
            raw = try arena.resizeGrowable(
                UnsafeMutableRawPointer(entries),
                to: newCapacity &* stride,
                site: .externalReferenceGrowth
            )
        } else {
            raw = try arena.allocateGrowable(
                sizeInBytes: newCapacity &* stride,
                region: .structures,
                site: .externalReferences
            )
        }
        entries = raw.bindMemory(to: Entry.self, capacity: newCapacity)
        capacity = newCapacity
    }
}
