package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory

@c @implementation
package func wasm_runtime_malloc(_ size: UInt32) -> UnsafeMutableRawPointer? {
    guard let state = Door.current else { return nil }
    // Zero is asked for by hosts that want a block that can be freed.
    return try? state.pointee.arena.allocateGrowable(
        sizeInBytes: max(Int(size), 1),
        region: .structures,
        site: .cHostBlock
    )
}

@c @implementation
package func wasm_runtime_realloc(_ block: UnsafeMutableRawPointer?, _ size: UInt32)
    -> UnsafeMutableRawPointer?
{
    guard let block else { return wasm_runtime_malloc(size) }
    guard let state = Door.current else { return nil }
    return try? state.pointee.arena.resizeGrowable(block, to: max(Int(size), 1), site: .cHostBlockResize)
}

@c @implementation
package func wasm_runtime_free(_ block: UnsafeMutableRawPointer?) {
    guard let block, let state = Door.current else { return }
    state.pointee.arena.freeGrowable(block)
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
