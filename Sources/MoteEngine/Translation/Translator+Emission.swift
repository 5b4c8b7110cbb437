internal import MoteMemory
internal import MoteModule

// Writing instructions, and what is known about the one written last.

extension Translator {
    /// Writes an instruction without a result.
    @inline(never)
    mutating func emit(_ opcode: InternalOpcode, sizeInBytes: Int = 16) -> Int {
        let at = code.append(opcode, sizeInBytes: sizeInBytes)
        last.offset = -1
        previousTail = tail
        tail = (at, opcode)
        return at
    }

    /// Writes an instruction of 16 bytes with a slot at 8, one at 10, and what is at 12.
    @inline(never)
    @discardableResult
    mutating func emit(_ opcode: InternalOpcode, _ first: Int16, _ second: Int16, _ rest: UInt32 = 0) -> Int {
        let at = emit(opcode)
        code.set16(at &+ 8, first)
        code.set16(at &+ 10, second)
        code.set32(at &+ 12, rest)
        return at
    }

    /// Writes an instruction whose result goes on the stack, with a slot at 10 and what is at 12.
    @inline(never)
    @discardableResult
    mutating func emitValue(
        _ opcode: InternalOpcode,
        _ type: UInt8,
        _ operand: Int16 = 0,
        _ rest: UInt32 = 0
    ) -> Int {
        emitValue(opcode, type, operand, rest, sizeInBytes: 16)
    }

    /// The same with more behind it.
    @inline(never)
    @discardableResult
    mutating func emitValue(
        _ opcode: InternalOpcode,
        _ type: UInt8,
        _ operand: Int16,
        _ rest: UInt32,
        sizeInBytes: Int
    ) -> Int {
        let result = pushTemporary(type)
        let isFloat = type == 0x7D || type == 0x7C
        let at = emit(opcode, sizeInBytes: sizeInBytes, result: result, isFloat: isFloat)
        code.set16(at &+ 10, operand)
        code.set32(at &+ 12, rest)
        return at
    }

    /// Two fields of 16 bits as one of 32.
    @inline(__always)
    mutating func fields(_ low: Int16, _ high: UInt64 = 0) -> UInt32 {
        UInt32(UInt16(bitPattern: low)) | UInt32(truncatingIfNeeded: high) &<< 16
    }

    /// Writes an instruction whose result goes to the slot in field @8, and to a register.
    ///
    /// - keepsRegisters: a copy, which leaves `r` and `d` as they are.
    @inline(never)
    mutating func emit(
        _ opcode: InternalOpcode,
        sizeInBytes: Int = 16,
        result: Int16,
        isFloat: Bool = false,
        keepsRegisters: Bool = false
    ) -> Int {
        let at = code.append(opcode, sizeInBytes: sizeInBytes)
        previousTail = tail
        tail = (at, opcode)
        last.offset = at
        last.opcode = opcode
        last.result = result
        last.integerRegister = integerRegister
        last.floatRegister = floatRegister
        code.set16(at &+ 8, result)
        forget(result)
        if !keepsRegisters {
            if isFloat { floatRegister = result } else { integerRegister = result }
        }
        return at
    }

    /// Writes an instruction whose result is a v128 in the slot of field @8 and the next; no register has it.
    @inline(never)
    mutating func emitVector(
        _ opcode: InternalOpcode,
        sizeInBytes: Int = 16,
        result: Int16
    ) -> Int {
        let at = emit(opcode, sizeInBytes: sizeInBytes, result: result, keepsRegisters: true)
        forget(result &+ 1)
        return at
    }

    /// Takes the last instruction away, because the next one does its work.
    @inline(never)
    mutating func removeLast() {
        code.count = last.offset
        integerRegister = last.integerRegister
        floatRegister = last.floatRegister
        last.offset = -1
        tail = previousTail
        previousTail.offset = -1
        if code.count <= soughtCodeOffset { foundByteOffset = nil }
    }

    /// An operand field of the instruction written last.
    @inline(__always)
    mutating func lastField16(_ at: Int) -> Int16 { (code.base + last.offset + at).load(as: Int16.self) }

    /// Whether an entry is what the last instruction computed, so that nobody else reads it.
    @inline(never)
    mutating func isLastResult(_ entry: Operand) -> Bool {
        last.offset >= 0 && entry.kind == .temporary && last.result == entry.slot
    }

    /// Control flow joins here: nothing is known of registers or of the instruction before.
    @inline(never)
    mutating func join() {
        last.offset = -1
        tail.offset = -1
        integerRegister = Translator.noSlot
        floatRegister = Translator.noSlot
    }

    /// Writes a branch and leaves its distance to be known when the target is.
    @inline(never)
    mutating func emitBranch(
        _ opcode: InternalOpcode,
        sizeInBytes: Int = 16,
        to frame: Int
    ) -> Int {
        let at = emit(opcode, sizeInBytes: sizeInBytes)
        link(at &+ 12, to: frame)
        return at
    }

    /// Makes the 32-bit field at `field` the distance to a frame's target: a loop's start, or else its end.
    mutating func link(_ field: Int, to frame: Int) {
        if frames[frame].kind == .loop {
            code.set32(
                field,
                UInt32(bitPattern: frames[frame].start &- Int32(truncatingIfNeeded: field &- 12))
            )
        } else {
            code.set32(field, UInt32(bitPattern: frames[frame].fixups))
            frames[frame].fixups = Int32(truncatingIfNeeded: field)
            frames[frame].isTargeted = true
        }
    }

    /// The end of a frame is here: its branches learn their distances.
    mutating func resolve(_ fixups: Int32) {
        // What was written after a failure may have gone over the distances written before.
        if code.hasFailed { return }
        var field = Int(fixups)
        while field >= 0 {
            let next = Int(code.get32(field))
            code.set32(field, UInt32(bitPattern: Int32(truncatingIfNeeded: code.count &- (field &- 12))))
            field = next
        }
    }

    /// Starts a stretch of code that pays for itself, in metered code.
    @inline(never)
    mutating func beginCharge() {
        guard isMetered else { return }
        chargeOffset = emit(.chargeFuel)
        chargeUnits = 0
    }

    /// One more wasm instruction to pay for.
    @inline(__always)
    mutating func charge() {
        guard isMetered, chargeOffset >= 0 else { return }
        chargeUnits &+= 1
        code.set32(chargeOffset &+ 12, chargeUnits)
    }
}
