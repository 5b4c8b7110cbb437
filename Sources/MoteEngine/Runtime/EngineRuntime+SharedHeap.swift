internal import CPlatform
package import MoteMemory
internal import MotePlatform

// Shared heaps belong to the runtime: made, chained and attached under its lock, freed when asked or with it.
extension EngineRuntime {
    /// A shared heap of `sizeInBytes`, rounded up to pages of the operating system, or in a caller's buffer that
    /// begins and ends with them and outlives the heap.
    ///
    /// Lives until ``destroy(_:)`` or the runtime's end.
    package func createSharedHeap(
        sizeInBytes: Int,
        buffer: UnsafeMutableRawPointer? = nil
    ) throws(SharedHeapError) -> SharedHeap.Pointer {
        let heap = try SharedHeap.create(sizeInBytes: sizeInBytes, buffer: buffer, in: state.heap)
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        heap.pointee.nextInRuntime = state.pointee.firstSharedHeap
        state.pointee.firstSharedHeap = heap
        return heap
    }

    /// Puts `body` and its chain behind `head`: `head` then lies just below.
    package func chain(
        _ head: SharedHeap.Pointer,
        _ body: SharedHeap.Pointer
    ) throws(SharedHeapError) {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        guard isOwn(head), isOwn(body) else { throw .fault(.foreignRuntime) }
        try SharedHeap.chain(head, body)
    }

    /// Takes a head off its chain, or all links apart; the first heap of the rest.
    @discardableResult
    package func unchain(
        _ head: SharedHeap.Pointer,
        all: Bool
    ) throws(SharedHeapError) -> SharedHeap.Pointer? {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        guard isOwn(head) else { throw .fault(.foreignRuntime) }
        return try SharedHeap.unchain(head, all: all)
    }

    /// Forgets what was handed out in a detached chain, and makes its bytes zero.
    package func reset(_ head: SharedHeap.Pointer) throws(SharedHeapError) {
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        guard isOwn(head) else { throw .fault(.foreignRuntime) }
        try SharedHeap.reset(head)
    }

    /// Ends a shared heap that no instance has attached and that is in no chain.
    ///
    /// No thread may still be inside guest code that found it while it was attached.
    package func destroy(_ heap: SharedHeap.Pointer) throws(SharedHeapError) {
        mote_lock_acquire(state.lock)
        guard isOwn(heap) else {
            mote_lock_release(state.lock)
            throw .fault(.foreignRuntime)
        }
        if let fault = hindrance(heap) {
            mote_lock_release(state.lock)
            throw .fault(fault)
        }
        unlist(heap)
        mote_lock_release(state.lock)
        SharedHeap.destroy(heap)
    }

    private func hindrance(_ heap: SharedHeap.Pointer) -> SharedHeapFault? {
        if heap.pointee.attachCount != 0 { return .attached }
        if heap.pointee.isBody { return .alreadyBody }
        return heap.pointee.next == nil ? nil : .alreadyHead
    }

    /// Whether a heap is one of the runtime's; its lock is held.
    func isOwn(_ heap: SharedHeap.Pointer) -> Bool {
        var next = state.pointee.firstSharedHeap
        while let own = next {
            if own == heap { return true }
            next = own.pointee.nextInRuntime
        }
        return false
    }

    private func unlist(_ heap: SharedHeap.Pointer) {
        guard state.pointee.firstSharedHeap != heap else {
            state.pointee.firstSharedHeap = heap.pointee.nextInRuntime
            return
        }
        var next = state.pointee.firstSharedHeap
        while let own = next {
            next = own.pointee.nextInRuntime
            guard next == heap else { continue }
            own.pointee.nextInRuntime = heap.pointee.nextInRuntime
            return
        }
    }

    /// Frees all shared heaps: no instance is left.
    func destroySharedHeaps() {
        while Build.hasSharedHeaps, let heap = state.pointee.firstSharedHeap {
            state.pointee.firstSharedHeap = heap.pointee.nextInRuntime
            SharedHeap.destroy(heap)
        }
    }
}
