package import MotePlatform

/// What a block of memory is for: the first half of every byte's attribution in the ledger.
///
/// The raw value is the row in ``MemoryLedger`` and in each owner's account.
@frozen
package enum Region: UInt8, Sendable {
    /// The runtime's, store's and instances' own records.
    case structures
    /// A copy of the module's bytes, when the load asked for one.
    case moduleBytes
    /// Decoded types, imports, exports, segments and function descriptions.
    case module
    /// Translated code and its code words.
    case code
    /// Scratch of validation and translation, given back when they end.
    case scratch
    /// Values of globals.
    case globals
    /// Elements of tables.
    case tables
    /// Bytes of linear memories and of shared heaps.
    case linearMemory
    /// Slots of operand stacks.
    case operandStack
    /// The garbage-collected heap of a store.
    case gcHeap
    /// Names, arguments, descriptors and buffers of WASI.
    case wasi
    /// Metadata of app heaps and shared heaps.
    case appHeap

    /// The spelling that reports and errors use.
    package var name: Text {
        Self.names.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var names: TextLines {
        TextLines(
            """
            structures
            module bytes
            module
            code
            scratch
            globals
            tables
            linear memory
            operand stack
            gc heap
            wasi
            app heap
            """
        )
    }

    /// How many regions there are.
    package static var count: Int { 12 }
}

/// Who holds a block: the second half of its attribution.
@frozen
package enum OwnerKind: UInt8, Sendable {
    case runtime
    case store
    case module
    case instance
    case environment
    case wasi
    /// A shared heap of the runtime's.
    case sharedHeap

    /// The spelling that reports and errors use.
    package var name: Text {
        Self.names.line(Int(rawValue))
    }

    /// A line a raw value.
    private static var names: TextLines {
        TextLines(
            """
            runtime
            store
            module
            instance
            environment
            wasi
            shared heap
            """
        )
    }
}

/// One place in the source that asks for memory.
///
/// Every such place passes a site of its own, declared by its room in `AllocationSite+<Room>.swift`; the
/// exhaustion sweeps report which sites they made fail, and a script compares that with the sites in the
/// source.
@frozen
package struct AllocationSite: RawRepresentable, Equatable, Sendable {
    package let rawValue: UInt16
    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }
}

extension AllocationSite {
    /// The header of an arena.
    ///
    /// A chunk that an arena cuts small blocks from fails with the site that asked.
    package static var arenaHeader: Self { .init(rawValue: 0x001) }
    /// The record of a heap that is not in a pool.
    package static var globalHeap: Self { .init(rawValue: 0x002) }
    /// The bytes of a linear memory from the heap, at creation.
    package static var linearMemoryBlock: Self { .init(rawValue: 0x003) }
    /// The bytes that a linear memory from the heap grows by.
    package static var linearMemoryGrowth: Self { .init(rawValue: 0x004) }
    /// The bytes of a reservation that are committed at creation.
    package static var linearMemoryCommit: Self { .init(rawValue: 0x00A) }
    /// The bytes of a reservation that growth commits.
    package static var linearMemoryCommitGrowth: Self { .init(rawValue: 0x00B) }
    /// The slots of an operand stack.
    package static var operandStackSlots: Self { .init(rawValue: 0x005) }
    /// The elements of a table, at creation.
    package static var tableBlock: Self { .init(rawValue: 0x006) }
    /// The elements that a table grows by.
    package static var tableGrowth: Self { .init(rawValue: 0x007) }
    /// The first elements of a table that had none.
    package static var tableFirstGrowth: Self { .init(rawValue: 0x00C) }
    /// The record of released reservations.
    package static var reservationCache: Self { .init(rawValue: 0x008) }
    /// The record of a garbage-collected heap.
    package static var gcHeapRecord: Self { .init(rawValue: 0x010) }
    /// A chunk for small objects.
    package static var gcHeapChunk: Self { .init(rawValue: 0x011) }
    /// A chunk for one large object.
    package static var gcHeapLargeObject: Self { .init(rawValue: 0x012) }
    /// The bytes of a shared memory in the heap.
    package static var sharedMemoryBlock: Self { .init(rawValue: 0x013) }
    /// The bytes of a caller's buffer that a linear memory begins with, and those it grows by.
    package static var linearMemoryBuffer: Self { .init(rawValue: 0x030) }
    package static var linearMemoryBufferGrowth: Self { .init(rawValue: 0x031) }
    /// The bytes of a linear memory from a caller's functions, those it grows by, and those of a shared one.
    package static var linearMemoryCallerBlock: Self { .init(rawValue: 0x032) }
    package static var linearMemoryCallerGrowth: Self { .init(rawValue: 0x033) }
    package static var sharedMemoryCallerBlock: Self { .init(rawValue: 0x034) }
    /// Locks and queues of shared memories.
    package static var sharedMemories: Self { .init(rawValue: 0x00F) }
    /// The record of a shared heap.
    package static var sharedHeapRecord: Self { .init(rawValue: 0x018) }
    /// The bytes of a shared heap from the heap.
    package static var sharedHeapBlock: Self { .init(rawValue: 0x019) }
    /// The bytes of a shared heap from the system.
    package static var sharedHeapPages: Self { .init(rawValue: 0x01A) }
    /// An environment that is made with its operand stack.
    package static var environment: Self { .init(rawValue: 0x009) }
}
