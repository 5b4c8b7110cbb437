internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Instructions whose types do not depend on context: their row of the opcode table is the rule.
extension Validator {
    /// An instruction of a later proposal: refused by the proposal's name unless it is on.
    @inline(never)
    mutating func validateByRow(_ rawValue: UInt32) throws(Stop) {
        guard let row = OpcodeTable.row(rawValue) else { throw illegalOpcode() }
        if let feature = row.feature { try require(feature) }
        guard !row.signature.isContextual else { return try validateContextual(row) }
        let address = try validateImmediates(row)
        let signature = row.signature
        var position = signature.parameterCount
        while position > 0 {
            position &-= 1
            try pop(signature.parameter(position).valueType(is64: address == .i64))
        }
        while position < signature.resultCount {
            try push(signature.result(position).valueType(is64: address == .i64))
            position &+= 1
        }
    }

    /// An instruction behind one of the prefixes FB to FE.
    mutating func validatePrefixed(_ prefix: UInt8) throws(Stop) {
        if let feature = OpcodeTable.leftOut(prefix: prefix) { throw refuse(feature) }
        let number = try readU32()
        guard let rawValue = OpcodeTable.rawValue(prefix: prefix, number: number) else {
            throw illegalOpcode()
        }
        try validateByRow(rawValue)
    }

    private mutating func validateContextual(_ row: OpcodeRow) throws(Stop) {
        switch row.family {
        case .exception where Build.hasExceptions: try validateException(row.opcode)
        case .aggregate where Build.hasGarbageCollection: try validateAggregate(row.opcode)
        case .reference where Build.hasGarbageCollection, .control where Build.hasGarbageCollection:
            try validateCast(row.opcode)
        default: throw illegalOpcode()
        }
    }

    /// Gives the type of the memory's addresses; i32 where no memory is named.
    private mutating func validateImmediates(_ row: OpcodeRow) throws(Stop) -> ValueType {
        switch row.immediates {
        case .none: break
        case .memarg where Build.hasThreads && row.family == .atomic: return try readAtomicArgument(row)
        case .memarg:
            return try readMemoryArgument(naturalLog2: UInt8(truncatingIfNeeded: row.naturalAlignmentLog2))
        case .memargLane where Build.hasVectors: return try readMemoryLane(row)
        case .lane where Build.hasVectors: try readLane(below: row.laneCount)
        case .lanes16 where Build.hasVectors: try readShuffle()
        case .v128 where Build.hasVectors: try skip(16)
        case .zeroByte: try readZeroByte()
        default: throw illegalOpcode()
        }
        return .i32
    }
}
