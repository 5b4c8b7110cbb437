internal import MoteMemory
internal import MoteModule

/// Parameters and results of a block.
struct BlockSignature {
    /// Parameters, then results; nil for the short forms without parameters.
    var values: UnsafeMutablePointer<ValueType>?
    var parameterCount: UInt32
    var resultCount: UInt32
    /// The result of a short form.
    var single: ValueType

    @inline(__always) var parameters: Items<ValueType> {
        Items(base: values, count: Int(parameterCount))
    }

    /// One of the short forms; `bottom` for no result.
    @inline(__always)
    init(result: ValueType) {
        values = nil
        parameterCount = 0
        resultCount = result == .bottom ? 0 : 1
        single = result
    }

    @inline(__always)
    init(type: UnsafeMutablePointer<DefinedType>) {
        values = type.pointee.values.base
        parameterCount = type.pointee.parameterCount
        resultCount = UInt32(truncatingIfNeeded: type.pointee.resultCount)
        single = .bottom
    }
}

/// An open block (spec appendix "Validation Algorithm", `ctrl_frame`).
struct ControlFrame {
    enum Kind: UInt8 {
        case function
        case block
        case loop
        case conditional
        case alternative
        case tryTable
        /// A `try` in its body, in a `catch`, in its `catch_all`.
        case legacyTry
        case legacyCatch
        case legacyCatchAll
    }

    /// The signature's single result: first, so that a list of types may begin at the frame.
    var single: ValueType
    var parameterCount: UInt32
    var values: UnsafeMutablePointer<ValueType>?
    var resultCount: UInt32
    /// Heights of the operand stack, of the v128 in it, and of the locals set, where the block starts.
    var height: UInt32
    var wideHeight: UInt32
    var initialisedHeight: UInt32
    var kind: Kind
    /// Of this block while an inner one is open; the innermost block's is in ``Validator/isUnreachable``.
    var isUnreachable: Bool
}

extension UnsafeMutablePointer where Pointee == ControlFrame {
    @inline(__always) var parameters: Items<ValueType> {
        Items(base: pointee.values, count: Int(pointee.parameterCount))
    }
    /// Valid until the next block is opened, which may move or overwrite the frame.
    @inline(__always) var results: Items<ValueType> {
        let base =
            if let values = pointee.values {
                values + Int(pointee.parameterCount)
            } else {
                UnsafeMutableRawPointer(self).assumingMemoryBound(to: ValueType.self)
            }
        return Items(base: base, count: Int(pointee.resultCount))
    }
}
