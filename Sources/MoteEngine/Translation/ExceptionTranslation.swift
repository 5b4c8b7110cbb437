internal import MoteMemory
internal import MoteModule

// Throwing, and blocks that catch. Nothing is written where such a block begins: an entry of the function's
// `CatchTable` names its code, and what catches lies behind its end.
//
//  body ... | branch over the rest | pad of clause 0: moves values, branches to its label | pad of clause 1 | ... end
//
// The unwinder puts an exception's values one after another from the block's own height on, so a pad starts as if
// they had just been pushed.

extension Translator {
    /// An instruction of the family by its byte.
    mutating func exception(_ byte: UInt8) {
        switch byte {
        case 0x06: beginTry()
        case 0x07: beginCatch(tag: u32())
        case 0x08: throwException(tag: u32())
        case 0x09: rethrow(depth: Int(u32()))
        case 0x0A:
            let source = popSlot()
            throwReference(source)
        case 0x18: endDelegate()
        case 0x19: beginCatch(tag: CatchTable.anyTag)
        default: beginTryTable()
        }
    }

    private mutating func throwException(tag: UInt32) {
        let shape = callShape(module.pointee.tags[checked: Int(tag)] ?? 0)
        let first = placeArguments(shape)
        let at = emit(.throwException)
        code.set16(at &+ 8, first)
        code.set32(at &+ 12, tag)
        becomeUnreachable()
    }

    private mutating func throwReference(_ source: Int16) {
        let at = emit(.throwReference)
        code.set16(at &+ 8, source)
        becomeUnreachable()
    }

    /// Opens a block whose code an entry of the table will name: no instruction may move over its start.
    private mutating func openTry(_ kind: ControlFrame.Kind, _ type: BlockType) {
        settleTop(type.parameterCount)
        last.offset = -1
        tail.offset = -1
        open(kind, type)
        handlers.openCount &+= 1
    }

    private mutating func beginTryTable() {
        let type = blockType()
        let clauses = reader.offset
        for _ in 0..<u32() {
            if reader.byte() < 2 { _ = u32() }
            _ = u32()
        }
        openTry(.tryTable, type)
        frames[frameCount &- 1].catching = UInt32(truncatingIfNeeded: clauses)
    }

    /// Makes the table's entry for the code of a frame so far.
    private mutating func appendHandler(_ index: Int, limit: UInt32) -> Int {
        handlers.openCount &-= 1
        return appendHandler(start: Int(frames[index].start), depth: index, limit: limit)
    }

    /// Makes the table's entry for the code from an offset on; 0 when there is no memory for it.
    mutating func appendHandler(start: Int, depth: Int, limit: UInt32) -> Int {
        do throws(MemoryError) {
            return try handlers.append(start: start, end: code.count, depth: depth, limit: limit, arena)
        } catch {
            code.fail(error)
            return 0
        }
    }

    /// Starts the code that a clause of an entry leads to, with the exception's values on the stack.
    @inline(never)
    private mutating func beginPad(
        _ tag: UInt32,
        of entry: Int,
        takesReference: Bool,
        exceptionSlot: Int16
    ) {
        join()
        let clause = CatchTable.Clause(
            tag: tag,
            target: UInt32(truncatingIfNeeded: code.count),
            next: CatchTable.noClause,
            payloadSlot: topPosition,
            exceptionSlot: exceptionSlot,
            takesReference: takesReference ? 1 : 0
        )
        // There may have been no memory for the entry.
        if code.hasFailed { return }
        do throws(MemoryError) {
            try handlers.append(clause, to: entry, arena)
        } catch {
            return code.fail(error)
        }
        let values =
            tag == CatchTable.anyTag ? .empty : module.pointee.tagType(of: tag)?.pointee.parameters ?? .empty
        for index in 0..<values.count { pushPlaced(values[checked: index]?.kind ?? 0x7F) }
        if takesReference { pushPlaced(0x64) }
    }

    /// Pushes a value that lies at its position already; a reference moves into its range.
    @inline(never)
    private mutating func pushPlaced(_ type: UInt8) {
        let at = topPosition
        let home = pushTemporary(type)
        guard home != at else { return }
        let copy = emit(.copySlot, result: home, keepsRegisters: true)
        code.set16(copy + 10, at)
        last.offset = -1
    }

    /// Closes the frame of a `try_table`, a `try` without a `catch`, or the last `catch`.
    mutating func endTry() {
        let index = frameCount &- 1
        switch frames[index].kind {
        case .tryTable:
            if !frames[index].isUnreachable { settleTop(Int(frames[index].resultCount)) }
            writePads(index)
        case .legacyTry:
            handlers.openCount &-= 1
            if !frames[index].isUnreachable { settleTop(Int(frames[index].resultCount)) }
        default:
            if !frames[index].isUnreachable { placeValues(index) }
        }
        closeTry(frames + index)
    }

    /// All paths to a frame's end come together here.
    private mutating func closeTry(_ frame: UnsafeMutablePointer<ControlFrame>) {
        resolve(frame.pointee.fixups)
        reset(to: frame)
        pushResults(of: frame)
        frameCount &-= 1
        join()
        beginCharge()
    }

    /// Where each clause of a `try_table` goes: its label is one of those around the block.
    private mutating func writePads(_ index: Int) {
        var clauses = BodyReader(base: reader.base, offset: Int(frames[index].catching), end: reader.end)
        let count = clauses.u32()
        guard count > 0 else {
            handlers.openCount &-= 1
            return
        }
        if !frames[index].isUnreachable { _ = emitBranch(.branchAlways, to: index) }
        let entry = appendHandler(index, limit: CatchTable.noLimit)
        frameCount &-= 1
        for _ in 0..<count {
            let kind = clauses.byte()
            let tag = kind < 2 ? clauses.u32() : CatchTable.anyTag
            let depth = Int(clauses.u32())
            reset(to: frames + index)
            beginPad(
                tag,
                of: entry,
                takesReference: kind & 1 != 0,
                exceptionSlot: CatchTable.noSlot
            )
            branch(depth: depth)
            // That is said of what follows the pad, which nothing does.
            frames[frameCount &- 1].isUnreachable = false
        }
        frameCount &+= 1
    }

    // MARK: Legacy exceptions

    private mutating func beginTry() {
        openTry(.legacyTry, blockType())
    }

    /// Ends the body of a `try`, or the `catch` before; what follows runs with the exception's values.
    ///
    /// The exception itself stays in the first slot that the block's references have, for a `rethrow`.
    mutating func beginCatch(tag: UInt32) {
        let index = frameCount &- 1
        let isFirst = frames[index].kind == .legacyTry
        if !frames[index].isUnreachable {
            if isFirst {
                settleTop(Int(frames[index].resultCount))
            } else {
                placeValues(index)
            }
            _ = emitBranch(.branchAlways, to: index)
        }
        if isFirst {
            let entry = appendHandler(index, limit: CatchTable.noLimit)
            frames[index].catching = UInt32(truncatingIfNeeded: entry)
            frames[index].kind = .legacyCatch
        }
        frames[index].isUnreachable = false
        reset(to: frames + index)
        let exceptionSlot = caughtSlot(index)
        if referenceCount >= referenceTemporaries { needsMoreReferences = true }
        referenceCount &+= 1
        beginPad(
            tag,
            of: Int(frames[index].catching),
            takesReference: false,
            exceptionSlot: exceptionSlot
        )
        beginCharge()
    }

    /// Where a frame keeps the exception that it caught.
    private mutating func caughtSlot(_ frame: Int) -> Int16 {
        Int16(truncatingIfNeeded: referenceStart &+ Int(frames[frame].referenceCount))
    }

    private mutating func rethrow(depth: Int) {
        throwReference(caughtSlot(frameCount &- 1 &- depth))
    }

    /// Closes a `try` that hands exceptions to one of the blocks around it.
    mutating func endDelegate() {
        let index = frameCount &- 1
        let depth = Int(u32())
        if !frames[index].isUnreachable { settleTop(Int(frames[index].resultCount)) }
        let target = UInt32(truncatingIfNeeded: index &- 1 &- depth)
        _ = appendHandler(index, limit: target)
        closeTry(frames + index)
    }
}
