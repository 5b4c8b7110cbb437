internal import MoteMemory
internal import MoteModule

/// Blocks, branches and calls (spec 3.4 "Control Instructions").
extension Validator {
    @inline(never)
    mutating func validateBlock(_ kind: ControlFrame.Kind) throws(Stop) {
        let signature = try readBlockType()
        if kind == .conditional { try popHere(.i32) }
        if signature.parameterCount == 0 {
            try open(kind, signature)
        } else {
            try pop(signature.parameters)
            try open(kind, signature)
            try push(signature.parameters)
        }
    }

    @inline(__always)
    mutating func validateElse() throws(Stop) {
        guard frames[frameCount &- 1].kind == .conditional else { throw malformedElse() }
        let frame = try close()
        try open(.alternative, frame.signature)
        try push(frame.signature.parameters)
    }

    /// Closes a block; the function's own is closed by the last `end` of the body.
    @inline(__always)
    mutating func validateEnd() throws(Stop) {
        let frame = try close()
        if frame.kind == .conditional { try checkMissingElse(frame.signature) }
        if frameCount > 0 { try push(frame.signature.results) }
    }

    /// An `if` without `else` passes its parameters on as results.
    private mutating func checkMissingElse(_ signature: BlockSignature) throws(Stop) {
        try checkMatch(signature.parameters, signature.results)
    }

    /// Ends the validation unless each type of one list matches that of the other.
    mutating func checkMatch(_ actual: TypeList, _ expected: TypeList) throws(Stop) {
        if actual.isIdentical(to: expected) { return }
        guard actual.count == expected.count else { throw fail(.typeMismatch) }
        var index = 0
        while index < actual.count {
            guard matches(actual[index], expected[index]) else { throw fail(.typeMismatch) }
            index &+= 1
        }
    }

    @inline(__always)
    mutating func validateBranch() throws(Stop) {
        let types = try labelTypes(readIndex())
        try pop(types)
        setUnreachable()
    }

    @inline(__always)
    mutating func validateConditionalBranch() throws(Stop) {
        let types = try labelTypes(readIndex())
        try popHere(.i32)
        // What stays has the label's types, even if it was more special.
        if types.count > 0 {
            try pop(types)
            try push(types)
        }
    }

    /// All labels must have as many types as the default; each list is looked at once in a row, so that a
    /// table costs its size.
    mutating func validateBranchTable() throws(Stop) {
        let labelCount = try readU32()
        try pop(.i32)
        let table = cursor
        // A label has at least one byte: refuses the count before the loop.
        guard UInt64(labelCount) < UInt64(end - cursor) else { throw unexpectedEnd() }
        var remaining = labelCount
        while remaining > 0 {
            remaining &-= 1
            _ = try readU32()
        }
        let defaultTypes = try labelTypes(readU32())
        let behind = cursor
        cursor = table
        var last = defaultTypes
        remaining = labelCount
        while remaining > 0 {
            remaining &-= 1
            let types = try labelTypes(readU32())
            if types.isIdentical(to: last) || types.isIdentical(to: defaultTypes) { continue }
            guard types.count == defaultTypes.count else { throw fail(.typeMismatch) }
            try checkTop(types)
            last = types
        }
        cursor = behind
        try pop(defaultTypes)
        setUnreachable()
    }

    @inline(__always)
    mutating func validateReturn() throws(Stop) {
        try pop(results)
        setUnreachable()
    }

    @inline(__always)
    mutating func validateCall() throws(Stop) {
        let type = try readFunctionType()
        try pop(TypeList(parametersOf: type))
        try push(TypeList(resultsOf: type))
    }

    mutating func validateReturnCall() throws(Stop) {
        try require(.tailCalls)
        let type = try readFunctionType()
        try tailCall(type)
    }

    mutating func validateCallIndirect() throws(Stop) {
        let type = try readIndirectTypeAndTable()
        try pop(TypeList(parametersOf: type))
        try push(TypeList(resultsOf: type))
    }

    mutating func validateReturnCallIndirect() throws(Stop) {
        try require(.tailCalls)
        let type = try readIndirectTypeAndTable()
        try tailCall(type)
    }

    mutating func validateCallReference() throws(Stop) {
        try require(.typedFunctionReferences)
        let type = try readDefinedType(.function)
        try pop(.reference(.concrete(type.pointee.canonicalID), isNullable: true))
        try pop(TypeList(parametersOf: type))
        try push(TypeList(resultsOf: type))
    }

    mutating func validateReturnCallReference() throws(Stop) {
        try require(.typedFunctionReferences)
        try require(.tailCalls)
        let type = try readDefinedType(.function)
        try pop(.reference(.concrete(type.pointee.canonicalID), isNullable: true))
        try tailCall(type)
    }

    /// The callee's results become this function's.
    private mutating func tailCall(_ type: UnsafeMutablePointer<DefinedType>) throws(Stop) {
        try pop(TypeList(parametersOf: type))
        try checkMatch(TypeList(resultsOf: type), results)
        setUnreachable()
    }

    private mutating func readIndirectTypeAndTable() throws(Stop) -> UnsafeMutablePointer<DefinedType> {
        let type = try readDefinedType(.function)
        let isLongForm = cursor < end && cursor.pointee != 0
        let table = try readTable()
        if isLongForm { try require(.referenceTypes) }
        guard matches(table.pointee.elementType, .funcref) else { throw fail(.typeMismatch) }
        try pop(table.pointee.limits.is64 ? .i64 : .i32)
        return type
    }

    mutating func validateBranchOnNull() throws(Stop) {
        try require(.typedFunctionReferences)
        let types = try labelTypes(readU32())
        let reference = try popReference()
        try pop(types)
        try push(types)
        try push(reference.asNonNull)
    }

    mutating func validateBranchOnNonNull() throws(Stop) {
        try require(.typedFunctionReferences)
        var types = try labelTypes(readU32())
        guard types.count > 0 else { throw fail(.typeMismatch) }
        let last = types[types.count &- 1]
        guard last.isReference else { throw fail(.typeMismatch) }
        try pop(.reference(last.heapType, isNullable: true))
        // The rest of the label's types stay; without a base there is no rest.
        types.count &-= 1
        try pop(types)
        try push(types)
    }
}

extension ValueType {
    /// The type of a reference that turned out not to be null.
    var asNonNull: ValueType { .reference(heapType, isNullable: false) }
}

extension TypeList {
    /// Parameters of a function type.
    @inline(__always)
    init(parametersOf type: UnsafeMutablePointer<DefinedType>) {
        self.init(base: type.pointee.values.base, count: Int(type.pointee.parameterCount), single: .bottom)
    }

    /// Results of a function type.
    @inline(__always)
    init(resultsOf type: UnsafeMutablePointer<DefinedType>) {
        let parameterCount = Int(type.pointee.parameterCount)
        let values = type.pointee.values
        self.init(
            base: values.base.map { $0 + parameterCount },
            count: values.count &- parameterCount,
            single: .bottom
        )
    }
}
