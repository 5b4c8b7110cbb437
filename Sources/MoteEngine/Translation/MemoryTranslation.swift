internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Loads, stores and bulk operations.

/// Address forms of loads, in the generator's order.
enum LoadForm {
    static var slot: Int { 0 }
    static var last: Int { 1 }
    static var constant: Int { 2 }
    /// The sum of two slots.
    static var two: Int { 3 }
    /// The sum of a slot, or of the last result, and a constant.
    static var sum: Int { 4 }
    static var lastSum: Int { 5 }
    static var count: Int { 6 }
}

extension Translator {
    /// Address and value forms of stores, in the generator's order: slot/slot, slot/immediate, constant/slot,
    /// constant/immediate, two slots/slot, slot and constant/slot, slot and constant/immediate.
    private static var storeForms: Int { 7 }

    /// Row of `LOADS` in the generator for opcodes 0x28 to 0x35.
    private static func loadRow(_ byte: UInt8) -> Int { digit(Int(byte) &- 0x28, of: 0x28_1706_1504_A932) }

    /// Result type of opcodes 0x28 to 0x35.
    private static func loadType(_ byte: UInt8) -> UInt8 {
        0x70 | UInt8(truncatingIfNeeded: digit(Int(byte) &- 0x28, of: 0xEE_EEEE_FFFF_CDEF))
    }

    /// Whether the entry is a sum of two slots computed just now, which the access can make itself.
    mutating func isFreshSum(_ entry: Operand) -> Bool {
        let form = Int(last.opcode.rawValue) &- Int(InternalOpcode.i32Binary.rawValue)
        return isLastResult(entry)
            && (form == IntegerForm.slotSlot || form == IntegerForm.lastSlot || form == IntegerForm.slotLast)
    }

    mutating func load(_ byte: UInt8) {
        let operand = memoryOperand()
        let row = Translator.loadRow(byte)
        let type = Translator.loadType(byte)
        guard operand.isPlain else { return access(operand, .loadGeneral + row, type, operandCount: 1) }
        let family = (isGuarded ? InternalOpcode.load : .loadChecked) + row * LoadForm.count
        plainLoad(family, type: type, offset: operand.offset)
    }

    /// How an access reaches its address: form of a load, the slot that is its first field, and the field at 12.
    @inline(never)
    private mutating func reach(
        _ address: Operand,
        _ offset: UInt64,
        allowsTwo: Bool
    ) -> (form: Int, slot: Int16, rest: UInt32) {
        if address.kind == .constant, address.value &+ offset <= UInt64(UInt32.max) {
            return (LoadForm.constant, 0, UInt32(truncatingIfNeeded: address.value &+ offset))
        }
        if address.kind == .sum, offset == 0 {
            return (LoadForm.sum, address.slot, UInt32(truncatingIfNeeded: address.value))
        }
        if allowsTwo, isFreshSum(address), offset <= UInt64(UInt16.max) {
            let (left, right) = (lastField16(10), lastField16(12))
            removeLast()
            return (LoadForm.two, left, fields(right, offset))
        }
        return (LoadForm.slot, slot(of: address), UInt32(truncatingIfNeeded: offset))
    }

    /// A load of memory 0 with 32-bit addresses, by the form that its address has; `family` is the first of the forms.
    mutating func plainLoad(_ family: InternalOpcode, type: UInt8, offset: UInt64) {
        var (form, source, rest) = reach(pop(), offset, allowsTwo: true)
        // The forms with the last result come next.
        if form == LoadForm.slot || form == LoadForm.sum, source == integerRegister { form &+= 1 }
        if Build.hasVectors, type == 0x7B {
            let at = emitVector(family + form, result: pushTemporary(type))
            code.set16(at &+ 10, source)
            code.set32(at &+ 12, rest)
            return
        }
        emitValue(family + form, type, source, rest)
    }

    /// Width row of opcodes 0x36 to 0x3E: 8, 16, 32, 64 bits.
    private static func storeRow(_ byte: UInt8) -> Int { digit(Int(byte) &- 0x36, of: 0x2_1010_3232) }

    mutating func store(_ byte: UInt8) {
        let operand = memoryOperand()
        let row = Translator.storeRow(byte)
        guard operand.isPlain else { return access(operand, .storeGeneral + row, 0, operandCount: 2) }
        let offset = operand.offset
        let value = pop()
        let address = pop()
        let family = (isGuarded ? InternalOpcode.store : .storeChecked) + row * Translator.storeForms
        let small = Int16(truncatingIfNeeded: value.value)
        let isImmediate = value.kind == .constant && isSignExtended(value.value, is64: row == 3)
        let isPlaced = value.kind == .temporary || value.kind == .local
        var (form, target, rest) = reach(address, offset, allowsTwo: isPlaced)
        // Each form but that of two slots has one with an immediate behind it.
        if form >= LoadForm.two { form &+= 1 }
        let source = isImmediate ? small : slot(of: value)
        emit(family + (isImmediate ? form &+ 1 : form), target, source, rest)
    }

    /// Whether a constant's low bits are the sign extension of its lowest 16.
    private mutating func isSignExtended(_ value: UInt64, is64: Bool) -> Bool {
        let wide = UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: value)))
        return is64 ? wide == value : UInt32(truncatingIfNeeded: wide) == UInt32(truncatingIfNeeded: value)
    }

    /// Writes memory index @12 and offset @16 of an instruction that accesses any memory.
    mutating func setMemory(_ operand: MemoryOperand, of at: Int) {
        // Safe: the decoder allows no more memories than 16 bits can count.
        code.set16(at &+ 12, Int16(truncatingIfNeeded: operand.memoryIndex))
        code.set64(at &+ 16, operand.offset)
    }

    /// The number of pages or elements.
    mutating func sized(_ opcode: InternalOpcode, index: UInt32, is64: Bool) {
        emitValue(opcode, is64 ? 0x7E : 0x7F, 0, index)
    }

    mutating func memoryGrow(_ memory: UInt32) {
        let delta = popSlot()
        emitValue(.memoryGrowOperation, isMemory64(memory) ? 0x7E : 0x7F, delta, memory)
        join()
        integerRegister = last.result
    }

    /// Three operands and up to two indices.
    mutating func bulk(_ opcode: InternalOpcode, _ first: UInt32, _ second: UInt32) {
        let third = popSlot()
        let middle = popSlot()
        let lowest = popSlot()
        let at = emit(opcode, sizeInBytes: 24)
        code.set16(at &+ 8, lowest)
        code.set16(at &+ 10, middle)
        code.set16(at &+ 12, third)
        code.set32(at &+ 16, first)
        code.set32(at &+ 20, second)
    }

    mutating func drop(_ opcode: InternalOpcode, segment: UInt32) {
        emit(opcode, 0, 0, segment)
    }

    mutating func tableGet(_ table: UInt32) {
        emitValue(.tableGetOperation, 0x63, popSlot(), table)
    }

    mutating func tableSet(_ table: UInt32) {
        let value = popSlot()
        emit(.tableSetOperation, popSlot(), value, table)
    }

    mutating func tableGrow(_ table: UInt32) {
        let count = popSlot()
        let value = popSlot()
        let type: UInt8 = isTable64(table) ? 0x7E : 0x7F
        let at = emitValue(.tableGrowOperation, type, value, fields(count), sizeInBytes: 24)
        code.set32(at &+ 16, table)
    }
}
