package import CPlatform
package import MoteMemory
package import MoteModule

/// A memory with its declared type and owner; starts with what hot paths read.
package struct MemoryInstance {
    /// First: its address is the memory's.
    package var linear: LinearMemory
    package var type: MemoryType
    /// Null when the host made it.
    package var owner: UnsafeMutablePointer<MoteInstance>?
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
    private var linear: LinearMemory.Pointer {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: LinearMemory.self)
    }

    /// Prepares a memory of its minimum size, all zero.
    ///
    /// `isFirst`: it is memory 0 of who makes it, so that it may have guard pages. On failure nothing was
    /// taken.
    func create(
        type: MemoryType,
        isFirst: Bool,
        limits: InstanceLimits,
        runtime: UnsafeMutablePointer<RuntimeState>,
        owner: UnsafeMutablePointer<MoteInstance>?,
        arena: Arena
    ) throws(MemoryError) {
        let plan = runtime.pointee.plan
        var request = LinearMemoryRequest(
            initialPageCount: type.limits.minimum,
            maximumPageCount: type.limits.maximum
        )
        // The cap counts pages of 64 KiB, whatever the memory's are.
        if let cap = limits.maximumMemoryPageCount ?? plan.maximumMemoryPageCount {
            let log = UInt64(type.pageSizeLog2 < 16 ? 16 : 0)
            request.pageCountCap = cap <= .max &>> log ? cap &<< log : .max
        }
        request.pageSizeLog2 = UInt32(type.pageSizeLog2)
        request.is64 = type.limits.is64
        request.isShared = type.limits.isShared
        request.isFirst = isFirst
        request.backing = limits.linearMemory ?? plan.linearMemory
        request.bounds = limits.attachesSharedHeaps ? .checked : limits.bounds ?? plan.bounds
        try LinearMemory.create(
            at: linear,
            request,
            in: arena,
            cache: runtime.pointee.reservations,
            shared: runtime.pointee.sharedMemories
        )
        pointee.type = type
        pointee.owner = owner
        pointee.next = nil
        pointee.growthLimitInBytes = .max
        pointee.sharedHeapCount = 0
    }

    /// Adds zero pages; the count before, or nil past the maximum.
    ///
    /// The base may move.
    func grow(byPages delta: UInt64) throws(MemoryError) -> UInt64? {
        guard staysBelowSharedHeap(delta) else { return nil }
        var failure: MemoryError?
        let before = LinearMemory.grow(linear, by: delta, failure: &failure)
        if let failure { throw failure }
        return before
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
        guard pointee.sharedHeapCount > 0, delta > 0 else { return true }
        // Safe: growth beyond what an address holds fails for itself.
        let (bytes, overflow) = delta.multipliedReportingOverflow(
            by: 1 &<< UInt64(pointee.linear.memory.pageSizeLog2)
        )
        let (size, isBeyond) = EffectiveAddress.currentSize(of: base).addingReportingOverflow(bytes)
        return !overflow && !isBeyond && size <= pointee.growthLimitInBytes
    }

    /// Gives back what does not lie in the arena.
    func destroy() { LinearMemory.destroy(linear) }
}
