internal import MoteEngine

/// A trap: why guest code stopped, and where.
public struct Trap: Error, Sendable {
    /// The reasons.
    public enum Code: Sendable, CaseIterable {
        case unreachable
        case callStackExhausted
        case memoryOutOfBounds
        case tableOutOfBounds
        case undefinedElement
        case uninitializedElement
        case indirectCallTypeMismatch
        case integerOverflow
        case integerDivideByZero
        /// Somebody interrupted it.
        case interrupted
        case invalidConversionToInteger
        case fuelExhausted
        /// A region could not give; ``Trap/memory`` says which.
        case memoryExhausted
        /// A host function failed without an error of its own.
        case hostError
        /// Host and guest called each other too deeply.
        case hostDepthExceeded
        case unalignedAtomic
        /// A wait on memory that is not shared.
        case expectedSharedMemory
        case nullReference
        case castFailure
        case arrayOutOfBounds
        case uncaughtException
        /// A function import that was left open was called.
        case unlinkedFunction
        /// Its time was over.
        case deadline
        /// Host code was not entered: the thread's own stack is nearly used up.
        case nativeStackOverflow
        /// The guest moved its stack pointer to the end of its own stack or beyond.
        case auxiliaryStackOverflow
        /// The guest moved its stack pointer above its own stack.
        case auxiliaryStackUnderflow
    }

    /// One line of a backtrace.
    public struct Frame: Sendable {
        /// The function's name: of the name section, else of an export; nil where it has none.
        ///
        /// As the module has it, nothing demangled; bytes that are not UTF-8 and characters that a terminal would act
        /// on are escaped as the text format does it.
        public let functionName: String?
        /// Index in the module's functions; nil for a function of the host.
        public let functionIndex: Int?
        /// Where in the module's bytes the function was; nil where nobody knows.
        public let byteOffset: Int?
        /// What the module's name section calls it, escaped likewise; nil where it has no name.
        public let moduleName: String?
    }

    /// The reason.
    public let code: Code
    /// The reason in the specification's words.
    public let message: String
    /// Innermost first, at most ``frameLimit``; host functions between guest functions stand in it too.
    public let backtrace: [Frame]
    /// Why memory was exhausted, if that is the reason.
    public let memory: MemoryFailure?
    /// Which stack was too small, and what was asked of it, if that is the reason.
    public let stack: StackFailure?

    /// Most lines of a backtrace.
    public static let frameLimit = 64
}

extension Trap: CustomStringConvertible {
    /// The reason, then a line for each frame.
    public var description: String {
        var text = memory?.description ?? stack?.description ?? message
        for (index, frame) in backtrace.enumerated() { text += "\n  #\(index) \(frame)" }
        if backtrace.count == Self.frameLimit { text += "\n  ..." }
        return text
    }
}

extension Trap.Frame: CustomStringConvertible {
    /// As `fib (function 3 of app.wasm, at byte 0x1f2)`.
    public var description: String {
        guard let functionIndex else { return "(host function)" }
        let place = byteOffset.map { ", at byte \(RuntimeError.hexadecimal($0))" } ?? ""
        let owner = moduleName.map { " of \($0)" } ?? ""
        guard let functionName else { return "function \(functionIndex)\(owner)\(place)" }
        return "\(functionName) (function \(functionIndex)\(owner)\(place))"
    }
}

extension Trap.Code {
    /// Nil for what is not the guest's trap: none, exit, busy.
    init?(_ code: EngineTrapCode) {
        switch code {
        case .none, .environmentBusy, .exit: return nil
        case .unreachable: self = .unreachable
        case .callStackExhausted: self = .callStackExhausted
        case .memoryOutOfBounds: self = .memoryOutOfBounds
        case .tableOutOfBounds: self = .tableOutOfBounds
        case .undefinedElement: self = .undefinedElement
        case .uninitializedElement: self = .uninitializedElement
        case .indirectCallTypeMismatch: self = .indirectCallTypeMismatch
        case .integerOverflow: self = .integerOverflow
        case .integerDivideByZero: self = .integerDivideByZero
        case .interrupted: self = .interrupted
        case .invalidConversionToInteger: self = .invalidConversionToInteger
        case .fuelExhausted: self = .fuelExhausted
        case .memoryExhausted: self = .memoryExhausted
        case .hostError: self = .hostError
        case .hostDepthExceeded: self = .hostDepthExceeded
        case .unalignedAtomic: self = .unalignedAtomic
        case .expectedSharedMemory: self = .expectedSharedMemory
        case .nullReference, .nullFunctionReference, .nullExceptionReference, .nullStructureReference,
            .nullArrayReference, .nullI31Reference:
            self = .nullReference
        case .arrayOutOfBounds: self = .arrayOutOfBounds
        case .castFailure: self = .castFailure
        case .uncaughtException: self = .uncaughtException
        case .unlinkedFunction: self = .unlinkedFunction
        case .deadline: self = .deadline
        case .nativeStackOverflow: self = .nativeStackOverflow
        case .auxiliaryStackOverflow: self = .auxiliaryStackOverflow
        case .auxiliaryStackUnderflow: self = .auxiliaryStackUnderflow
        }
    }
}
