internal import CPlatform
internal import MoteEngine

/// The steps of a call that its environment has prepared (`MotePreparedCall`): what a call from C costs at best, so
/// that each of them is a few instructions.
///
/// scripts/check-c-calls counts them.
struct PreparedCall {
    let environment: UnsafeMutablePointer<MoteEnvironment>

    @inline(__always)
    init(_ environment: UnsafeMutablePointer<MoteEnvironment>) { self.environment = environment }

    /// Whether it is one of this function, with as many cells as it takes.
    @inline(__always)
    func isOf(
        _ function: OpaquePointer?,
        _ cellCount: UInt32,
        _ cells: UnsafeMutablePointer<UInt32>?
    ) -> Bool {
        // No cells lie below address 512, so that the last comparison asks for null only.
        prepared == unsafeBitCast(function, to: UInt.self)
            && cellCount >= environment.pointee.prepared.cellCount
            && unsafeBitCast(cells, to: UInt.self) >= UInt(environment.pointee.prepared.takenCellCount)
    }

    /// The function's address; a plain load of a word is atomic, and here a part of a comparison.
    @inline(__always)
    private var prepared: UInt {
        #if DEBUG
        return UInt(mote_load_relaxed_u64(environment.preparedFunction))
        #else
        return unsafeBitCast(environment.pointee.prepared.function, to: UInt.self)
        #endif
    }

    /// Claims the environment; false where somebody is inside, or the thread's stack is not the one of the last call
    /// or has too little left.
    @inline(__always)
    func enter() -> Bool {
        guard
            mote_native_stack_pointer() &- environment.pointee.nativeStackBoundary
                <= environment.pointee.nativeStackSize
        else { return false }
        return mote_compare_exchange_seq_pointer(
            environment.thread,
            nil,
            UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        )
    }

    @inline(__always)
    func leave() {
        environment.pointee.activation = nil
        mote_store_release_pointer(environment.thread, nil)
    }

    /// Whether nothing took the preparation back while the call ran.
    @inline(__always)
    var isStill: Bool {
        prepared != 1
    }

    /// Parameters from cells to slots.
    @inline(__always)
    func write(_ cells: UnsafeMutablePointer<UInt32>?) {
        let slots = environment.pointee.prepared.arguments.unsafelyUnwrapped
        environment.pointee.prepared.cells = cells
        environment.pointee.activation = UnsafeMutableRawPointer(slots - 8).assumingMemoryBound(
            to: MoteActivation.self
        )
        let kind = environment.pointee.prepared.parameterKind
        // The most frequent first: each question is two instructions.
        if _fastPath(kind == 2) {
            slots[1] = UInt64(cells.unsafelyUnwrapped[1])
            slots[0] = UInt64(cells.unsafelyUnwrapped[0])
        } else if kind == 1 {
            slots[0] = UInt64(cells.unsafelyUnwrapped[0])
        } else if kind != 0 {
            writeMany(cells.unsafelyUnwrapped, slots)
        }
    }

    @inline(__always)
    private func writeMany(
        _ cells: UnsafeMutablePointer<UInt32>,
        _ slots: UnsafeMutablePointer<UInt64>
    ) {
        var wide = environment.pointee.prepared.wideParameters
        let count = Int(environment.pointee.prepared.parameterCount)
        var index = 0
        var cell = cells
        while index < count {
            if wide & 1 != 0 {
                slots[index] = UInt64(cell[0]) | UInt64(cell[1]) &<< 32
                cell += 2
            } else {
                slots[index] = UInt64(cell[0])
                cell += 1
            }
            wide &>>= 1
            index &+= 1
        }
    }

    /// Runs the function; a trap code, 0 where it went well.
    @inline(__always)
    func run() -> UInt32 {
        let entry = unsafeBitCast(environment.pointee.prepared.entry, to: Entry.self)
        return UInt32(
            truncatingIfNeeded: entry(
                environment.pointee.prepared.pc,
                environment.pointee.prepared.fp,
                environment.pointee.memoryBase,
                environment
            )
        )
    }

    /// `MoteHandler` without the registers that hold a last result: a function begins with none.
    private typealias Entry =
        @convention(c) (
            UnsafeRawPointer?, UnsafeMutablePointer<UInt64>?, UnsafeMutableRawPointer?,
            UnsafeMutablePointer<MoteEnvironment>
        ) -> Int

    /// The result from its slot to cells.
    @inline(__always)
    func read() {
        let kind = environment.pointee.prepared.resultKind
        if kind == 0 { return }
        let cells = environment.pointee.prepared.cells.unsafelyUnwrapped
        let slots = UnsafeRawPointer(environment.pointee.prepared.arguments.unsafelyUnwrapped)
        cells[0] = slots.load(as: UInt32.self)
        if kind != 1 { cells[1] = slots.load(fromByteOffset: 4, as: UInt32.self) }
    }
}

extension UnsafeMutablePointer where Pointee == EnvironmentRecord {
    /// Ends a prepared call that trapped, or whose preparation was taken back: as any call then.
    @inline(never)
    func endPrepared(_ code: UInt32) -> Bool {
        let engine = pointee.engine
        if code == 0 { PreparedCall(engine.base).read() }
        return pointee.instance.finish(engine.endPrepared(code), in: engine)
    }
}
