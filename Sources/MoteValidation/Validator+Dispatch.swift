internal import MoteBinary
internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Instructions up to the `end` after which no more blocks than `depth` are open; at least one.
    @inline(never)
    mutating func validateInstructions(downTo depth: Int) {
        repeat {
            guard cursor < end else { return malformed(.endExpected) }
            instruction = cursor
            let byte = cursor.pointee
            cursor += 1
            validateInstruction(byte)
        } while frameCount > depth
    }

    /// One instruction whose first byte was read.
    ///
    /// Bytes are as in spec 5.4; rules are in `Rules`, by family.
    @inline(__always)
    mutating func validateInstruction(_ byte: UInt8) {
        switch byte {
        // Control
        case 0x00: setUnreachable()
        case 0x01: break
        case 0x02: validateBlock(.block)
        case 0x03: validateBlock(.loop)
        case 0x04: validateBlock(.conditional)
        case 0x05: validateElse()
        case 0x0B: validateEnd()
        case 0x0C: validateBranch()
        case 0x0D: validateConditionalBranch()
        case 0x0E: validateBranchTable()
        case 0x0F: validateReturn()
        case 0x10: validateCall()
        case 0x11: validateCallIndirect()
        // Parametric
        case 0x1A: validateDrop()
        case 0x1B: validateSelect()
        // Variable
        case 0x20: validateLocalGet()
        case 0x21, 0x22: validateLocalSet(byte)
        case 0x23: validateGlobalGet()
        case 0x24: validateGlobalSet()
        // Memory
        case 0x28...0x3E: validateAccess(byte)
        // Numeric
        case 0x41...0x44: validateConst(byte)
        case 0x45...0xBF: validateNumeric(byte)
        default: validateRareInstruction(byte)
        }
    }

    /// The instructions of later proposals, which are seldom met, and those behind a prefix.
    @inline(never)
    mutating func validateRareInstruction(_ byte: UInt8) {
        var rawValue: UInt32? = UInt32(byte)
        if OpcodeTable.isPrefix(byte) {
            if let feature = OpcodeTable.leftOut(prefix: byte) { return refuse(feature) }
            rawValue = OpcodeTable.rawValue(prefix: byte, number: readU32())
        }
        guard let rawValue, let row = OpcodeTable.row(rawValue) else { return malformed(.illegalOpcode) }
        if let feature = row.feature { require(feature) }
        // `memory.size` and `memory.grow`: the others that name a memory have a prefix.
        if row.immediates == .memory, rawValue < 0x100 { usesMemorySize = true }
        if row.signature.isContextual { validateContextual(row) } else { validatePlain(row) }
    }
}
