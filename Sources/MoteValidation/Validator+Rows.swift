internal import MoteBinary
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Instructions by their row of the opcode table.
extension Validator {
    /// Types do not depend on context: the row is the rule.
    mutating func validatePlain(_ row: OpcodeRow) {
        let address = validateImmediates(row)
        let signature = row.signature
        var position = signature.parameterCount
        while position > 0 {
            position &-= 1
            pop(signature.parameter(position).type(address))
        }
        while position < signature.resultCount {
            push(signature.result(position).type(address))
            position &+= 1
        }
    }

    /// Those that have a rule of their own; what came with a proposal is refused by its name before.
    mutating func validateContextual(_ row: OpcodeRow) {
        switch row.opcode {
        case .returnCall: validateReturnCall()
        case .returnCallIndirect: validateReturnCallIndirect()
        case .callRef: validateCallReference()
        case .returnCallRef: validateReturnCallReference()
        case .selectTyped: validateTypedSelect()
        case .tableGet, .tableSet, .tableGrow, .tableSize, .tableFill: validateTableAccess(row.opcode)
        case .tableInit: validateTableInit()
        case .tableCopy: validateTableCopy()
        case .memoryCopy: validateMemoryCopy()
        case .refNull: validateReferenceNull()
        case .refIsNull: validateReferenceIsNull()
        case .refFunc: validateReferenceFunction()
        case .refEq where Build.hasGarbageCollection: validateReferenceEqual()
        case .refAsNonNull: validateReferenceAsNonNull()
        case .brOnNull: validateBranchOnNull()
        case .brOnNonNull: validateBranchOnNonNull()
        default:
            switch row.family {
            case .exception where Build.hasExceptions: validateException(row.opcode)
            case .aggregate where Build.hasGarbageCollection: validateAggregate(row.opcode)
            case .reference where Build.hasGarbageCollection, .control where Build.hasGarbageCollection:
                validateCast(row.opcode)
            default: malformed(.illegalOpcode)
            }
        }
    }

    /// Gives the type of the memory's addresses; i32 where no memory is named.
    private mutating func validateImmediates(_ row: OpcodeRow) -> ValueType {
        switch row.immediates {
        case .none: break
        case .memarg where Build.hasThreads && row.family == .atomic: return readAtomicArgument(row)
        case .memarg:
            return readLongMemoryArgument(UInt8(truncatingIfNeeded: row.naturalAlignmentLog2))
        case .memory: return readMemory()
        case .dataMemory:
            readDataSegment()
            return readMemory()
        case .data: readDataSegment()
        case .element: _ = readElementSegment()
        case .memargLane where Build.hasVectors: return readMemoryLane(row)
        case .lane where Build.hasVectors: readLane(below: row.laneCount)
        case .lanes16 where Build.hasVectors: readShuffle()
        case .v128 where Build.hasVectors: skip(16)
        case .zeroByte: readZeroByte()
        default: malformed(.illegalOpcode)
        }
        return .i32
    }
}
