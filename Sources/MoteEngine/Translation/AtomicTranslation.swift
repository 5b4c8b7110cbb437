internal import MoteMemory
internal import MoteModule

// Atomic accesses: numbers behind 0xFE. Each group has seven widths, in the order of `widths`.

extension Translator {
    /// i32, i64, i32 of 8 and 16 bits, i64 of 8, 16 and 32 bits: handlers by base-2 logarithm of bytes.
    private static func width(_ kind: UInt32) -> Int {
        switch kind {
        case 2, 4: 0
        case 3, 5: 1
        case 0, 6: 2
        default: 3
        }
    }

    private static func type(_ kind: UInt32) -> UInt8 {
        kind == 0 || kind == 2 || kind == 3 ? 0x7F : 0x7E
    }

    /// The instruction with a number, whose immediates are still to be read.
    mutating func atomic(_ number: UInt32) {
        switch number {
        case 0: modify(.atomicNotify, type: 0x7F)
        case 1: compare(.atomicWait32, type: 0x7F)
        case 2: compare(.atomicWait64, type: 0x7F)
        case 3:
            reader.offset &+= 1
            _ = emit(.atomicFence, sizeInBytes: 8)
        case 0x10...0x16: atomicLoad(number &- 0x10)
        case 0x17...0x1D: atomicStore(number &- 0x17)
        case 0x48...0x4E:
            let kind = number &- 0x48
            compare(.atomicCompareExchange + Translator.width(kind), type: Translator.type(kind))
        default:
            let (group, kind) = (number &- 0x1E).quotientAndRemainder(dividingBy: 7)
            let handler = .atomicModify + (Int(group) &* 4 &+ Translator.width(kind))
            modify(handler, type: Translator.type(kind))
        }
    }

    private mutating func atomicLoad(_ kind: UInt32) {
        let operand = memoryOperand()
        let address = popSlot()
        let result = pushTemporary(Translator.type(kind))
        let at = emit(.atomicLoad + Translator.width(kind), sizeInBytes: 24, result: result)
        code.set16(at &+ 10, address)
        setMemory(operand, of: at)
    }

    private mutating func atomicStore(_ kind: UInt32) {
        let operand = memoryOperand()
        let value = popSlot()
        let address = popSlot()
        let at = emit(.atomicStore + Translator.width(kind), sizeInBytes: 24)
        code.set16(at &+ 8, address)
        code.set16(at &+ 10, value)
        setMemory(operand, of: at)
    }

    /// An address and a value.
    private mutating func modify(_ handler: InternalOpcode, type: UInt8) {
        let operand = memoryOperand()
        let value = popSlot()
        let address = popSlot()
        let result = pushTemporary(type)
        let at = emit(handler, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, address)
        code.set16(at &+ 14, value)
        setMemory(operand, of: at)
        last.offset = -1
    }

    /// An address, an expected value, and a replacement or timeout.
    private mutating func compare(_ handler: InternalOpcode, type: UInt8) {
        let operand = memoryOperand()
        let third = popSlot()
        let expected = popSlot()
        let address = popSlot()
        let result = pushTemporary(type)
        let at = emit(handler, sizeInBytes: 32, result: result)
        code.set16(at &+ 10, address)
        code.set16(at &+ 14, expected)
        code.set16(at &+ 24, third)
        setMemory(operand, of: at)
        last.offset = -1
    }
}
