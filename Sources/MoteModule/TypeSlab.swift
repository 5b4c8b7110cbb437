internal import MoteMemory

/// A block that type groups are cut from: those that a module brings lie in one and mostly go together.
///
/// ```
/// [ TypeSlab ][ group ][ group ] ... [ not cut yet ]
/// ```
package struct TypeSlab {
    package typealias Pointer = UnsafeMutablePointer<TypeSlab>

    var sizeInBytes: UInt32
    /// This header included.
    var usedInBytes: UInt32
    /// Groups in it that somebody holds.
    var groupCount: UInt32

    static var headerSizeInBytes: Int { 16 }
    /// Most bytes that are made for groups which may turn out to be known already.
    static var largestExpectationInBytes: Int { 16 * 1024 }
}

extension TypeRegistry {
    /// Space for a group, from the newest slab or from a new one that has room for those expected after it; the lock
    /// is held.
    static func takeSpace(
        _ registry: Pointer,
        _ sizeInBytes: Int,
        expectedInBytes: Int
    ) throws(MemoryError) -> (UnsafeMutableRawPointer, TypeSlab.Pointer) {
        let slab: TypeSlab.Pointer
        if let newest = registry.pointee.slab,
            sizeInBytes <= Int(newest.pointee.sizeInBytes &- newest.pointee.usedInBytes)
        {
            slab = newest
        } else {
            slab = try makeSlab(registry, sizeInBytes, expectedInBytes: expectedInBytes)
            registry.pointee.slab = slab
        }
        let space = UnsafeMutableRawPointer(slab) + Int(slab.pointee.usedInBytes)
        slab.pointee.usedInBytes &+= UInt32(truncatingIfNeeded: sizeInBytes)
        slab.pointee.groupCount &+= 1
        return (space, slab)
    }

    /// Gives a group's space back: the slab goes with its last group.
    static func releaseSpace(_ registry: Pointer, of group: TypeGroup.Pointer) {
        let slab = group.pointee.slab
        slab.pointee.groupCount &-= 1
        guard slab.pointee.groupCount == 0 else { return }
        if registry.pointee.slab == slab { registry.pointee.slab = nil }
        registry.pointee.arena.freeGrowable(UnsafeMutableRawPointer(slab))
    }

    private static func makeSlab(
        _ registry: Pointer,
        _ sizeInBytes: Int,
        expectedInBytes: Int
    ) throws(MemoryError) -> TypeSlab.Pointer {
        // Safe: a group is below 2^41 bytes.
        let least = TypeSlab.headerSizeInBytes &+ sizeInBytes
        let expected = min(max(expectedInBytes, 0), TypeSlab.largestExpectationInBytes)
        let size = max(least, TypeSlab.headerSizeInBytes &+ expected)
        guard let stored = UInt32(exactly: size) else {
            throw .exhausted(.structures, requested: size, available: -1, site: .typeGroup)
        }
        let raw = try registry.pointee.arena.allocateGrowable(
            sizeInBytes: size,
            region: .structures,
            site: .typeGroup
        )
        let slab = raw.bindMemory(to: TypeSlab.self, capacity: 1)
        slab.initialize(
            to: TypeSlab(
                sizeInBytes: stored,
                usedInBytes: UInt32(truncatingIfNeeded: TypeSlab.headerSizeInBytes),
                groupCount: 0
            )
        )
        return slab
    }
}
