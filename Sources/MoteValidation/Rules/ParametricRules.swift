internal import MoteMemory
internal import MoteModule

/// `drop` and `select` (spec 3.4 "Parametric Instructions").
extension Validator {
    @inline(__always)
    mutating func validateDrop() {
        _ = popAny()
    }

    /// Without a type: both operands numbers, or both vectors, of one type.
    @inline(never)
    mutating func validateSelect() {
        pop(.i32)
        let second = popAny()
        let first = popAny()
        guard !first.isReference, !second.isReference,
            first == second || first == .bottom || second == .bottom
        else { return fail(.typeMismatch) }
        push(first == .bottom ? second : first)
    }

    mutating func validateTypedSelect() {
        if readU32() != 1 { fail(.invalidResultArity) }
        let type = readValueType()
        pop(.i32)
        pop(type)
        pop(type)
        push(type)
    }
}
