/// Translated code: exact blocks of the module's arena, in region code, that live as long as the module.
///
/// Small functions share chunks with the module's other blocks. The caller holds the module's lock.
package enum CodeSpace {
    /// A block of `sizeInBytes`, aligned to 8, uninitialised.
    package static func allocate(
        in arena: Arena,
        sizeInBytes: Int,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try arena.allocateBytes(sizeInBytes, alignment: 8, region: .code, site: site)
    }

    /// Whether code of that size is cut from a chunk, beside other code.
    package static func isShared(sizeInBytes: Int) -> Bool { sizeInBytes < Arena.ownBlockSizeInBytes }

    /// Makes a growable block of a scratch arena, in which code was written, a block of the owner's in region code.
    ///
    /// It gets `sizeInBytes`, and moves if it must for that; on failure it is as before.
    package static func adopt(
        _ block: UnsafeMutableRawPointer,
        from scratch: Arena,
        in arena: Arena,
        sizeInBytes: Int,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try arena.adoptGrowable(block, from: scratch, sizeInBytes: sizeInBytes, region: .code, site: site)
    }

    /// Bytes of code that a module holds now.
    package static func sizeInBytes(in arena: Arena) -> Int {
        arena.header.pointee.account.current(Int(Region.code.rawValue))
    }
}
