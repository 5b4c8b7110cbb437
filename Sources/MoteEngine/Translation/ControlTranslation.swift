internal import MoteMemory
internal import MoteModule

// Blocks, branches and returns. Values that a branch carries go to the homes that the label's values have; all
// other entries were put into their homes when the label's block began.

extension Translator {
    /// Reads a block type and opens a frame; the parameters are in their homes already.
    mutating func open(_ kind: ControlFrame.Kind, _ type: BlockType) {
        if frameCount == frameCapacity {
            do throws(MemoryError) {
                let raw = try arena.resizeGrowable(
                    UnsafeMutableRawPointer(frames),
                    to: frameCapacity &* 2 &* MemoryLayout<ControlFrame>.stride,
                    site: .translationFrameGrowth
                )
                frames = raw.assumingMemoryBound(to: ControlFrame.self)
                frameCapacity &*= 2
            } catch {
                return code.fail(error)
            }
        }
        var references = referenceCount
        var slots = stackSlots
        for index in (entryCount &- type.parameterCount)..<entryCount {
            slots &-= entries[index].slotCount
            if entries[index].isReference { references &-= 1 }
        }
        frames[frameCount] = ControlFrame(
            kind: kind,
            isUnreachable: false,
            isTargeted: false,
            entryCount: Int32(truncatingIfNeeded: entryCount &- type.parameterCount),
            stackSlots: Int32(truncatingIfNeeded: slots),
            referenceCount: Int32(truncatingIfNeeded: references),
            parameterCount: Int32(truncatingIfNeeded: type.parameterCount),
            resultCount: Int32(truncatingIfNeeded: type.resultCount),
            typeIndex: type.typeIndex,
            singleResult: type.singleResult,
            start: Int32(truncatingIfNeeded: code.count),
            fixups: -1,
            elseFixup: -1
        )
        frameCount &+= 1
    }

    struct BlockType {
        var parameterCount: Int
        var resultCount: Int
        var typeIndex: UInt32
        var singleResult: ValueType
    }

    static var noType: UInt32 { UInt32.max }

    @inline(never)
    mutating func blockType() -> BlockType {
        let first = reader.base[reader.offset]
        if first == 0x40 {
            reader.offset &+= 1
            return BlockType(
                parameterCount: 0,
                resultCount: 0,
                typeIndex: Translator.noType,
                singleResult: .i32
            )
        }
        if first >= 0x40, first < 0x80 {
            let kind = reader.valueTypeKind()
            return BlockType(
                parameterCount: 0,
                resultCount: 1,
                typeIndex: Translator.noType,
                singleResult: ValueType(rawValue: UInt32(kind))
            )
        }
        let index = UInt32(truncatingIfNeeded: reader.s64())
        guard let type = module.pointee.types.pointer(at: Int(index)) else {
            return BlockType(
                parameterCount: 0,
                resultCount: 0,
                typeIndex: Translator.noType,
                singleResult: .i32
            )
        }
        return BlockType(
            parameterCount: Int(type.pointee.parameterCount),
            resultCount: type.pointee.resultCount,
            typeIndex: index,
            singleResult: .i32
        )
    }

    mutating func beginFunction(_ typeIndex: UInt32, resultCount: Int) {
        open(
            .function,
            BlockType(parameterCount: 0, resultCount: resultCount, typeIndex: typeIndex, singleResult: .i32)
        )
    }

    /// Opens a block, loop or if.
    @inline(never)
    mutating func begin(_ kind: ControlFrame.Kind) {
        let type = blockType()
        if kind == .conditional { popCondition(isNegated: true) }
        settleTop(type.parameterCount)
        if kind == .loop { join() }
        let field = kind == .conditional ? emitCondition() : -1
        open(kind, type)
        if kind == .block { return }
        if field >= 0 {
            frames[frameCount &- 1].elseFixup = Int32(truncatingIfNeeded: field)
            code.set32(field, UInt32(bitPattern: -1))
        }
        beginCharge()
    }

    /// Type of a value that a frame's end delivers.
    mutating func resultType(_ frame: UnsafeMutablePointer<ControlFrame>, _ index: Int) -> UInt8 {
        guard frame.pointee.typeIndex != Translator.noType else { return frame.pointee.singleResult.kind }
        let types = module.pointee.types.pointer(at: Int(frame.pointee.typeIndex))
        return types?.pointee.results[checked: index]?.kind ?? 0x7F
    }

    private mutating func parameterType(_ frame: UnsafeMutablePointer<ControlFrame>, _ index: Int) -> UInt8 {
        let types = module.pointee.types.pointer(at: Int(frame.pointee.typeIndex))
        return types?.pointee.parameters[checked: index]?.kind ?? 0x7F
    }

    /// Drops what a frame's body left on the stack.
    @inline(never)
    mutating func reset(to frame: UnsafeMutablePointer<ControlFrame>) {
        entryCount = Int(frame.pointee.entryCount)
        stackSlots = Int(frame.pointee.stackSlots)
        referenceCount = Int(frame.pointee.referenceCount)
        lazy.count = 0
    }

    mutating func beginAlternative() {
        let index = frameCount &- 1
        if !frames[index].isUnreachable {
            settleTop(Int(frames[index].resultCount))
            let at = emit(.branchAlways)
            link(at &+ 12, to: index)
        }
        resolve(frames[index].elseFixup)
        frames[index].elseFixup = -1
        frames[index].kind = .alternative
        frames[index].isUnreachable = false
        reset(to: frames + index)
        for at in 0..<Int(frames[index].parameterCount) { pushTemporary(parameterType(frames + index, at)) }
        join()
        beginCharge()
    }

    /// Closes the innermost frame; true when it was the function.
    mutating func endFrame() -> Bool {
        let frame = frames + (frameCount &- 1)
        if frame.pointee.isTry {
            endTry()
            return false
        }
        let isFunction = frame.pointee.kind == .function
        let isUnreachable = frame.pointee.isUnreachable
        if isFunction, !frame.pointee.isTargeted {
            if !isUnreachable { emitReturn() }
            frameCount &-= 1
            return true
        }
        if !isUnreachable { settleTop(Int(frame.pointee.resultCount)) }
        let joins = frame.pointee.isTargeted || frame.pointee.elseFixup >= 0 || isUnreachable
        resolve(frame.pointee.elseFixup)
        resolve(frame.pointee.fixups)
        reset(to: frame)
        pushResults(of: frame)
        frameCount &-= 1
        if joins { join() }
        if isFunction { emitReturn() } else if joins { beginCharge() }
        return isFunction
    }

    /// Pushes what a frame's end delivers.
    @inline(never)
    mutating func pushResults(of frame: UnsafeMutablePointer<ControlFrame>) {
        var index = 0
        while index < Int(frame.pointee.resultCount) {
            pushTemporary(resultType(frame, index))
            index &+= 1
        }
    }

    /// Nothing behind this instruction is reached until the frame's else or end.
    @inline(never)
    mutating func becomeUnreachable() {
        frames[frameCount &- 1].isUnreachable = true
        last.offset = -1
    }

    /// How many values a branch to a frame carries.
    @inline(__always)
    private mutating func arity(_ frame: Int) -> Int {
        Int(frames[frame].kind == .loop ? frames[frame].parameterCount : frames[frame].resultCount)
    }

    /// Where a label's values are, one after another.
    private struct LabelHomes {
        var position: Int16
        var reference: Int16
        mutating func next(_ entry: Operand) -> Int16 {
            defer { position &+= Int16(truncatingIfNeeded: entry.slotCount) }
            guard entry.isReference else { return position }
            defer { reference &+= 1 }
            return reference
        }
    }

    private mutating func homes(_ frame: Int) -> LabelHomes {
        LabelHomes(
            position: Int16(truncatingIfNeeded: temporaryStart &+ Int(frames[frame].stackSlots)),
            reference: Int16(truncatingIfNeeded: referenceStart &+ Int(frames[frame].referenceCount))
        )
    }

    /// Whether the values on top are where the label wants them.
    mutating func valuesArePlaced(_ frame: Int) -> Bool {
        let count = arity(frame)
        var homes = homes(frame)
        for index in (entryCount &- count)..<entryCount {
            let entry = operand(index)
            if homes.next(entry) != entry.slot || entry.kind != .temporary { return false }
        }
        return true
    }

    @inline(never)
    mutating func placeValues(_ frame: Int) {
        let count = arity(frame)
        var homes = homes(frame)
        for index in (entryCount &- count)..<entryCount {
            let entry = operand(index)
            write(entry, to: homes.next(entry))
        }
    }

    mutating func branch(depth: Int) {
        let frame = frameCount &- 1 &- depth
        if frames[frame].kind == .function {
            emitReturn()
        } else {
            placeValues(frame)
            _ = emitBranch(.branchAlways, to: frame)
        }
        becomeUnreachable()
    }

    mutating func branchIf(depth: Int) {
        let frame = frameCount &- 1 &- depth
        let placed = isLastValuePlaced(frame)
        popCondition(isNegated: !placed)
        let field = emitCondition()
        if placed {
            link(field, to: frame)
            return
        }
        branchAround(field, to: frame)
    }

    /// Writes what a branch with values to be moved does, behind a conditional branch that jumps over it.
    mutating func branchAround(_ field: Int, to frame: Int) {
        // The path around it knows the registers as they are now.
        let (integer, float) = (integerRegister, floatRegister)
        if frames[frame].kind == .function {
            emitReturn()
        } else {
            placeValues(frame)
            _ = emitBranch(.branchAlways, to: frame)
        }
        code.set32(field, UInt32(bitPattern: Int32(truncatingIfNeeded: code.count &- (field &- 12))))
        last.offset = -1
        integerRegister = integer
        floatRegister = float
    }

    /// ``valuesArePlaced(_:)`` with the condition still on top of the values.
    mutating func isLastValuePlaced(_ frame: Int) -> Bool {
        guard arity(frame) > 0 else { return true }
        entryCount &-= 1
        defer { entryCount &+= 1 }
        return valuesArePlaced(frame)
    }

    /// The frame of the label that comes next.
    @inline(never)
    private mutating func label() -> Int { frameCount &- 1 &- Int(u32()) }

    mutating func branchTable() {
        let index = popSlot()
        let count = Int(u32())
        let labels = reader.offset
        var entry = 0
        while entry < count {
            _ = u32()
            entry &+= 1
        }
        let values = arity(label())
        reader.offset = labels
        if values > 0 { settleTop(values) }
        let at = emit(.branchTable, sizeInBytes: 16 &+ ((count &+ 1) &* 4 &+ 7) / 8 * 8)
        code.set16(at &+ 8, index)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: count))
        if code.hasFailed { return }
        entry = 0
        while entry <= count {
            let frame = label()
            if valuesArePlaced(frame) { link(at &+ 16 &+ entry &* 4, to: frame) }
            entry &+= 1
        }
        // Labels that want the values elsewhere are reached through a piece of code that moves them.
        if values > 0 {
            reader.offset = labels
            entry = 0
            while entry <= count {
                let frame = label()
                let field = at &+ 16 &+ entry &* 4
                entry &+= 1
                guard !valuesArePlaced(frame) else { continue }
                code.set32(field, UInt32(bitPattern: Int32(truncatingIfNeeded: code.count &- (field &- 12))))
                join()
                placeValues(frame)
                _ = emitBranch(.branchAlways, to: frame)
            }
        }
        becomeUnreachable()
    }

    /// Returns with the function's results, which are on top.
    @inline(never)
    mutating func emitReturn() {
        let count = Int(frames[0].resultCount)
        let result = Int16(truncatingIfNeeded: -frameHeaderSlots &- argumentSlots)
        switch count {
        case 0:
            _ = emit(.returnNothing)
        case 1:
            let entry = operand(entryCount &- 1)
            if entry.kind == .sum || entry.isVector {
                write(entry, to: result)
                _ = emit(.returnNothing)
            } else if entry.kind == .constant {
                let at = emit(.returnConstant, sizeInBytes: 24)
                code.set16(at &+ 8, result)
                code.set64(at &+ 16, entry.value)
            } else {
                // By type, not only by where the value is: the caller takes it from the register of its type.
                let isLast = entry.slot == (entry.isFloat ? floatRegister : integerRegister)
                let opcode: InternalOpcode =
                    !isLast ? .returnSlot : entry.isFloat ? .returnLastFloat : .returnLast
                emit(opcode, result, entry.slot)
            }
        default:
            emitReturnOfMany(count, to: result)
        }
    }

    /// Several results go over the arguments, which entries may still read as locals: those move to their
    /// homes first.
    ///
    /// The entries stay as they were, since a conditional return goes on with them.
    @inline(never)
    private mutating func emitReturnOfMany(_ count: Int, to result: Int16) {
        let first = entryCount &- count
        var index = first
        while index < entryCount {
            let entry = entries + index
            if entry.pointee.isLazy {
                // What it was goes where no i32 has bits and temporaries have nothing.
                let slot = UInt64(UInt16(bitPattern: entry.pointee.slot))
                let kept = UInt64(entry.pointee.kind.rawValue) &<< 48 | slot &<< 32
                settle(index)
                entry.pointee.value |= kept
            }
            index &+= 1
        }
        writeRow(first: first, count: count, to: result)
        while index > first {
            index &-= 1
            let entry = entries + index
            let kept = entry.pointee.value &>> 32
            if entry.pointee.kind == .temporary, kept != 0 {
                entry.pointee.slot = Int16(truncatingIfNeeded: kept)
                entry.pointee.kind = kept &>> 16 == 1 ? .local : .sum
                entry.pointee.value &= 0xFFFF_FFFF
            }
        }
        _ = emit(.returnNothing)
    }
}
