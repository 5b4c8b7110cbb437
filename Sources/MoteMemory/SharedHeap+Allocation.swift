// Bytes handed out in the one heap of a chain that is not the caller's buffer. The allocator keeps its records outside;
// it knows addresses from a fixed start on, because those of guests change with the chain.
extension SharedHeap {
    /// Where the allocator thinks that the heap begins: it never hands out address 0.
    private static var allocatorStart: UInt64 { 1 << 16 }

    static func makeAllocator(_ sizeInBytes: Int, in arena: Arena) throws(MemoryError) -> AppHeap.Pointer {
        try AppHeap.create(
            offset: allocatorStart,
            sizeInBytes: UInt64(truncatingIfNeeded: sizeInBytes),
            in: arena
        )
    }

    /// Bytes that a heap has handed out now, and the most there ever were; nil in a buffer of the caller's.
    package static func allocation(_ heap: Pointer) -> (usedInBytes: UInt64, peakInBytes: UInt64)? {
        heap.pointee.allocator.map { ($0.pointee.usedInBytes, $0.pointee.peakInBytes) }
    }

    /// The heap of a chain that hands out memory.
    private static func allocating(_ first: Pointer) -> Pointer? {
        var next: Pointer? = first
        while let heap = next {
            if heap.pointee.origin != .buffer { return heap }
            next = heap.pointee.next
        }
        return nil
    }

    /// Hands out bytes of a chain: their place; `guestAddress` says where guests see it.
    package static func allocate(
        _ first: Pointer,
        sizeInBytes: UInt64
    ) throws(SharedHeapError) -> (heap: Pointer, offset: UInt64) {
        guard let heap = allocating(first) else { throw .fault(.inBuffer) }
        guard let allocator = heap.pointee.allocator else { throw .fault(.inBuffer) }
        do throws(MemoryError) {
            return (heap, try AppHeap.allocate(allocator, sizeInBytes) &- allocatorStart)
        } catch {
            throw .memory(error)
        }
    }

    /// Takes back what was handed out at a distance from a heap's start.
    package static func free(_ heap: Pointer, offset: UInt64) throws(SharedHeapError) {
        guard heap.pointee.origin != .buffer else { throw .fault(.freedInBuffer) }
        // Safe: the distance is at most 1 GiB.
        guard let allocator = heap.pointee.allocator, AppHeap.free(allocator, offset &+ allocatorStart) else {
            throw .fault(.notInHeap)
        }
    }

    /// Bytes handed out now, and at most, in a chain.
    package static func usage(_ first: Pointer) -> (used: UInt64, peak: UInt64) {
        guard let heap = allocating(first) else { return (0, 0) }
        guard let allocator = heap.pointee.allocator else { return (0, 0) }
        return (allocator.pointee.usedInBytes, allocator.pointee.peakInBytes)
    }
}
