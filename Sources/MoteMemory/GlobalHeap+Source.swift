internal import CPlatform

// The steps of one operation, for GlobalHeap's own methods and for arenas. The heap's lock is held around
// each.
extension GlobalHeap {
    /// Counts a request, and lets it fail when its turn has come.
    @inline(never)
    static func admit(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        _ region: Region,
        _ site: AllocationSite
    ) throws(MemoryError) {
        heap.pointee.allocationCount &+= 1
        if heap.pointee.isCorrupted { throw .corrupted(region, site: site) }
        guard heap.pointee.failureCountdown >= 0 else { return }
        heap.pointee.failureCountdown &-= 1
        if heap.pointee.failureCountdown < 0 {
            heap.pointee.injectedFailureCount &+= 1
            heap.pointee.failureSite = site
            throw .exhausted(region, requested: sizeInBytes, available: available(heap), site: site)
        }
    }

    /// Adds bytes to the ledger and to the owner's account.
    @inline(never)
    static func note(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        _ region: Region,
        _ account: UnsafeMutablePointer<OwnerAccount>?
    ) {
        heap.pointee.ledger.add(sizeInBytes, to: region)
        account?.pointee.add(sizeInBytes, to: region)
    }

    /// Largest block that the source could give now, or -1 where it cannot know.
    @inline(never)
    static func available(_ heap: Pointer) -> Int { heap.pointee.pool?.largestAvailableInBytes ?? -1 }

    /// A block from the source; `high` puts it at the far end of a pool.
    @inline(never)
    static func take(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        _ region: Region,
        _ site: AllocationSite,
        zeroed: Bool,
        high: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let block: UnsafeMutableRawPointer?
        let size = sizeInBytes > 0 ? sizeInBytes : 1
        switch heap.pointee.source {
        case .system:
            block = sizeInBytes < 0 ? nil : zeroed ? calloc(1, size) : malloc(size)
        case .allocator(let functions):
            block =
                sizeInBytes < 0
                ? nil : functions.allocate(UnsafeMutableRawPointer(bitPattern: functions.userData), size)
            if let block, UInt(bitPattern: block) & 15 != 0 {
                functions.free(UnsafeMutableRawPointer(bitPattern: functions.userData), block)
                throw .invalidPlan(.allocatorMisaligned, region: region)
            }
            if zeroed, let block { memset(block, 0, size) }
        case .pool:
            block = heap.pointee.pool?.allocate(sizeInBytes: sizeInBytes, zeroed: zeroed, high: high)
        }
        guard let block else { throw refusal(heap, sizeInBytes, region, site) }
        heap.pointee.blockSizeInBytes &+= sizeInBytes
        return block
    }

    /// A block with another size; `zeroed` clears the bytes beyond the old size.
    @inline(never)
    static func change(
        _ heap: Pointer,
        _ block: UnsafeMutableRawPointer,
        _ oldSizeInBytes: Int,
        _ sizeInBytes: Int,
        _ region: Region,
        _ site: AllocationSite,
        zeroed: Bool
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        if heap.pointee.isCorrupted { throw .corrupted(region, site: site) }
        var moved: UnsafeMutableRawPointer?
        let size = sizeInBytes > 0 ? sizeInBytes : 1
        switch heap.pointee.source {
        case .system:
            moved = sizeInBytes < 0 ? nil : realloc(block, size)
        case .allocator(let functions):
            let data = UnsafeMutableRawPointer(bitPattern: functions.userData)
            if sizeInBytes < 0 {
                moved = nil
            } else if let reallocate = functions.reallocate {
                moved = reallocate(data, block, size)
            } else if sizeInBytes <= oldSizeInBytes {
                moved = block
            } else if let fresh = functions.allocate(data, size) {
                memcpy(fresh, block, oldSizeInBytes)
                functions.free(data, block)
                moved = fresh
            }
        case .pool:
            moved = heap.pointee.pool?.resize(
                block,
                from: oldSizeInBytes,
                to: sizeInBytes,
                zeroed: zeroed
            )
        }
        guard let moved else { throw refusal(heap, sizeInBytes, region, site) }
        if zeroed, heap.pointee.pool == nil, sizeInBytes > oldSizeInBytes {
            memset(moved + oldSizeInBytes, 0, sizeInBytes &- oldSizeInBytes)
        }
        heap.pointee.blockSizeInBytes &+= sizeInBytes &- oldSizeInBytes
        return moved
    }

    /// Gives a block back to the source.
    @inline(never)
    static func give(_ heap: Pointer, _ block: UnsafeMutableRawPointer, _ sizeInBytes: Int) {
        switch heap.pointee.source {
        case .system:
            CPlatform.free(block)
        case .allocator(let functions):
            functions.free(UnsafeMutableRawPointer(bitPattern: functions.userData), block)
        case .pool:
            guard let pool = heap.pointee.pool, pool.free(block, sizeInBytes: sizeInBytes) else {
                heap.pointee.isCorrupted = true
                return
            }
        }
        heap.pointee.blockSizeInBytes &-= sizeInBytes
    }

    @inline(never)
    private static func refusal(
        _ heap: Pointer,
        _ sizeInBytes: Int,
        _ region: Region,
        _ site: AllocationSite
    ) -> MemoryError {
        heap.pointee.failureSite = site
        if let pool = heap.pointee.pool, pool.isCorrupted {
            heap.pointee.isCorrupted = true
            return .corrupted(region, site: site)
        }
        return .exhausted(region, requested: sizeInBytes, available: available(heap), site: site)
    }
}
