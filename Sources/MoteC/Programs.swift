package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
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
    guard
        let main = instance.function(named: "main") ?? instance.function(named: "__main_argc_argv")
            ?? instance.function(named: "_main")
    else {
        instance.setException(
            "lookup the entry point symbol (like _start, main, _main, __main_argc_argv) failed"
        )
        return false
    }
    guard let shape = MainShape(main, of: instance) else {
        instance.setException("invalid function type of main function")
        return false
    }
    // Both numbers, or the result; an address of 64 bits takes two cells.
    var cells = InlineArray<4, UInt32>(repeating: 0)
    var place: UInt64 = 0
    if shape.takesArguments {
        do throws(GuestHeapError) {
            place = try instance.place(argumentCount, arguments, shape, &cells)
        } catch {
            instance.note(error)
            if !instance.isFaulty { instance.setException { $0.write(error) } }
            return false
        }
    }
    let isDone = withUnsafeMutablePointer(to: &cells) {
        wasm_runtime_call_wasm(
            environment,
            main,
            shape.cellCount,
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt32.self)
        )
    }
    if place != 0 { wasm_runtime_module_free(handle, place) }
    // The first argument's place takes the result, as hosts written for WAMR expect it.
    if isDone, shape.hasResult, argumentCount > 0, let arguments {
        UnsafeMutableRawPointer(arguments).storeBytes(of: cells[0], as: UInt32.self)
    }
    return isDone && !instance.isFaulty
}

/// What a `main` takes and gives.
private struct MainShape {
    /// A count and the address of addresses.
    let takesArguments: Bool
    let hasResult: Bool
    let is64: Bool

    var cellCount: UInt32 { takesArguments ? is64 ? 3 : 2 : 0 }
    var addressSizeInBytes: Int { is64 ? 8 : 4 }

    init?(_ main: OpaquePointer, of instance: UnsafeMutablePointer<InstanceRecord>) {
        guard let type = type(of: main), type.pointee.resultCount <= 1,
            type.pointee.resultCount == 0 || type.pointee.results[checked: 0] == .i32
        else { return nil }
        is64 = instance.pointee.instance?.memory(at: 0)?.pointee.is64 == 1
        hasResult = type.pointee.resultCount == 1
        takesArguments = type.pointee.parameters.count > 0
        guard takesArguments else { return }
        guard type.pointee.parameters.count == 2, type.pointee.parameters[checked: 0] == .i32,
            type.pointee.parameters[checked: 1] == (is64 ? .i64 : .i32)
        else { return nil }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Puts a program's arguments into its memory, and their count and address into cells.
    ///
    /// ```
    /// [ addresses ][ null ][ strings, each with its NUL ]
    /// ```
    fileprivate func place(
        _ count: Int32,
        _ strings: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
        _ shape: MainShape,
        _ cells: inout InlineArray<4, UInt32>
    ) throws(GuestHeapError) -> UInt64 {
        let count = strings == nil ? 0 : Int(Swift.max(count, 0))
        var size = (count &+ 1) &* shape.addressSizeInBytes
        for index in 0..<count { size &+= length(of: strings?[index]) &+ 1 }
        let address = try allocate(UInt64(size))
        guard let base = pointee.instance?.memory(at: 0)?.pointee.base else { return address }
        // Safe: what was allocated lies in memory, as many bytes as were asked for.
        let start = UnsafeMutableRawPointer(base + Int(truncatingIfNeeded: address))
        var text = (count &+ 1) &* shape.addressSizeInBytes
        for index in 0...count {
            var target: UInt64 = 0
            if index < count {
                let size = length(of: strings?[index])
                if let string = strings?[index] { memcpy(start + text, string, size) }
                (start + text + size).storeBytes(of: 0, as: UInt8.self)
                target = address &+ UInt64(text)
                text &+= size &+ 1
            }
            if shape.is64 {
                (start + index &* 8).storeBytes(of: target.littleEndian, as: UInt64.self)
            } else {
                (start + index &* 4).storeBytes(
                    of: UInt32(truncatingIfNeeded: target).littleEndian,
                    as: UInt32.self
                )
            }
        }
        cells[0] = UInt32(truncatingIfNeeded: count)
        cells[1] = UInt32(truncatingIfNeeded: address)
        cells[2] = UInt32(truncatingIfNeeded: address &>> 32)
        return address
    }

    private func length(of string: UnsafeMutablePointer<CChar>?) -> Int {
        string.map { Int(truncatingIfNeeded: strlen($0)) } ?? 0
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Whether the exception is the end that the program asked for.
    fileprivate var hasEnded: Bool {
        guard let text = wasm_runtime_get_exception(OpaquePointer(self)) else { return false }
        return equal(bytes(of: text), "Exception: wasi proc exit")
    }
}
