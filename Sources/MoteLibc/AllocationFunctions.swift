internal import CPlatform
internal import MoteEngine
internal import MoteMemory

// malloc and its family, on the heap that the host manages in the guest's memory. As in C, 0 means that there is no
// memory; a trap is only what leads outside of memory, or happens in a guest's own allocator.
extension LibcCall {
    func allocate() throws(LibcFault) -> UInt32 { try allocate(UInt64(word(0))) }

    func allocateZeroed() throws(LibcFault) -> UInt32 {
        // Safe: two numbers of 32 bits.
        let size = UInt64(word(0)) &* UInt64(word(1))
        let address = try allocate(size)
        if address != 0, let place = LinearMemoryView(environment).pointer(at: UInt64(address), count: size) {
            memset(place, 0, Int(truncatingIfNeeded: size))
        }
        return address
    }

    func reallocate() throws(LibcFault) -> UInt32 {
        guard let instance else { return 0 }
        do throws(GuestHeapError) {
            return UInt32(
                truncatingIfNeeded: try instance.guestRealloc(
                    UInt64(word(0)),
                    to: UInt64(word(1)),
                    in: EngineEnvironment(environment)
                )
            )
        } catch {
            return try Self.nothing(error)
        }
    }

    func duplicateString() throws(LibcFault) -> UInt32 {
        let count = UInt64(try text(word(0)).count) &+ 1
        let address = try allocate(count)
        // Allocating may have moved the memory.
        let memory = LinearMemoryView(environment)
        if address != 0, let source = memory.pointer(at: UInt64(word(0)), count: count),
            let target = memory.pointer(at: UInt64(address), count: count)
        {
            memcpy(target, source, Int(truncatingIfNeeded: count))
        }
        return address
    }

    func free() throws(LibcFault) -> UInt32 {
        guard word(0) != 0, let instance else { return 0 }
        do throws(GuestHeapError) {
            try instance.guestFree(UInt64(word(0)), in: EngineEnvironment(environment))
            return 0
        } catch {
            if error.kind == .notABlock { _ = try bytes(word(0), 4) }
            return try Self.nothing(error)
        }
    }

    private func allocate(_ sizeInBytes: UInt64) throws(LibcFault) -> UInt32 {
        guard let instance else { return 0 }
        do throws(GuestHeapError) {
            return UInt32(
                truncatingIfNeeded: try instance.guestMalloc(sizeInBytes, in: EngineEnvironment(environment))
            )
        } catch {
            return try Self.nothing(error)
        }
    }

    /// The instance whose code called.
    private var instance: EngineInstance? {
        environment.pointee.instance.map { EngineInstance(state: $0.state) }
    }

    private static func nothing(_ error: GuestHeapError) throws(LibcFault) -> UInt32 {
        if error.kind == .trapped { throw LibcFault(trap: error.trap) }
        return 0
    }
}
