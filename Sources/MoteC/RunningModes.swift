package import CMoteAPI
internal import MotePlatform

@c @implementation
package func wasm_runtime_is_running_mode_supported(_ mode: RunningMode) -> Bool {
    RunningModes.isSupported(mode)
}

@c @implementation
package func wasm_runtime_set_default_running_mode(_ mode: RunningMode) -> Bool {
    RunningModes.accept(mode)
}

@c @implementation
package func wasm_runtime_set_running_mode(_ handle: OpaquePointer?, _ mode: RunningMode) -> Bool {
    guard record(ofInstance: handle) != nil else { return false }
    return RunningModes.accept(mode)
}

@c @implementation
package func wasm_runtime_get_running_mode(_ handle: OpaquePointer?) -> RunningMode {
    record(ofInstance: handle) == nil ? RunningMode(rawValue: 0) : Mode_Interp
}

@c @implementation
package func wasm_runtime_get_version(
    _ major: UnsafeMutablePointer<UInt32>?,
    _ minor: UnsafeMutablePointer<UInt32>?,
    _ patch: UnsafeMutablePointer<UInt32>?
) {
    // Of the interface: hosts ask for it to know what they may call.
    major?.pointee = 2
    minor?.pointee = 4
    patch?.pointee = 3
}

/// How instances run: by the interpreter.
enum RunningModes {
    static func isSupported(_ mode: RunningMode) -> Bool { mode.rawValue <= Mode_Interp.rawValue }

    /// Whether a mode can be had; the log tells where it cannot.
    static func accept(_ mode: RunningMode) -> Bool {
        if isSupported(mode) { return true }
        Log.write(.error) { text in
            text.write("running mode ")
            text.write(number: Int(mode.rawValue))
            text.write(" is not supported: there is the interpreter only")
        }
        return false
    }
}
