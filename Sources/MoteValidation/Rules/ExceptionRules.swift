internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Throwing and catching (spec 3.4 "Control Instructions", `throw` to `try_table`).
extension Validator {
    mutating func validateException(_ opcode: Opcode) {
        switch opcode {
        case .throw:
            pop(readTagParameters())
            setUnreachable()
        case .throwRef:
            pop(.reference(.exception, isNullable: true))
            setUnreachable()
        case .tryTable: validateTryTable()
        case .try: validateBlock(.legacyTry)
        case .catch: validateLegacyCatch(.legacyCatch, readTagParameters())
        case .catchAll: validateLegacyCatch(.legacyCatchAll, .empty)
        case .delegate: validateDelegate()
        case .rethrow: validateRethrow()
        default: return malformed(.illegalOpcode)
        }
    }

    /// Ends the body of a `try`, or a `catch` before; the handler starts with the exception's values.
    private mutating func validateLegacyCatch(_ kind: ControlFrame.Kind, _ values: Items<ValueType>) {
        let before = frames[frameCount &- 1].kind  // Safe: a frame is open while instructions run.
        guard before == .legacyTry || before == .legacyCatch else { return malformed(.endExpected) }
        reopen(close(), kind)
        push(values)
    }

    /// Ends a `try` without handlers; the label is one of those around it.
    private mutating func validateDelegate() {
        guard frames[frameCount &- 1].kind == .legacyTry else { return malformed(.endExpected) }
        let frame = close()
        guard Int(readU32()) < frameCount else { return fail(.unknownLabel) }
        push(frame.results)
    }

    /// The label is a `catch` that the instruction is in.
    private mutating func validateRethrow() {
        let depth = Int(readU32())
        guard depth < frameCount else { return fail(.unknownLabel) }
        let kind = frames[frameCount &- 1 &- depth].kind
        guard kind == .legacyCatch || kind == .legacyCatchAll else { return fail(.invalidRethrowLabel) }
        setUnreachable()
    }

    /// The values that a tag's exceptions carry.
    private mutating func readTagParameters() -> Items<ValueType> {
        guard let typeIndex = module.pointee.tags[checked: Int(readU32())],
            let type = types.pointer(at: Int(typeIndex))
        else {
            fail(.unknownTag)
            return .empty
        }
        return type.pointee.parameters
    }

    /// The labels of the clauses are those around the block.
    private mutating func validateTryTable() {
        let signature = readBlockType()
        var clauses = readU32()
        while clauses > 0, !hasFailed {
            clauses &-= 1
            validateCatch(readByte())
        }
        pop(signature.parameters)
        open(.tryTable, signature)
        push(signature.parameters)
    }

    /// `catch` 0, `catch_ref` 1, `catch_all` 2, `catch_all_ref` 3.
    private mutating func validateCatch(_ kind: UInt8) {
        guard kind <= 3 else { return malformed(.malformedCatch) }
        let values = kind <= 1 ? readTagParameters() : .empty
        var label = readLabel()
        if kind & 1 != 0 {
            guard let last = label[checked: label.count &- 1],
                matches(.reference(.exception, isNullable: false), last)
            else { return fail(.typeMismatch) }
            // The exception's reference is behind the values.
            label.count &-= 1
        }
        checkMatch(values, label)
        // They come to lie where the block's operands start, maybe higher than its label's.
        let (height, wideHeight) = (count, wideCount)
        push(values)
        if kind & 1 != 0 { push(.reference(.exception, isNullable: false)) }
        count = height
        wideCount = wideHeight
    }
}
