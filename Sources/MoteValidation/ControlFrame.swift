internal import MoteMemory
internal import MoteModule

/// Types in a row: those of a function type, or a single one.
struct TypeList {
    /// Nil: the list is `single`, or nothing.
    var base: UnsafeMutablePointer<ValueType>?
    var count: Int
    var single: ValueType

    static var empty: TypeList { TypeList(base: nil, count: 0, single: .bottom) }

    init(base: UnsafeMutablePointer<ValueType>?, count: Int, single: ValueType) {
        self.base = base
        self.count = count
        self.single = single
    }

    init(_ type: ValueType) {
        self.init(base: nil, count: 1, single: type)
    }

    /// The type at an index below `count`.
    @inline(__always)
    subscript(index: Int) -> ValueType {
        // Safe: callers count up or down within `count`; without a base that is at most one.
        if let base { return base[index] }
        return single
    }

    /// Whether the lists are known to be the same without looking at their types.
    @inline(__always)
    func isIdentical(to other: TypeList) -> Bool {
        base == other.base && count == other.count && (base != nil || count == 0 || single == other.single)
    }
}

/// Parameters and results of a block.
struct BlockSignature {
    /// Parameters, then results; nil for the short forms without parameters.
    var values: UnsafeMutablePointer<ValueType>?
    var parameterCount: UInt32
    var resultCount: UInt32
    var single: ValueType

    @inline(__always) var parameters: TypeList {
        TypeList(base: values, count: Int(parameterCount), single: .bottom)
    }
    @inline(__always) var results: TypeList {
        guard let values else { return TypeList(base: nil, count: Int(resultCount), single: single) }
        return TypeList(base: values + Int(parameterCount), count: Int(resultCount), single: .bottom)
    }

    @inline(__always)
    init(result: ValueType?) {
        values = nil
        parameterCount = 0
        resultCount = result == nil ? 0 : 1
        single = result ?? .bottom
    }

    @inline(__always)
    init(type: UnsafeMutablePointer<DefinedType>) {
        values = type.pointee.values.base
        parameterCount = type.pointee.parameterCount
        resultCount = UInt32(
            truncatingIfNeeded: type.pointee.values.count &- Int(type.pointee.parameterCount)
        )
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

    var signature: BlockSignature
    /// Heights of the operand stack, of the v128 in it, and of the locals set, where the block starts.
    var height: UInt32
    var wideHeight: UInt32
    var initialisedHeight: UInt32
    var kind: Kind
    /// Of this block while an inner one is open; the innermost block's is in ``Validator/isUnreachable``.
    var isUnreachable: Bool

    /// What a branch to the block carries.
    @inline(__always) var labelTypes: TypeList {
        kind == .loop ? signature.parameters : signature.results
    }
}
