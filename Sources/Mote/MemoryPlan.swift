internal import MoteMemory

/// The one value that says where every byte of a runtime comes from, and how much each region may take.
///
/// Sizes are in bytes, linear memories in pages of 64 KiB. Printing a plan draws it as a map.
public struct MemoryPlan: Sendable {
    /// Where all runtime structures live; in a pool, everything else as well, linear memory included.
    public var globalHeap: HeapSource = .system
    /// Operand stack of each execution environment, in bytes; at least 256.
    public var operandStack: Int = 256 * 1024
    /// Where linear memories live.
    public var linearMemory: LinearMemoryBacking = .automatic
    /// How an access outside of linear memory is noticed.
    public var bounds: BoundsChecks = .automatic
    /// Most pages of any linear memory; nil leaves the modules' own maxima.
    public var maximumPages: UInt64?
    /// An allocator of the caller's for linear memory alone; nil: as ``linearMemory`` says.
    ///
    /// Only ``HeapSource/allocator(userData:allocate:reallocate:free:)`` is one.
    public var linearMemoryAllocator: HeapSource?
    /// Whether memory 0 ends at `__heap_base`.
    public var truncation: Truncation = .automatic
    /// Bytes of a heap inside of each instance's memory 0 that the host manages; 0 for none.
    public var appHeap: Int = 0
    /// Where the app heap lies.
    public var appHeapPlacement: AppHeapPlacement = .append
    /// Which heap the host's malloc and free use.
    public var guestHeap: GuestHeapChoice = .automatic
    /// Most bytes of memory 0 from `__heap_base` on, so that a guest's own allocator gets no more; nil for no cap.
    public var maximumGuestHeap: UInt64?
    /// Whether writes of the guest's stack pointer are compared with the bounds of its stack.
    public var checksAuxiliaryStack = true
    /// Bytes of the calling thread's own stack that must be left for host code to be entered; at most a quarter of it
    /// counts.
    ///
    /// Calls of guest functions by guest functions do not use that stack. 0: nothing is checked but how deeply calls are
    /// nested, and threads are not asked for their stacks.
    public var nativeStackReserve: Int = 32 * 1024
    /// Most bytes of each store's garbage-collected heap, which holds structs, arrays and exceptions; 0 for none.
    ///
    /// It takes nothing before the first of them.
    public var gcHeap: Int = 64 * 1024 * 1024
    /// How many released address-space reservations are kept for the next instance.
    public var retainedReservations: Int = 4

    /// The default plan: the system's heap, 256 KiB of operand stack, reserved memories with guard pages.
    public init() {}
}

/// Where the global heap's bytes come from.
public struct HeapSource: Sendable {
    enum Kind: Sendable {
        case system
        case pool(bytes: Int)
        case buffer(base: UInt, sizeInBytes: Int, isZeroed: Bool)
        case allocator(HeapFunctions)
    }

    var kind: Kind

    /// The C library's malloc, realloc and free.
    public static var system: HeapSource { HeapSource(kind: .system) }

    /// One pool of that many bytes, which the runtime maps when it starts and unmaps when it ends.
    public static func pool(bytes: Int) -> HeapSource { HeapSource(kind: .pool(bytes: bytes)) }

    /// A pool inside a buffer of the caller's, which must stay until the runtime is gone.
    ///
    /// `isZeroed` says that every byte of it is zero, so that nothing has to be cleared.
    public static func pool(_ buffer: UnsafeMutableRawBufferPointer, isZeroed: Bool = false) -> HeapSource {
        HeapSource(
            kind: .buffer(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: buffer.count,
                isZeroed: isZeroed
            )
        )
    }

    /// Functions of the caller's, each called with `userData`, from any thread that uses the runtime.
    ///
    /// Blocks must be aligned to 16 bytes. Without `reallocate`, growth allocates, copies and frees.
    public static func allocator(
        userData: UnsafeMutableRawPointer? = nil,
        allocate: @escaping @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer?,
        reallocate: (
            @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) ->
                UnsafeMutableRawPointer?
        )? = nil,
        free: @escaping @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
    ) -> HeapSource {
        HeapSource(
            kind: .allocator(
                HeapFunctions(
                    userData: UInt(bitPattern: userData),
                    allocate: allocate,
                    reallocate: reallocate,
                    free: free
                )
            )
        )
    }
}

/// Where the bytes of linear memories live.
public enum LinearMemoryBacking: Sendable, CaseIterable {
    /// Reserved where the platform and the heap's source allow it, from the global heap otherwise.
    case automatic
    /// Blocks of the global heap, which move when they grow.
    case heap
    /// Address space reserved once and committed as the memory grows.
    case reserved
}

/// How an access outside of linear memory is noticed.
public enum BoundsChecks: Sendable, CaseIterable {
    /// Guard pages where the memory is reserved, checked otherwise.
    case automatic
    /// Each access is compared with the memory's size.
    case checked
    /// Inaccessible pages lie behind the memory; the fault becomes the trap.
    case guardPages
}

extension MemoryPlan {
    /// The same for the engine; `pool` is the buffer mapped for ``HeapSource/pool(bytes:)``.
    func enginePlan(pool: UnsafeMutableRawBufferPointer?) -> EnginePlan {
        var plan = EnginePlan()
        switch globalHeap.kind {
        case .system: plan.globalHeap = .system
        case .pool(let bytes):
            plan.globalHeap = .pool(
                base: UInt(bitPattern: pool?.baseAddress),
                sizeInBytes: bytes,
                isZeroed: true
            )
        case .buffer(let base, let sizeInBytes, let isZeroed):
            plan.globalHeap = .pool(base: base, sizeInBytes: sizeInBytes, isZeroed: isZeroed)
        case .allocator(let functions): plan.globalHeap = .allocator(functions)
        }
        plan.operandStackSizeInBytes = operandStack
        plan.gcHeapSizeInBytes = max(0, gcHeap)
        plan.linearMemory = linearMemory.engineBacking
        if case .allocator(let functions)? = linearMemoryAllocator?.kind {
            plan.linearMemoryFunctions = functions
        }
        plan.truncation = truncation.engineTruncation
        plan.appHeapSizeInBytes = max(0, appHeap)
        plan.appHeapPlacement = appHeapPlacement.enginePlacement
        plan.guestHeap = guestHeap.engineChoice
        plan.maximumGuestHeapSizeInBytes = maximumGuestHeap
        plan.checksAuxiliaryStack = checksAuxiliaryStack
        plan.bounds = bounds.engineBounds
        plan.nativeStackReserveInBytes = max(0, nativeStackReserve)
        plan.maximumMemoryPageCount = maximumPages
        plan.retainedReservationCount = retainedReservations
        return plan
    }
}

extension LinearMemoryBacking {
    var engineBacking: EngineBacking {
        switch self {
        case .automatic: .automatic
        case .heap: .heap
        case .reserved: .reserved
        }
    }
}

extension BoundsChecks {
    var engineBounds: EngineBounds {
        switch self {
        case .automatic: .automatic
        case .checked: .checked
        case .guardPages: .guardPages
        }
    }
}
