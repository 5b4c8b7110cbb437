internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The frame that runs while an object is allocated: roots are looked for from there.
struct RunningFrame {
    var environment: UnsafeMutablePointer<MoteEnvironment>
    var fp: UnsafeMutablePointer<UInt64>
}

/// Allocation and collection of a store's objects.
///
/// Marks from the roots (``Collector/markRoots(_:_:_:)``) without recursion and on a stack of fixed size, then has
/// the heap swept. Objects do not move. A collection needs that no other thread is inside an environment of the store;
/// while one is, the heap only grows.
enum Collector {
    typealias Store = UnsafeMutablePointer<StoreState>

    /// A new object, zero behind its header.
    ///
    /// Collects when it is due, and when memory is not to be had otherwise. `frame` is null where no guest code of this
    /// thread runs above the innermost activation.
    static func allocate(
        _ store: Store,
        header: UInt64,
        frame: RunningFrame?
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(store.collectorLock)
        var didCollect = false
        if let heap = store.pointee.collector.heap {
            if heap.pointee.allocatedInBytes < heap.pointee.threshold, !store.pointee.collector.isStressed,
                let object = GCHeap.take(heap, header: header)
            {
                mote_lock_release(store.collectorLock)
                return object
            }
            let size = GCObject.sizeInBytes(header)
            if store.pointee.collector.isStressed
                || heap.pointee.allocatedInBytes &+ size > heap.pointee.threshold
            {
                didCollect = collectLocked(store, frame)
            }
        }
        do throws(MemoryError) {
            let object: UnsafeMutableRawPointer
            do throws(MemoryError) {
                object = try obtain(store, header)
            } catch {
                // The last resort, unless it was tried just now.
                guard !didCollect, collectLocked(store, frame) else { throw error }
                didCollect = true
                object = try obtain(store, header)
            }
            mote_lock_release(store.collectorLock)
            if didCollect { finalize(store, frame?.environment) }
            return object
        } catch {
            mote_lock_release(store.collectorLock)
            if didCollect { finalize(store, frame?.environment) }
            throw error
        }
    }

    /// From free blocks or a new chunk; the lock is held.
    private static func obtain(_ store: Store, _ header: UInt64) throws(MemoryError)
        -> UnsafeMutableRawPointer
    {
        if let heap = store.pointee.collector.heap {
            if let object = GCHeap.take(heap, header: header) { return object }
            return try GCHeap.grow(heap, header: header)
        }
        let maximum = store.pointee.runtime.pointee.plan.gcHeapSizeInBytes
        guard maximum > 0 else {
            throw .exhausted(
                .gcHeap,
                requested: GCObject.sizeInBytes(header),
                available: 0,
                site: .gcHeapChunk
            )
        }
        let heap = try GCHeap.create(in: store.pointee.arena, maximumSizeInBytes: maximum)
        heap.pointee.poisonsFreed = store.pointee.collector.isStressed
        store.pointee.collector.heap = heap
        return try GCHeap.grow(heap, header: header)
    }

    /// A new object from what the heap has or can grow by.
    static func allocateWithoutCollection(
        _ store: Store,
        header: UInt64
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        mote_lock_acquire(store.collectorLock)
        defer { mote_lock_release(store.collectorLock) }
        return try obtain(store, header)
    }

    /// Whether a collection should come before the next object.
    static func isDue(_ store: Store) -> Bool {
        mote_lock_acquire(store.collectorLock)
        defer { mote_lock_release(store.collectorLock) }
        guard let heap = store.pointee.collector.heap else { return false }
        return store.pointee.collector.isStressed || heap.pointee.allocatedInBytes > heap.pointee.threshold
    }

    /// Frees what nothing reaches; false where it is not possible now.
    static func collect(_ store: Store, frame: RunningFrame?) -> Bool {
        mote_lock_acquire(store.collectorLock)
        let didCollect = collectLocked(store, frame)
        mote_lock_release(store.collectorLock)
        if didCollect { finalize(store, frame?.environment) }
        return didCollect
    }

    /// The lock is held; finalizers are still to be run.
    static func collectLocked(_ store: Store, _ frame: RunningFrame?) -> Bool {
        guard store.pointee.collector.deferralCount == 0 else { return false }
        mote_lock_acquire(store.lock)
        defer { mote_lock_release(store.lock) }
        let isAlone = keepThreadsOut(of: store)
        defer { letThreadsIn(to: store) }
        guard isAlone else { return false }
        let heap = Build.hasObjects ? store.pointee.collector.heap : nil
        if let heap { GCHeap.beginMarking(heap) }
        var stack = InlineArray<512, UInt64>(repeating: 0)
        let rootCount = withUnsafeMutableBytes(of: &stack) { bytes in
            var marker = Marker(store: store, stack: bytes.assumingMemoryBound(to: UInt64.self))
            markRoots(store, frame, &marker)
            marker.finish()
            return marker.rootCount
        }
        if let heap { GCHeap.sweep(heap, rootsInBytes: rootCount &* 8) }
        store.pointee.externals.sweep()
        return true
    }

    /// What stands for a thread while a collection keeps all out.
    static var mark: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: UInt(MOTE_COLLECTING)) }

    /// Claims the environments that nobody is inside of; false where another thread is inside one.
    ///
    /// A thread that wants in finds the mark and waits for the collector's lock.
    private static func keepThreadsOut(of store: Store) -> Bool {
        let me = UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        var next = store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            guard
                mote_compare_exchange_seq_pointer(environment.base.thread, nil, mark)
                    || mote_load_acquire_pointer(environment.base.thread) == me
            else { return false }
        }
        return true
    }

    private static func letThreadsIn(to store: Store) {
        var next = store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            _ = mote_compare_exchange_seq_pointer(environment.base.thread, mark, nil)
        }
    }

    /// Runs the finalizers of handles that a collection ended, without the lock.
    static func finalize(_ store: Store, _ environment: UnsafeMutablePointer<MoteEnvironment>?) {
        guard store.pointee.externals.firstDying >= 0 else { return }
        let outer = environment?.pointee.activation
        let wasInGuest = outer?.pointee.inGuest ?? 0
        outer?.pointee.inGuest = 0
        while true {
            mote_lock_acquire(store.collectorLock)
            store.pointee.collector.deferralCount &+= 1
            let dying = store.pointee.externals.takeDying()
            mote_lock_release(store.collectorLock)
            if let dying { dying.finalizer?(dying.data) }
            mote_lock_acquire(store.collectorLock)
            store.pointee.collector.deferralCount &-= 1
            mote_lock_release(store.collectorLock)
            if dying == nil { break }
        }
        outer?.pointee.inGuest = wasInGuest
    }
}
