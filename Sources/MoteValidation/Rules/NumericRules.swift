internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Constants and plain arithmetic (spec 3.4 "Numeric Instructions").
extension Validator {
    /// 0x41 `i32.const` to 0x44 `f64.const`.
    @inline(__always)
    mutating func validateConst(_ byte: UInt8) {
        if byte <= 0x42 { skipSigned(bits: byte == 0x41 ? 32 : 64) } else { skip(byte == 0x43 ? 4 : 8) }
        // In the order of their opcodes, types count down.
        pushHere(ValueType(rawValue: UInt32(0xC0 &- byte)))
    }

    /// 0x45 `i32.eqz` to 0xBF `f64.reinterpret_i64`: one or two operands of a type, and a result.
    @inline(__always)
    mutating func validateNumeric(_ byte: UInt8) {
        guard let row = OpcodeTable.row(UInt32(byte)) else { return malformed(.illegalOpcode) }
        let signature = row.signature
        let operand = signature.parameter(0).number
        let result = signature.result(0).number
        if signature.parameterCount == 1 { return replaceHere(operand, result) }
        // Safe: count >= floor + 2. The first operand's place takes the result.
        if count >= floor &+ 2, operands[count &- 1] == operand.rawValue,
            operands[count &- 2] == operand.rawValue
        {
            operands[count &- 2] = result.rawValue
            count &-= 1
            return
        }
        pop(operand)
        pop(operand)
        push(result)
    }
}

extension OperandKind {
    /// The type of a number: their bytes count down in the order of the kinds.
    @inline(__always) var number: ValueType { ValueType(rawValue: 0x80 &- UInt32(rawValue)) }

    /// The type of an operand, given that of the memory's addresses.
    @inline(__always)
    func type(_ address: ValueType) -> ValueType { self == .address ? address : number }
}
