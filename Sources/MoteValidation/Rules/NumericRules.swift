internal import MoteMemory
internal import MoteModule

/// Constants and plain arithmetic (spec 3.4 "Numeric Instructions").
extension Validator {
    @inline(never)
    mutating func validateUnary(_ operand: ValueType, _ result: ValueType) throws(Stop) {
        // Safe: count > floor >= 0. Nothing is popped: the operand's place takes the result.
        if count > floor, operands[count &- 1] == operand.rawValue {
            operands[count &- 1] = result.rawValue
            return
        }
        try pop(operand)
        try push(result)
    }

    @inline(never)
    mutating func validateBinary(_ operand: ValueType, _ result: ValueType) throws(Stop) {
        try validateBinaryHere(operand, result)
    }

    /// The same where it pays.
    @inline(__always)
    mutating func validateBinaryHere(_ operand: ValueType, _ result: ValueType) throws(Stop) {
        // Safe: count >= floor + 2.
        if count >= floor &+ 2, operands[count &- 1] == operand.rawValue,
            operands[count &- 2] == operand.rawValue
        {
            operands[count &- 2] = result.rawValue
            count &-= 1
            return
        }
        try pop(operand)
        try pop(operand)
        try push(result)
    }
}
