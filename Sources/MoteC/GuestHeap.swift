package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

// Bytes of memory 0 for the host: from the app heap, or from the allocator that the guest exports. As hosts written for
// WAMR expect, a heap that is absent or full answers 0 without an exception.

@c @implementation
package func wasm_runtime_module_malloc(
    _ handle: OpaquePointer?,
    _ size: UInt64,
    _ native: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UInt64 {
    guard let instance = record(ofInstance: handle) else { return 0 }
    do throws(GuestHeapError) {
        let address = try instance.allocate(size)
        guard address != 0 else { return 0 }
        native?.pointee = wasm_runtime_addr_app_to_native(handle, address)
        return address
    } catch {
        instance.note(error)
        return 0
    }
}

@c @implementation
package func wasm_runtime_module_free(_ handle: OpaquePointer?, _ address: UInt64) {
    guard let instance = record(ofInstance: handle) else { return }
    do throws(GuestHeapError) {
        try instance.free(address)
    } catch {
        // What is no block is ignored; a guest that traps has trapped.
        if error.kind == .trapped { instance.note(error) }
    }
}

@c @implementation
package func wasm_runtime_module_dup_data(
    _ handle: OpaquePointer?,
    _ source: UnsafePointer<CChar>?,
    _ size: UInt64
) -> UInt64 {
    var native: UnsafeMutableRawPointer?
    let address = wasm_runtime_module_malloc(handle, size, &native)
    guard address != 0, let native, let source, let count = Int(exactly: size), count > 0 else {
        return address
    }
    // Safe: what was allocated lies in memory, as many bytes as were asked for.
    memcpy(native, source, count)
    return address
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Bytes of memory 0; 0 while the instance is being made.
    func allocate(_ size: UInt64) throws(GuestHeapError) -> UInt64 {
        guard let instance = pointee.instance else { return 0 }
        return try instance.guestMalloc(size, in: heapEnvironment(of: instance))
    }

    func free(_ address: UInt64) throws(GuestHeapError) {
        guard let instance = pointee.instance else { return }
        try instance.guestFree(address, in: heapEnvironment(of: instance))
    }

    /// Where the guest's allocator runs: in the environment that called us, or in the instance's own.
    ///
    /// Nil where there is none to be had, which the engine then finds as well, or where none is needed.
    private func heapEnvironment(of instance: EngineInstance) -> EngineEnvironment? {
        guard instance.guestHeapKind == .libc else { return nil }
        if let current = EngineEnvironment.current, current.store.state == pointee.store.state {
            return current
        }
        return try? ownEnvironment().pointee.engine
    }

    /// Sets the exception that a failure has in this interface, if it has one.
    func note(_ error: GuestHeapError) {
        switch error.kind {
        case .noMemory: if !isFaulty { setException("uninitialized memory") }
        case .trapped:
            guard let environment = error.environment else { return }
            _ = finish(error.trap, in: environment)
        case .records, .environment:
            guard !isFaulty else { return }
            if let memory = error.memory {
                setException { $0.write(memory) }
            } else {
                setException("allocate memory failed")
            }
        case .absent, .tooLarge, .exhausted, .refused, .outside, .notABlock, .sizeUnknown: break
        }
    }
}

extension TextWriter {
    /// `allocate memory failed`, then which heap was asked, why it did not give, and what would help.
    mutating func write(_ error: GuestHeapError) {
        write("allocate memory failed: ")
        write(error.text)
        if error.requestedInBytes > 0 {
            write(", ")
            write(number: Int(clamping: error.requestedInBytes))
            write(" bytes wanted")
        }
        switch error.kind {
        case .absent: write("; host_managed_heap_size helps, or a guest that exports malloc and free")
        case .exhausted:
            write(", at most ")
            write(number: Int(clamping: error.availableInBytes))
            write(" free; a larger host_managed_heap_size helps")
        default: break
        }
    }
}
