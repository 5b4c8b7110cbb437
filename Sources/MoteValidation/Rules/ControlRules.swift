internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Blocks, branches and calls (spec 3.4 "Control Instructions").
extension Validator {
    @inline(never)
    mutating func validateBlock(_ kind: ControlFrame.Kind) {
        let signature = readBlockType()
        if kind == .conditional { popHere(.i32) }
        pop(signature.parameters)
        open(kind, signature)
        push(signature.parameters)
    }

    @inline(__always)
    mutating func validateElse() {
        guard frames[frameCount &- 1].kind == .conditional else { return malformed(.endExpected) }
        let frame = close()
        reopen(frame, .alternative)
        push(frame.parameters)
    }

    /// Closes a block; the function's own is closed by the last `end` of the body.
    @inline(__always)
    mutating func validateEnd() {
        let frame = close()
        // An `if` without `else` passes its parameters on as results.
        if frame.pointee.kind == .conditional { checkMatch(frame.parameters, frame.results) }
        if frameCount > 0 { push(frame.results) }
    }

    /// Ends the validation unless each type of one list matches that of the other.
    @inline(never)
    mutating func checkMatch(_ actual: Items<ValueType>, _ expected: Items<ValueType>) {
        guard actual.count == expected.count else { return fail(.typeMismatch) }
        guard let types = actual.base, let others = expected.base, types != others else { return }
        var index = 0
        while index < actual.count {
            requireMatch(types[index], others[index])
            index &+= 1
        }
    }

    @inline(__always)
    mutating func validateBranch() {
        pop(readLabel())
        setUnreachable()
    }

    @inline(__always)
    mutating func validateConditionalBranch() {
        let types = readLabel()
        popHere(.i32)
        retype(types)
    }

    /// What stays has the label's types, even if it was more special.
    @inline(__always)
    mutating func retype(_ types: Items<ValueType>) {
        if types.count > 0 {
            pop(types)
            push(types)
        }
    }

    /// All labels must have as many types as the default; each list is looked at once in a row, so that a
    /// table costs its size.
    @inline(never)
    mutating func validateBranchTable() {
        let labelCount = readU32()
        pop(.i32)
        let table = cursor
        // A label has at least one byte: refuses the count before the loop.
        guard Int(labelCount) < end - cursor else { return malformed(.unexpectedEnd) }
        var remaining = labelCount
        while remaining > 0, !hasFailed {
            remaining &-= 1
            _ = readU32()
        }
        let defaultTypes = readLabel()
        // Without a failure, the labels can be read again.
        if hasFailed { return }
        let behind = cursor
        cursor = table
        let defaultBase = Int(bitPattern: defaultTypes.base)
        var last = defaultBase
        remaining = labelCount
        while remaining > 0, !hasFailed {
            remaining &-= 1
            let types = readLabel()
            guard types.count == defaultTypes.count else { return fail(.typeMismatch) }
            let base = Int(bitPattern: types.base)
            if base == last || base == defaultBase { continue }
            checkTop(types)
            last = base
        }
        cursor = behind
        pop(defaultTypes)
        setUnreachable()
    }

    @inline(__always)
    mutating func validateReturn() {
        pop(frames.results)
        setUnreachable()
    }

    @inline(__always)
    mutating func validateCall() {
        if let type = readFunctionType() { call(type) }
    }

    @inline(never)
    private mutating func call(_ type: UnsafeMutablePointer<DefinedType>) {
        pop(type.pointee.parameters)
        push(type.pointee.results)
    }

    mutating func validateReturnCall() {
        if let type = readFunctionType() { tailCall(type) }
    }

    @inline(never)
    mutating func validateCallIndirect() {
        if let type = readIndirectTypeAndTable() { call(type) }
    }

    mutating func validateReturnCallIndirect() {
        if let type = readIndirectTypeAndTable() { tailCall(type) }
    }

    mutating func validateCallReference() {
        if let type = readReferenceType() { call(type) }
    }

    mutating func validateReturnCallReference() {
        require(.tailCalls)
        if let type = readReferenceType() { tailCall(type) }
    }

    /// The callee's results become this function's.
    @inline(never)
    private mutating func tailCall(_ type: UnsafeMutablePointer<DefinedType>) {
        pop(type.pointee.parameters)
        checkMatch(type.pointee.results, frames.results)
        setUnreachable()
    }

    @inline(never)
    private mutating func readIndirectTypeAndTable() -> UnsafeMutablePointer<DefinedType>? {
        let type = readDefinedType(.function)
        let isLongForm = cursor < end && cursor.pointee != 0
        guard let type, let table = readTable() else { return nil }
        if isLongForm { require(.referenceTypes) }
        requireMatch(table.pointee.elementType, .funcref)
        pop(table.pointee.addressType)
        return type
    }

    @inline(never)
    private mutating func readReferenceType() -> UnsafeMutablePointer<DefinedType>? {
        guard let type = readDefinedType(.function) else { return nil }
        pop(.reference(.concrete(type.pointee.canonicalID), isNullable: true))
        return type
    }

    mutating func validateBranchOnNull() {
        let types = readLabel()
        let reference = popReference()
        retype(types)
        push(reference.asNonNull)
    }

    mutating func validateBranchOnNonNull() {
        var types = readLabel()
        guard let last = types[checked: types.count &- 1], last.isReference else {
            return fail(.typeMismatch)
        }
        pop(.reference(last.heapType, isNullable: true))
        types.count &-= 1
        retype(types)
    }
}

extension ValueType {
    /// The type of a reference that turned out not to be null.
    var asNonNull: ValueType { .reference(heapType, isNullable: false) }
}
