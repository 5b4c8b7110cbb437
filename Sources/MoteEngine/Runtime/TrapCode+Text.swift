extension TrapCode {
    /// The wording of the specification's tests, where they have one.
    package var text: StaticString {
        switch self {
        case .none: "no trap"
        case .unreachable: "unreachable"
        case .callStackExhausted: "call stack exhausted"
        case .memoryOutOfBounds: "out of bounds memory access"
        case .tableOutOfBounds: "out of bounds table access"
        case .undefinedElement: "undefined element"
        case .uninitializedElement: "uninitialized element"
        case .indirectCallTypeMismatch: "indirect call type mismatch"
        case .integerOverflow: "integer overflow"
        case .integerDivideByZero: "integer divide by zero"
        case .interrupted: "interrupted"
        case .invalidConversionToInteger: "invalid conversion to integer"
        case .fuelExhausted: "fuel exhausted"
        case .memoryExhausted: "memory exhausted"
        case .hostError: "host function failed"
        case .hostDepthExceeded: "host calls nested too deeply"
        case .unalignedAtomic: "unaligned atomic"
        case .expectedSharedMemory: "expected shared memory"
        case .nullReference: "null reference"
        case .nullFunctionReference: "null function reference"
        case .nullExceptionReference: "null exception reference"
        case .nullStructureReference: "null structure reference"
        case .nullArrayReference: "null array reference"
        case .nullI31Reference: "null i31 reference"
        case .arrayOutOfBounds: "out of bounds array access"
        case .castFailure: "cast failure"
        case .uncaughtException: "unhandled exception"
        case .unlinkedFunction: "unlinked function"
        case .deadline: "deadline passed"
        case .environmentBusy: "execution environment is in use by another thread"
        case .nativeStackOverflow: "native stack overflow"
        case .auxiliaryStackOverflow: "auxiliary stack overflow"
        case .auxiliaryStackUnderflow: "auxiliary stack underflow"
        case .exit: "exit"
        }
    }

    /// The wording of WAMR, which its C interface and command line show.
    package var wamrText: StaticString {
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
