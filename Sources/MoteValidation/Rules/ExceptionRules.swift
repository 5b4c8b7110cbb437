internal import MoteMemory
internal import MoteModule

/// Throwing and catching (spec 3.4 "Control Instructions", `throw` to `try_table`).
extension Validator {
    mutating func validateException(_ opcode: Opcode) throws(Stop) {
        switch opcode {
        case .throw:
            try pop(readTagParameters())
            setUnreachable()
        case .throwRef:
            try pop(.reference(.exception, isNullable: true))
            setUnreachable()
        case .tryTable: try validateTryTable()
        case .try: try validateBlock(.legacyTry)
        case .catch: try validateLegacyCatch(.legacyCatch, readTagParameters())
        case .catchAll: try validateLegacyCatch(.legacyCatchAll, .empty)
        case .delegate: try validateDelegate()
        case .rethrow: try validateRethrow()
        default: throw illegalOpcode()
        }
    }

    /// Ends the body of a `try`, or a `catch` before; the handler starts with the exception's values.
    private mutating func validateLegacyCatch(
        _ kind: ControlFrame.Kind,
        _ values: TypeList
    ) throws(Stop) {
        let before = frames[frameCount &- 1].kind  // Safe: a frame is open while instructions run.
        guard before == .legacyTry || before == .legacyCatch else { throw malformedHandler() }
        let frame = try close()
        try open(kind, frame.signature)
        try push(values)
    }

    /// Ends a `try` without handlers; the label is one of those around it.
    private mutating func validateDelegate() throws(Stop) {
        guard frames[frameCount &- 1].kind == .legacyTry else { throw malformedHandler() }
        let frame = try close()
        guard Int(try readU32()) < frameCount else { throw fail(.unknownLabel) }
        try push(frame.signature.results)
    }

    /// The label is a `catch` that the instruction is in.
    private mutating func validateRethrow() throws(Stop) {
        let depth = Int(try readU32())
        guard depth < frameCount else { throw fail(.unknownLabel) }
        let kind = frames[frameCount &- 1 &- depth].kind
        guard kind == .legacyCatch || kind == .legacyCatchAll else { throw fail(.invalidRethrowLabel) }
        setUnreachable()
    }

    /// The values that a tag's exceptions carry.
    private mutating func readTagParameters() throws(Stop) -> TypeList {
        guard let typeIndex = module.pointee.tags[checked: Int(try readU32())],
            let type = types.pointer(at: Int(typeIndex))
        else { throw fail(.unknownTag) }
        return TypeList(parametersOf: type)
    }

    /// The labels of the clauses are those around the block.
    private mutating func validateTryTable() throws(Stop) {
        let signature = try readBlockType()
        var clauses = try readU32()
        while clauses > 0 {
            clauses &-= 1
            try validateCatch(readByte())
        }
        try pop(signature.parameters)
        try open(.tryTable, signature)
        try push(signature.parameters)
    }

    /// `catch` 0, `catch_ref` 1, `catch_all` 2, `catch_all_ref` 3.
    private mutating func validateCatch(_ kind: UInt8) throws(Stop) {
        guard kind <= 3 else { throw malformedCatch() }
        let values = kind <= 1 ? try readTagParameters() : .empty
        var label = try labelTypes(readU32())
        if kind & 1 != 0 {
            guard label.count > 0,
                matches(.reference(.exception, isNullable: false), label[label.count &- 1])
            else { throw fail(.typeMismatch) }
            // The exception's reference is behind the values.
            label.count &-= 1
        }
        try checkMatch(values, label)
        // They come to lie where the block's operands start, maybe higher than its label's.
        let (height, wideHeight) = (count, wideCount)
        try push(values)
        if kind & 1 != 0 { try push(.reference(.exception, isNullable: false)) }
        count = height
        wideCount = wideHeight
    }
}
