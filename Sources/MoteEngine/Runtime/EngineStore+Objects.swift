package import CPlatform
package import MoteMemory
package import MoteModule
internal import MotePlatform

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
        guard Build.hasObjects, reference & 7 == 0,
            let word = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return false }
        return GCObject.header(word) & 1 != 0
    }

    /// Whether a reference that is known to be of the hierarchy below `top` may stand where a type is expected.
    package func accepts(_ reference: UInt64, of top: HeapType, as type: ValueType) -> Bool {
        let types = state.pointee.runtime.pointee.types
        guard type.isReference, TypeMatching.matches(type.heapType, top, types) else { return false }
        return Operations.matches(types, reference, type.heapType.rawValue, isNullable: type.isNullable)
    }

    /// What a reference that is not null refers to.
    package static func kind(of reference: UInt64) -> ReferenceKind {
        if reference & 1 != 0 { return .i31 }
        if reference & 2 != 0 { return .external }
        guard isObject(reference),
            let object = UnsafeRawPointer(bitPattern: UInt(truncatingIfNeeded: reference))
        else { return .function }
        switch GCObject.kind(GCObject.header(object)) {
        case .array: return .array
        case .exception: return .exception
        case .structure, .free: return .structure
        }
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
        if Build.hasObjects, let heap = state.pointee.collector.heap { GCHeap.destroy(heap) }
        state.pointee.collector.heap = nil
    }
}

/// What a reference refers to, whatever its static type.
package enum ReferenceKind: UInt8, Sendable {
    case function
    case external
    case i31
    case structure
    case array
    case exception
}
