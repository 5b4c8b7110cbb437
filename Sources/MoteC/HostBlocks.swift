package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

/// At the start of a block with a large alignment; the bytes that the host sees lie behind.
struct AlignedBlock {
    var place: UnsafeMutableRawPointer
    var next: UnsafeMutablePointer<AlignedBlock>?
}

@c @implementation
package func wasm_runtime_malloc(_ size: UInt32) -> UnsafeMutableRawPointer? {
    guard let state = Door.current else {
        Log.write(.error, "wasm_runtime_malloc failed: memory hasn't been initialized.")
        return nil
    }
    // Zero is asked for by hosts that want a block that can be freed.
    if size == 0 { Log.write(.warning, "warning: wasm_runtime_malloc with size zero") }
    return try? state.pointee.arena.allocateGrowable(
        sizeInBytes: max(Int(size), 1),
        region: .structures,
        site: .cHostBlock
    )
}

@c @implementation
package func wasm_runtime_aligned_alloc(_ size: UInt32, _ alignment: UInt32) -> UnsafeMutableRawPointer? {
    guard let state = Door.current else {
        Log.write(.error, "wasm_runtime_aligned_alloc failed: memory hasn't been initialized.")
        return nil
    }
    guard alignment > 0, alignment & (alignment &- 1) == 0,
        Int(alignment) <= Int(sysconf(Int32(_SC_PAGESIZE)))
    else { return nil }
    let alignment = max(alignment, 8)
    let size = size == 0 ? alignment : size
    guard size % alignment == 0 else { return nil }
    return state.allocate(sizeInBytes: Int(size), alignment: Int(alignment))
}

@c @implementation
package func wasm_runtime_realloc(_ block: UnsafeMutableRawPointer?, _ size: UInt32)
    -> UnsafeMutableRawPointer?
{
    guard let block else { return wasm_runtime_malloc(size) }
    guard let state = Door.current else {
        Log.write(.error, "wasm_runtime_realloc failed: memory hasn't been initialized.")
        return nil
    }
    if state.hasAligned(block) {
        Log.write(.error, "wasm_runtime_realloc failed: blocks of wasm_runtime_aligned_alloc keep their size")
        return nil
    }
    return try? state.pointee.arena.resizeGrowable(block, to: max(Int(size), 1), site: .cHostBlockResize)
}

@c @implementation
package func wasm_runtime_free(_ block: UnsafeMutableRawPointer?) {
    guard let block else {
        Log.write(.warning, "warning: wasm_runtime_free with NULL pointer")
        return
    }
    guard let state = Door.current else {
        Log.write(.error, "wasm_runtime_free failed: memory hasn't been initialized.")
        return
    }
    state.pointee.arena.freeGrowable(state.takeAligned(block) ?? block)
}

@c @implementation
package func wasm_runtime_get_mem_alloc_info(_ info: UnsafeMutablePointer<mem_alloc_info_t>?) -> Bool {
    guard let info, let state = Door.current else { return false }
    let numbers = GlobalHeap.statistics(state.pointee.engine.heap)
    guard numbers.poolTotalInBytes > 0 else { return false }
    info.pointee.total_size = UInt32(clamping: numbers.poolTotalInBytes)
    info.pointee.total_free_size = UInt32(clamping: numbers.poolFreeInBytes)
    info.pointee.highmark_size = UInt32(clamping: numbers.poolPeakInBytes)
    return true
}

extension UnsafeMutablePointer where Pointee == DoorState {
    fileprivate func allocate(sizeInBytes: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        let head = MemoryLayout<AlignedBlock>.size
        // Safe: 32 bits and at most a page.
        guard
            let raw = try? pointee.arena.allocateGrowable(
                sizeInBytes: sizeInBytes &+ alignment &+ head,
                region: .structures,
                site: .cAlignedBlock
            )
        else { return nil }
        let place = (raw + head).alignedUp(toMultipleOf: alignment)
        let block = raw.bindMemory(to: AlignedBlock.self, capacity: 1)
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        block.initialize(to: AlignedBlock(place: place, next: pointee.firstAligned))
        pointee.firstAligned = block
        return place
    }

    fileprivate func hasAligned(_ place: UnsafeMutableRawPointer) -> Bool {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var next = pointee.firstAligned
        while let block = next {
            if block.pointee.place == place { return true }
            next = block.pointee.next
        }
        return false
    }

    /// The block behind what the host has, off the list; nil where it is a block itself.
    fileprivate func takeAligned(_ place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        mote_lock_acquire(lock)
        defer { mote_lock_release(lock) }
        var previous: UnsafeMutablePointer<AlignedBlock>?
        var next = pointee.firstAligned
        while let block = next {
            next = block.pointee.next
            guard block.pointee.place == place else {
                previous = block
                continue
            }
            if let previous { previous.pointee.next = next } else { pointee.firstAligned = next }
            return UnsafeMutableRawPointer(block)
        }
        return nil
    }
}
