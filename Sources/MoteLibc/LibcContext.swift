package import CPlatform
package import MoteMemory
package import MoteEngine

/// What the functions of libc-builtin need of the world: where they print, and who allocates.
///
/// Lies where its owner puts it, at a stable address, as long as the instances that import the functions.
package struct LibcContext {
    /// Descriptor that `printf`, `puts` and `putchar` write to.
    package var standardOutput: Int32
    /// Called when the guest ends itself by `exit`, before the trap ``TrapCode/exit``; null: nobody asked.
    package var noteExit: (@convention(c) (UnsafeMutablePointer<MoteEnvironment>, Int32) -> Void)?
    /// Called with a text when the guest ends itself in another way, `env.abort(1)`, before the trap
    /// ``TrapCode/hostError``; null: nobody asked.
    package var report:
        (@convention(c) (UnsafeMutablePointer<MoteEnvironment>, UnsafePointer<CChar>) -> Void)?

    package init(standardOutput: Int32 = 1) { self.standardOutput = standardOutput }
}

/// One call of a guest: its parameters, its memory as it is now, and the context.
struct LibcCall {
    let environment: UnsafeMutablePointer<MoteEnvironment>
    let context: UnsafeMutablePointer<LibcContext>
    /// Parameters, and the result over the first.
    let slots: UnsafeMutablePointer<UInt64>
    let memory: LinearMemoryView

    /// Runs the body of a function: a trap code, or its result.
    @inline(never)
    static func run(
        _ environment: UnsafeMutablePointer<MoteEnvironment>?,
        _ data: UnsafeMutableRawPointer?,
        _ slots: UnsafeMutablePointer<UInt64>?,
        _ body: (LibcCall) throws(LibcFault) -> UInt32
    ) -> UInt32 {
        guard let environment, let data, let slots else { return UInt32(TrapCode.hostError.rawValue) }
        let call = LibcCall(
            environment: environment,
            context: data.assumingMemoryBound(to: LibcContext.self),
            slots: slots,
            memory: LinearMemoryView(environment)
        )
        do throws(LibcFault) {
            slots[0] = UInt64(try body(call))
            return 0
        } catch {
            return UInt32(error.trap.rawValue)
        }
    }

    /// The same for a result of 64 bits.
    @inline(__always)
    static func run64(
        _ environment: UnsafeMutablePointer<MoteEnvironment>?,
        _ data: UnsafeMutableRawPointer?,
        _ slots: UnsafeMutablePointer<UInt64>?,
        _ body: (LibcCall) -> UInt64
    ) -> UInt32 {
        var result: UInt64 = 0
        let code = run(environment, data, slots) { call throws(LibcFault) in
            result = body(call)
            return 0
        }
        if code == 0 { slots?[0] = result }
        return code
    }

    /// A parameter that is an i32.
    func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[index]) }

    /// `count` bytes of the guest's.
    func bytes(_ address: UInt32, _ count: UInt32) throws(LibcFault) -> UnsafeMutablePointer<UInt8> {
        guard let place = memory.pointer(at: UInt64(address), count: UInt64(count)) else {
            throw .outOfBounds
        }
        return place.assumingMemoryBound(to: UInt8.self)
    }

    /// A text of the guest's, which ends in its memory, without the zero behind it.
    func text(_ address: UInt32) throws(LibcFault) -> UnsafeBufferPointer<UInt8> {
        let start = try bytes(address, 1)
        // Safe: the address is below the size.
        let rest = memory.sizeInBytes &- UInt64(address)
        guard let end = memchr(start, 0, Int(truncatingIfNeeded: rest)) else { throw .outOfBounds }
        return UnsafeBufferPointer(
            start: start,
            count: UnsafeRawPointer(end) - UnsafeRawPointer(start)
        )
    }

    /// The guest's address of a byte that lies in a text which begins at `address`.
    static func address(_ address: UInt32, _ offset: Int) -> UInt32 {
        address &+ UInt32(truncatingIfNeeded: offset)
    }
}

/// How a function ends other than well.
struct LibcFault: Error {
    var trap: TrapCode

    static var outOfBounds: LibcFault { LibcFault(trap: .memoryOutOfBounds) }
    static var exit: LibcFault { LibcFault(trap: .exit) }
    static var host: LibcFault { LibcFault(trap: .hostError) }
}
