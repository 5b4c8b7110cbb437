/// Where the global heap's bytes come from.
package enum HeapSource: Sendable {
    /// The C library's malloc, realloc and free.
    case system
    /// A buffer of the caller's, which must outlive the runtime. `isZeroed` says that it was never written.
    case pool(base: UInt, sizeInBytes: Int, isZeroed: Bool, by: PoolFunctions = .twoLevel)
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

/// Whether memory 0 ends at `__heap_base` instead of at its declared pages.
///
/// Only for modules that tell where that is and in which no function asks for the memory's size or grows it. Page
/// counts stay the declared ones; bytes beyond the end are out of bounds until somebody grows the memory.
package enum Truncation: UInt8, Sendable {
    /// Where the bytes come from a pool or from the caller, and the module has a stack pointer; elsewhere untouched
    /// pages cost nothing.
    case automatic
    case always
    case never
}

/// Which heap the host's malloc and free use.
package enum GuestHeap: UInt8, Sendable {
    /// The guest's own allocator where it exports one, the app heap otherwise.
    case automatic
    /// The app heap, even if the guest exports an allocator.
    case app
    /// The guest's own allocator, or none.
    case libc
    /// None: there is no app heap either.
    case none
}

/// Where the app heap lies in linear memory.
package enum AppHeapPlacement: UInt8, Sendable {
    /// Behind the declared memory, where no code of the guest expects anything of its own.
    case append
    /// WAMR's rule: at `__heap_base` where that is known and the memory can grow. A libc heap that the linker put there
    /// overlaps it.
    case atHeapBase
}

/// Bytes of the caller's for one linear memory; they must outlive the instance.
package struct LinearMemoryBuffer: Sendable, Equatable {
    /// Aligned to 16.
    package var base: UInt
    package var sizeInBytes: Int
    /// Every byte is zero, so that nothing has to be cleared.
    package var isZeroed: Bool

    package init(base: UInt, sizeInBytes: Int, isZeroed: Bool = false) {
        self.base = base
        self.sizeInBytes = sizeInBytes
        self.isZeroed = isZeroed
    }
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
    /// A caller's allocator for linear memory alone; nil: as `linearMemory` says.
    package var linearMemoryFunctions: HeapFunctions?
    /// Where memory 0 ends.
    package var truncation: Truncation = .automatic
    /// Heap inside of memory 0 that the host manages; 0 for none.
    package var appHeapSizeInBytes: Int = 0
    package var appHeapPlacement: AppHeapPlacement = .append
    /// Which heap the host's malloc and free use.
    package var guestHeap: GuestHeap = .automatic
    /// Most bytes of memory 0 from `__heap_base` on, so that a guest's own allocator gets no more; nil for no cap.
    package var maximumGuestHeapSizeInBytes: UInt64?
    /// Whether writes of the guest's stack pointer are compared with the bounds of its stack.
    package var checksAuxiliaryStack = true
    /// Native stack of the calling thread that must be left for host code to be entered, in bytes.
    ///
    /// At most a quarter of the thread's stack. 0: threads are not asked for their stacks.
    package var nativeStackReserveInBytes: Int = 32 * 1024
    /// Native stack of threads that the runtime makes, in bytes.
    package var threadStackSizeInBytes: Int = 128 * 1024
    /// Most bytes of each store's garbage-collected heap, which takes nothing before its first object; 0 for none.
    package var gcHeapSizeInBytes: Int = 64 * 1024 * 1024
    /// Released reservations kept for the next instance.
    package var retainedReservationCount: Int = 4

    package init() {}
}
