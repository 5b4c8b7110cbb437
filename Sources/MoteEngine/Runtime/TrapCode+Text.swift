package import MotePlatform

extension TrapCode {
    /// The wording of the specification's tests, where they have one.
    package var text: Text {
        if self == .exit { return Text("exit") }
        return Self.texts.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var texts: TextLines {
        TextLines(
            """
            no trap
            unreachable
            call stack exhausted
            out of bounds memory access
            out of bounds table access
            undefined element
            uninitialized element
            indirect call type mismatch
            integer overflow
            integer divide by zero
            interrupted
            invalid conversion to integer
            fuel exhausted
            memory exhausted
            host function failed
            host calls nested too deeply
            unaligned atomic
            null reference
            cast failure

            unhandled exception
            unlinked function
            deadline passed
            execution environment is in use by another thread
            null function reference
            null exception reference
            null structure reference
            null array reference
            null i31 reference
            out of bounds array access
            expected shared memory
            native stack overflow
            auxiliary stack overflow
            auxiliary stack underflow
            """
        )
    }

    /// The wording of WAMR, which its C interface and command line show.
    package var wamrText: Text {
        switch self {
        case .callStackExhausted: "wasm operand stack overflow"
        case .interrupted, .deadline: "terminated by user"
        case .fuelExhausted: "instruction limit exceeded"
        case .memoryExhausted: "allocate memory failed"
        case .hostError: "native function throw unknown exception"
        case .hostDepthExceeded: "native stack overflow"
        case .uncaughtException: "uncaught wasm exception"
        case .unlinkedFunction: "failed to call unlinked import function"
        case .environmentBusy: "invalid exec env"
        case .auxiliaryStackOverflow: "wasm auxiliary stack overflow"
        case .auxiliaryStackUnderflow: "wasm auxiliary stack underflow"
        case .exit: "wasi proc exit"
        case .none, .unreachable, .memoryOutOfBounds, .tableOutOfBounds, .undefinedElement,
            .uninitializedElement, .indirectCallTypeMismatch, .integerOverflow, .integerDivideByZero,
            .invalidConversionToInteger, .unalignedAtomic, .nullReference, .nullFunctionReference,
            .nullExceptionReference, .nullStructureReference, .nullArrayReference, .nullI31Reference,
            .arrayOutOfBounds, .castFailure, .expectedSharedMemory, .nativeStackOverflow:
            text
        }
    }
}
