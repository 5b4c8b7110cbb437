internal import CPlatform

// Backing by the caller: a buffer for one memory, which grows to the buffer's end, or functions that give blocks for the
// memories of a runtime. The ledger counts the bytes of both, though the heap holds none of them.
extension LinearMemory {
    /// Lets the memory lie in a buffer of the caller's, still without bytes.
    static func adopt(_ place: Pointer, _ buffer: LinearMemoryBuffer) throws(MemoryError) {
        guard buffer.base & 15 == 0 else {
            throw .invalidPlan(.linearMemoryBufferMisaligned, region: .linearMemory)
        }
        setCaller(place)
        let base = UnsafeMutablePointer<UInt8>(bitPattern: buffer.base)
        place.pointee.memory.base = base
        place.pointee.committedSizeInBytes = base == nil ? 0 : max(buffer.sizeInBytes, 0)
        place.pointee.isZeroed = buffer.isZeroed
    }

    /// Makes the memory `size` bytes of the buffer, what is new zero.
    ///
    /// On failure it is as before.
    @inline(never)
    static func extendBuffer(_ place: Pointer, to size: Int, site: AllocationSite) throws(MemoryError) {
        let old = Int(truncatingIfNeeded: place.pointee.memory.sizeInBytes)
        let capacity = place.pointee.committedSizeInBytes
        guard size <= capacity else {
            throw .exhausted(.linearMemory, requested: size, available: capacity, site: site)
        }
        try noteCaller(place, size &- old, site: site)
        if !place.pointee.isZeroed, let base = place.pointee.memory.base, size > old {
            memset(base + old, 0, size &- old)
        }
        publish(size, place)
    }

    /// Makes the memory `size` bytes by the caller's functions, what is new zero.
    ///
    /// On failure it is as before. The base may move.
    @inline(never)
    static func extendFunctions(_ place: Pointer, to size: Int, site: AllocationSite) throws(MemoryError) {
        guard let functions = place.pointee.arena.header.pointee.heap.pointee.linearMemoryFunctions else {
            return
        }
        setCaller(place)
        place.pointee.usesFunctions = true
        let old = Int(truncatingIfNeeded: place.pointee.memory.sizeInBytes)
        guard size > old else { return }
        try noteCaller(place, size &- old, site: site)
        let data = UnsafeMutableRawPointer(bitPattern: functions.userData)
        let base = place.pointee.memory.base.map { UnsafeMutableRawPointer($0) }
        let moved: UnsafeMutableRawPointer?
        if let base, let reallocate = functions.reallocate {
            moved = reallocate(data, base, size)
        } else {
            moved = functions.allocate(data, size)
        }
        guard let moved else {
            unnoteCaller(place, size &- old)
            throw .exhausted(.linearMemory, requested: size, available: -1, site: site)
        }
        if UInt(bitPattern: moved) & 15 != 0, base == nil || functions.reallocate == nil {
            functions.free(data, moved)
            unnoteCaller(place, size &- old)
            throw .invalidPlan(.allocatorMisaligned, region: .linearMemory)
        }
        if let base, functions.reallocate == nil {
            memcpy(moved, base, old)
            functions.free(data, base)
        }
        memset(moved + old, 0, size &- old)
        place.pointee.memory.base = moved.assumingMemoryBound(to: UInt8.self)
        publish(size, place)
    }

    static func releaseCaller(_ place: Pointer) {
        let size = place.pointee.usesFunctions ? heldSizeInBytes(place) : currentSizeInBytes(place)
        unnoteCaller(place, size)
        guard place.pointee.usesFunctions, let base = place.pointee.memory.base,
            let functions = place.pointee.arena.header.pointee.heap.pointee.linearMemoryFunctions
        else { return }
        functions.free(UnsafeMutableRawPointer(bitPattern: functions.userData), base)
    }

    /// Bytes that the functions gave: of a shared memory more than it has now.
    private static func heldSizeInBytes(_ place: Pointer) -> Int {
        place.pointee.memory.isShared != 0
            ? place.pointee.committedSizeInBytes : currentSizeInBytes(place)
    }

    private static func currentSizeInBytes(_ place: Pointer) -> Int {
        Int(truncatingIfNeeded: place.pointee.memory.sizeInBytes)
    }

    private static func setCaller(_ place: Pointer) {
        place.pointee.memory.backing = UInt8(MOTE_BACKING_CALLER)
        place.pointee.memory.bounds = UInt8(MOTE_BOUNDS_CHECKED)
    }

    @inline(never)
    private static func noteCaller(
        _ place: Pointer,
        _ size: Int,
        site: AllocationSite
    ) throws(MemoryError) {
        let header = place.pointee.arena.header
        try GlobalHeap.noteMapping(
            header.pointee.heap,
            size,
            region: .linearMemory,
            site: site,
            &header.pointee.account
        )
    }

    @inline(never)
    private static func unnoteCaller(_ place: Pointer, _ size: Int) {
        let header = place.pointee.arena.header
        GlobalHeap.noteUnmapping(
            header.pointee.heap,
            size,
            region: .linearMemory,
            &header.pointee.account
        )
    }
}
