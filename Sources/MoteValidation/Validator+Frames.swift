internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Opens a block whose parameters are on top of the stack, checked by the caller to be there.
    @inline(never)
    mutating func open(_ kind: ControlFrame.Kind, _ signature: BlockSignature) {
        if frameCount == frameCapacity, !growFrames() { return }
        // Safe: there is room; frame 0 is there from the beginning.
        let frame = frames + frameCount
        if frameCount > 0 { frame[-1].isUnreachable = isUnreachable }
        frame.pointee.single = signature.single
        frame.pointee.parameterCount = signature.parameterCount
        frame.pointee.values = signature.values
        frame.pointee.resultCount = signature.resultCount
        frame.pointee.height = UInt32(truncatingIfNeeded: count)
        frame.pointee.wideHeight = UInt32(truncatingIfNeeded: wideCount)
        frame.pointee.initialisedHeight = UInt32(truncatingIfNeeded: initialisation.count)
        frame.pointee.kind = kind
        frameCount &+= 1
        floor = count
        isUnreachable = false
    }

    /// Closes the innermost block: its results are popped, and nothing else was above its floor.
    ///
    /// Its frame stays as it was until the next one is opened.
    @inline(never)
    mutating func close() -> UnsafeMutablePointer<ControlFrame> {
        let frame = frames + (frameCount &- 1)  // Safe: a frame is open while instructions run.
        pop(frame.results)
        if count != floor { fail(.typeMismatch) }
        frameCount &-= 1
        if frameCount > 0 {
            floor = Int(frame[-1].height)
            isUnreachable = frame[-1].isUnreachable
        }
        if initialisation.count > Int(frame.pointee.initialisedHeight) {
            initialisation.reset(to: frame.pointee.initialisedHeight)
        }
        return frame
    }

    /// Opens the block closed last once more, as its next part: `else`, `catch`.
    mutating func reopen(_ frame: UnsafeMutablePointer<ControlFrame>, _ kind: ControlFrame.Kind) {
        // All heights are those that the block started with: closing it took back the rest.
        frame.pointee.kind = kind
        frameCount &+= 1
        floor = count
        isUnreachable = false
    }

    @inline(never)
    private mutating func growFrames() -> Bool {
        guard frameCapacity < ValidationLimits.maximumBlockDepth else {
            fail(.blocksTooDeep)
            return false
        }
        let capacity = min(frameCapacity &* 2, ValidationLimits.maximumBlockDepth)
        let size = capacity &* MemoryLayout<ControlFrame>.stride
        guard let grown = resize(frames, to: size, site: .validationFrameGrowth) else {
            return false
        }
        frames = grown.assumingMemoryBound(to: ControlFrame.self)
        frameCapacity = capacity
        return true
    }

    /// Reads a label; gives what a branch to it carries.
    @inline(never)
    mutating func readLabel() -> Items<ValueType> {
        let depth = Int(readIndex())
        guard depth < frameCount else {
            fail(.unknownLabel)
            return .empty
        }
        let frame = frames + (frameCount &- 1 &- depth)
        return frame.pointee.kind == .loop ? frame.parameters : frame.results
    }
}
