package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

// The types that a module declares, as handles: addresses of the module's own records.

@c @implementation
package func wasm_func_type_get_param_count(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    return UInt32(clamping: UnsafePointer<DefinedType>(type).pointee.parameters.count)
}

@c @implementation
package func wasm_func_type_get_param_valkind(_ type: OpaquePointer?, _ index: UInt32) -> UInt8 {
    guard let type, Door.current != nil,
        let value = UnsafePointer<DefinedType>(type).pointee.parameters[checked: Int(index)]
    else { return .max }
    return kind(of: value)
}

@c @implementation
package func wasm_func_type_get_result_count(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    return UInt32(clamping: UnsafePointer<DefinedType>(type).pointee.resultCount)
}

@c @implementation
package func wasm_func_type_get_result_valkind(_ type: OpaquePointer?, _ index: UInt32) -> UInt8 {
    guard let type, Door.current != nil,
        let value = UnsafePointer<DefinedType>(type).pointee.results[checked: Int(index)]
    else { return .max }
    return kind(of: value)
}

@c @implementation
package func wasm_global_type_get_valkind(_ type: OpaquePointer?) -> UInt8 {
    guard let type, Door.current != nil else { return .max }
    return kind(of: UnsafePointer<GlobalDeclaration>(type).pointee.type.valueType)
}

@c @implementation
package func wasm_global_type_get_mutable(_ type: OpaquePointer?) -> Bool {
    guard let type, Door.current != nil else { return false }
    return UnsafePointer<GlobalDeclaration>(type).pointee.type.isMutable
}

@c @implementation
package func wasm_memory_type_get_shared(_ type: OpaquePointer?) -> Bool {
    guard let type, Door.current != nil else { return false }
    return UnsafePointer<MemoryType>(type).pointee.limits.isShared
}

@c @implementation
package func wasm_memory_type_get_init_page_count(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    return UInt32(clamping: UnsafePointer<MemoryType>(type).pointee.limits.minimum)
}

@c @implementation
package func wasm_memory_type_get_max_page_count(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    let limits = UnsafePointer<MemoryType>(type).pointee.limits
    guard let maximum = limits.maximum else {
        // All that addresses of 32 bits reach.
        let pageSizeLog2 = UnsafePointer<MemoryType>(type).pointee.pageSizeLog2
        return limits.is64 || pageSizeLog2 == 0 ? .max : 1 &<< (32 &- UInt32(pageSizeLog2))
    }
    return UInt32(clamping: maximum)
}

@c @implementation
package func wasm_table_type_get_elem_kind(_ type: OpaquePointer?) -> UInt8 {
    guard let type, Door.current != nil else { return .max }
    return kind(of: UnsafePointer<TableType>(type).pointee.elementType)
}

@c @implementation
package func wasm_table_type_get_shared(_ type: OpaquePointer?) -> Bool {
    guard let type, Door.current != nil else { return false }
    return UnsafePointer<TableType>(type).pointee.limits.isShared
}

@c @implementation
package func wasm_table_type_get_init_size(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    return UInt32(clamping: UnsafePointer<TableType>(type).pointee.limits.minimum)
}

@c @implementation
package func wasm_table_type_get_max_size(_ type: OpaquePointer?) -> UInt32 {
    guard let type, Door.current != nil else { return 0 }
    return UInt32(clamping: UnsafePointer<TableType>(type).pointee.limits.maximum ?? .max)
}
