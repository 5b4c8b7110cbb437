internal import CPlatform
internal import MoteMemory

/// The externref handles of a store.
///
/// ```
/// handle: generation (bits 34-63) | entry index + 1 (bits 2-33) | 10        0 is null
/// ```
/// An entry lives while it is retained, afterwards as long as a collection reaches its handle. The collector's lock
/// is held.
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
    /// Entries that a sweep ended and whose finalizers are still to run.
    var firstDying: Int32 = -1

    /// Whether the next handle needs a larger table.
    var isFull: Bool { firstFree < 0 && count == capacity }

    /// A handle retained once.
    mutating func make(
        in arena: Arena,
        data: UnsafeMutableRawPointer?,
        finalizer: HostFinalizer?
    ) throws(MemoryError) -> UInt64 {
        if isFull { try grow(in: arena) }
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
        entries[index].generation = (entries[index].generation &+ 1) & Self.generationMask
        return UInt64(entries[index].generation) &<< 34 | UInt64(index &+ 1) &<< 2 | 2
    }

    /// Generations have 30 bits; odd ones stay odd when they begin again.
    private static var generationMask: UInt32 { 0x3FFF_FFFF }

    /// The entry of a handle that is in use, or nil.
    func entry(of handle: UInt64) -> UnsafeMutablePointer<Entry>? {
        let index = Int(handle &>> 2 & 0xFFFF_FFFF) &- 1
        guard handle & 3 == 2, index >= 0, index < count, let entries else { return nil }
        guard entries[index].generation == UInt32(truncatingIfNeeded: handle &>> 34) else { return nil }
        return entries + index
    }

    /// Notes that a collection reaches a handle.
    func mark(_ handle: UInt64) { entry(of: handle)?.pointee.isMarked = true }

    /// Ends the entries that are neither marked nor retained; their finalizers are still to run.
    mutating func sweep() {
        guard let entries else { return }
        for index in 0..<count where entries[index].generation & 1 == 1 {
            if !entries[index].isMarked, entries[index].retainCount == 0 {
                entries[index].generation = (entries[index].generation &+ 1) & Self.generationMask
                entries[index].nextFree = firstDying
                firstDying = Int32(truncatingIfNeeded: index)
            }
            entries[index].isMarked = false
        }
    }

    /// Frees one of the entries that ended, and gives what its finalizer needs.
    mutating func takeDying() -> (data: UnsafeMutableRawPointer?, finalizer: HostFinalizer?)? {
        guard firstDying >= 0, let entries else { return nil }
        let index = Int(firstDying)
        let entry = entries[index]
        firstDying = entry.nextFree
        entries[index].nextFree = firstFree
        firstFree = Int32(truncatingIfNeeded: index)
        return (entry.data, entry.finalizer)
    }

    /// Ends every entry, whoever holds it.
    mutating func endAll() {
        guard let entries else { return }
        for index in 0..<count {
            entries[index].retainCount = 0
            entries[index].isMarked = false
        }
        sweep()
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
