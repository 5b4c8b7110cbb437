internal import CPlatform
internal import MoteMemory
internal import MoteModule

// Telling the embedder that a memory did not grow. Cold: nothing here runs where growth succeeds.
extension Operations {
    /// Tells it about a `memory.grow` of the guest's, in the frame at `fp`.
    ///
    /// The function that is told may call guests, in this environment too, and a collection may happen meanwhile: the
    /// frame is left as for a host call. Its activation lies on the native stack, since there may be no slot left.
    @inline(never)
    static func reportGrowthFailure(
        _ environment: Environment,
        _ index: UInt32,
        _ pageCount: UInt64,
        _ error: MemoryError?,
        _ pc: UnsafeRawPointer,
        _ fp: UnsafeMutablePointer<UInt64>
    ) {
        let runtime = environment.state.pointee.store.pointee.runtime
        guard runtime.pointee.growthFailure != nil, let outer = environment.pointee.activation,
            let code = UnsafePointer<MoteCode>(bitPattern: UInt(truncatingIfNeeded: fp[-1]))
        else { return }
        let memory = memory(environment, index)
        var activation = MoteActivation(
            previous: outer,
            kind: UInt32(truncatingIfNeeded: MOTE_ACTIVATION_HOST_CALL),
            inGuest: 0,
            operandPointer: fp + Int(code.pointee.frameSlots),
            pc: pc,
            fp: fp,
            nativeStackPointer: nil,
            instance: environment.pointee.instance,
            callee: nil
        )
        let failure = MoteGrowthFailure(
            reason: memory.instance.growthFailureReason(error, pageCount),
            memoryIndex: index,
            sizeInBytes: EffectiveAddress.currentSize(of: memory),
            requestedPageCount: pageCount,
            instance: environment.pointee.instance,
            environment: environment,
            memory: memory
        )
        let wasInGuest = outer.pointee.inGuest
        outer.pointee.inGuest = 0
        withUnsafeMutablePointer(to: &activation) { inner in
            environment.pointee.activation = inner
            tell(runtime, failure)
            pop(inner, of: environment)
        }
        outer.pointee.inGuest = wasInGuest
    }

    /// Tells it about growth that the host asked for.
    static func reportGrowthFailure(
        _ runtime: UnsafeMutablePointer<RuntimeState>,
        _ memory: UnsafeMutablePointer<MoteMemory>,
        _ pageCount: UInt64,
        _ error: MemoryError?
    ) {
        guard runtime.pointee.growthFailure != nil else { return }
        let instance = memory.instance.pointee.owner
        var index = UInt32.max
        if let instance, let memories = instance.pointee.memories {
            let count = instance.state.pointee.module.pointee.module.pointee.memories.count
            for position in 0..<count where memories[position] == memory {
                index = UInt32(truncatingIfNeeded: position)
                break
            }
        }
        let failure = MoteGrowthFailure(
            reason: memory.instance.growthFailureReason(error, pageCount),
            memoryIndex: index,
            sizeInBytes: EffectiveAddress.currentSize(of: memory),
            requestedPageCount: pageCount,
            instance: instance,
            environment: nil,
            memory: memory
        )
        tell(runtime, failure)
    }

    /// Calls the embedder's function, unless this thread is in it already: failures there are not told.
    private static func tell(_ runtime: UnsafeMutablePointer<RuntimeState>, _ failure: MoteGrowthFailure) {
        guard let function = runtime.pointee.growthFailure, mote_begin_growth_report() else { return }
        withUnsafePointer(to: failure) { function($0, runtime.pointee.growthFailureData) }
        mote_end_growth_report()
    }
}

extension UnsafeMutablePointer where Pointee == MemoryInstance {
    /// Why growth by some pages failed: with an error of the source, or with none at a limit.
    func growthFailureReason(_ error: MemoryError?, _ pageCount: UInt64) -> UInt32 {
        if let error {
            return error.site == .linearMemoryBufferGrowth
                ? UInt32(MOTE_GROWTH_BUFFER_FULL) : UInt32(MOTE_GROWTH_OUT_OF_MEMORY)
        }
        if let after = LinearMemory.pageCount(of: linear, grownBy: pageCount),
            after <= base.pointee.maximumPageCount, !staysBelowSharedHeap(pageCount)
        {
            return UInt32(MOTE_GROWTH_SHARED_HEAP_IN_THE_WAY)
        }
        return pointee.isCappedForGuestHeap
            ? UInt32(MOTE_GROWTH_GUEST_HEAP_CAP) : UInt32(MOTE_GROWTH_MAXIMUM_REACHED)
    }
}
