internal import CPlatform
internal import MoteMemory

extension EngineStore {
    /// An externref handle (never 0) for data of the host, retained once.
    ///
    /// `finalizer` is called with the data when a collection finds the handle neither retained nor reachable, at the
    /// latest with the store's end. A full table of handles is such an occasion.
    package func makeExternalReference(
        _ data: UnsafeMutableRawPointer?,
        finalizer: HostFinalizer?
    ) throws(EngineError) -> UInt64 {
        mote_lock_acquire(state.collectorLock)
        let isDue = state.pointee.externals.isFull && state.pointee.externals.capacity > 0
        mote_lock_release(state.collectorLock)
        if isDue || state.pointee.collector.isStressed { _ = Collector.collect(state, frame: nil) }
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        do throws(MemoryError) {
            return try state.pointee.externals.make(in: state.pointee.arena, data: data, finalizer: finalizer)
        } catch {
            throw .memory(error)
        }
    }

    /// The data behind a handle; nil where the handle is null or ended.
    package func externalData(of handle: UInt64) -> UnsafeMutableRawPointer? {
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        return state.pointee.externals.entry(of: handle)?.pointee.data
    }

    /// Pins a handle once more; false where it ended.
    @discardableResult
    package func retainExternalReference(_ handle: UInt64) -> Bool {
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        guard let entry = state.pointee.externals.entry(of: handle) else { return false }
        entry.pointee.retainCount &+= 1
        return true
    }

    /// Takes one pin away; false where it ended or none was left.
    @discardableResult
    package func releaseExternalReference(_ handle: UInt64) -> Bool {
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        guard let entry = state.pointee.externals.entry(of: handle), entry.pointee.retainCount > 0 else {
            return false
        }
        entry.pointee.retainCount &-= 1
        return true
    }
}
