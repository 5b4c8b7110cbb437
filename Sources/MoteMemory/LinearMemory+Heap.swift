internal import CPlatform

// Backing from the global heap: one growable block, at the far end of a pool; growth may move the base.
extension LinearMemory {
    /// Makes the memory `size` bytes, what is new zero.
    ///
    /// On failure it is as before.
    @inline(never)
    static func extendHeap(_ place: Pointer, to size: Int, site: AllocationSite) throws(MemoryError) {
        let arena = place.pointee.arena
        place.pointee.memory.backing = UInt8(MOTE_BACKING_HEAP)
        place.pointee.memory.bounds = UInt8(MOTE_BOUNDS_CHECKED)
        guard size > 0 else { return }
        let raw: UnsafeMutableRawPointer
        if let base = place.pointee.memory.base {
            raw = try arena.resizeGrowableZeroed(UnsafeMutableRawPointer(base), to: size, site: site)
        } else {
            raw = try arena.allocateGrowable(
                sizeInBytes: size,
                region: .linearMemory,
                site: site,
                zeroed: true,
                high: true
            )
        }
        place.pointee.memory.base = raw.assumingMemoryBound(to: UInt8.self)
        place.pointee.memory.sizeInBytes = UInt64(truncatingIfNeeded: size)
    }

    /// Gives a shared memory, whose base must stay, a block with room for its maximum, or where there is none for
    /// its initial size alone: then it never grows.
    static func allocateShared(_ place: Pointer, _ size: Int, roomFor most: Int) throws(MemoryError) {
        let heap = place.pointee.arena.header.pointee.heap
        let injected = heap.pointee.injectedFailureCount
        var room = most
        while true {
            do throws(MemoryError) {
                if place.pointee.usesFunctions {
                    try extendFunctions(place, to: room, site: .sharedMemoryCallerBlock)
                } else {
                    try extendHeap(place, to: room, site: .sharedMemoryBlock)
                }
                break
            } catch {
                guard room > size, heap.pointee.injectedFailureCount == injected else { throw error }
                room = size
            }
        }
        place.pointee.committedSizeInBytes = room
        publish(size, place)
    }

    /// Makes more of the block part of the memory.
    static func extendShared(_ place: Pointer, to size: Int) throws(MemoryError) {
        let available = place.pointee.committedSizeInBytes
        guard size <= available else {
            throw .exhausted(.linearMemory, requested: size, available: available, site: .linearMemoryGrowth)
        }
        publish(size, place)
    }
}
