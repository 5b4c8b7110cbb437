internal import MoteBinary
internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Instructions up to the `end` that closes the outermost block.
    mutating func validateInstructions() throws(Stop) {
        while frameCount > 0 {
            guard cursor < end else { throw missingEnd() }
            instruction = cursor
            let byte = cursor.pointee
            cursor += 1
            try validateInstruction(byte)
        }
    }

    /// One instruction whose first byte was read.
    ///
    /// Bytes are as in spec 5.4; rules are in `Rules`, by family.
    @inline(__always)
    mutating func validateInstruction(_ byte: UInt8) throws(Stop) {
        switch byte {
        // Control
        case 0x00: setUnreachable()
        case 0x01: break
        case 0x02: try validateBlock(.block)
        case 0x03: try validateBlock(.loop)
        case 0x04: try validateBlock(.conditional)
        case 0x05: try validateElse()
        case 0x0B: try validateEnd()
        case 0x0C: try validateBranch()
        case 0x0D: try validateConditionalBranch()
        case 0x0E: try validateBranchTable()
        case 0x0F: try validateReturn()
        case 0x10: try validateCall()
        case 0x11: try validateCallIndirect()
        // Parametric
        case 0x1A: try validateDrop()
        case 0x1B: try validateSelect()
        case 0x1C: try validateTypedSelect()
        // Variable
        case 0x20: try validateLocalGet()
        case 0x21: try validateLocalSet()
        case 0x22: try validateLocalTee()
        case 0x23: try validateGlobalGet()
        case 0x24: try validateGlobalSet()
        // Memory
        case 0x28...0x35: try validateLoad(byte)
        case 0x36...0x3E: try validateStore(byte)
        // Numeric
        case 0x41:
            try skipInt32()
            try pushHere(.i32)
        case 0x42...0x44: try validateLongNumber(byte)
        case 0x45: try validateUnary(.i32, .i32)
        case 0x46...0x4F: try validateBinaryHere(.i32, .i32)
        case 0x50: try validateUnary(.i64, .i32)
        case 0x51...0x5A: try validateBinary(.i64, .i32)
        case 0x5B...0x60: try validateBinary(.f32, .i32)
        case 0x61...0x66: try validateBinary(.f64, .i32)
        case 0x67...0x69: try validateUnary(.i32, .i32)
        case 0x6A...0x78: try validateBinaryHere(.i32, .i32)
        case 0x79...0x7B: try validateUnary(.i64, .i64)
        case 0x7C...0x8A: try validateBinary(.i64, .i64)
        case 0x8B...0x91: try validateUnary(.f32, .f32)
        case 0x92...0x98: try validateBinary(.f32, .f32)
        case 0x99...0x9F: try validateUnary(.f64, .f64)
        case 0xA0...0xA6: try validateBinary(.f64, .f64)
        case 0xA7: try validateUnary(.i64, .i32)
        case 0xA8, 0xA9, 0xBC: try validateUnary(.f32, .i32)
        case 0xAA, 0xAB: try validateUnary(.f64, .i32)
        case 0xAC, 0xAD: try validateUnary(.i32, .i64)
        case 0xAE, 0xAF: try validateUnary(.f32, .i64)
        case 0xB0, 0xB1, 0xBD: try validateUnary(.f64, .i64)
        case 0xB2, 0xB3, 0xBE: try validateUnary(.i32, .f32)
        case 0xB4, 0xB5: try validateUnary(.i64, .f32)
        case 0xB6: try validateUnary(.f64, .f32)
        case 0xB7, 0xB8: try validateUnary(.i32, .f64)
        case 0xB9, 0xBA, 0xBF: try validateUnary(.i64, .f64)
        case 0xBB: try validateUnary(.f32, .f64)
        default: try validateRareInstruction(byte)
        }
    }

    /// `i64.const`, `f32.const` and `f64.const`.
    @inline(never)
    private mutating func validateLongNumber(_ byte: UInt8) throws(Stop) {
        if byte == 0x42 { try skipInt64() } else { try skip(byte == 0x43 ? 4 : 8) }
        // In the order of their opcodes, types count down.
        try pushHere(ValueType(rawValue: UInt32(0x7F &- (byte &- 0x41))))
    }

    /// The instructions of later proposals, which are seldom met.
    @inline(never)
    mutating func validateRareInstruction(_ byte: UInt8) throws(Stop) {
        switch byte {
        case 0x12: try validateReturnCall()
        case 0x13: try validateReturnCallIndirect()
        case 0x14: try validateCallReference()
        case 0x15: try validateReturnCallReference()
        case 0x25: try validateTableGet()
        case 0x26: try validateTableSet()
        case 0x3F: try validateMemorySize()
        case 0x40: try validateMemoryGrow()
        case 0xC0, 0xC1:
            try require(.signExtension)
            try validateUnary(.i32, .i32)
        case 0xC2...0xC4:
            try require(.signExtension)
            try validateUnary(.i64, .i64)
        case 0xD0: try validateReferenceNull()
        case 0xD1: try validateReferenceIsNull()
        case 0xD2: try validateReferenceFunction()
        case 0xD3: try validateReferenceEqual()
        case 0xD4: try validateReferenceAsNonNull()
        case 0xD5: try validateBranchOnNull()
        case 0xD6: try validateBranchOnNonNull()
        case 0xFB, 0xFD, 0xFE: try validatePrefixed(byte)
        case 0xFC: try validateBulkInstruction()
        default: try validateByRow(UInt32(byte))
        }
    }

    /// Saturating conversions, bulk memory and tables: prefix 0xFC.
    private mutating func validateBulkInstruction() throws(Stop) {
        let number = try readU32()
        switch number {
        case 0...7:
            try require(.saturatingConversions)
            try validateUnary(number & 2 == 0 ? .f32 : .f64, number & 4 == 0 ? .i32 : .i64)
        case 8: try validateMemoryInit()
        case 9: try validateDataDrop()
        case 10: try validateMemoryCopy()
        case 11: try validateMemoryFill()
        case 12: try validateTableInit()
        case 13: try validateElementDrop()
        case 14: try validateTableCopy()
        case 15: try validateTableGrow()
        case 16: try validateTableSize()
        case 17: try validateTableFill()
        case 18...: try validateWideInstruction(number)
        default: throw illegalOpcode()
        }
    }

    private mutating func validateWideInstruction(_ number: UInt32) throws(Stop) {
        guard let rawValue = OpcodeTable.rawValue(prefix: 0xFC, number: number) else { throw illegalOpcode() }
        try validateByRow(rawValue)
    }
}
