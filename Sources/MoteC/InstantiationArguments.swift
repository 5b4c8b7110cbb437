package import CMoteAPI
internal import MoteEngine
internal import MoteMemory

/// Behind a `struct InstantiationArgs2 *`; in the door's arena.
struct ArgumentsRecord {
    static var living: UInt32 { 0x4D6F_6404 }

    var mark: UInt32
    var options = InstanceOptions()
}

/// The record behind a handle, or nil where the handle is null or was given back.
func record(ofArguments handle: OpaquePointer?) -> UnsafeMutablePointer<ArgumentsRecord>? {
    guard let handle, Door.current != nil else { return nil }
    let record = UnsafeMutablePointer<ArgumentsRecord>(handle)
    return record.pointee.mark == ArgumentsRecord.living ? record : nil
}

@c @implementation
package func wasm_runtime_instantiation_args_create(_ target: UnsafeMutablePointer<OpaquePointer?>?) -> Bool {
    guard let state = Door.current, let target else { return false }
    do throws(MemoryError) {
        let raw = try state.pointee.arena.allocateGrowable(
            sizeInBytes: MemoryLayout<ArgumentsRecord>.size,
            region: .structures,
            site: .cInstantiationArguments
        )
        let record = raw.bindMemory(to: ArgumentsRecord.self, capacity: 1)
        record.initialize(to: ArgumentsRecord(mark: ArgumentsRecord.living))
        target.pointee = OpaquePointer(record)
        return true
    } catch {
        return false
    }
}

@c @implementation
package func wasm_runtime_instantiation_args_destroy(_ handle: OpaquePointer?) {
    guard let state = Door.current, let arguments = record(ofArguments: handle) else { return }
    arguments.pointee.mark = 0
    state.pointee.arena.freeGrowable(arguments)
}

@c @implementation
package func wasm_runtime_instantiation_args_set_default_stack_size(_ handle: OpaquePointer?, _ size: UInt32)
{
    record(ofArguments: handle)?.pointee.options.stackSizeInBytes = size
}

@c @implementation
package func wasm_runtime_instantiation_args_set_host_managed_heap_size(
    _ handle: OpaquePointer?,
    _ size: UInt32
) {
    record(ofArguments: handle)?.pointee.options.appHeapSizeInBytes = size
}

@c @implementation
package func wasm_runtime_instantiation_args_set_max_memory_pages(_ handle: OpaquePointer?, _ count: UInt32) {
    record(ofArguments: handle)?.pointee.options.maximumPageCount = count
}

@c @implementation
package func wasm_runtime_instantiation_args_set_custom_data(
    _ handle: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?
) {
    record(ofArguments: handle)?.pointee.options.customData = data
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_arg(
    _ handle: OpaquePointer?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    _ count: Int32
) {
    record(ofArguments: handle)?.pointee.options.wasi.setArguments(arguments, count)
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_env(
    _ handle: OpaquePointer?,
    _ variables: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32
) {
    record(ofArguments: handle)?.pointee.options.wasi.setVariables(variables, count)
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_dir(
    _ handle: OpaquePointer?,
    _ directories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ directoryCount: UInt32,
    _ mappedDirectories: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ mappedDirectoryCount: UInt32
) {
    record(ofArguments: handle)?.pointee.options.wasi.setDirectories(
        directories,
        directoryCount,
        mappedDirectories,
        mappedDirectoryCount
    )
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_stdio(
    _ handle: OpaquePointer?,
    _ input: Int64,
    _ output: Int64,
    _ error: Int64
) {
    record(ofArguments: handle)?.pointee.options.wasi.setStreams(input, output, error)
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_addr_pool(
    _ handle: OpaquePointer?,
    _ addresses: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32
) {
    record(ofArguments: handle)?.pointee.options.wasi.setAddresses(addresses, count)
}

@c @implementation
package func wasm_runtime_instantiation_args_set_wasi_ns_lookup_pool(
    _ handle: OpaquePointer?,
    _ names: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ count: UInt32
) {
    record(ofArguments: handle)?.pointee.options.wasi.setLookupNames(names, count)
}
