internal import CPlatform

/// Where the engine enters compiled code.
enum Interpreter {
    /// Bytes that ``makeStub(at:)`` writes.
    static var stubSizeInBytes: Int { 64 }

    /// Writes the code that a function's code word points to until the function is translated.
    static func makeStub(at address: UnsafeMutableRawPointer) -> UnsafeMutablePointer<MoteCode> {
        address.initializeMemory(as: UInt8.self, repeating: 0, count: stubSizeInBytes)
        return address.assumingMemoryBound(to: MoteCode.self)
    }

    /// Runs a function whose parameters lie at `slots`; results are over them. Returns a trap code.
    static func run(
        _ environment: UnsafeMutablePointer<MoteEnvironment>, _ function: UnsafePointer<MoteFunction>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) -> UInt32 {
        UInt32(TrapCode.unlinkedFunction.rawValue)
    }

    /// Offset in the module of the instruction that `pc` belongs to, or nil where nobody knows.
    static func byteOffset(in code: UnsafePointer<MoteCode>, pc: UnsafeRawPointer) -> UInt32? { nil }

    /// Where the caller of a frame goes on and its frame; null at the entry from the host.
    static func caller(
        of fp: UnsafeMutablePointer<UInt64>, in environment: UnsafeMutablePointer<MoteEnvironment>
    ) -> (UnsafeRawPointer?, UnsafeMutablePointer<UInt64>?) {
        (
            UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: fp[-3])),
            UnsafeMutablePointer(bitPattern: UInt(truncatingIfNeeded: fp[-2]))
        )
    }
}
