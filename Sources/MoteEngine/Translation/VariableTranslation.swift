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
    private func isPending(_ slot: Int16) -> Bool {
        for at in 0..<lazy.count where entries[Int(lazy.indices[at])].slot == slot { return true }
        return false
    }

    mutating func globalGet(_ index: UInt32) {
        guard let global = module.pointee.globals[checked: Int(index)] else { return }
        let type = global.type.valueType.kind
        let isFloat = type == 0x7D || type == 0x7C
        let isImported = Int(index) < module.pointee.importedGlobalCount
        let result = pushTemporary(type)
        if Build.hasVectors, type == 0x7B {
            let at = emitVector(isImported ? .globalGetImportedVector : .globalGetVector, result: result)
            code.set32(at &+ 12, global.slot)
            return
        }
        let at = emit(
            isImported ? .globalGetImported : isFloat ? .globalGetFloat : .globalGet,
            result: result,
            isFloat: isFloat
        )
        code.set32(at &+ 12, global.slot)
        if isImported {
            // Its handler does not know the type and fills both registers.
            integerRegister = result
            floatRegister = result
        }
    }

    mutating func globalSet(_ index: UInt32) {
        guard let global = module.pointee.globals[checked: Int(index)] else { return }
        let isImported = Int(index) < module.pointee.importedGlobalCount
        let source = popSlot()
        if Build.hasVectors, global.type.valueType == .v128 {
            let at = emit(isImported ? .globalSetImportedVector : .globalSetVector)
            code.set16(at &+ 8, source)
            code.set32(at &+ 12, global.slot)
            return
        }
        let isLast = !isImported && source == integerRegister
        if index == auxiliaryStack.globalIndex, !isImported {
            stackPointerSet(source, isLast: isLast, global.slot)
            return
        }
        let at = emit(isImported ? .globalSetImported : isLast ? .globalSetLast : .globalSetSlot)
        code.set16(at &+ 8, source)
        code.set32(at &+ 12, global.slot)
    }

    /// A write of the guest's stack pointer, which is compared with the bounds of its stack.
    private mutating func stackPointerSet(
        _ source: Int16,
        isLast: Bool,
        _ globalSlot: UInt32
    ) {
        let opcode: InternalOpcode
        if auxiliaryStack.is64 {
            opcode = isLast ? .stackPointerSetLast64 : .stackPointerSetSlot64
        } else {
            opcode = isLast ? .stackPointerSetLast : .stackPointerSetSlot
        }
        let at = emit(opcode)
        code.set16(at &+ 8, source)
        code.set16(at &+ 10, auxiliaryStack.is64 ? 1 : 0)
        code.set32(at &+ 12, globalSlot)
    }

    mutating func select() {
        let condition = pop()
        let second = pop()
        let first = pop()
        let conditionSlot = slot(of: condition)
        let firstSlot = slot(of: first)
        let secondSlot = slot(of: second)
        let isLast = conditionSlot == integerRegister
        let result = pushTemporary(first.type)
        if first.isVector {
            let at = emitVector(.selectVector, result: result)
            code.set16(at &+ 10, firstSlot)
            code.set16(at &+ 12, secondSlot)
            code.set16(at &+ 14, conditionSlot)
            return
        }
        let at = emit(isLast ? .selectLast : .selectSlots, result: result)
        code.set16(at &+ 10, firstSlot)
        code.set16(at &+ 12, secondSlot)
        code.set16(at &+ 14, conditionSlot)
        // The value is in both registers.
        floatRegister = result
    }

    /// 0x41 to 0x44.
    mutating func constant(_ byte: UInt8) {
        switch byte {
        case 0x41: pushConstant(UInt64(UInt32(truncatingIfNeeded: reader.s64())), 0x7F)
        case 0x42: pushConstant(UInt64(bitPattern: reader.s64()), 0x7E)
        case 0x43: pushConstant(UInt64(reader.bits32()), 0x7D)
        default: pushConstant(reader.bits64(), 0x7C)
        }
    }

    mutating func referenceIsNull() {
        equalsZero(is64: true)
    }

    mutating func referenceFunction(_ index: UInt32) {
        let result = pushTemporary(0x63)
        let at = emit(.referenceFunction, result: result)
        code.set32(at &+ 12, index)
    }
}
