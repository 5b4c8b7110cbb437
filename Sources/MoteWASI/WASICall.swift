internal import CPlatform
internal import MoteMemory

/// Trap codes that WASI functions answer; the engine's table of traps has the same numbers.
package enum WASITrap {
    /// The environment's interrupt word was set while the function waited.
    package static var interrupted: UInt32 { 10 }
    /// The same, with a deadline as the reason.
    package static var deadline: UInt32 { 22 }
    /// The function was called without an environment or a context.
    package static var hostError: UInt32 { 14 }
    /// The guest called `proc_exit`; the exit code is in the context.
    package static var exit: UInt32 { 64 }
}

/// How a WASI function ends other than well.
enum WASIFault: Error {
    /// The guest gets the error number as the function's result.
    case errno(WASIErrno)
    /// The guest's execution ends.
    case trap(UInt32)

    /// What an environment's interrupt word asks for.
    static func interrupt(_ word: UInt32) -> WASIFault {
        .trap(word == UInt32(MOTE_INTERRUPT_DEADLINE) ? WASITrap.deadline : WASITrap.interrupted)
    }

    /// The same for a negated error number of the operating system.
    static func system(_ negated: some BinaryInteger) -> WASIFault {
        .errno(WASIErrno(system: 0 &- Int32(truncatingIfNeeded: negated)))
    }
}

/// One call of the guest: its parameters, its memory as it is during the call, and the context.
///
/// The memory belongs to the caller's instance and may move only when guest code runs, so views of it stay good
/// until the function returns.
struct WASICall {
    let environment: UnsafeMutablePointer<MoteEnvironment>
    let context: WASIContext.Pointer
    let slots: UnsafeMutablePointer<UInt64>
    let memory: GuestMemory

    /// Runs the body of a function and puts its error number into the result slot.
    @inline(never)
    static func run(
        _ environment: UnsafeMutablePointer<MoteEnvironment>?,
        _ data: UnsafeMutableRawPointer?,
        _ slots: UnsafeMutablePointer<UInt64>?,
        _ body: (WASICall) throws(WASIFault) -> Void
    ) -> UInt32 {
        guard let environment, let data, let slots else { return WASITrap.hostError }
        let call = WASICall(
            environment: environment,
            context: data.assumingMemoryBound(to: WASIContext.self),
            slots: slots,
            memory: GuestMemory(
                base: environment.pointee.memoryBase,
                sizeInBytes: environment.pointee.memorySizeInBytes,
                sharedHeap: environment.pointee.instance?.sharedHeap
            )
        )
        do {
            try body(call)
            slots[0] = 0
            return 0
        } catch {
            switch error {
            case .errno(let number):
                slots[0] = UInt64(number.rawValue)
                return 0
            case .trap(let code):
                return code
            }
        }
    }

    /// A parameter of type i32.
    ///
    /// The function's signature vouches for the index.
    @inline(__always)
    func word(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: slots[index]) }

    /// A parameter of type i64.
    @inline(__always)
    func doubleWord(_ index: Int) -> UInt64 { slots[index] }
}

/// Throws what a wrapper of `mote_wasi.h` answered, when it is an error.
@inline(__always)
@discardableResult
func check<Result: BinaryInteger>(_ result: Result) throws(WASIFault) -> Result {
    guard result >= 0 else { throw .system(result) }
    return result
}
