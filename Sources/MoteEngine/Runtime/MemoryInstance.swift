package import CPlatform
internal import MoteMemory
package import MoteModule

/// A memory with its declared type and owner; starts with what hot paths read.
package struct MemoryInstance {
    /// First: its address is the memory's.
    package var memory: MoteMemory
    package var type: MemoryType
    /// Null when the host made it.
    package var owner: UnsafeMutablePointer<MoteInstance>?
    var arena: Arena
    /// The host's memories of a store, one behind the other.
    var next: UnsafeMutablePointer<MemoryInstance>?
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

    /// Prepares a memory of its minimum size, all zero.
    func initialize(
        type: MemoryType, limits: InstanceLimits, plan: MemoryPlan, owner: UnsafeMutablePointer<MoteInstance>?,
        arena: Arena
    ) throws(MemoryError) {
        let cap = limits.maximumMemoryPageCount ?? plan.maximumMemoryPageCount ?? 65536
        var memory = MoteMemory()
        memory.pageSizeLog2 = UInt32(type.pageSizeLog2)
        memory.maximumPageCount = min(type.limits.maximum ?? 65536, cap)
        memory.is64 = type.limits.is64 ? 1 : 0
        memory.isShared = type.limits.isShared ? 1 : 0
        initialize(to: MemoryInstance(memory: memory, type: type, owner: owner, arena: arena, next: nil))
        guard try grow(byPages: type.limits.minimum) != nil else {
            throw .exhausted(.linearMemory, requested: .max, available: -1, site: .linearMemoryBytes)
        }
    }

    /// Adds zero pages; the count before, or nil past the maximum. The base may move.
    func grow(byPages delta: UInt64) throws(MemoryError) -> UInt64? {
        let before = pointee.memory.pageCount
        let (after, overflow) = before.addingReportingOverflow(delta)
        guard !overflow, after <= pointee.memory.maximumPageCount else { return nil }
        guard delta > 0 else { return before }
        let oldSize = Int(pointee.memory.sizeInBytes)
        let size = Int(after) << Int(pointee.memory.pageSizeLog2)
        let raw: UnsafeMutableRawPointer
        if let base = pointee.memory.base {
            raw = try pointee.arena.resizeGrowable(
                UnsafeMutableRawPointer(base), to: size, site: .linearMemoryBytes)
        } else {
            raw = try pointee.arena.allocateGrowable(
                sizeInBytes: size, region: .linearMemory, site: .linearMemoryBytes)
        }
        memset(raw + oldSize, 0, size - oldSize)
        pointee.memory.base = raw.assumingMemoryBound(to: UInt8.self)
        pointee.memory.sizeInBytes = UInt64(size)
        pointee.memory.pageCount = after
        return before
    }

    /// Gives back what does not lie in the arena.
    func destroy() {}
}
