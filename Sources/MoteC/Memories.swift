package import CMoteAPI
internal import CPlatform
internal import MoteEngine

@c @implementation
package func wasm_runtime_lookup_memory(_ handle: OpaquePointer?, _ name: UnsafePointer<CChar>?)
    -> OpaquePointer?
{
    guard let instance = record(ofInstance: handle), let name,
        case .memory(let memory)? = instance.pointee.instance?.export(named: bytes(of: name))
    else { return nil }
    return OpaquePointer(memory)
}

@c @implementation
package func wasm_runtime_get_default_memory(_ handle: OpaquePointer?) -> OpaquePointer? {
    wasm_runtime_get_memory(handle, 0)
}

@c @implementation
package func wasm_runtime_get_memory(_ handle: OpaquePointer?, _ index: UInt32) -> OpaquePointer? {
    record(ofInstance: handle)?.pointee.instance?.memory(at: index).map { OpaquePointer($0) }
}

@c @implementation
package func wasm_memory_get_cur_page_count(_ handle: OpaquePointer?) -> UInt64 {
    memory(of: handle)?.pointee.pageCount ?? 0
}

@c @implementation
package func wasm_memory_get_max_page_count(_ handle: OpaquePointer?) -> UInt64 {
    memory(of: handle)?.pointee.maximumPageCount ?? 0
}

@c @implementation
package func wasm_memory_get_bytes_per_page(_ handle: OpaquePointer?) -> UInt64 {
    memory(of: handle).map { 1 &<< UInt64($0.pointee.pageSizeLog2) } ?? 0
}

@c @implementation
package func wasm_memory_get_shared(_ handle: OpaquePointer?) -> Bool {
    memory(of: handle)?.pointee.isShared == 1
}

@c @implementation
package func wasm_memory_get_base_address(_ handle: OpaquePointer?) -> UnsafeMutableRawPointer? {
    memory(of: handle)?.pointee.base.map { UnsafeMutableRawPointer($0) }
}

@c @implementation
package func wasm_memory_enlarge(_ handle: OpaquePointer?, _ pageCount: UInt64) -> Bool {
    guard let memory = memory(of: handle), let owner = memory.instance.pointee.owner else { return false }
    do throws(EngineError) {
        return try EngineInstance(state: owner.state).store.grow(memory, byPages: pageCount) != nil
    } catch {
        return false
    }
}

@c @implementation
package func wasm_runtime_enlarge_memory(_ handle: OpaquePointer?, _ pageCount: UInt64) -> Bool {
    wasm_memory_enlarge(wasm_runtime_get_default_memory(handle), pageCount)
}

/// The memory behind a `wasm_memory_inst_t`.
func memory(of handle: OpaquePointer?) -> UnsafeMutablePointer<MoteMemory>? {
    guard let handle, Door.current != nil else { return nil }
    return UnsafeMutablePointer(handle)
}
