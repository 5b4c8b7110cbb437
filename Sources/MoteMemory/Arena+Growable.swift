internal import CPlatform

/// Stands before the bytes of a growable block; the arena's list runs through it.
struct GrowableHeader {
    var next: UnsafeMutablePointer<GrowableHeader>?
    var previous: UnsafeMutablePointer<GrowableHeader>?
    var sizeInBytes: Int
    var check: UInt32
    var region: UInt8
    /// At the far end of a pool: 1.
    var isHigh: UInt8
    var reserved: UInt16
}

extension Arena {
    /// A block of its own that ``resizeGrowable(_:to:site:)`` and ``freeGrowable(_:)`` take; freed with the
    /// arena at the latest.
    ///
    /// Uninitialised, aligned to 16.
    package func allocateGrowable(
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try allocateGrowable(sizeInBytes: sizeInBytes, region: region, site: site, zeroed: false, high: false)
    }

    /// The same with every byte zero, at no cost where the source gives zeroes.
    package func allocateGrowableZeroed(
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try allocateGrowable(sizeInBytes: sizeInBytes, region: region, site: site, zeroed: true, high: false)
    }

    @inline(never)
    func allocateGrowable(
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite,
        zeroed: Bool,
        high: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let size = try blockSize(for: sizeInBytes, region, site)
        try GlobalHeap.admit(heap, sizeInBytes, region, site)
        let raw: UnsafeMutableRawPointer
        do throws(MemoryError) {
            raw = try GlobalHeap.take(heap, size, region, site, zeroed: zeroed, high: high)
        } catch {
            throw withoutHeader(error)
        }
        guard list(raw, sizeInBytes: sizeInBytes, region: region, high: high) else {
            GlobalHeap.give(heap, raw, size)
            throw .corrupted(region, site: site)
        }
        GlobalHeap.note(heap, sizeInBytes, region, &header.pointee.account)
        return raw + Self.growableHeaderSize
    }

    /// Writes a header and puts it in front of the list; false when the list is not what was written.
    ///
    /// The lock is held.
    @inline(never)
    private func list(
        _ raw: UnsafeMutableRawPointer,
        sizeInBytes: Int,
        region: Region,
        high: Bool
    ) -> Bool {
        let growable = raw.bindMemory(to: GrowableHeader.self, capacity: 1)
        let first = header.pointee.firstGrowable
        if let first {
            guard isValid(first) else {
                header.pointee.heap.pointee.isCorrupted = true
                return false
            }
            first.pointee.previous = growable
            seal(first)
        }
        growable.initialize(
            to: GrowableHeader(
                next: first,
                previous: nil,
                sizeInBytes: sizeInBytes,
                check: 0,
                region: region.rawValue,
                isHigh: high ? 1 : 0,
                reserved: 0
            )
        )
        seal(growable)
        header.pointee.firstGrowable = growable
        return true
    }

    /// Takes over another arena's growable block of the same heap, with a new size and region.
    ///
    /// It moves only where it must to have that size. On failure it is as before.
    package func adoptGrowable(
        _ block: UnsafeMutableRawPointer,
        from other: Arena,
        sizeInBytes: Int,
        region: Region,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        try GlobalHeap.admit(heap, sizeInBytes, region, site)
        let moved = try other.changeSize(of: block, to: sizeInBytes, site: site, zeroed: false)
        let growable = (moved - Self.growableHeaderSize).assumingMemoryBound(to: GrowableHeader.self)
        let isHigh = growable.pointee.isHigh != 0
        guard other.unlist(growable, giveBack: false),
            list(UnsafeMutableRawPointer(growable), sizeInBytes: sizeInBytes, region: region, high: isHigh)
        else { throw .corrupted(region, site: site) }
        GlobalHeap.note(heap, sizeInBytes, region, &header.pointee.account)
        return moved
    }

    /// Grows or shrinks a growable block; it may move.
    ///
    /// On failure it is as before.
    package func resizeGrowable(
        _ block: UnsafeMutableRawPointer,
        to sizeInBytes: Int,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try resizeGrowable(block, to: sizeInBytes, site: site, zeroed: false)
    }

    /// The same with every byte beyond the old size zero.
    package func resizeGrowableZeroed(
        _ block: UnsafeMutableRawPointer,
        to sizeInBytes: Int,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try resizeGrowable(block, to: sizeInBytes, site: site, zeroed: true)
    }

    @inline(never)
    private func resizeGrowable(
        _ block: UnsafeMutableRawPointer,
        to sizeInBytes: Int,
        site: AllocationSite,
        zeroed: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        let old = (block - Self.growableHeaderSize).assumingMemoryBound(to: GrowableHeader.self)
        if sizeInBytes > old.pointee.sizeInBytes, isListed(old) {
            let region = Region(rawValue: old.pointee.region) ?? .structures
            try GlobalHeap.admit(heap, sizeInBytes, region, site)
        }
        return try changeSize(of: block, to: sizeInBytes, site: site, zeroed: zeroed)
    }

    /// The steps of a resize; the lock is held.
    private func changeSize(
        of block: UnsafeMutableRawPointer,
        to sizeInBytes: Int,
        site: AllocationSite,
        zeroed: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let heap = header.pointee.heap
        let old = (block - Self.growableHeaderSize).assumingMemoryBound(to: GrowableHeader.self)
        guard isListed(old) else {
            heap.pointee.isCorrupted = true
            throw .corrupted(.structures, site: site)
        }
        let region = Region(rawValue: old.pointee.region) ?? .structures
        let size = try blockSize(for: sizeInBytes, region, site)
        let oldSizeInBytes = old.pointee.sizeInBytes
        let raw: UnsafeMutableRawPointer
        do throws(MemoryError) {
            raw = try GlobalHeap.change(
                heap,
                UnsafeMutableRawPointer(old),
                oldSizeInBytes &+ Self.growableHeaderSize,
                size,
                region,
                site,
                zeroed: zeroed
            )
        } catch {
            throw withoutHeader(error)
        }
        let growable = raw.bindMemory(to: GrowableHeader.self, capacity: 1)
        growable.pointee.sizeInBytes = sizeInBytes
        seal(growable)
        if growable != old {
            if let next = growable.pointee.next {
                next.pointee.previous = growable
                seal(next)
            }
            if let previous = growable.pointee.previous {
                previous.pointee.next = growable
                seal(previous)
            } else {
                header.pointee.firstGrowable = growable
            }
        }
        GlobalHeap.note(heap, sizeInBytes &- oldSizeInBytes, region, &header.pointee.account)
        return raw + Self.growableHeaderSize
    }

    /// Gives a growable block back before the arena goes.
    @inline(never)
    package func freeGrowable(_ block: UnsafeMutableRawPointer) {
        let heap = header.pointee.heap
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        unlist((block - Self.growableHeaderSize).assumingMemoryBound(to: GrowableHeader.self), giveBack: true)
    }

    /// Takes a block out of the list, and gives it back if asked; false when it is not what was listed.
    ///
    /// The lock is held.
    @discardableResult
    @inline(never)
    func unlist(_ growable: UnsafeMutablePointer<GrowableHeader>, giveBack: Bool) -> Bool {
        let heap = header.pointee.heap
        guard isListed(growable) else {
            heap.pointee.isCorrupted = true
            return false
        }
        let fields = growable.pointee
        if let next = fields.next {
            next.pointee.previous = fields.previous
            seal(next)
        }
        if let previous = fields.previous {
            previous.pointee.next = fields.next
            seal(previous)
        } else {
            header.pointee.firstGrowable = fields.next
        }
        growable.pointee.check = 0
        GlobalHeap.note(
            heap,
            0 &- fields.sizeInBytes,
            Region(rawValue: fields.region) ?? .structures,
            &header.pointee.account
        )
        if giveBack { GlobalHeap.give(heap, growable, fields.sizeInBytes &+ Self.growableHeaderSize) }
        return true
    }
}

// MARK: check words

extension Arena {
    static var growableHeaderSize: Int { MemoryLayout<GrowableHeader>.stride }

    @inline(never)
    private func blockSize(
        for sizeInBytes: Int,
        _ region: Region,
        _ site: AllocationSite
    ) throws(MemoryError) -> Int {
        let (size, overflow) = sizeInBytes.addingReportingOverflow(Self.growableHeaderSize)
        guard !overflow, sizeInBytes >= 0 else {
            throw .exhausted(
                region,
                requested: sizeInBytes < 0 ? .max : sizeInBytes,
                available: GlobalHeap.available(header.pointee.heap),
                site: site
            )
        }
        return size
    }

    /// The error in the caller's numbers.
    @inline(never)
    private func withoutHeader(_ error: MemoryError) -> MemoryError {
        guard error.kind == .exhausted else { return error }
        let available = error.availableInBytes
        return .exhausted(
            error.region,
            requested: error.requestedInBytes &- Self.growableHeaderSize,
            available: available < 0 ? available : max(available &- Self.growableHeaderSize, 0),
            site: error.site
        )
    }

    @inline(never)
    private func check(of growable: UnsafeMutablePointer<GrowableHeader>) -> UInt32 {
        let fields = growable.pointee
        var word = header.pointee.heap.pointee.key ^ UInt64(UInt(bitPattern: growable))
        word = (word ^ UInt64(UInt(bitPattern: fields.next))) &* 0x9E37_79B9_7F4A_7C15
        word = ((word ^ word &>> 29) ^ UInt64(UInt(bitPattern: fields.previous))) &* 0xBF58_476D_1CE4_E5B9
        word =
            ((word ^ word &>> 32) ^ UInt64(truncatingIfNeeded: fields.sizeInBytes)) &* 0x94D0_49BB_1331_11EB
        word ^= UInt64(fields.region) &<< 48 | UInt64(fields.isHigh) &<< 56
        word = (word ^ word &>> 31) &* 0xD6E8_FEB8_6659_FD93
        return UInt32(truncatingIfNeeded: word &>> 32) | 1
    }

    private func seal(_ growable: UnsafeMutablePointer<GrowableHeader>) {
        growable.pointee.check = check(of: growable)
    }

    private func isValid(_ growable: UnsafeMutablePointer<GrowableHeader>) -> Bool {
        growable.pointee.check == check(of: growable)
    }

    /// Whether a block and its neighbours in the list are what was written, and agree.
    @inline(never)
    private func isListed(_ growable: UnsafeMutablePointer<GrowableHeader>) -> Bool {
        guard isValid(growable) else { return false }
        if let next = growable.pointee.next {
            guard isValid(next), next.pointee.previous == growable else { return false }
        }
        guard let previous = growable.pointee.previous else {
            return header.pointee.firstGrowable == growable
        }
        return isValid(previous) && previous.pointee.next == growable
    }
}
