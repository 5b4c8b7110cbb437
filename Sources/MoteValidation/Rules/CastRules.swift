internal import MoteMemory
internal import MoteModule

/// Tests and casts of references, small integers as references, conversions to and from external references
/// (spec 3.4 "Reference Instructions", "Control Instructions").
extension Validator {
    mutating func validateCast(_ opcode: Opcode) throws(Stop) {
        switch opcode {
        case .refTest: try validateTest(isNullable: false)
        case .refTestNull: try validateTest(isNullable: true)
        case .refCast: try validateCast(isNullable: false)
        case .refCastNull: try validateCast(isNullable: true)
        case .brOnCast: try validateBranchOnCast(branchesOnSuccess: true)
        case .brOnCastFail: try validateBranchOnCast(branchesOnSuccess: false)
        case .anyConvertExtern: try validateConversion(from: .external, to: .any)
        case .externConvertAny: try validateConversion(from: .any, to: .external)
        case .refI31:
            try pop(.i32)
            try push(.reference(.i31, isNullable: false))
        case .i31GetSigned, .i31GetUnsigned:
            try pop(.reference(.i31, isNullable: true))
            try push(.i32)
        default: throw illegalOpcode()
        }
    }

    private mutating func validateTest(isNullable: Bool) throws(Stop) {
        _ = try popCastOperand(isNullable)
        try push(.i32)
    }

    private mutating func validateCast(isNullable: Bool) throws(Stop) {
        let target = try popCastOperand(isNullable)
        try push(target)
    }

    /// The operand may be anything of the target's hierarchy.
    private mutating func popCastOperand(_ isNullable: Bool) throws(Stop) -> ValueType {
        let (target, top) = try readCastType()
        try pop(.reference(top, isNullable: true))
        return .reference(target, isNullable: isNullable)
    }

    /// A heap type and the top of its hierarchy.
    private mutating func readCastType() throws(Stop) -> (HeapType, top: HeapType) {
        let start = cursor
        let heapType = try readHeapType()
        switch heapType {
        case .function, .noFunction: return (heapType, .function)
        case .external, .noExternal: return (heapType, .external)
        case .exception, .noException: return (heapType, .exception)
        case _ where !heapType.isConcrete: return (heapType, .any)
        default: break
        }
        // The index again, for the kind of what it names.
        let behind = cursor
        cursor = start
        let index = try readTypeIndex()
        cursor = behind
        guard let type = types.pointer(at: Int(index)) else { throw fail(.unknownType) }
        return (heapType, type.pointee.kind == .function ? .function : .any)
    }

    private mutating func validateBranchOnCast(branchesOnSuccess: Bool) throws(Stop) {
        let flags = try readByte()
        guard flags <= 3 else { throw malformedCastFlags() }
        var label = try labelTypes(readU32())
        let source = ValueType.reference(try readHeapType(), isNullable: flags & 1 != 0)
        let target = ValueType.reference(try readHeapType(), isNullable: flags & 2 != 0)
        guard matches(target, source) else { throw fail(.typeMismatch) }
        // What is left of the source when the cast fails: null went with a nullable target.
        let rest = target.isNullable ? source.asNonNull : source
        let branch = branchesOnSuccess ? target : rest
        guard label.count > 0, matches(branch, label[label.count &- 1]) else { throw fail(.typeMismatch) }
        try pop(source)
        label.count &-= 1
        try pop(label)
        try push(label)
        try push(branchesOnSuccess ? rest : target)
    }

    private mutating func validateConversion(from source: HeapType, to target: HeapType) throws(Stop) {
        let type = try popReference()
        guard matches(type, .reference(source, isNullable: true)) else { throw fail(.typeMismatch) }
        try push(.reference(target, isNullable: type.isNullable))
    }
}
