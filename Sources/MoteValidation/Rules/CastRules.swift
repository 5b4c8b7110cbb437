internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Tests and casts of references, small integers as references, conversions to and from external references
/// (spec 3.4 "Reference Instructions", "Control Instructions").
extension Validator {
    mutating func validateCast(_ opcode: Opcode) {
        switch opcode {
        case .refTest: validateTest(isNullable: false)
        case .refTestNull: validateTest(isNullable: true)
        case .refCast: validateCast(isNullable: false)
        case .refCastNull: validateCast(isNullable: true)
        case .brOnCast: validateBranchOnCast(branchesOnSuccess: true)
        case .brOnCastFail: validateBranchOnCast(branchesOnSuccess: false)
        case .anyConvertExtern: validateConversion(from: .external, to: .any)
        case .externConvertAny: validateConversion(from: .any, to: .external)
        case .refI31:
            pop(.i32)
            push(.reference(.i31, isNullable: false))
        case .i31GetSigned, .i31GetUnsigned:
            pop(.reference(.i31, isNullable: true))
            push(.i32)
        default: return malformed(.illegalOpcode)
        }
    }

    private mutating func validateTest(isNullable: Bool) {
        _ = popCastOperand(isNullable)
        push(.i32)
    }

    private mutating func validateCast(isNullable: Bool) {
        let target = popCastOperand(isNullable)
        push(target)
    }

    /// The operand may be anything of the target's hierarchy.
    private mutating func popCastOperand(_ isNullable: Bool) -> ValueType {
        let (target, top) = readCastType()
        pop(.reference(top, isNullable: true))
        return .reference(target, isNullable: isNullable)
    }

    /// A heap type and the top of its hierarchy.
    private mutating func readCastType() -> (HeapType, top: HeapType) {
        let start = cursor
        let heapType = readHeapType()
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
        let index = readTypeIndex()
        cursor = behind
        // Without a failure, the index has a type.
        return (heapType, types.pointer(at: Int(index))?.pointee.kind == .function ? .function : .any)
    }

    private mutating func validateBranchOnCast(branchesOnSuccess: Bool) {
        let flags = readByte()
        guard flags <= 3 else { return malformed(.malformedCastFlags) }
        var label = readLabel()
        let source = ValueType.reference(readHeapType(), isNullable: flags & 1 != 0)
        let target = ValueType.reference(readHeapType(), isNullable: flags & 2 != 0)
        requireMatch(target, source)
        // What is left of the source when the cast fails: null went with a nullable target.
        let rest = target.isNullable ? source.asNonNull : source
        let branch = branchesOnSuccess ? target : rest
        requireMatch(branch, label[checked: label.count &- 1] ?? .bottom)
        label.count &-= 1
        pop(source)
        retype(label)
        push(branchesOnSuccess ? rest : target)
    }

    private mutating func validateConversion(from source: HeapType, to target: HeapType) {
        let type = popReference()
        requireMatch(type, .reference(source, isNullable: true))
        push(.reference(target, isNullable: type.isNullable))
    }
}
