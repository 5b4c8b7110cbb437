internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Locals, globals, select, drop and constants.

extension Translator {
    /// Pops a value into a local.
    ///
    /// What computed it last writes to the local at once, if nobody else reads the old value.
    mutating func localSet(_ index: Int) {
        let slot = locals[index].slot
        let entry = pop()
        if isLastResult(entry), !isPending(slot) {
            code.set16(last.offset &+ 8, slot)
            let isInteger = integerRegister == entry.slot
            let isFloat = floatRegister == entry.slot
            forget(slot)
            if entry.isVector { forget(slot &+ 1) }
            if isInteger { integerRegister = slot }
            if isFloat { floatRegister = slot }
            last.offset = -1
            return
        }
        preserve(slot)
        write(entry, to: slot)
        last.offset = -1
    }

    mutating func localTee(_ index: Int) {
        localSet(index)
        pushLocal(index)
    }

    /// Whether an entry on the stack still reads the local in a slot.
    private mutating func isPending(_ slot: Int16) -> Bool {
        for at in 0..<lazy.count where entries[Int(lazy.indices[at])].slot == slot { return true }
        return false
    }

    mutating func globalGet(_ index: UInt32) {
        guard let global = module.pointee.globals.pointer(at: Int(index)) else { return }
        let type = global.pointee.type.valueType.kind
        let isImported = Int(index) < module.pointee.importedGlobalCount
        if Build.hasVectors, type == 0x7B {
            let result = pushTemporary(type)
            let at = emitVector(isImported ? .globalGetImportedVector : .globalGetVector, result: result)
            code.set32(at &+ 12, global.pointee.slot)
            return
        }
        let isFloat = type == 0x7D || type == 0x7C
        let opcode: InternalOpcode =
            isImported ? .globalGetImported : isFloat ? .globalGetFloat : .globalGet
        emitValue(opcode, type, 0, global.pointee.slot)
        // Its handler does not know the type and fills both registers.
        if isImported { resultIsInBothRegisters() }
    }

    @inline(never)
    private mutating func resultIsInBothRegisters() {
        integerRegister = last.result
        floatRegister = last.result
    }

    mutating func globalSet(_ index: UInt32) {
        guard let global = module.pointee.globals.pointer(at: Int(index)) else { return }
        let isImported = Int(index) < module.pointee.importedGlobalCount
        let source = popSlot()
        let isLast = source == integerRegister
        let opcode: InternalOpcode
        var second: Int16 = 0
        if Build.hasVectors, global.pointee.type.valueType == .v128 {
            opcode = isImported ? .globalSetImportedVector : .globalSetVector
        } else if isImported {
            opcode = .globalSetImported
        } else if index != stackPointerIndex {
            opcode = isLast ? .globalSetLast : .globalSetSlot
        } else if stackPointerIs64 {
            // A write of the guest's stack pointer is compared with the bounds of its stack.
            opcode = isLast ? .stackPointerSetLast64 : .stackPointerSetSlot64
            second = 1
        } else {
            opcode = isLast ? .stackPointerSetLast : .stackPointerSetSlot
        }
        emit(opcode, source, second, global.pointee.slot)
    }

    mutating func select() {
        let condition = pop()
        let second = pop()
        let first = pop()
        let conditionSlot = slot(of: condition)
        let firstSlot = slot(of: first)
        let rest = fields(slot(of: second), UInt64(UInt16(bitPattern: conditionSlot)))
        if first.isVector {
            let at = emitVector(.selectVector, result: pushTemporary(first.type))
            code.set16(at &+ 10, firstSlot)
            code.set32(at &+ 12, rest)
            return
        }
        let isLast = conditionSlot == integerRegister
        emitValue(isLast ? .selectLast : .selectSlots, first.type, firstSlot, rest)
        resultIsInBothRegisters()
    }

    /// 0x41 to 0x44.
    mutating func constant(_ byte: UInt8) {
        let value =
            switch byte {
            case 0x41: UInt64(UInt32(truncatingIfNeeded: reader.s64()))
            case 0x42: UInt64(bitPattern: reader.s64())
            case 0x43: UInt64(reader.bits32())
            default: reader.bits64()
            }
        pushConstant(value, 0x7F &- (byte &- 0x41))
    }

    mutating func referenceIsNull() {
        equalsZero(is64: true)
    }

    mutating func referenceFunction(_ index: UInt32) {
        emitValue(.referenceFunction, 0x63, 0, index)
    }
}
