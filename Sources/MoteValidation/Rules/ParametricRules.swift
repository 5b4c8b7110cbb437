internal import MoteMemory
internal import MoteModule

/// `drop` and `select` (spec 3.4 "Parametric Instructions").
extension Validator {
    @inline(__always)
    mutating func validateDrop() throws(Stop) {
        _ = try popAny()
    }

    /// Without a type: both operands numbers, or both vectors, of one type.
    @inline(never)
    mutating func validateSelect() throws(Stop) {
        try pop(.i32)
        let second = try popAny()
        let first = try popAny()
        guard !first.isReference, !second.isReference,
            first == second || first == .bottom || second == .bottom
        else { throw fail(.typeMismatch) }
        try push(first == .bottom ? second : first)
    }

    mutating func validateTypedSelect() throws(Stop) {
        try require(.referenceTypes)
        let typeCount = try readU32()
        guard typeCount == 1 else { throw fail(.invalidResultArity) }
        let type = try readValueType()
        try pop(.i32)
        try pop(type)
        try pop(type)
        try push(type)
    }
}
