package import CPlatform
package import MoteMemory
internal import MoteModule

/// What the host does with the store's garbage-collected objects.
extension EngineStore {
    /// Keeps what a reference refers to until ``release(root:)``; the number is 0 where nothing needs keeping.
    ///
    /// For structs, arrays, exceptions and externref handles. Until it is retained, a reference that came from the guest
    /// is good only until the next call, and while the host function runs that got it as an argument.
    package func retain(_ reference: UInt64) throws(EngineError) -> UInt32 {
        let isHandle = reference & 3 == 2
        guard isHandle || EngineStore.isObject(reference) else { return 0 }
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        if !isHandle { state.pointee.collector.hasPublishedObjects = true }
        do throws(MemoryError) {
            return try state.pointee.collector.roots.add(reference, in: state.pointee.arena)
        } catch {
            throw .memory(error)
        }
    }

    /// Ends what ``retain(_:)`` began; from any thread, while the store lives.
    package func release(root number: UInt32) {
        guard number != 0 else { return }
        mote_lock_acquire(state.collectorLock)
        state.pointee.collector.roots.remove(number)
        mote_lock_release(state.collectorLock)
    }

    /// Whether a reference of any type is the address of a struct, array or exception.
    package static func isObject(_ reference: UInt64) -> Bool {
        guard reference & 7 == 0, let word = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return false }
        return GCObject.header(word) & 1 != 0
    }

    /// Frees what nothing reaches, and runs the finalizers of handles among it; false where a thread is inside another
    /// environment of the store.
    @discardableResult
    package func collectGarbage() -> Bool { Collector.collect(state, frame: nil) }

    /// Collects at every allocation, to find references that are not rooted; for tests.
    package var collectsAtEveryAllocation: Bool {
        get { state.pointee.collector.isStressed }
        nonmutating set {
            state.pointee.collector.isStressed = newValue
            state.pointee.collector.heap?.pointee.poisonsFreed = newValue
        }
    }

    /// Bytes of chunks of the garbage-collected heap, those of objects after the last collection, and collections.
    package var objectStatistics: (sizeInBytes: Int, liveInBytes: Int, collectionCount: Int) {
        guard let heap = state.pointee.collector.heap else { return (0, 0, 0) }
        return (heap.pointee.sizeInBytes, heap.pointee.liveInBytes, heap.pointee.collectionCount)
    }

    /// Notes that the host puts a reference where guests see it.
    func noteShared(_ reference: UInt64) {
        if EngineStore.isObject(reference) { state.pointee.collector.hasPublishedObjects = true }
    }

    /// Ends all handles and gives the heap back, at the store's end.
    func destroyObjects() {
        state.pointee.externals.endAll()
        Collector.finalize(state, nil)
        if let heap = state.pointee.collector.heap { GCHeap.destroy(heap) }
        state.pointee.collector.heap = nil
    }
}
