package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

@c @implementation
package func wasm_runtime_lookup_function(_ handle: OpaquePointer?, _ name: UnsafePointer<CChar>?)
    -> OpaquePointer?
{
    guard let instance = record(ofInstance: handle), let name,
        case .function(let function)? = instance.pointee.instance?.export(named: bytes(of: name))
    else { return nil }
    return OpaquePointer(function)
}

@c @implementation
package func wasm_runtime_lookup_wasi_start_function(_ handle: OpaquePointer?) -> OpaquePointer? {
    guard let instance = record(ofInstance: handle), instance.pointee.wasi != nil,
        let function = instance.function(named: "_start"), let type = type(of: function),
        type.pointee.values.count == 0
    else { return nil }
    return function
}

@c @implementation
package func wasm_func_get_param_count(_ function: OpaquePointer?, _ instance: OpaquePointer?) -> UInt32 {
    UInt32(clamping: type(of: function)?.pointee.parameters.count ?? 0)
}

@c @implementation
package func wasm_func_get_result_count(_ function: OpaquePointer?, _ instance: OpaquePointer?) -> UInt32 {
    UInt32(clamping: type(of: function)?.pointee.resultCount ?? 0)
}

@c @implementation
package func wasm_func_get_param_types(
    _ function: OpaquePointer?,
    _ instance: OpaquePointer?,
    _ kinds: UnsafeMutablePointer<UInt8>?
) {
    guard let kinds, let parameters = type(of: function)?.pointee.parameters else { return }
    for index in 0..<parameters.count { kinds[index] = kind(of: parameters[checked: index]) }
}

@c @implementation
package func wasm_func_get_result_types(
    _ function: OpaquePointer?,
    _ instance: OpaquePointer?,
    _ kinds: UnsafeMutablePointer<UInt8>?
) {
    guard let kinds, let results = type(of: function)?.pointee.results else { return }
    for index in 0..<results.count { kinds[index] = kind(of: results[checked: index]) }
}

/// The type behind a `wasm_function_inst_t`.
func type(of function: OpaquePointer?) -> UnsafePointer<DefinedType>? {
    guard let function, Door.current != nil else { return nil }
    return FunctionDescription.type(of: UnsafePointer<MoteFunction>(function))
}

/// The interface's number of a value type.
func kind(of type: ValueType?) -> UInt8 {
    guard let type else { return UInt8(WASM_I32.rawValue) }
    switch type {
    case .i32: return UInt8(WASM_I32.rawValue)
    case .i64: return UInt8(WASM_I64.rawValue)
    case .f32: return UInt8(WASM_F32.rawValue)
    case .f64: return UInt8(WASM_F64.rawValue)
    case .v128: return UInt8(WASM_V128.rawValue)
    default:
        let isFunction =
            type.heapType == .function || type.heapType == .noFunction || type.heapType.isConcrete
        return UInt8(truncatingIfNeeded: isFunction ? WASM_FUNCREF.rawValue : WASM_EXTERNREF.rawValue)
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// The exported function with a name that the interface knows.
    func function(named name: Text) -> OpaquePointer? {
        let bytes = name.bytes
        guard case .function(let function)? = pointee.instance?.export(named: bytes) else { return nil }
        return OpaquePointer(function)
    }
}
