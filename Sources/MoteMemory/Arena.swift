internal import CPlatform

/// Head of an arena: the owner's account, the chunks that small blocks are cut from, and the growable blocks.
///
/// ```
/// heap block: [ ArenaHeader ]
/// chunk:      [ ArenaChunk ][ small blocks, bumped ->      free ]
/// growable:   [ GrowableHeader ][ bytes ]        one heap block each, resized and freed alone
/// ```
package struct ArenaHeader {
    package var heap: GlobalHeap.Pointer
    package var kind: OwnerKind
    /// Distinguishes owners of one kind in a report.
    package var identity: UInt32
    var account: OwnerAccount
    package internal(set) var nextArena: UnsafeMutablePointer<ArenaHeader>?
    var previousArena: UnsafeMutablePointer<ArenaHeader>?
    var firstChunk: UnsafeMutablePointer<ArenaChunk>?
    var firstGrowable: UnsafeMutablePointer<GrowableHeader>?
    /// Bytes of all chunks: the next one is a quarter of them.
    var chunkSizeInBytes: Int
}

struct ArenaChunk {
    var next: UnsafeMutablePointer<ArenaChunk>?
    /// From bit 0: bytes of the used part (22 bits); sixteenths of the bytes of the whole block (18 bits), both with
    /// this header; a check of all of it and the chunk's place (24 bits).
    private var word: UInt64

    /// Largest block: its size and every used part fit.
    static var largestSizeInBytes: Int { 1 << 21 }

    /// `sizeInBytes` is a multiple of 16, and neither is above ``largestSizeInBytes``.
    init(next: UnsafeMutablePointer<ArenaChunk>?, sizeInBytes: Int, usedInBytes: Int) {
        self.next = next
        word = UInt64(truncatingIfNeeded: sizeInBytes) &<< 18 | UInt64(truncatingIfNeeded: usedInBytes)
    }

    var sizeInBytes: Int { Int(truncatingIfNeeded: word &>> 22 & 0x3FFFF) &<< 4 }
    var usedInBytes: Int { Int(truncatingIfNeeded: word & 0x3FFFFF) }

    /// The word with the check that belongs to it at an address.
    private func sealed(at address: UInt, _ key: UInt64) -> UInt64 {
        let fields = word & 0xFF_FFFF_FFFF
        var mixed = (key ^ UInt64(address)) &* 0x9E37_79B9_7F4A_7C15
        mixed = ((mixed ^ mixed &>> 29) ^ UInt64(UInt(bitPattern: next))) &* 0xBF58_476D_1CE4_E5B9
        mixed = ((mixed ^ mixed &>> 32) ^ fields) &* 0x94D0_49BB_1331_11EB
        return fields | mixed & 0xFFFF_FF00_0000_0000
    }

    mutating func seal(at address: UInt, _ key: UInt64) { word = sealed(at: address, key) }
    func isValid(at address: UInt, _ key: UInt64) -> Bool { word == sealed(at: address, key) }
}

/// Typed blocks cut from the global heap for one owner and freed as a whole.
///
/// A handle: copying it copies the reference. Used by one thread at a time, except where its owner's lock
/// says so.
@frozen
package struct Arena {
    package let header: UnsafeMutablePointer<ArenaHeader>

    /// A new arena of the owner's kind; destroyed with ``destroy()``.
    package static func create(in heap: GlobalHeap.Pointer, owner: OwnerKind) throws(MemoryError) -> Arena {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let size = MemoryLayout<ArenaHeader>.size
        try GlobalHeap.admit(heap, size, .structures, .arenaHeader)
        let raw = try GlobalHeap.take(heap, size, .structures, .arenaHeader, zeroed: false, high: false)
        let header = raw.bindMemory(to: ArenaHeader.self, capacity: 1)
        header.initialize(
            to: ArenaHeader(
                heap: heap,
                kind: owner,
                identity: heap.pointee.nextOwnerID,
                account: OwnerAccount(),
                nextArena: heap.pointee.firstArena,
                previousArena: nil,
                firstChunk: nil,
                firstGrowable: nil,
                chunkSizeInBytes: 0
            )
        )
        GlobalHeap.note(heap, size, .structures, &header.pointee.account)
        heap.pointee.firstArena?.pointee.previousArena = header
        heap.pointee.firstArena = header
        heap.pointee.nextOwnerID &+= 1
        return Arena(header: header)
    }

    /// `count` values of `Element`, uninitialised; lives until the arena is destroyed.
    ///
    /// A count of zero gives a pointer that must not be read.
    package func allocate<Element>(
        _ type: Element.Type,
        count: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<Element> {
        let form = ValueForm(type, zeroed: false)
        let raw = try allocateValues(count, form, region: region, site: site)
        return raw.bindMemory(to: Element.self, capacity: count)
    }

    /// The same with every byte zero.
    package func allocateZeroed<Element>(
        _ type: Element.Type,
        count: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<Element> {
        let form = ValueForm(type, zeroed: true)
        let raw = try allocateValues(count, form, region: region, site: site)
        return raw.bindMemory(to: Element.self, capacity: count)
    }

    /// `sizeInBytes` bytes, aligned to 16, uninitialised.
    package func allocateBytes(
        _ sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try allocate(sizeInBytes, alignment: 16, region: region, site: site, zeroed: false)
    }

    /// The same with an alignment of 1, 2, 4, 8 or 16.
    package func allocateBytes(
        _ sizeInBytes: Int,
        alignment: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try allocate(sizeInBytes, alignment: alignment, region: region, site: site, zeroed: false)
    }

    /// The owner's account at this moment; reading the header's own races with other threads.
    package var accountSnapshot: MemoryAccount {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        return header.pointee.account.expanded
    }

    /// Gives everything back.
    package func destroy() {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        while let growable = header.pointee.firstGrowable, unlist(growable, giveBack: true) {}
        var chunk = header.pointee.firstChunk
        while let current = chunk {
            guard isValid(current) else {
                heap.pointee.isCorrupted = true
                break
            }
            chunk = current.pointee.next
            GlobalHeap.give(heap, current, current.pointee.sizeInBytes)
        }
        for row in 0..<Region.count {
            guard let region = Region(rawValue: UInt8(truncatingIfNeeded: row)) else { continue }
            heap.pointee.ledger.add(0 &- header.pointee.account.current(row), to: region)
        }
        header.pointee.nextArena?.pointee.previousArena = header.pointee.previousArena
        if let previous = header.pointee.previousArena {
            previous.pointee.nextArena = header.pointee.nextArena
        } else {
            heap.pointee.firstArena = header.pointee.nextArena
        }
        GlobalHeap.give(heap, header, MemoryLayout<ArenaHeader>.size)
    }

    /// `count` values of a form: what all element types have in common.
    @inline(never)
    private func allocateValues(
        _ count: Int,
        _ form: ValueForm,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let (size, overflow) = count.multipliedReportingOverflow(by: form.stride)
        guard !overflow, size >= 0 else {
            throw .exhausted(region, requested: .max, available: -1, site: site)
        }
        return try allocate(
            size,
            alignment: form.alignment,
            region: region,
            site: site,
            zeroed: form.isZeroed
        )
    }

    /// A small block from a chunk, or one of its own from the size on where a header no longer matters.
    @inline(never)
    private func allocate(
        _ sizeInBytes: Int,
        alignment: Int,
        region: Region,
        site: AllocationSite,
        zeroed: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        if sizeInBytes < 0 || sizeInBytes >= Self.ownBlockSizeInBytes || alignment > 16 {
            return try allocateGrowable(
                sizeInBytes: sizeInBytes,
                region: region,
                site: site,
                zeroed: zeroed,
                high: false
            )
        }
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        try GlobalHeap.admit(heap, sizeInBytes, region, site)
        let block = try cut(sizeInBytes, alignment: alignment, region: region, site: site)
        if zeroed { memset(block, 0, sizeInBytes) }
        GlobalHeap.note(heap, sizeInBytes, region, &header.pointee.account)
        return block
    }
}

/// What an arena must know of values: stride (bits from 16), alignment (from 1), whether they are to be zero (bit 0).
///
/// One word, a constant in every caller.
private struct ValueForm {
    private let word: UInt64

    init<Value>(_ type: Value.Type, zeroed: Bool) {
        word =
            UInt64(truncatingIfNeeded: MemoryLayout<Value>.stride) &<< 16
            | UInt64(truncatingIfNeeded: MemoryLayout<Value>.alignment) &<< 1 | (zeroed ? 1 : 0)
    }

    var stride: Int { Int(truncatingIfNeeded: word &>> 16) }
    var alignment: Int { Int(truncatingIfNeeded: word &>> 1 & 0x7FFF) }
    var isZeroed: Bool { word & 1 != 0 }
}

// MARK: chunks

extension Arena {
    /// From this size on a block is a heap block of its own.
    static var ownBlockSizeInBytes: Int { 1024 }
    /// What a chunk in a pool gets beyond what is needed now.
    private static var chunkExtensionInBytes: Int { 256 }
    /// Chunks that are tried for a small block, newest first.
    private static var chunkSearchLimit: Int { 8 }

    /// Cuts from one of the newest chunks, or from a new one.
    ///
    /// The heap's lock is held.
    @inline(never)
    private func cut(
        _ sizeInBytes: Int,
        alignment: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        var chunk = header.pointee.firstChunk
        var steps = 0
        while let current = chunk, steps < Self.chunkSearchLimit {
            guard isValid(current) else {
                header.pointee.heap.pointee.isCorrupted = true
                throw .corrupted(region, site: site)
            }
            if let block = bump(current, sizeInBytes, alignment: alignment) { return block }
            chunk = current.pointee.next
            steps &+= 1
        }
        if let block = extendNewestChunk(sizeInBytes, alignment: alignment) { return block }
        // Safe: the block is below ownBlockSizeInBytes, and new chunks stay below 8 KiB.
        let least = MemoryLayout<ArenaChunk>.size &+ sizeInBytes
        let policy = min(max(512, header.pointee.chunkSizeInBytes / 4), 4096)
        // In a pool the chunk can grow where it is, so it starts small.
        let size = max(least, header.pointee.heap.pointee.pool == nil ? policy : Self.chunkExtensionInBytes)
        let new: UnsafeMutablePointer<ArenaChunk>
        do throws(MemoryError) {
            new = try makeChunk(size, region: region, site: site)
        } catch {
            // A full pool may still have room for just this block.
            new = try makeChunk(least, region: region, site: site)
        }
        guard let block = bump(new, sizeInBytes, alignment: alignment) else {
            throw .exhausted(region, requested: sizeInBytes, available: -1, site: site)
        }
        return block
    }

    @inline(never)
    private func makeChunk(
        _ sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<ArenaChunk> {
        let size = (sizeInBytes &+ 15) & ~15
        let raw = try GlobalHeap.take(header.pointee.heap, size, region, site, zeroed: false, high: false)
        let new = raw.bindMemory(to: ArenaChunk.self, capacity: 1)
        let used = MemoryLayout<ArenaChunk>.size
        new.initialize(
            to: ArenaChunk(next: header.pointee.firstChunk, sizeInBytes: size, usedInBytes: used)
        )
        seal(new)
        header.pointee.firstChunk = new
        header.pointee.chunkSizeInBytes &+= size
        return new
    }

    /// In a pool: makes the newest chunk larger where it is, so that no new one is needed; or gives its end back,
    /// because a new one follows.
    private func extendNewestChunk(_ sizeInBytes: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        guard let pool = header.pointee.heap.pointee.pool, let chunk = header.pointee.firstChunk else {
            return nil
        }
        let size = chunk.pointee.sizeInBytes
        let used = chunk.pointee.usedInBytes
        guard size < 1 << 20 else { return nil }
        // Safe: far below 4 GiB, by the test.
        let least = (used &+ sizeInBytes &+ alignment &+ 15) & ~15
        if pool.resizeInPlace(chunk, from: size, to: least &+ Self.chunkExtensionInBytes) {
            setSize(of: chunk, from: size, to: least &+ Self.chunkExtensionInBytes)
            return bump(chunk, sizeInBytes, alignment: alignment)
        }
        trim(chunk, in: pool)
        return nil
    }

    /// Makes room for small blocks of that many bytes together, so that they lie in one chunk of that size.
    ///
    /// For owners that know what they will ask for; what they ask for beyond it is found as ever.
    @inline(never)
    package func reserve(sizeInBytes: Int, region: Region, site: AllocationSite) throws(MemoryError) {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let size =
            min(max(sizeInBytes, 0), ArenaChunk.largestSizeInBytes / 2) &+ MemoryLayout<ArenaChunk>.size
        try GlobalHeap.admit(heap, size, region, site)
        _ = try makeChunk(size, region: region, site: site)
    }

    /// In a pool: gives back what the newest chunk has left, because its owner hardly asks for more.
    package func trim() {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        guard let pool = heap.pointee.pool, let chunk = header.pointee.firstChunk, isValid(chunk) else {
            return
        }
        trim(chunk, in: pool)
    }

    private func trim(_ chunk: UnsafeMutablePointer<ArenaChunk>, in pool: PoolAccess) {
        let size = chunk.pointee.sizeInBytes
        let used = (chunk.pointee.usedInBytes &+ 15) & ~15
        if pool.resizeInPlace(chunk, from: size, to: used) { setSize(of: chunk, from: size, to: used) }
    }

    private func setSize(of chunk: UnsafeMutablePointer<ArenaChunk>, from old: Int, to size: Int) {
        chunk.pointee = ArenaChunk(
            next: chunk.pointee.next,
            sizeInBytes: size,
            usedInBytes: chunk.pointee.usedInBytes
        )
        seal(chunk)
        header.pointee.chunkSizeInBytes &+= size &- old
        header.pointee.heap.pointee.blockSizeInBytes &+= size &- old
    }

    private func bump(
        _ chunk: UnsafeMutablePointer<ArenaChunk>,
        _ sizeInBytes: Int,
        alignment: Int
    ) -> UnsafeMutableRawPointer? {
        let size = chunk.pointee.sizeInBytes
        let start = (chunk.pointee.usedInBytes &+ alignment &- 1) & ~(alignment &- 1)
        guard start &+ sizeInBytes <= size else { return nil }
        chunk.pointee = ArenaChunk(
            next: chunk.pointee.next,
            sizeInBytes: size,
            usedInBytes: start &+ sizeInBytes
        )
        seal(chunk)
        return UnsafeMutableRawPointer(chunk) + start
    }

    @inline(never)
    private func seal(_ chunk: UnsafeMutablePointer<ArenaChunk>) {
        chunk.pointee.seal(at: UInt(bitPattern: chunk), header.pointee.heap.pointee.key)
    }

    @inline(never)
    private func isValid(_ chunk: UnsafeMutablePointer<ArenaChunk>) -> Bool {
        chunk.pointee.isValid(at: UInt(bitPattern: chunk), header.pointee.heap.pointee.key)
    }
}
