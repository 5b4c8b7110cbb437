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

    /// Bytes of code that a module holds now.
    package static func sizeInBytes(in arena: Arena) -> Int {
        arena.header.pointee.account.current[Int(Region.code.rawValue)]
    }
}
