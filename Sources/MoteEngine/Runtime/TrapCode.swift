/// Why guest code stopped.
///
/// 0 is success; the numbers are what handlers, host functions and C hosts return.
package enum TrapCode: UInt8, Error, Sendable {
    case none = 0
    case unreachable = 1
    case callStackExhausted = 2
    case memoryOutOfBounds = 3
    case tableOutOfBounds = 4
    case undefinedElement = 5
    case uninitializedElement = 6
    case indirectCallTypeMismatch = 7
    case integerOverflow = 8
    case integerDivideByZero = 9
    /// ``EngineEnvironment/interrupt()`` was called.
    case interrupted = 10
    case invalidConversionToInteger = 11
    case fuelExhausted = 12
    /// A region could not give; ``EngineEnvironment/memoryError`` says which.
    case memoryExhausted = 13
    /// A host function failed; the embedder parked its error in the environment.
    case hostError = 14
    /// Host and guest called each other too deeply.
    case hostDepthExceeded = 15
    case unalignedAtomic = 16
    case nullReference = 17
    case castFailure = 18
    case uncaughtException = 20
    /// A function import that was left open was called.
    case unlinkedFunction = 21
    case deadline = 22
    /// The environment runs on another thread.
    case environmentBusy = 23
    /// A call through a null reference.
    case nullFunctionReference = 24
    /// `throw_ref` of a null reference.
    case nullExceptionReference = 25
    case nullStructureReference = 26
    case nullArrayReference = 27
    case nullI31Reference = 28
    case arrayOutOfBounds = 29
    /// A wait on memory that is not shared.
    case expectedSharedMemory = 30
    /// Host code was not entered: the thread's own stack is nearly used up.
    case nativeStackOverflow = 31
    /// The guest moved its stack pointer to the end of its stack or beyond.
    case auxiliaryStackOverflow = 32
    /// The guest moved its stack pointer above its stack.
    case auxiliaryStackUnderflow = 33
    /// The guest asked to end (WASI `proc_exit`); its exit code is kept by whoever raised this.
    case exit = 64

    /// The code a host function or a handler returned; what is not a trap code counts as a host error.
    @inlinable
    package init(returned code: UInt32) {
        guard let byte = UInt8(exactly: code), let trap = TrapCode(rawValue: byte) else {
            self = .hostError
            return
        }
        self = trap
    }
}
