internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Calls. Arguments are put in a row where they already have their positions, so most are computed in place; the
// callee's results appear there as well.

extension Translator {
    /// What a call needs to know of a function type.
    struct CallShape {
        var parameterCount: Int
        var parameterSlots: Int
        var resultCount: Int
        var typeIndex: UInt32
        /// Slots between the first argument and the header.
        var argumentSlots: Int
        var canonicalID: UInt32
    }

    mutating func callShape(_ typeIndex: UInt32) -> CallShape {
        guard let type = module.pointee.types.pointer(at: Int(typeIndex)) else {
            return CallShape(
                parameterCount: 0,
                parameterSlots: 0,
                resultCount: 0,
                typeIndex: typeIndex,
                argumentSlots: 0,
                canonicalID: 0
            )
        }
        return CallShape(
            parameterCount: Int(type.pointee.parameterCount),
            parameterSlots: Int(type.pointee.parameterSlots),
            resultCount: type.pointee.resultCount,
            typeIndex: typeIndex,
            argumentSlots: Int(max(type.pointee.parameterSlots, type.pointee.resultSlots)),
            canonicalID: type.pointee.canonicalID
        )
    }

    private mutating func shape(ofFunction index: UInt32) -> CallShape {
        callShape(module.pointee.functions[checked: Int(index)]?.typeIndex ?? 0)
    }

    private mutating func codeWord(_ function: UInt32) -> UInt64 {
        let index = Int(function) &- module.pointee.importedFunctionCount
        return UInt64(UInt(bitPattern: codeWords + index))
    }

    private mutating func isImported(_ function: UInt32) -> Bool {
        Int(function) < module.pointee.importedFunctionCount
    }

    /// Puts the arguments in a row, pops them, and gives the position of the first.
    mutating func placeArguments(_ shape: CallShape) -> Int16 {
        let first = entryCount &- shape.parameterCount
        let position = shape.parameterCount > 0 ? entries[first].position : topPosition
        writeRow(first: first, count: shape.parameterCount, to: position)
        for _ in 0..<shape.parameterCount { _ = pop() }
        return position
    }

    /// Pushes the results, which the callee left from the first argument's position on.
    mutating func pushResults(_ shape: CallShape) {
        join()
        let types = module.pointee.types.pointer(at: Int(shape.typeIndex))
        for index in 0..<shape.resultCount {
            let type = types?.pointee.results[checked: index]?.kind ?? 0x7F
            let at = topPosition
            let home = pushTemporary(type)
            if home != at {
                let copy = emit(.copySlot, result: home, keepsRegisters: true)
                code.set16(copy + 10, at)
                last.offset = -1
            }
            if shape.resultCount == 1, slotCount(ofKind: type) == 1 {
                // A return leaves a single result in both registers.
                if type == 0x7D || type == 0x7C { floatRegister = home } else { integerRegister = home }
            }
        }
    }

    mutating func call(_ function: UInt32) {
        let shape = shape(ofFunction: function)
        let first = placeArguments(shape)
        let at = emit(isImported(function) ? .callImported : .callDirect, sizeInBytes: 24)
        code.set16(at &+ 8, calleeFrame(first, shape))
        if isImported(function) {
            code.set16(at &+ 10, first)
            code.set32(at &+ 16, function)
        } else {
            code.set64(at &+ 16, codeWord(function))
        }
        pushResults(shape)
    }

    mutating func calleeFrame(_ first: Int16, _ shape: CallShape) -> Int16 {
        first &+ Int16(truncatingIfNeeded: shape.argumentSlots &+ frameHeaderSlots)
    }

    mutating func callIndirect(type: UInt32, table: UInt32) {
        let shape = callShape(type)
        let index = popSlot()
        let wasLast = index == integerRegister
        let first = placeArguments(shape)
        // Arguments that are constants pass through the register.
        let isLast = wasLast && index == integerRegister
        let opcode: InternalOpcode =
            isTable64(table) ? .callIndirect64 : isLast ? .callIndirectLast : .callIndirectSlot
        let at = emit(opcode, sizeInBytes: 24)
        code.set16(at &+ 8, calleeFrame(first, shape))
        code.set16(at &+ 10, index)
        code.set32(at &+ 16, table)
        code.set32(at &+ 20, shape.canonicalID)
        pushResults(shape)
    }

    /// The fields that all tail calls share.
    mutating func emitTailCall(
        _ opcode: InternalOpcode,
        _ shape: CallShape,
        first: Int16
    ) -> Int {
        hasTailCalls = true
        let at = emit(opcode, sizeInBytes: 24)
        code.set16(at &+ 8, first)
        code.set16(at &+ 10, Int16(truncatingIfNeeded: shape.parameterSlots))
        code.set16(at &+ 12, Int16(truncatingIfNeeded: -frameHeaderSlots &- argumentSlots))
        if Build.hasExceptions, handlers.openCount > 0 {
            // The frame has gone when the callee throws: no block of it catches that.
            _ = appendHandler(start: at, depth: 0, limit: 0)
        }
        return at
    }

    mutating func returnCall(_ function: UInt32) {
        let shape = shape(ofFunction: function)
        let first = placeArguments(shape)
        if isImported(function) {
            let at = emitTailCall(.returnCallImported, shape, first: first)
            code.set32(at &+ 16, function)
            pushResults(shape)
            emitReturn()
        } else {
            let at = emitTailCall(.returnCallDirect, shape, first: first)
            code.set16(at &+ 14, Int16(truncatingIfNeeded: shape.argumentSlots))
            code.set64(at &+ 16, codeWord(function))
        }
        becomeUnreachable()
    }

    mutating func returnCallIndirect(type: UInt32, table: UInt32) {
        let shape = callShape(type)
        let index = popSlot()
        let first = placeArguments(shape)
        let opcode: InternalOpcode = isTable64(table) ? .returnCallIndirect64 : .returnCallIndirect
        let at = emitTailCall(opcode, shape, first: first)
        code.set16(at &+ 14, index)
        code.set32(at &+ 16, table)
        code.set32(at &+ 20, shape.canonicalID)
        pushResults(shape)
        emitReturn()
        becomeUnreachable()
    }
}
