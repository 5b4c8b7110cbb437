// Records and table are owned by the context's arena and live until the context is destroyed; records never move.
// A record is held by the table (one reference) and by every call that uses it (one each), see PinnedFile.
internal import CPlatform
internal import MoteMemory

/// A file that the guest has open.
///
/// The host descriptor is closed when the last reference goes, so that a call in one thread never meets a number
/// that another thread closed and the host reused.
struct OpenFile {
    var host: Int32
    /// Closed with the record; false for descriptors of the caller's.
    var isOwned: Bool
    var kind: FileKind
    /// Terminals have neither seek nor tell, which is how guests recognise them.
    var isTerminal: Bool
    /// `fdflags` as the guest set them.
    var flags: UInt16
    var rights: Rights
    var inheriting: Rights
    /// Name of a preopened directory, as the guest finds it; nil for other files.
    var preopenName: UnsafeMutablePointer<UInt8>?
    var preopenNameCount: UInt32
    var referenceCount: UInt32
    var nextFree: UnsafeMutablePointer<OpenFile>?
}

/// The guest's descriptors.
///
/// Every method expects the context's lock to be held, or the context to be unshared.
struct DescriptorTable {
    typealias Record = UnsafeMutablePointer<OpenFile>

    let arena: Arena
    let limit: Int
    private var entries: UnsafeMutablePointer<Record?>?
    private var capacity = 0
    private var firstFree: Record?
    private(set) var openCount = 0

    init(arena: Arena, limit: Int) {
        self.arena = arena
        self.limit = max(0, min(limit, 1 << 20))
    }

    /// The file behind a guest descriptor.
    func file(_ descriptor: UInt32) -> Record? {
        guard let entries, descriptor < UInt32(truncatingIfNeeded: capacity) else { return nil }
        return entries[Int(descriptor)]
    }

    /// A record to fill, with one reference; give it back with ``release(_:)`` if it is not put into the table.
    mutating func makeRecord() throws(MemoryError) -> Record {
        if firstFree == nil {
            // Most programs have the three standard files and one directory.
            let batch = openCount < 4 ? 4 : 16
            let records = try arena.allocate(OpenFile.self, count: batch, region: .wasi, site: .wasiOpenFiles)
            for index in 0..<batch {
                (records + index).initialize(
                    to: Self.unused(next: index &+ 1 < batch ? records + index + 1 : nil)
                )
            }
            firstFree = records
        }
        guard let record = firstFree else {
            throw .exhausted(.wasi, requested: 0, available: 0, site: .wasiOpenFiles)
        }
        firstFree = record.pointee.nextFree
        record.pointee.referenceCount = 1
        return record
    }

    /// Drops a reference; answers the host descriptor to close when it was the last one, -1 otherwise.
    mutating func release(_ record: Record) -> Int32 {
        record.pointee.referenceCount &-= 1
        guard record.pointee.referenceCount == 0 else { return -1 }
        let host = record.pointee.isOwned ? record.pointee.host : -1
        record.initialize(to: Self.unused(next: firstFree))
        firstFree = record
        return host
    }

    /// Gives a record the lowest free descriptor; nil at the limit.
    mutating func insert(_ record: Record) throws(MemoryError) -> UInt32? {
        var index = 0
        while index < capacity, let entries, entries[index] != nil { index &+= 1 }
        guard index < limit else { return nil }
        if index == capacity { try grow() }
        guard let entries else { return nil }
        entries[index] = record
        openCount &+= 1
        return UInt32(truncatingIfNeeded: index)
    }

    /// Takes a descriptor out of the table; its reference passes to the caller.
    mutating func remove(_ descriptor: UInt32) -> Record? {
        guard let entries, let record = file(descriptor) else { return nil }
        entries[Int(descriptor)] = nil
        openCount &-= 1
        return record
    }

    /// Puts a record over an open descriptor and answers the record that was there.
    mutating func replace(_ descriptor: UInt32, with record: Record) -> Record? {
        guard let entries, let old = file(descriptor) else { return nil }
        entries[Int(descriptor)] = record
        return old
    }

    private mutating func grow() throws(MemoryError) {
        let stride = MemoryLayout<Record?>.stride
        let wanted = min(max(4, capacity &* 2), max(limit, 1))
        let raw: UnsafeMutableRawPointer
        if let entries {
            raw = try arena.resizeGrowable(
                UnsafeMutableRawPointer(entries),
                to: wanted &* stride,
                site: .wasiDescriptorTableGrowth
            )
        } else {
            raw = try arena.allocateGrowable(
                sizeInBytes: wanted &* stride,
                region: .wasi,
                site: .wasiDescriptorTable
            )
        }
        let table = raw.assumingMemoryBound(to: Record?.self)
        for index in capacity..<wanted { (table + index).initialize(to: nil) }
        entries = table
        capacity = wanted
    }

    /// Closes all owned descriptors, at the end of the context.
    mutating func closeAll() {
        var index: UInt32 = 0
        while Int(index) < capacity {
            if let record = remove(index) {
                let host = release(record)
                if host >= 0 { _ = mote_close(host) }
            }
            index &+= 1
        }
    }

    private static func unused(next: Record?) -> OpenFile {
        OpenFile(
            host: -1,
            isOwned: false,
            kind: .unknown,
            isTerminal: false,
            flags: 0,
            rights: .none,
            inheriting: .none,
            preopenName: nil,
            preopenNameCount: 0,
            referenceCount: 0,
            nextFree: next
        )
    }
}
