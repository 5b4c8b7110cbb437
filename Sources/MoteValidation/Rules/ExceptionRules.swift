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
        default: throw refuse(.legacyExceptions)
        }
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
    }
}
