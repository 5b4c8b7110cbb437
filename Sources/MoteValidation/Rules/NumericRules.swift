internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Plain arithmetic (spec 3.4 "Numeric Instructions").
extension Validator {
    /// 0x45 `i32.eqz` to 0xBF `f64.reinterpret_i64`: one or two operands of a type, and a result.
    @inline(__always)
    mutating func validateNumeric(_ byte: UInt8) {
        guard let row = OpcodeTable.row(UInt32(byte)) else { return malformed(.illegalOpcode) }
        let signature = row.signature
        let operand = signature.parameter(0).number
        let result = signature.result(0).number
        // Nothing is popped where the stack is as it should be: an operand's place takes the result.
        if signature.parameterCount == 1 {
            // Safe: count > floor >= 0.
            if count > floor, operands[count &- 1] == operand.rawValue {
                operands[count &- 1] = result.rawValue
                return
            }
        } else {
            // Safe: count >= floor + 2.
            if count >= floor &+ 2, operands[count &- 1] == operand.rawValue,
                operands[count &- 2] == operand.rawValue
            {
                operands[count &- 2] = result.rawValue
                count &-= 1
                return
            }
            pop(operand)
        }
        pop(operand)
        push(result)
    }
}

extension OperandKind {
    /// The type of a number: their bytes count down in the order of the kinds.
    fileprivate var number: ValueType { ValueType(rawValue: 0x80 &- UInt32(rawValue)) }
}
