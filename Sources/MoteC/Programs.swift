package import CMoteAPI
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MoteWASI

@c @implementation
package func wasm_application_execute_main(
    _ handle: OpaquePointer?,
    _ argumentCount: Int32,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Bool {
    guard let instance = record(ofInstance: handle), !instance.isFaulty else { return false }
    guard let environment = wasm_runtime_get_exec_env_singleton(handle) else { return false }
    if let start = wasm_runtime_lookup_wasi_start_function(handle) {
        instance.pointee.wasi?.pointee.exitCode = 0
        if wasm_runtime_call_wasm(environment, start, 0, nil) { return true }
        // The normal end of a program.
        guard instance.hasEnded else { return false }
        instance.clearException()
        return true
    }
    guard let main = instance.function(named: "main") ?? instance.function(named: "_main") else {
        instance.setException(
            "lookup the entry point symbol (like _start, main, _main, __main_argc_argv) failed"
        )
        return false
    }
    // Arguments would lie in an app heap, which this version does not have.
    guard let type = type(of: main), type.pointee.parameters.count == 0, type.pointee.resultCount <= 1 else {
        instance.setException("invalid function type of main function")
        return false
    }
    var result: (UInt32, UInt32) = (0, 0)
    return withUnsafeMutablePointer(to: &result) {
        wasm_runtime_call_wasm(
            environment,
            main,
            0,
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt32.self)
        )
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Whether the exception is the end that the program asked for.
    fileprivate var hasEnded: Bool {
        guard let text = wasm_runtime_get_exception(OpaquePointer(self)) else { return false }
        return equal(bytes(of: text), "Exception: wasi proc exit")
    }
}
