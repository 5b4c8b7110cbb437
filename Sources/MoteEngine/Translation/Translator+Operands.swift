internal import MoteMemory
internal import MoteModule

// The abstract operand stack: pushing, popping, and putting values where they have to be.

extension Translator {
    /// Position in the frame of the next entry.
    @inline(__always)
    var topPosition: Int16 { Int16(truncatingIfNeeded: temporaryStart &+ stackSlots) }

    /// The home of a new entry of a type on top of the stack.
    @inline(never)
    private mutating func home(_ type: UInt8) -> Int16 {
        guard type == 0x63 || type == 0x64 else { return topPosition }
        if referenceCount >= referenceTemporaries { needsMoreReferences = true }
        let slot = referenceStart &+ referenceCount
        referenceCount &+= 1
        return Int16(truncatingIfNeeded: slot)
    }

    /// Pushes a value that an instruction puts in its home slot; returns the slot.
    @discardableResult
    @inline(never)
    mutating func pushTemporary(_ type: UInt8) -> Int16 {
        let slot = home(type)
        entries[entryCount] = OperandEntry(
            value: 0,
            slot: slot,
            home: slot,
            position: topPosition,
            kind: .temporary,
            type: type
        )
        entryCount &+= 1
        stackSlots &+= slotCount(ofKind: type)
        return slot
    }

    @inline(never)
    mutating func pushConstant(_ value: UInt64, _ type: UInt8) {
        let slot = home(type)
        entries[entryCount] = OperandEntry(
            value: value,
            slot: slot,
            home: slot,
            position: topPosition,
            kind: .constant,
            type: type
        )
        entryCount &+= 1
        stackSlots &+= 1
    }

    @inline(never)
    mutating func pushLocal(_ index: Int) {
        let local = locals[index]
        let slot = home(local.type)
        pushLazy(
            OperandEntry(
                value: 0,
                slot: local.slot,
                home: slot,
                position: topPosition,
                kind: .local,
                type: local.type
            )
        )
    }

    /// Pushes the sum of a slot, a local's or the temporary popped last, and a constant.
    mutating func pushSum(_ slot: Int16, _ value: UInt64) {
        pushLazy(
            OperandEntry(
                value: value,
                slot: slot,
                home: topPosition,
                position: topPosition,
                kind: .sum,
                type: 0x7F
            )
        )
    }

    private mutating func pushLazy(_ entry: OperandEntry) {
        entries[entryCount] = entry
        if lazy.count == LazyEntries.capacity {
            // So many unread locals are rare: the oldest goes to its home, and the list stays short.
            settle(Int(lazy.indices[0]))
            for index in 1..<LazyEntries.capacity { lazy.indices[index &- 1] = lazy.indices[index] }
            lazy.count &-= 1
        }
        lazy.indices[lazy.count] = Int32(truncatingIfNeeded: entryCount)
        lazy.count &+= 1
        entryCount &+= 1
        stackSlots &+= entry.slotCount
    }

    @inline(never)
    mutating func pop() -> Operand {
        entryCount &-= 1
        let entry = operand(entryCount)
        stackSlots &-= entry.slotCount
        if entry.isLazy { lazy.count &-= 1 }
        if entry.isReference { referenceCount &-= 1 }
        return entry
    }

    @inline(__always)
    mutating func operand(_ index: Int) -> Operand { Operand(entry: entries + index) }

    /// Puts an entry into its home slot, if it is not there.
    @inline(never)
    mutating func settle(_ index: Int) {
        let entry = operand(index)
        guard entry.kind != .temporary else { return }
        write(entry, to: entry.home)
        entry.kind = .temporary
        entry.slot = entry.home
    }

    /// Before a local changes: entries that still read it get the old value.
    mutating func preserve(_ slot: Int16) {
        guard lazy.count > 0 else { return }
        var kept = 0
        for at in 0..<lazy.count {
            let index = Int(lazy.indices[at])
            if entries[index].slot == slot {
                settle(index)
            } else {
                lazy.indices[kept] = lazy.indices[at]
                kept &+= 1
            }
        }
        lazy.count = kept
    }

    /// Before control flow splits: every entry that reads a local gets its value now.
    mutating func settleLocals() {
        for at in 0..<lazy.count { settle(Int(lazy.indices[at])) }
        lazy.count = 0
    }

    /// Puts the `count` entries on top into their homes.
    @inline(never)
    mutating func settleTop(_ count: Int) {
        settleLocals()
        var index = entryCount &- count
        while index < entryCount {
            settle(index)
            index &+= 1
        }
    }

    /// Slot from which an instruction reads a popped entry; a constant or sum is written to its home first.
    @inline(never)
    mutating func slot(of entry: Operand) -> Int16 {
        guard entry.kind == .constant || entry.kind == .sum else { return entry.slot }
        write(entry, to: entry.home)
        return entry.home
    }

    /// Pops an entry and gives the slot from which an instruction reads it.
    @inline(never)
    mutating func popSlot() -> Int16 {
        slot(of: pop())
    }

    /// Writes an entry's value to a slot, with one copy or constant instruction unless it is there already.
    mutating func write(_ entry: Operand, to slot: Int16) {
        if entry.kind == .sum {
            let isLast = entry.slot == integerRegister
            let at = emit(
                .i32Binary + (isLast ? IntegerForm.lastImmediate : IntegerForm.slotImmediate),
                result: slot
            )
            code.set16(at &+ 10, entry.slot)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: entry.value))
            return
        }
        guard entry.kind == .constant else {
            if entry.slot == slot { return }
            if entry.isVector {
                let at = emitVector(.copyVector, result: slot)
                code.set16(at &+ 10, entry.slot)
                return
            }
            if entry.slot == integerRegister {
                _ = emit(.copyLast, result: slot, keepsRegisters: true)
                return
            }
            if entry.slot == floatRegister {
                _ = emit(.copyLastFloat, result: slot, keepsRegisters: true)
                return
            }
            let at = emit(.copySlot, result: slot, keepsRegisters: true)
            code.set16(at &+ 10, entry.slot)
            return
        }
        switch entry.type {
        case 0x7D:
            let at = emit(.constantFloat32, result: slot, isFloat: true)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: entry.value))
        case 0x7C:
            let at = emit(.constantFloat64, sizeInBytes: 24, result: slot, isFloat: true)
            code.set64(at &+ 16, entry.value)
        default:
            if entry.value <= UInt64(UInt32.max) {
                let at = emit(.constant32, result: slot)
                code.set32(at &+ 12, UInt32(truncatingIfNeeded: entry.value))
            } else {
                let at = emit(.constant64, sizeInBytes: 24, result: slot)
                code.set64(at &+ 16, entry.value)
            }
        }
    }

    /// Puts `count` entries starting with `first` into consecutive slots from `destination` on, which lies at or
    /// below their own positions: upwards, so no value is overwritten before it is read.
    mutating func writeRow(first: Int, count: Int, to destination: Int16) {
        var index = first
        var slot = destination
        while index < first &+ count {
            // Runs of plain copies share an instruction.
            var run = 0
            while run < 3, index &+ run < first &+ count,
                isPlainCopy(index &+ run, to: slot &+ Int16(truncatingIfNeeded: run))
            {
                run &+= 1
            }
            if run < 2 {
                write(operand(index), to: slot)
                slot &+= Int16(truncatingIfNeeded: entries[index].slotCount)
                index &+= 1
                continue
            }
            var field = 10 &+ emit(run == 2 ? .copyTwo : .copyThree, result: slot, keepsRegisters: true)
            while run > 0 {
                forget(slot)
                code.set16(field, entries[index].slot)
                field &+= 2
                slot &+= 1
                index &+= 1
                run &-= 1
            }
            last.offset = -1
        }
    }

    @inline(never)
    private mutating func isPlainCopy(_ index: Int, to slot: Int16) -> Bool {
        let entry = entries + index
        return (entry.pointee.kind == .temporary || entry.pointee.kind == .local)
            && entry.pointee.slot != slot
            && !entry.pointee.isVector
    }

    /// A slot changed: what a register holds of it is old.
    @inline(never)
    mutating func forget(_ slot: Int16) {
        if integerRegister == slot { integerRegister = Translator.noSlot }
        if floatRegister == slot { floatRegister = Translator.noSlot }
    }
}
