internal import MoteMemory
internal import MoteModule

// Atomic accesses: numbers behind 0xFE. Each group has seven widths, in the order of `widths`.

extension Translator {
    /// i32, i64, i32 of 8 and 16 bits, i64 of 8, 16 and 32 bits: handlers by base-2 logarithm of bytes.
    private static func width(_ kind: UInt32) -> Int { digit(Int(kind), of: 0x210_1032) }

    private static func type(_ kind: UInt32) -> UInt8 {
        kind == 0 || kind == 2 || kind == 3 ? 0x7F : 0x7E
    }

    /// The instruction with a number, whose immediates are still to be read.
    mutating func atomic(_ number: UInt32) {
        var handler: InternalOpcode
        var type: UInt8 = 0x7F
        var operandCount = 2
        switch number {
        case 0: handler = .atomicNotify
        case 1, 2:
            handler = number == 1 ? .atomicWait32 : .atomicWait64
            operandCount = 3
        case 3:
            reader.offset &+= 1
            _ = emit(.atomicFence, sizeInBytes: 8)
            return
        default:
            // Loads, stores, six groups of read-modify-write, compare-exchange.
            let (group, kind) = (number &- 0x10).quotientAndRemainder(dividingBy: 7)
            type = Translator.type(kind)
            switch group {
            case 0:
                handler = .atomicLoad
                operandCount = 1
            case 1:
                handler = .atomicStore
                type = 0
            case 8:
                handler = .atomicCompareExchange
                operandCount = 3
            default: handler = .atomicModify + Int(truncatingIfNeeded: (group &- 2) &* 4)
            }
            handler = handler + Translator.width(kind)
        }
        access(memoryOperand(), handler, type, operandCount: operandCount)
    }

    /// Writes an access to any memory: an address, and behind it a value; or an expected value, and a replacement or
    /// timeout.
    ///
    /// - type: of the result; 0 for stores, which have none.
    @inline(never)
    mutating func access(
        _ operand: MemoryOperand,
        _ handler: InternalOpcode,
        _ type: UInt8,
        operandCount: Int
    ) {
        let third = operandCount > 2 ? popSlot() : 0
        let second = operandCount > 1 ? popSlot() : 0
        let address = popSlot()
        let at: Int
        if type == 0 {
            at = emit(handler, sizeInBytes: 24)
            code.set16(at &+ 8, address)
            code.set16(at &+ 10, second)
        } else {
            at = emitValue(handler, type, address, 0, sizeInBytes: operandCount > 2 ? 32 : 24)
            if operandCount > 1 {
                code.set16(at &+ 14, second)
                last.offset = -1
            }
            if operandCount > 2 { code.set16(at &+ 24, third) }
        }
        setMemory(operand, of: at)
    }
}
