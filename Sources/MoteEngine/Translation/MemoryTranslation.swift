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
    private static func loadRow(_ byte: UInt8) -> Int {
        switch byte {
        case 0x28: 2  // i32.load
        case 0x29: 3  // i64.load
        case 0x2A: 9  // f32.load
        case 0x2B: 10  // f64.load
        case 0x2C: 4  // i32.load8_s
        case 0x2D: 0  // i32.load8_u
        case 0x2E: 5  // i32.load16_s
        case 0x2F: 1  // i32.load16_u
        case 0x30: 6  // i64.load8_s
        case 0x31: 0  // i64.load8_u
        case 0x32: 7  // i64.load16_s
        case 0x33: 1  // i64.load16_u
        case 0x34: 8  // i64.load32_s
        default: 2  // i64.load32_u
        }
    }

    /// Result type of opcodes 0x28 to 0x35.
    private static func loadType(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x29, 0x30...0x35: 0x7E
        case 0x2A: 0x7D
        case 0x2B: 0x7C
        default: 0x7F
        }
    }

    /// Whether the entry is a sum of two slots computed just now, which the access can make itself.
    func isFreshSum(_ entry: OperandEntry) -> Bool {
        let form = Int(last.opcode.rawValue) &- Int(InternalOpcode.i32Binary.rawValue)
        return isLastResult(entry)
            && (form == IntegerForm.slotSlot || form == IntegerForm.lastSlot || form == IntegerForm.slotLast)
    }

    mutating func load(_ byte: UInt8) {
        let operand = memoryOperand()
        guard operand.isPlain else { return generalLoad(byte, operand) }
        let family =
            (isGuarded ? InternalOpcode.load : .loadChecked) + Translator.loadRow(byte) * LoadForm.count
        plainLoad(family, type: Translator.loadType(byte), offset: operand.offset)
    }

    /// A load of memory 0 with 32-bit addresses, by the form that its address has; `family` is the first of the forms.
    mutating func plainLoad(_ family: InternalOpcode, type: UInt8, offset: UInt64) {
        let address = pop()
        if address.kind == .constant, address.value &+ offset <= UInt64(UInt32.max) {
            let at = emitLoad(family + LoadForm.constant, type: type)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value &+ offset))
            return
        }
        if isFreshSum(address), offset <= UInt64(UInt16.max) {
            let (left, right) = (lastField16(10), lastField16(12))
            removeLast()
            let at = emitLoad(family + LoadForm.two, type: type)
            code.set16(at &+ 10, left)
            code.set16(at &+ 12, right)
            code.set16(at &+ 14, Int16(bitPattern: UInt16(truncatingIfNeeded: offset)))
            return
        }
        if address.kind == .sum, offset == 0 {
            let isLast = address.slot == integerRegister
            let at = emitLoad(family + (isLast ? LoadForm.lastSum : LoadForm.sum), type: type)
            code.set16(at &+ 10, address.slot)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value))
            return
        }
        let source = slot(of: address)
        let isLast = source == integerRegister
        let at = emitLoad(family + (isLast ? LoadForm.last : LoadForm.slot), type: type)
        code.set16(at &+ 10, source)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: offset))
    }

    /// Writes a load of 16 bytes of code whose result goes on the stack.
    private mutating func emitLoad(_ opcode: InternalOpcode, type: UInt8) -> Int {
        let result = pushTemporary(type)
        if Build.hasVectors, type == 0x7B { return emitVector(opcode, result: result) }
        return emit(opcode, result: result, isFloat: type == 0x7D || type == 0x7C)
    }

    /// Width row of opcodes 0x36 to 0x3E: 8, 16, 32, 64 bits.
    private static func storeRow(_ byte: UInt8) -> Int {
        switch byte {
        case 0x3A, 0x3C: 0
        case 0x3B, 0x3D: 1
        case 0x36, 0x38, 0x3E: 2
        default: 3
        }
    }

    mutating func store(_ byte: UInt8) {
        let operand = memoryOperand()
        guard operand.isPlain else { return generalStore(byte, operand) }
        let offset = operand.offset
        let value = pop()
        let address = pop()
        let row = Translator.storeRow(byte)
        let family = (isGuarded ? InternalOpcode.store : .storeChecked) + row * Translator.storeForms
        let immediate = immediate(value, is64: row == 3)
        if address.kind == .constant, address.value &+ offset <= UInt64(UInt32.max) {
            let source = source(immediate, value)
            let at = emit(family + (immediate == nil ? 2 : 3))
            code.set16(at &+ 10, source)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value &+ offset))
            return
        }
        if address.kind == .sum, offset == 0 {
            let source = source(immediate, value)
            let at = emit(family + (immediate == nil ? 5 : 6))
            code.set16(at &+ 8, address.slot)
            code.set16(at &+ 10, source)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: address.value))
            return
        }
        if immediate == nil, value.kind == .temporary || value.kind == .local, isFreshSum(address),
            offset <= UInt64(UInt16.max)
        {
            let (left, right) = (lastField16(10), lastField16(12))
            removeLast()
            let at = emit(family + 4)
            code.set16(at &+ 8, left)
            code.set16(at &+ 10, value.slot)
            code.set16(at &+ 12, right)
            code.set16(at &+ 14, Int16(bitPattern: UInt16(truncatingIfNeeded: offset)))
            return
        }
        let target = slot(of: address)
        let source = source(immediate, value)
        let at = emit(family + (immediate == nil ? 0 : 1))
        code.set16(at &+ 8, target)
        code.set16(at &+ 10, source)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: offset))
    }

    /// The field for a stored value: its immediate, or its slot.
    private mutating func source(_ immediate: Int16?, _ value: OperandEntry) -> Int16 {
        if let immediate { return immediate }
        return slot(of: value)
    }

    /// The 16-bit immediate whose sign extension has a constant's low bits, if there is one.
    private func immediate(_ value: OperandEntry, is64: Bool) -> Int16? {
        guard value.kind == .constant else { return nil }
        let small = Int16(truncatingIfNeeded: value.value)
        let wide = UInt64(bitPattern: Int64(small))
        if is64 { return wide == value.value ? small : nil }
        return UInt32(truncatingIfNeeded: wide) == UInt32(truncatingIfNeeded: value.value) ? small : nil
    }

    /// An access to any memory but a 32-bit memory 0.
    private mutating func generalLoad(_ byte: UInt8, _ operand: MemoryOperand) {
        let type = Translator.loadType(byte)
        let address = slot(of: pop())
        let result = pushTemporary(type)
        let at = emit(
            .loadGeneral + Translator.loadRow(byte),
            sizeInBytes: 24,
            result: result,
            isFloat: type == 0x7D || type == 0x7C
        )
        code.set16(at &+ 10, address)
        setMemory(operand, of: at)
    }

    private mutating func generalStore(_ byte: UInt8, _ operand: MemoryOperand) {
        let value = slot(of: pop())
        let address = slot(of: pop())
        let at = emit(.storeGeneral + Translator.storeRow(byte), sizeInBytes: 24)
        code.set16(at &+ 8, address)
        code.set16(at &+ 10, value)
        setMemory(operand, of: at)
    }

    /// Writes memory index @12 and offset @16 of an instruction that accesses any memory.
    func setMemory(_ operand: MemoryOperand, of at: Int) {
        // Safe: the decoder allows no more memories than 16 bits can count.
        code.set16(at &+ 12, Int16(truncatingIfNeeded: operand.memoryIndex))
        code.set64(at &+ 16, operand.offset)
    }

    /// The number of pages or elements.
    mutating func sized(_ opcode: InternalOpcode, index: UInt32, is64: Bool) {
        let result = pushTemporary(is64 ? 0x7E : 0x7F)
        let at = emit(opcode, result: result)
        code.set32(at &+ 12, index)
    }

    mutating func memoryGrow(_ memory: UInt32) {
        let delta = slot(of: pop())
        let result = pushTemporary(isMemory64(memory) ? 0x7E : 0x7F)
        let at = emit(.memoryGrowOperation, result: result)
        code.set16(at &+ 10, delta)
        code.set32(at &+ 12, memory)
        join()
        integerRegister = result
    }

    /// Three operands and up to two indices.
    mutating func bulk(_ opcode: InternalOpcode, _ first: UInt32, _ second: UInt32) {
        let third = slot(of: pop())
        let middle = slot(of: pop())
        let lowest = slot(of: pop())
        let at = emit(opcode, sizeInBytes: 24)
        code.set16(at &+ 8, lowest)
        code.set16(at &+ 10, middle)
        code.set16(at &+ 12, third)
        code.set32(at &+ 16, first)
        code.set32(at &+ 20, second)
    }

    mutating func drop(_ opcode: InternalOpcode, segment: UInt32) {
        let at = emit(opcode)
        code.set32(at &+ 12, segment)
    }

    mutating func tableGet(_ table: UInt32) {
        let index = slot(of: pop())
        let result = pushTemporary(0x63)
        let at = emit(.tableGetOperation, result: result)
        code.set16(at &+ 10, index)
        code.set32(at &+ 12, table)
    }

    mutating func tableSet(_ table: UInt32) {
        let value = slot(of: pop())
        let index = slot(of: pop())
        let at = emit(.tableSetOperation)
        code.set16(at &+ 8, index)
        code.set16(at &+ 10, value)
        code.set32(at &+ 12, table)
    }

    mutating func tableGrow(_ table: UInt32) {
        let count = slot(of: pop())
        let value = slot(of: pop())
        let result = pushTemporary(isTable64(table) ? 0x7E : 0x7F)
        let at = emit(.tableGrowOperation, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, value)
        code.set16(at &+ 12, count)
        code.set32(at &+ 16, table)
    }
}
