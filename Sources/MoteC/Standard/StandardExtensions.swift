package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// What WAMR adds to the standard interface: wasm_c_api.h.

@c @implementation
package func wasm_config_set_mem_alloc_opt(
    _ configuration: UnsafeMutablePointer<wasm_config_t>?,
    _ type: mem_alloc_type_t,
    _ option: UnsafeMutablePointer<MemAllocOption>?
) -> UnsafeMutablePointer<wasm_config_t>? {
    guard let configuration else { return nil }
    configuration.pointee.mem_alloc_type = type
    configuration.pointee.mem_alloc_option = option?.pointee ?? MemAllocOption()
    return configuration
}

@c @implementation
package func wasm_config_set_linux_perf_opt(
    _ configuration: UnsafeMutablePointer<wasm_config_t>?,
    _ isEnabled: Bool
) -> UnsafeMutablePointer<wasm_config_t>? {
    configuration?.pointee.enable_linux_perf = isEnabled
    return configuration
}

@c @implementation
package func wasm_config_set_segue_flags(
    _ configuration: UnsafeMutablePointer<wasm_config_t>?,
    _ flags: UInt32
) -> UnsafeMutablePointer<wasm_config_t>? {
    configuration?.pointee.segue_flags = flags
    return configuration
}

@c @implementation
package func wasm_engine_new_with_args(
    _ type: mem_alloc_type_t,
    _ option: UnsafePointer<MemAllocOption>?
) -> OpaquePointer? {
    StandardEngine.open(type, option?.pointee ?? MemAllocOption())
}

// MARK: modules

@c @implementation
package func wasm_module_new_ex(
    _ handle: OpaquePointer?,
    _ binary: UnsafeMutablePointer<wasm_byte_vec_t>?,
    _ arguments: UnsafeMutablePointer<LoadArgs>?
) -> UnsafeMutablePointer<wasm_module_t?>? {
    guard let arguments else { return wasm_module_new(handle, binary) }
    let isCopied = arguments.pointee.clone_wasm_binary && !arguments.pointee.wasm_binary_freeable
    let module = StandardModule.make(
        handle,
        binary.map { UnsafePointer($0) }.bytes,
        isCopied ? .copied : .freeable
    )
    if let module, let name = arguments.pointee.name, !wasm_module_set_name(module, name) {
        wasm_module_delete(module)
        return nil
    }
    return module
}

@c @implementation
package func wasm_module_set_name(
    _ handle: UnsafeMutablePointer<wasm_module_t?>?,
    _ name: UnsafePointer<CChar>?
) -> Bool {
    guard let module = StandardModule.behind(handle), let name else { return false }
    let size = strlen(name) &+ 1
    guard let copy = StandardEngine.allocate(size, from: module.pointee.owner) else { return false }
    memcpy(copy, name, size)
    let old = module.pointee.name
    module.pointee.name = UnsafePointer(copy.assumingMemoryBound(to: CChar.self))
    if let old { StandardEngine.free(UnsafeMutableRawPointer(mutating: old)) }
    return true
}

@c @implementation
package func wasm_module_get_name(_ handle: UnsafeMutablePointer<wasm_module_t?>?) -> UnsafePointer<CChar>? {
    guard let module = StandardModule.behind(handle) else { return nil }
    if let name = module.pointee.name { return name }
    let empty: Text = ""
    return empty.cString
}

@c @implementation
package func wasm_module_is_underlying_binary_freeable(
    _ handle: UnsafePointer<wasm_module_t?>?
) -> Bool {
    StandardModule.behind(handle) != nil
}

// MARK: imports and instances

@c @implementation
package func wasm_importtype_is_linked(_ type: UnsafePointer<wasm_importtype_t>?) -> Bool {
    type?.pointee.isLinked ?? false
}

@c @implementation
package func wasm_extern_new_empty(_ handle: OpaquePointer?, _ kind: wasm_externkind_t) -> OpaquePointer? {
    guard let store = StandardStore.behind(handle), UInt32(kind) == WASM_EXTERN_FUNC.rawValue else {
        return nil
    }
    return StandardReference.make(.empty, identity: StandardStore.number(in: store), in: store)?.opaque
}

@c @implementation
package func wasm_instance_new_with_args(
    _ handle: OpaquePointer?,
    _ module: UnsafePointer<wasm_module_t?>?,
    _ imports: UnsafePointer<wasm_extern_vec_t>?,
    _ trap: UnsafeMutablePointer<OpaquePointer?>?,
    _ stackSizeInBytes: UInt32,
    _ heapSizeInBytes: UInt32
) -> OpaquePointer? {
    var arguments = InstantiationArgs()
    arguments.default_stack_size = stackSizeInBytes
    arguments.host_managed_heap_size = heapSizeInBytes
    return wasm_instance_new_with_args_ex(handle, module, imports, trap, &arguments)
}

@c @implementation
package func wasm_instance_new_with_args_ex(
    _ handle: OpaquePointer?,
    _ module: UnsafePointer<wasm_module_t?>?,
    _ imports: UnsafePointer<wasm_extern_vec_t>?,
    _ trap: UnsafeMutablePointer<OpaquePointer?>?,
    _ arguments: UnsafePointer<InstantiationArgs>?
) -> OpaquePointer? {
    var limits = InstanceLimits()
    if let arguments = arguments?.pointee {
        if arguments.default_stack_size > 0 {
            limits.operandStackSizeInBytes = Int(arguments.default_stack_size)
        }
        if arguments.host_managed_heap_size > 0 {
            limits.appHeapSizeInBytes = Int(arguments.host_managed_heap_size)
        }
        if arguments.max_memory_pages > 0 {
            limits.maximumPageCountOverride = UInt64(arguments.max_memory_pages)
        }
    }
    return StandardInstance.make(handle, module, imports, trap, limits)
}

@c @implementation
package func wasm_instance_sum_wasm_exec_time(_ handle: OpaquePointer?) -> Double { 0 }

@c @implementation
package func wasm_instance_get_wasm_func_exec_time(
    _ handle: OpaquePointer?,
    _ name: UnsafePointer<CChar>?
) -> Double {
    0
}
