internal import MoteMemory
internal import MoteModule

// Loads and stores of vectors and of their lanes. Memory 0 with 32-bit addresses has handlers with and without a
// comparison, v128.load and v128.store in the address forms of the scalars; all others go through ``EffectiveAddress``.

extension Translator {
    /// Address forms of v128.store in the generator's order.
    private enum StoreForm {
        static var slot: Int { 0 }
        static var constant: Int { 1 }
        static var two: Int { 2 }
        static var sum: Int { 3 }
    }

    /// Writes what an access to any memory has in common.
    private mutating func setGeneral(_ at: Int, _ operand: MemoryOperand) {
        code.set16(at &+ 14, Int16(truncatingIfNeeded: operand.memoryIndex))
        code.set64(at &+ 16, operand.offset)
    }

    /// A load of a row of the generator: 0 all 16 bytes, then extending, splat and zero.
    mutating func vectorLoad(row: Int) {
        let operand = memoryOperand()
        guard operand.isPlain else {
            let source = popSlot()
            let result = pushTemporary(0x7B)
            let at = emitVector(.vectorLoadGeneral + row, sizeInBytes: 24, result: result)
            code.set16(at &+ 10, source)
            setGeneral(at, operand)
            return
        }
        let family: InternalOpcode = isGuarded ? .vectorLoad : .vectorLoadChecked
        guard row > 0 else { return plainLoad(family, type: 0x7B, offset: operand.offset) }
        let source = popSlot()
        let result = pushTemporary(0x7B)
        let at = emitVector(family + (LoadForm.count &- 1 &+ row), result: result)
        code.set16(at &+ 10, source)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: operand.offset))
    }

    mutating func vectorStore() {
        let operand = memoryOperand()
        let offset = operand.offset
        let value = pop()
        let address = pop()
        guard operand.isPlain else {
            let target = slot(of: address)
            let at = emit(.vectorStoreGeneral, sizeInBytes: 24)
            code.set16(at &+ 8, target)
            code.set16(at &+ 10, value.slot)
            setGeneral(at, operand)
            return
        }
        let family: InternalOpcode = isGuarded ? .vectorStore : .vectorStoreChecked
        if address.kind == .constant, address.value &+ offset <= UInt64(UInt32.max) {
            let at = emit(family + StoreForm.constant)
            code.set16(at &+ 10, value.slot)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value &+ offset))
            return
        }
        if address.kind == .sum, offset == 0 {
            let at = emit(family + StoreForm.sum)
            code.set16(at &+ 8, address.slot)
            code.set16(at &+ 10, value.slot)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value))
            return
        }
        if isFreshSum(address), offset <= UInt64(UInt16.max) {
            let (left, right) = (lastField16(10), lastField16(12))
            removeLast()
            let at = emit(family + StoreForm.two)
            code.set16(at &+ 8, left)
            code.set16(at &+ 10, value.slot)
            code.set16(at &+ 12, right)
            code.set16(at &+ 14, Int16(bitPattern: UInt16(truncatingIfNeeded: offset)))
            return
        }
        let target = slot(of: address)
        let at = emit(family + StoreForm.slot)
        code.set16(at &+ 8, target)
        code.set16(at &+ 10, value.slot)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: offset))
    }

    /// v128.load8_lane and wider ones: `log2` of the lane's bytes.
    mutating func loadLane(_ log2: Int) {
        let operand = memoryOperand()
        let lane = Int16(reader.byte()) &<< Int16(truncatingIfNeeded: log2)
        let vector = pop().slot
        let address = popSlot()
        let result = pushTemporary(0x7B)
        guard operand.isPlain else {
            let at = emitVector(.vectorLoadLaneGeneral + log2, sizeInBytes: 32, result: result)
            code.set16(at &+ 10, address)
            code.set16(at &+ 12, vector)
            setGeneral(at, operand)
            code.set16(at &+ 24, lane)
            return
        }
        let family: InternalOpcode = isGuarded ? .vectorLoadLane : .vectorLoadLaneChecked
        let at = emitVector(family + log2, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, address)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: operand.offset))
        code.set16(at &+ 16, vector)
        code.set16(at &+ 18, lane)
    }

    mutating func storeLane(_ log2: Int) {
        let operand = memoryOperand()
        let lane = Int16(reader.byte()) &<< Int16(truncatingIfNeeded: log2)
        let vector = pop().slot
        let address = popSlot()
        let isPlain = operand.isPlain
        let family: InternalOpcode =
            !isPlain ? .vectorStoreLaneGeneral : isGuarded ? .vectorStoreLane : .vectorStoreLaneChecked
        let at = emit(family + log2, sizeInBytes: 24)
        code.set16(at &+ 8, address)
        code.set16(at &+ 10, vector)
        if isPlain {
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: operand.offset))
            code.set16(at &+ 16, lane)
        } else {
            code.set16(at &+ 12, lane)
            setGeneral(at, operand)
        }
    }
}
