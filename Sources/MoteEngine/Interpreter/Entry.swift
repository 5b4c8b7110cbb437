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
}
