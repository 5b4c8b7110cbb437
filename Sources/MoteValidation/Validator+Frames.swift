internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Opens a block whose parameters are on top of the stack, checked by the caller to be there.
    @inline(never)
    mutating func open(_ kind: ControlFrame.Kind, _ signature: BlockSignature) throws(Stop) {
        if frameCount == frameCapacity { try growFrames() }
        if frameCount > 0 { frames[frameCount &- 1].isUnreachable = isUnreachable }
        frames[frameCount] = ControlFrame(
            signature: signature,
            height: UInt32(truncatingIfNeeded: count),
            wideHeight: UInt32(truncatingIfNeeded: wideCount),
            initialisedHeight: UInt32(truncatingIfNeeded: initialisation.count),
            kind: kind,
            isUnreachable: false
        )
        frameCount &+= 1
        floor = count
        isUnreachable = false
    }

    /// Closes the innermost block: its results are popped, and nothing else was above its floor.
    @inline(never)
    mutating func close() throws(Stop) -> ControlFrame {
        let frame = frames[frameCount &- 1]  // Safe: a frame is open while instructions run.
        try pop(frame.signature.results)
        guard count == floor else { throw fail(.typeMismatch) }
        frameCount &-= 1
        if frameCount > 0 {
            floor = Int(frames[frameCount &- 1].height)
            isUnreachable = frames[frameCount &- 1].isUnreachable
        }
        if initialisation.count > Int(frame.initialisedHeight) {
            initialisation.reset(to: frame.initialisedHeight)
        }
        return frame
    }

    @inline(never)
    private mutating func growFrames() throws(Stop) {
        guard frameCapacity < ValidationLimits.maximumBlockDepth else { throw fail(.blocksTooDeep) }
        let capacity = min(frameCapacity * 2, ValidationLimits.maximumBlockDepth)
        do {
            let grown = try arena.resizeGrowable(
                frames,
                to: capacity * MemoryLayout<ControlFrame>.stride,
                site: .validationFrameGrowth
            )
            frames = grown.assumingMemoryBound(to: ControlFrame.self)
            frameCapacity = capacity
        } catch {
            failure = .memory(error)
            throw Stop()
        }
    }

    /// What a branch to a label carries.
    @inline(never)
    mutating func labelTypes(_ depth: UInt32) throws(Stop) -> TypeList {
        guard Int(depth) < frameCount else { throw fail(.unknownLabel) }
        return frames[frameCount &- 1 &- Int(depth)].labelTypes
    }
}
