/// Where the global heap's bytes come from.
package enum HeapSource: Sendable {
    /// The C library's malloc, realloc and free.
    case system
    /// A buffer of the caller's, which must outlive the runtime. `isZeroed` says that it was never written.
    case pool(base: UInt, sizeInBytes: Int, isZeroed: Bool)
    /// Functions of the caller's.
    case allocator(HeapFunctions)
}

/// A caller's allocator.
///
/// `reallocate` may be null: growth then allocates, copies and frees.
package struct HeapFunctions: Sendable {
    package typealias Allocate = @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?
    package typealias Reallocate =
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?
    package typealias Free = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void

    /// Handed to each function as its first argument; an address, because the plan crosses threads.
    package var userData: UInt
    package var allocate: Allocate
    package var reallocate: Reallocate?
    package var free: Free

    package init(userData: UInt, allocate: Allocate, reallocate: Reallocate?, free: Free) {
        self.userData = userData
        self.allocate = allocate
        self.reallocate = reallocate
        self.free = free
    }
}

/// Where the bytes of a linear memory live.
package enum LinearMemoryBacking: UInt8, Sendable {
    /// Reserved where the platform and the heap's source allow it, from the global heap otherwise.
    case automatic
    /// Blocks of the global heap, moved when they grow.
    case heap
    /// Address space reserved once, committed as the memory grows; the base never moves.
    case reserved
}

/// How an access outside linear memory is noticed.
package enum BoundsChecks: UInt8, Sendable {
    /// Guard pages where the backing is reserved, checked otherwise.
    case automatic
    /// Each access is compared with the memory's size.
    case checked
    /// Inaccessible pages behind the memory; the fault becomes the trap.
    case guardPages
}

/// The one value a user fills: a source and a size or policy for every region, in bytes.
package struct MemoryPlan: Sendable {
    /// Where all runtime structures live; in a pool, everything else as well.
    package var globalHeap: HeapSource = .system
    /// Operand stack of each execution environment, in bytes; least 256.
    package var operandStackSizeInBytes: Int = 256 * 1024
    /// Backing of linear memories.
    package var linearMemory: LinearMemoryBacking = .automatic
    /// Bounds checks of linear memories.
    package var bounds: BoundsChecks = .automatic
    /// Cap of every linear memory in pages of 64 KiB; nil leaves the modules' own maxima.
    package var maximumMemoryPageCount: UInt64?
    /// Most bytes of each store's garbage-collected heap, which takes nothing before its first object; 0 for none.
    package var gcHeapSizeInBytes: Int = 64 * 1024 * 1024
    /// Released reservations kept for the next instance.
    package var retainedReservationCount: Int = 4

    package init() {}
}
