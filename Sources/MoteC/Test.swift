public import CMoteAPI

@c @implementation
public func wasm_runtime_init() -> Bool { true }

@c @implementation
public func wasm_runtime_load(
    _ bytes: UnsafeMutablePointer<UInt8>?, _ size: UInt32, _ errorBuffer: UnsafeMutablePointer<CChar>?,
    _ errorBufferSize: UInt32
) -> OpaquePointer? { nil }

@c @implementation
public func wasm_runtime_set_wasi_args(_ module: wasm_module_t?, _ dirs: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ dirCount: UInt32, _ map: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ mapCount: UInt32, _ env: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ envCount: UInt32, _ argv: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ argc: Int32) {}
