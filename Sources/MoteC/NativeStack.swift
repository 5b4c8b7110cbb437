package import CMoteAPI
internal import CPlatform
internal import MoteEngine

@c @implementation
package func wasm_runtime_set_native_stack_boundary(
    _ handle: OpaquePointer?,
    _ boundary: UnsafeMutablePointer<UInt8>?
) {
    record(ofEnvironment: handle)?.pointee.engine.nativeStackBoundary = boundary.map { UInt(bitPattern: $0) }
}

@c @implementation
package func wasm_runtime_detect_native_stack_overflow(_ handle: OpaquePointer?) -> Bool {
    guard let environment = record(ofEnvironment: handle) else { return false }
    return environment.pointee.instance.check(!environment.pointee.engine.isShortOfNativeStack())
}

@c @implementation
package func wasm_runtime_detect_native_stack_overflow_size(
    _ handle: OpaquePointer?,
    _ sizeInBytes: UInt32
) -> Bool {
    guard let environment = record(ofEnvironment: handle) else { return false }
    let isEnough = environment.pointee.engine.hasNativeStack(sizeInBytes: Int(sizeInBytes))
    return environment.pointee.instance.check(isEnough)
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    fileprivate func check(_ hasNativeStack: Bool) -> Bool {
        if !hasNativeStack { setException(TrapCode.nativeStackOverflow.wamrText) }
        return hasNativeStack
    }
}
