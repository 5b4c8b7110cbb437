internal import MoteMemory

// Calls through typed function references, and what asks whether a reference is null.

extension Translator {
    mutating func callReference(type: UInt32) {
        let shape = callShape(type)
        let function = popSlot()
        let first = placeArguments(shape)
        let at = emit(.callReferenceSlot, sizeInBytes: 24)
        code.set16(at &+ 8, calleeFrame(first, shape))
        code.set16(at &+ 10, function)
        pushResults(shape)
    }

    mutating func returnCallReference(type: UInt32) {
        let shape = callShape(type)
        let function = popSlot()
        let first = placeArguments(shape)
        let at = emitTailCall(.returnCallReference, shape, first: first)
        code.set16(at &+ 14, function)
        pushResults(shape)
        emitReturn()
        becomeUnreachable()
    }

    /// The value stays where it is.
    mutating func referenceAsNonNull() {
        let index = entryCount &- 1
        if entries[index].kind == .constant { settle(index) }
        let at = emit(.checkReference)
        code.set16(at &+ 8, entries[index].slot)
    }

    /// Branches without the null reference; goes on with it where it is not null.
    mutating func branchOnNull(depth: Int) {
        let frame = frameCount &- 1 &- depth
        let isPlaced = isLastValuePlaced(frame)
        let field = emitNullTest(isNullTaken: isPlaced)
        if isPlaced {
            link(field, to: frame)
            return
        }
        // What a branch carries is below the reference; the entry itself stays for the path that goes on.
        entryCount &-= 1
        branchAround(field, to: frame)
        entryCount &+= 1
    }

    /// Branches with the reference on top; goes on without it where it is null.
    mutating func branchOnNonNull(depth: Int) {
        let frame = frameCount &- 1 &- depth
        let isPlaced = valuesArePlaced(frame)
        let field = emitNullTest(isNullTaken: !isPlaced)
        if isPlaced {
            link(field, to: frame)
        } else {
            branchAround(field, to: frame)
        }
        _ = pop()
    }

    /// A branch on the reference on top, which stays there; the offset of the distance, still unknown.
    private mutating func emitNullTest(isNullTaken: Bool) -> Int {
        let index = entryCount &- 1
        if entries[index].kind == .constant { settle(index) }
        setNullTest(.i64Branch, entries[index].slot, isZeroTaken: isNullTaken)
        return emitCondition()
    }
}
