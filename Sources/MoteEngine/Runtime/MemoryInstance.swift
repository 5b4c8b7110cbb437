package import CPlatform
package import MoteMemory
package import MoteModule
internal import MotePlatform

/// A memory with its declared type and owner; starts with what hot paths read.
package struct MemoryInstance {
    /// First: its address is the memory's.
    package var linear: LinearMemory
    /// The heap inside that the host manages; nil where there is none.
    package var appHeap: AppHeap.Pointer?
    package var type: MemoryType
    /// What was not done as asked.
    package var notes = MemoryNotes()
    /// Growth ends at the cap of the guest's heap.
    var isCappedForGuestHeap = false
    /// Null when the host made it.
    package var owner: UnsafeMutablePointer<MoteInstance>?
    /// The store that it belongs to.
    var store: UnsafeMutablePointer<StoreState>?
    /// The host's memories of a store, one behind the other.
    var next: UnsafeMutablePointer<MemoryInstance>?
    /// Where the lowest shared heap begins that some instance sees behind this memory; no limit where none does.
    var growthLimitInBytes = UInt64.max
    /// Instances that see one.
    var sharedHeapCount: UInt32 = 0
}

extension UnsafeMutablePointer where Pointee == MoteMemory {
    /// The memory with its type; every memory of a store has one.
    @inline(__always)
    package var instance: UnsafeMutablePointer<MemoryInstance> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MemoryInstance.self)
    }
}

extension UnsafeMutablePointer where Pointee == MemoryInstance {
    /// The part that code reads: it comes first.
    @inline(__always)
    package var base: UnsafeMutablePointer<MoteMemory> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteMemory.self)
    }

    /// Memory as its room knows it: it comes first.
    @inline(__always)
    var linear: LinearMemory.Pointer {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: LinearMemory.self)
    }

    /// Prepares a memory of its minimum size, all zero, with an app heap if there is to be one.
    ///
    /// `isFirst`: it is memory 0 of who makes it, so that it may have guard pages or lie in the caller's buffer; `isChecked`:
    /// whatever plan and limits say, without guard pages. `module` only where it is memory 0 of an instance: layout,
    /// truncation and app heap are about that one. `limits` override the plan. The result is what the
    /// global `__heap_base` is to hold; nil where it keeps its value. On failure nothing was taken.
    func create(
        type: UnsafePointer<MemoryType>,
        isFirst: Bool,
        isChecked: Bool,
        module: UnsafeMutablePointer<ModuleState>?,
        limits: UnsafePointer<InstanceLimits>?,
        store: UnsafeMutablePointer<StoreState>,
        owner: UnsafeMutablePointer<MoteInstance>?,
        arena: Arena
    ) throws(MemoryError) -> UInt64? {
        let runtime = store.pointee.runtime
        var request = LinearMemoryRequest(initialPageCount: 0)
        request.take(type, limits, runtime)
        request.isFirst = isFirst
        if isChecked { request.bounds = .checked }
        if isFirst, let limits { request.buffer = limits.pointee.linearMemoryBuffer }

        var wishes = LinearMemoryWishes()
        wishes.take(type, limits, runtime)
        try wishes.setScarce(&request, in: runtime.heap)
        if let module {
            wishes.layout = module.pointee.layout
            wishes.usesMemorySize = module.pointee.module.pointee.usesMemorySize
            wishes.exportsAllocator = module.pointee.guestAllocator.isPresent
        } else {
            wishes.appHeapSizeInBytes = 0
            wishes.maximumGuestHeapSizeInBytes = nil
        }
        var shape = LinearMemoryShape()
        try shape.decide(&wishes)
        request.initialPageCount = shape.pageCount
        request.initialSizeInBytes = shape.sizeInBytes
        request.maximumPageCount = shape.maximumPageCount
        try LinearMemory.create(
            at: linear,
            &request,
            in: arena,
            cache: runtime.pointee.reservations,
            shared: runtime.pointee.sharedMemories
        )
        pointee.appHeap = nil
        pointee.type = type.pointee
        pointee.notes = shape.notes
        pointee.isCappedForGuestHeap = shape.isCappedForGuestHeap
        pointee.owner = owner
        pointee.store = store
        pointee.next = nil
        pointee.growthLimitInBytes = .max
        pointee.sharedHeapCount = 0
        guard shape.appHeapSizeInBytes > 0 else { return shape.heapBaseAfter }
        do throws(MemoryError) {
            pointee.appHeap = try AppHeap.create(
                offset: shape.appHeapOffset,
                sizeInBytes: shape.appHeapSizeInBytes,
                in: arena
            )
        } catch {
            LinearMemory.destroy(linear)
            throw error
        }
        return shape.heapBaseAfter
    }

    /// Adds zero pages; the count before, or nil past the maximum.
    ///
    /// The base may move.
    func grow(byPages delta: UInt64) throws(MemoryError) -> UInt64? {
        guard staysBelowSharedHeap(delta) else { return nil }
        var failure: MemoryError?
        let before = LinearMemory.grow(linear, by: delta, failure: &failure)
        if let failure { throw failure }
        if before != nil { refreshEnvironments() }
        return before
    }

    /// Lets every environment whose current memory 0 it is know of its new place and size.
    ///
    /// Environments keep what they found out between calls, and while the host is called. Those of other threads are
    /// below a host call then; where memory is shared they may run, and find its size out themselves.
    private func refreshEnvironments() {
        guard let store = pointee.store else { return }
        let me = UnsafeMutableRawPointer(bitPattern: mote_thread_id())
        mote_lock_acquire(store.lock)
        defer { mote_lock_release(store.lock) }
        var next = store.pointee.firstEnvironment
        while let environment = next {
            next = environment.pointee.next
            guard base.pointee.isShared == 0 || mote_load_acquire_pointer(environment.base.thread) == me,
                let memory = environment.base.pointee.instance?.pointee.memories?[0], memory == base
            else { continue }
            environment.base.pointee.memoryBase = memory.pointee.base
            environment.base.pointee.memorySizeInBytes = EffectiveAddress.currentSize(of: memory)
        }
    }

    /// Lets the memory grow no further than a shared heap that an instance attaches; the runtime's lock is held.
    func limitGrowth(to start: UInt64) {
        pointee.growthLimitInBytes = min(pointee.growthLimitInBytes, start)
        pointee.sharedHeapCount &+= 1
    }

    /// Takes the limit away with the last instance that has a shared heap attached.
    func endGrowthLimit() {
        pointee.sharedHeapCount &-= 1
        if pointee.sharedHeapCount == 0 { pointee.growthLimitInBytes = .max }
    }

    /// Whether a memory that grows by so many pages still ends below the shared heaps.
    func staysBelowSharedHeap(_ delta: UInt64) -> Bool {
        guard Build.hasSharedHeaps, pointee.sharedHeapCount > 0, delta > 0 else { return true }
        // Growth beyond what an address holds fails for itself.
        guard let size = LinearMemory.sizeInBytes(of: linear, grownBy: delta) else { return true }
        return size <= pointee.growthLimitInBytes
    }

    /// Gives back what does not lie in the arena.
    @inline(never)
    func destroy() {
        if let heap = pointee.appHeap { AppHeap.destroy(heap) }
        pointee.appHeap = nil
        LinearMemory.destroy(linear)
    }
}

extension LinearMemoryRequest {
    /// What is declared, and what the plan says or an instance overrides of it.
    fileprivate mutating func take(
        _ type: UnsafePointer<MemoryType>,
        _ limits: UnsafePointer<InstanceLimits>?,
        _ runtime: UnsafeMutablePointer<RuntimeState>
    ) {
        initialPageCount = type.pointee.limits.minimum
        maximumPageCount = type.pointee.limits.maximum
        pageSizeLog2 = UInt32(type.pointee.pageSizeLog2)
        is64 = type.pointee.limits.is64
        isShared = type.pointee.limits.isShared
        backing = runtime.pointee.plan.linearMemory
        bounds = runtime.pointee.plan.bounds
        guard let limits else { return }
        if let wish = limits.pointee.linearMemory { backing = wish }
        if let wish = limits.pointee.bounds { bounds = wish }
    }
}

extension LinearMemoryWishes {
    /// What is declared, and what the plan says or an instance overrides of it.
    fileprivate mutating func take(
        _ type: UnsafePointer<MemoryType>,
        _ limits: UnsafePointer<InstanceLimits>?,
        _ runtime: UnsafeMutablePointer<RuntimeState>
    ) {
        minimumPageCount = type.pointee.limits.minimum
        maximumPageCount = type.pointee.limits.maximum
        pageSizeLog2 = UInt32(type.pointee.pageSizeLog2)
        is64 = type.pointee.limits.is64
        isShared = type.pointee.limits.isShared
        pageCountCap = runtime.pointee.plan.maximumMemoryPageCount
        maximumGuestHeapSizeInBytes = runtime.pointee.plan.maximumGuestHeapSizeInBytes
        truncation = runtime.pointee.plan.truncation
        setAppHeapSize(runtime.pointee.plan.appHeapSizeInBytes)
        appHeapPlacement = runtime.pointee.plan.appHeapPlacement
        guestHeap = runtime.pointee.plan.guestHeap
        if let limits { take(limits) }
        scaleCaps()
    }

    /// What an instance overrides of the plan.
    private mutating func take(_ limits: UnsafePointer<InstanceLimits>) {
        if let cap = limits.pointee.maximumMemoryPageCount { pageCountCap = cap }
        maximumPageCountOverride = limits.pointee.maximumPageCountOverride
        if let size = limits.pointee.maximumGuestHeapSizeInBytes { maximumGuestHeapSizeInBytes = size }
        if let wish = limits.pointee.truncation { truncation = wish }
        if let size = limits.pointee.appHeapSizeInBytes { setAppHeapSize(size) }
        if let placement = limits.pointee.appHeapPlacement { appHeapPlacement = placement }
        if let wish = limits.pointee.guestHeap { guestHeap = wish }
    }

    private mutating func setAppHeapSize(_ sizeInBytes: Int) {
        appHeapSizeInBytes = UInt64(truncatingIfNeeded: max(sizeInBytes, 0))
    }

    /// Caps and overrides count pages of 64 KiB, whatever the memory's are.
    private mutating func scaleCaps() {
        guard pageSizeLog2 < 16 else { return }
        func scaled(_ pageCount: UInt64) -> UInt64 {
            pageCount <= .max &>> 16 ? pageCount &<< 16 : .max
        }
        if let cap = pageCountCap { pageCountCap = scaled(cap) }
        if let override = maximumPageCountOverride { maximumPageCountOverride = scaled(override) }
    }
}
