internal import CPlatform
package import MoteMemory

extension EngineInstance {
    /// The first of the shared heaps that are attached; nil where there are none.
    package var sharedHeap: SharedHeap.Pointer? { state.base.sharedHeap }

    /// Whether a shared heap is attached, by itself or as a part of a chain.
    package func hasAttached(_ heap: SharedHeap.Pointer) -> Bool {
        var next = sharedHeap
        while let current = next {
            if current == heap { return true }
            next = current.pointee.next
        }
        return false
    }

    /// Lets the instance's code reach a shared heap, and what is chained behind it, at the top of its address space.
    ///
    /// For instances whose limits said so when they were made. The memory must end below the heap, and grows up to it
    /// from now on. May be called while guest code runs.
    package func attach(_ heap: SharedHeap.Pointer) throws(SharedHeapError) {
        let runtime = EngineRuntime(state: state.pointee.store.pointee.runtime)
        mote_lock_acquire(runtime.state.lock)
        defer { mote_lock_release(runtime.state.lock) }
        guard runtime.isOwn(heap) else { throw .fault(.foreignRuntime) }
        guard let memory = memory(at: 0) else { throw .fault(.noMemory) }
        guard state.pointee.attachesSharedHeaps else { throw .fault(.notAttachable) }
        guard sharedHeap == nil else { throw .fault(.alreadyAttached) }
        let start = SharedHeap.start(heap, is64: memory.pointee.is64 != 0)
        guard EffectiveAddress.currentSize(of: memory) <= start else { throw .fault(.overlapsMemory) }
        memory.instance.limitGrowth(to: start)
        SharedHeap.countAttachment(heap, isAttached: true)
        state.base.setSharedHeap(heap)
    }

    /// Lets shared heaps be attached to an instance that was made without: functions that are called from now on run
    /// checked code, where they did not before.
    ///
    /// Frames that run already do not see what is attached. One thread at a time may be in the instance then.
    package func allowSharedHeaps() throws(SharedHeapError) {
        guard !state.pointee.attachesSharedHeaps else { return }
        if state.pointee.base.variant & 1 != 0 {
            do throws(MemoryError) {
                try switchCode(to: state.pointee.base.variant & ~1)
            } catch {
                throw .memory(error)
            }
        }
        state.pointee.allowsSharedHeaps = true
    }

    /// Ends what ``attach(_:)`` began; accesses there trap again.
    package func detach() throws(SharedHeapError) {
        guard EngineInstance.detach(state) else { throw .fault(.notAttached) }
    }

    /// Detaches what is attached; false where there was nothing.
    @inline(never)
    @discardableResult
    static func detach(_ state: UnsafeMutablePointer<InstanceState>) -> Bool {
        guard state.base.sharedHeap != nil else { return false }
        let runtime = state.pointee.store.pointee.runtime
        mote_lock_acquire(runtime.lock)
        defer { mote_lock_release(runtime.lock) }
        guard let heap = state.base.sharedHeap else { return false }
        state.base.setSharedHeap(nil)
        SharedHeap.countAttachment(heap, isAttached: false)
        EngineInstance(state: state).memory(at: 0)?.instance.endGrowthLimit()
        return true
    }

    /// Hands out bytes in the attached heap: their guest address and their place.
    package func sharedHeapAllocate(
        sizeInBytes: UInt64
    ) throws(SharedHeapError) -> (address: UInt64, place: UnsafeMutableRawPointer) {
        guard let first = sharedHeap, let memory = memory(at: 0) else { throw .fault(.notAttached) }
        let (heap, offset) = try SharedHeap.allocate(first, sizeInBytes: sizeInBytes)
        // Safe: inside the heap.
        let place = heap.pointee.base + Int(truncatingIfNeeded: offset)
        return (SharedHeap.start(heap, is64: memory.pointee.is64 != 0) &+ offset, place)
    }

    /// Takes back what ``sharedHeapAllocate(sizeInBytes:)`` handed out, in this instance or another.
    package func sharedHeapFree(_ address: UInt64) throws(SharedHeapError) {
        guard let first = sharedHeap, let memory = memory(at: 0) else { throw .fault(.notAttached) }
        guard let (heap, offset) = SharedHeap.find(first, address, is64: memory.pointee.is64 != 0) else {
            throw .fault(.notInHeap)
        }
        try SharedHeap.free(heap, offset: offset)
    }

    /// Bytes of the guest's for the host: in memory 0, or in a shared heap that is attached; nil where one is outside.
    ///
    /// No bytes at the memory's end are inside.
    package func bytes(at address: UInt64, count: UInt64) -> UnsafeMutableRawPointer? {
        guard let memory = memory(at: 0) else { return nil }
        if Operations.isInside(address, count, EffectiveAddress.currentSize(of: memory)) {
            // Safe: inside the memory, so the address is an Int.
            return memory.pointee.base.map { UnsafeMutableRawPointer($0 + Int(truncatingIfNeeded: address)) }
        }
        return SharedHeapAccess.bytes(state.base, memoryIndex: 0, address: address, count: count)
    }
}
