internal import MoteEngine

/// Which stack was too small, and what was asked of it.
public struct StackFailure: Equatable, Sendable {
    /// The stacks that guest code uses.
    public enum Stack: Sendable {
        /// Frames of guest functions: ``MemoryPlan/operandStack``.
        case operand
        /// The guest's own in linear memory, which its linker made.
        case auxiliary
        /// The calling thread's, which only host code uses.
        case native
    }

    /// The stack.
    public let stack: Stack
    /// Its size in bytes; nil where nobody knows.
    public let sizeInBytes: UInt64?
    /// Least size in bytes for the call that did not fit and all that it was nested in; nil where nobody knows.
    public let neededInBytes: UInt64?
    let code: EngineTrapCode

    init(_ shortage: StackShortage, code: EngineTrapCode) {
        self.code = code
        sizeInBytes = shortage.sizeInBytes > 0 ? shortage.sizeInBytes : nil
        neededInBytes = shortage.neededInBytes > 0 ? shortage.neededInBytes : nil
        stack =
            switch shortage.stack {
            case .operand: .operand
            case .auxiliary: .auxiliary
            case .native: .native
            }
    }
}

extension StackFailure: CustomStringConvertible {
    /// The reason in the specification's words, how much there was and was asked for, and which setting helps.
    public var description: String {
        let has = sizeInBytes.map { " of \(Self.bytes($0))" } ?? ""
        let needs = neededInBytes.map { ", at least \(Self.bytes($0)) needed" } ?? ""
        return "\(code.text): \(name)\(has)\(needs); \(advice)"
    }

    private var name: String {
        switch stack {
        case .operand: "operand stack"
        case .auxiliary:
            code == .auxiliaryStackUnderflow
                ? "stack pointer above the guest's own stack" : "the guest's own stack"
        case .native: "the calling thread's stack"
        }
    }

    /// The setting that helps.
    public var advice: String {
        switch stack {
        case .operand: "a larger operandStack helps"
        case .auxiliary:
            code == .auxiliaryStackUnderflow
                ? "checksAuxiliaryStack = false lets a guest use stacks of its own"
                : "the linker's -z stack-size= sets its size"
        case .native: "a thread with a larger stack helps, or a smaller nativeStackReserve"
        }
    }

    private static func bytes(_ count: UInt64) -> String {
        ByteCount.text(Int(clamping: count))
    }
}
