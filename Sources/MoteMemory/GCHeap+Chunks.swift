// Chunks: taken when nothing else has room, given back when nothing lives in them.

extension GCHeap {
    static func exhausted(_ heap: Pointer, _ size: Int, _ site: AllocationSite) -> MemoryError {
        let left = heap.pointee.maximumSizeInBytes &- heap.pointee.sizeInBytes &- GCChunk.headerSizeInBytes
        return .exhausted(.gcHeap, requested: size, available: max(left, 0), site: site)
    }

    /// A chunk with room for an object, half as large as all chunks so far where the maximum and the source allow.
    static func addChunk(_ heap: Pointer, for size: Int) throws(MemoryError) {
        let left = heap.pointee.maximumSizeInBytes &- heap.pointee.sizeInBytes
        let least = size &+ GCChunk.headerSizeInBytes
        guard least <= left else { throw exhausted(heap, size, .gcHeapChunk) }
        let half = heap.pointee.smallSizeInBytes / 2
        let wanted = min(max(half, firstChunkSizeInBytes), largestChunkSizeInBytes)
        let preferred = min(max(wanted, least), left) & ~7
        let global = heap.pointee.arena.header.pointee.heap
        let injected = global.pointee.injectedFailureCount
        let chunk: UnsafeMutablePointer<GCChunk>
        do throws(MemoryError) {
            chunk = try makeChunk(heap, max(preferred, least))
        } catch {
            guard preferred > least, global.pointee.injectedFailureCount == injected else { throw error }
            chunk = try makeChunk(heap, least)
        }
        heap.pointee.smallSizeInBytes &+= chunk.pointee.sizeInBytes
        insert(chunk, heap)
        put(heap, chunk.start, Int(bitPattern: chunk.end &- chunk.start))
    }

    /// A chunk for one object, all zero.
    static func addLarge(_ heap: Pointer, _ size: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
        let left = heap.pointee.maximumSizeInBytes &- heap.pointee.sizeInBytes
        // Safe: sizes of objects are below 2^37.
        let total = size &+ GCChunk.headerSizeInBytes
        guard total <= left else { throw exhausted(heap, size, .gcHeapLargeObject) }
        let raw = try heap.pointee.arena.allocateGrowableZeroed(
            sizeInBytes: total,
            region: .gcHeap,
            site: .gcHeapLargeObject
        )
        heap.pointee.sizeInBytes &+= total
        let chunk = raw.bindMemory(to: GCChunk.self, capacity: 1)
        let first = heap.pointee.firstLarge
        chunk.initialize(to: GCChunk(next: first, previous: nil, sizeInBytes: total, liveInBytes: 0))
        first?.pointee.previous = chunk
        heap.pointee.firstLarge = chunk
        return raw + GCChunk.headerSizeInBytes
    }

    private static func makeChunk(
        _ heap: Pointer,
        _ size: Int
    ) throws(MemoryError) -> UnsafeMutablePointer<GCChunk> {
        let raw = try heap.pointee.arena.allocateGrowable(
            sizeInBytes: size,
            region: .gcHeap,
            site: .gcHeapChunk
        )
        heap.pointee.sizeInBytes &+= size
        let chunk = raw.bindMemory(to: GCChunk.self, capacity: 1)
        chunk.initialize(to: GCChunk(next: nil, previous: nil, sizeInBytes: size, liveInBytes: 0))
        return chunk
    }

    /// Puts a chunk into the list, which is ordered by address: the search for grey objects goes upwards.
    private static func insert(_ chunk: UnsafeMutablePointer<GCChunk>, _ heap: Pointer) {
        var previous: UnsafeMutablePointer<GCChunk>?
        var next = heap.pointee.firstChunk
        while let other = next, other < chunk {
            previous = other
            next = other.pointee.next
        }
        chunk.pointee.next = next
        chunk.pointee.previous = previous
        next?.pointee.previous = chunk
        if let previous { previous.pointee.next = chunk } else { heap.pointee.firstChunk = chunk }
    }

    /// Gives a chunk back; no free block of its is in a list.
    static func remove(_ chunk: UnsafeMutablePointer<GCChunk>, isLarge: Bool, _ heap: Pointer) {
        let (next, previous) = (chunk.pointee.next, chunk.pointee.previous)
        next?.pointee.previous = previous
        if let previous {
            previous.pointee.next = next
        } else if isLarge {
            heap.pointee.firstLarge = next
        } else {
            heap.pointee.firstChunk = next
        }
        heap.pointee.sizeInBytes &-= chunk.pointee.sizeInBytes
        if !isLarge { heap.pointee.smallSizeInBytes &-= chunk.pointee.sizeInBytes }
        heap.pointee.arena.freeGrowable(chunk)
    }
}
