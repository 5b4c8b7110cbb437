internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// The function as a whole: its frame, its instructions in order, its scratch memory.

extension Translator {
    /// Translates a function; the caller frees the translator with ``free()``, whatever happened.
    init(
        module: Module.Pointer,
        functionIndex: UInt32,
        variant: UInt32,
        codeWords: UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>,
        arena: Arena,
        referenceTemporaries: Int
    ) throws(MemoryError) {
        let function = module.pointee.functions.pointer(at: Int(functionIndex))
        let body = function?.pointee.body ?? .empty
        let operandCount = Int(function?.pointee.maximumOperandSlots ?? 0) &+ 4
        let type = function.flatMap { module.pointee.types.pointer(at: Int($0.pointee.typeIndex)) }
        let parameterCount = Int(type?.pointee.parameterCount ?? 0)
        let localCount = parameterCount &+ Int(function?.pointee.localSlots ?? 0)

        self.module = module
        self.functionIndex = functionIndex
        self.function = function
        self.type = type
        self.variant = variant
        self.codeWords = codeWords
        self.arena = arena
        if let state = module.pointee.engineState?.assumingMemoryBound(to: ModuleState.self),
            state.pointee.auxiliaryStack.isPresent
        {
            stackPointerIndex = state.pointee.auxiliaryStack.globalIndex
            stackPointerIs64 = state.pointee.auxiliaryStack.is64
        }
        self.referenceTemporaries = referenceTemporaries
        reader = BodyReader(base: module.pointee.bytes, offset: Int(body.offset), end: Int(body.end))
        frameCapacity = 16
        // One block for what has a known size; code and frames grow. Code comes last, so that in a pool it finds room
        // behind it.
        let entriesSize = operandCount &* MemoryLayout<OperandEntry>.stride
        let raw = try arena.allocateGrowable(
            sizeInBytes: entriesSize &+ (localCount &+ 1) &* MemoryLayout<LocalVariable>.stride,
            region: .scratch,
            site: .translationOperands
        )
        entries = raw.assumingMemoryBound(to: OperandEntry.self)
        locals = (raw + entriesSize).assumingMemoryBound(to: LocalVariable.self)
        do throws(MemoryError) {
            frames = try arena.allocateGrowable(
                sizeInBytes: frameCapacity &* MemoryLayout<ControlFrame>.stride,
                region: .scratch,
                site: .translationFrames
            ).assumingMemoryBound(to: ControlFrame.self)
        } catch {
            arena.freeGrowable(raw)
            throw error
        }
        do throws(MemoryError) {
            code = try CodeBuffer(arena: arena, capacity: 128 &+ Int(body.sizeInBytes) &* 2)
        } catch {
            arena.freeGrowable(UnsafeMutableRawPointer(frames))
            arena.freeGrowable(raw)
            throw error
        }
        argumentSlots = Int(max(type?.pointee.parameterSlots ?? 0, type?.pointee.resultSlots ?? 0))
    }

    @inline(never)
    mutating func free() {
        code.free()
        handlers.free(arena)
        arena.freeGrowable(UnsafeMutableRawPointer(entries))
        arena.freeGrowable(UnsafeMutableRawPointer(frames))
    }

    /// Gives every local its slot and writes the prologue.
    @inline(never)
    private mutating func layOutFrame() {
        let parameters = type?.pointee.parameters ?? .empty
        localCount = 0
        var argument = 0 &- argumentSlots &- frameHeaderSlots
        for index in 0..<parameters.count {
            let type = parameters[checked: index]?.kind ?? 0x7F
            locals[localCount] = LocalVariable(slot: Int16(truncatingIfNeeded: argument), type: type)
            argument &+= slotCount(ofKind: type)
            localCount &+= 1
        }
        var plain = 0
        for _ in 0..<u32() {
            let count = u32()
            let type = reader.valueTypeKind()
            let isReference = type == 0x63 || type == 0x64
            for _ in 0..<count {
                locals[localCount] = LocalVariable(
                    slot: isReference ? 0 : Int16(truncatingIfNeeded: plain),
                    type: type
                )
                if !isReference { plain &+= slotCount(ofKind: type) }
                localCount &+= 1
            }
        }
        // References: declared ones, then parameters, then temporaries.
        var references = plain
        var index = parameters.count
        while index < localCount {
            if locals[index].isReference {
                locals[index].slot = Int16(truncatingIfNeeded: references)
                references &+= 1
            }
            index &+= 1
        }
        var slot = references
        index = 0
        while index < parameters.count {
            if locals[index].isReference { references &+= 1 }
            index &+= 1
        }
        referenceRangeStart = plain
        referenceStart = references
        temporaryStart = references &+ referenceTemporaries
        frameSlots =
            temporaryStart
            &+ Int(function?.pointee.maximumOperandSlots ?? 0)
        beginCharge()
        clearFrame(temporaryStart)
        index = 0
        while index < parameters.count {
            if locals[index].isReference {
                emit(.copySlot, Int16(truncatingIfNeeded: slot), locals[index].slot)
                locals[index].slot = Int16(truncatingIfNeeded: slot)
                slot &+= 1
            }
            index &+= 1
        }
    }

    /// Makes the first `count` slots zero: locals and the reference range.
    private mutating func clearFrame(_ count: Int) {
        switch count {
        case 0: return
        case 1...4: _ = emit(.clearFour, sizeInBytes: 8)
        case 5...8: _ = emit(.clearEight, sizeInBytes: 8)
        case 9...16: _ = emit(.clearSixteen, sizeInBytes: 8)
        default:
            let at = emit(.clearSlots)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: count))
        }
        let cleared = count <= 8 ? (count &+ 3) & ~3 : max(count, 16)
        frameSlots = max(frameSlots, cleared)
    }

    /// Writes the whole body into `code`.
    ///
    /// False: it needs more reference temporaries than it was given.
    @inline(never)
    mutating func translateBody() throws(MemoryError) -> Bool {
        layOutFrame()
        beginFunction(function?.pointee.typeIndex ?? 0, resultCount: type?.pointee.resultCount ?? 0)
        while true {
            instructionOffset = UInt32(truncatingIfNeeded: reader.offset)
            let isDone: Bool
            if frames[frameCount &- 1].isUnreachable {
                isDone = skipToEnd()
            } else {
                isDone = instruction()
            }
            if soughtCodeOffset >= 0, foundByteOffset == nil, code.count > soughtCodeOffset {
                foundByteOffset = instructionOffset
            }
            if let failure = code.failure { throw failure }
            if needsMoreReferences { return false }
            if isDone { return true }
        }
    }

    /// Reads code that nothing reaches, up to the `else` or `end` that closes it.
    private mutating func skipToEnd() -> Bool {
        var depth = 0
        while true {
            instructionOffset = UInt32(truncatingIfNeeded: reader.offset)
            let row = reader.row(reader.byte())
            // Safe: validation has found a row for every opcode.
            guard let row else { continue }
            switch row.opcode {
            case .else where depth == 0:
                beginAlternative()
                return false
            case .end:
                if depth == 0 { return endFrame() }
                depth &-= 1
            case .catch where Build.hasExceptions && depth == 0:
                beginCatch(tag: u32())
                return false
            case .catchAll where Build.hasExceptions && depth == 0:
                beginCatch(tag: CatchTable.anyTag)
                return false
            case .delegate where Build.hasExceptions:
                if depth == 0 {
                    endDelegate()
                    return false
                }
                depth &-= 1
            case .block, .loop, .if, .try, .tryTable:
                depth &+= 1
            default: break
            }
            reader.skip(row.immediates)
        }
    }

    /// One instruction; true behind the function's `end`.
    private mutating func instruction() -> Bool {
        charge()
        let byte = reader.byte()
        switch byte {
        case 0x45...0xC4: numeric(byte)
        case 0x20...0x26, 0x0C, 0x0D, 0x10...0x15, 0x3F, 0x40, 0xD2, 0xD5, 0xD6: indexed(byte, u32())
        case 0x28...0x35: load(byte)
        case 0x36...0x3E: store(byte)
        case 0x41...0x44: constant(byte)
        case 0x00:
            _ = emit(.unreachableOperation, sizeInBytes: 8)
            becomeUnreachable()
        case 0x01: break
        case 0x02: begin(.block)
        case 0x03: begin(.loop)
        case 0x04: begin(.conditional)
        case 0x05: beginAlternative()
        case 0x06...0x0A, 0x18, 0x19, 0x1F:
            if Build.hasExceptions { exception(byte) }
        case 0x0B: return endFrame()
        case 0x0E: branchTable()
        case 0x0F:
            emitReturn()
            becomeUnreachable()
        case 0x1A: _ = pop()
        case 0x1B: select()
        case 0x1C:
            reader.skip(.valueTypes)
            select()
        case 0xD0:
            _ = reader.s64()
            pushConstant(0, 0x63)
        case 0xD1: referenceIsNull()
        case 0xD3: integerCompare(.i64Compare, is64: true)
        case 0xD4: referenceAsNonNull()
        default: prefixed(byte)
        }
        return false
    }

    /// One whose immediates begin with an index.
    private mutating func indexed(_ byte: UInt8, _ index: UInt32) {
        switch byte {
        case 0x0C: branch(depth: Int(index))
        case 0x0D: branchIf(depth: Int(index))
        case 0x10: call(index)
        case 0x11: callIndirect(type: index, table: u32())
        case 0x12: returnCall(index)
        case 0x13: returnCallIndirect(type: index, table: u32())
        case 0x14: callReference(type: index)
        case 0x15: returnCallReference(type: index)
        case 0x20: pushLocal(Int(index))
        case 0x21: localSet(Int(index))
        case 0x22: localTee(Int(index))
        case 0x23: globalGet(index)
        case 0x24: globalSet(index)
        case 0x25: tableGet(index)
        case 0x26: tableSet(index)
        case 0x3F: sized(.memorySizeOperation, index: index, is64: isMemory64(index))
        case 0x40: memoryGrow(index)
        case 0xD2: referenceFunction(index)
        case 0xD5: branchOnNull(depth: Int(index))
        default: branchOnNonNull(depth: Int(index))
        }
    }

    /// An instruction whose number follows a prefix.
    private mutating func prefixed(_ prefix: UInt8) {
        let number = u32()
        switch prefix {
        case 0xFB: if Build.hasGarbageCollection { aggregate(number) }
        case 0xFC: miscellaneous(number)
        case 0xFD: if Build.hasVectors { vector(number) }
        default: if Build.hasThreads { atomic(number) }
        }
    }

    /// Saturating truncations, bulk operations and wide arithmetic.
    private mutating func miscellaneous(_ number: UInt32) {
        switch number {
        case 0...7: numeric(0xC5 &+ UInt8(truncatingIfNeeded: number))
        case 8:
            let segment = u32()
            bulk(.memoryInitOperation, u32(), segment)
        case 9: drop(.dataDropOperation, segment: u32())
        case 10: bulk(.memoryCopyOperation, u32(), u32())
        case 11: bulk(.memoryFillOperation, u32(), 0)
        case 12:
            let segment = u32()
            bulk(.tableInitOperation, u32(), segment)
        case 13: drop(.elementDropOperation, segment: u32())
        case 14: bulk(.tableCopyOperation, u32(), u32())
        case 15: tableGrow(u32())
        case 16:
            let table = u32()
            sized(.tableSizeOperation, index: table, is64: isTable64(table))
        case 17: bulk(.tableFillOperation, u32(), 0)
        default: if Build.hasWideArithmetic { wide(Int(number) &- 19) }
        }
    }
}
