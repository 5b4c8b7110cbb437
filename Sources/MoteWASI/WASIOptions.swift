package import MoteMemory

/// A directory that the guest finds open when it starts.
package struct WASIPreopen {
    /// Its path on the host; null when ``descriptor`` is given.
    package var hostPath: UnsafePointer<CChar>?
    /// An open directory of the caller's, which stays the caller's; -1 when ``hostPath`` is given.
    package var descriptor: Int32
    /// The name by which the guest finds it.
    package var guestPath: UnsafePointer<CChar>

    package init(hostPath: UnsafePointer<CChar>?, descriptor: Int32 = -1, guestPath: UnsafePointer<CChar>) {
        self.hostPath = hostPath
        self.descriptor = descriptor
        self.guestPath = guestPath
    }
}

/// A clock of the embedder's: nanoseconds of the clock with a WASI id (0 realtime, 1 monotonic, 2 CPU time of the
/// process, 3 of the thread).
package typealias WASIClock = @convention(c) (_ userData: UnsafeMutableRawPointer?, _ id: UInt32) -> UInt64

/// A source of random bytes of the embedder's; answers whether it filled the buffer.
package typealias WASIRandom =
    @convention(c) (_ userData: UnsafeMutableRawPointer?, _ buffer: UnsafeMutableRawPointer, _ count: Int) ->
    Bool

/// What a guest sees of the world.
///
/// The pointers are read during ``WASIContext/create(heap:options:)`` only.
package struct WASIOptions {
    package var arguments: UnsafePointer<UnsafePointer<CChar>?>?
    package var argumentCount = 0
    /// Strings `NAME=VALUE`.
    package var environment: UnsafePointer<UnsafePointer<CChar>?>?
    package var environmentCount = 0
    package var preopens: UnsafePointer<WASIPreopen>?
    package var preopenCount = 0
    /// Host descriptors that the guest has as 0, 1 and 2; they stay the caller's.
    ///
    /// Negative: the guest has none.
    package var standardInput: Int32 = 0
    package var standardOutput: Int32 = 1
    package var standardError: Int32 = 2
    /// Nil: the system's clocks.
    package var clock: WASIClock?
    /// Nil: the system's random numbers.
    package var random: WASIRandom?
    /// First argument of the two functions.
    package var userData: UnsafeMutableRawPointer?
    /// Most descriptors that the guest may have open at one time.
    package var descriptorLimit = 1024

    package init() {}
}

/// Why a context could not be made.
///
/// Nothing is left open or allocated then.
package enum WASISetupError: Error, Equatable, Sendable {
    case memory(MemoryError)
    /// A preopened directory could not be opened; the number is the operating system's `errno`.
    case preopen(index: Int, errno: Int32)
    /// Arguments or environment are more than 32-bit sizes can tell.
    case stringsTooLarge
    /// The descriptors of the options are more than the limit.
    case tooManyDescriptors
}
