package import CMoteAPI
internal import MotePlatform

// What there is no debugger, compiler or switch for: declared, so that hosts link, and refused aloud.

@c @implementation
package func wasm_runtime_start_debug_instance(_ handle: OpaquePointer?) -> UInt32 {
    wasm_runtime_start_debug_instance_with_port(handle, -1)
}

@c @implementation
package func wasm_runtime_start_debug_instance_with_port(_ handle: OpaquePointer?, _ port: Int32) -> UInt32 {
    guard record(ofEnvironment: handle) != nil else { return 0 }
    Log.write(.warning, "there is no debugger: no debug instance is started")
    return 0
}

@c @implementation
package func wasm_runtime_get_pgo_prof_data_size(_ handle: OpaquePointer?) -> UInt32 {
    guard record(ofInstance: handle) != nil else { return 0 }
    Log.write(.warning, "there is no native code: no profile is kept for a compiler")
    return 0
}

@c @implementation
package func wasm_runtime_dump_pgo_prof_data_to_buf(
    _ handle: OpaquePointer?,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: UInt32
) -> UInt32 { wasm_runtime_get_pgo_prof_data_size(handle) }

@c @implementation
package func wasm_runtime_set_bounds_checks(_ handle: OpaquePointer?, _ isOn: Bool) {
    guard record(ofInstance: handle) != nil, !isOn else { return }
    Log.write(.warning, "bounds checks stay on: access outside of linear memory traps")
}

@c @implementation
package func wasm_runtime_is_bounds_checks_enabled(_ handle: OpaquePointer?) -> Bool {
    record(ofInstance: handle) != nil
}
