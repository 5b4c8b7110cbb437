internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// Where a C compiler and linker put data, stack and libc heap in a module's first memory.
///
/// ```
/// data first:   0 [ data ][ stack <- ][ libc heap ->     ]
/// stack first:  0 [ stack <- ][ data ][ libc heap ->     ]
/// ```
/// All of it where the module exports `__data_end` and `__heap_base`; otherwise what its data segments and its names tell.
/// Addresses in bytes.
public struct ModuleMemoryLayout: Equatable, Sendable {
    /// How the end of data was found.
    public enum DataEndSource: Sendable {
        /// It is not known.
        case none
        /// By the export `__data_end`.
        case export
        /// The end of the highest data segment; zeroed data may follow it.
        case segments
    }

    /// How the heap's base was found.
    public enum HeapBaseSource: Sendable {
        /// It is not known.
        case none
        /// By the export `__heap_base`.
        case export
        /// By its name in the name section.
        case nameSection
        /// The stack lies above the data, and linkers put the heap behind it.
        case stackTop
    }

    /// How the global that holds the stack's address was found.
    public enum StackPointerSource: Sendable {
        /// There is none.
        case none
        /// By the export `__stack_pointer`.
        case export
        /// By its name in the name section.
        case nameSection
        /// It is the first mutable global that looks like one; it may be something else.
        case guess
    }

    /// End of static data; nil where it is not known.
    public let dataEnd: UInt64?
    /// Where a libc heap starts; nil where it is not known.
    public let heapBase: UInt64?
    /// Where the stack starts; it grows down.
    public let stackTop: UInt64
    /// The lowest address that the stack may reach.
    public let stackBottom: UInt64
    /// How the end of data was found.
    public let dataEndSource: DataEndSource
    /// How the heap's base was found.
    public let heapBaseSource: HeapBaseSource
    /// How the stack was found; without one, its top and bottom are the same.
    public let stackPointerSource: StackPointerSource
    /// Whether the stack lies below the data.
    public let isStackFirst: Bool
    /// Whether both `__data_end` and `__heap_base` are exported and in order: what truncation needs, and an app heap at
    /// the heap's base.
    public let isComplete: Bool
}

extension ModuleMemoryLayout {
    /// Whether the stack is as large as ``stackBottom`` and ``stackTop`` say.
    ///
    /// Above data it is so only where `__data_end` is exported: zeroed data has no segment and lies below the stack too.
    public var isStackSizeExact: Bool { isStackFirst || dataEndSource == .export }
}

extension ModuleMemoryLayout {
    init(_ layout: LinearMemoryLayout) {
        dataEnd = layout.dataEndSource == .none ? nil : layout.dataEnd
        heapBase = layout.heapBaseSource == .none ? nil : layout.heapBase
        stackTop = layout.auxiliaryStackTop
        stackBottom = layout.auxiliaryStackBottom
        isStackFirst = layout.stackPointerSource != .none && layout.order == .stackFirst
        isComplete = layout.isComplete
        dataEndSource =
            switch layout.dataEndSource {
            case .none: .none
            case .export: .export
            case .segments: .segments
            }
        heapBaseSource =
            switch layout.heapBaseSource {
            case .none: .none
            case .export: .export
            case .nameSection: .nameSection
            case .stackTop: .stackTop
            }
        stackPointerSource =
            switch layout.stackPointerSource {
            case .none: .none
            case .export: .export
            case .nameSection: .nameSection
            case .heuristic: .guess
            }
    }
}

extension Module {
    /// Where data, stack and heap lie in its first memory; nil where nothing tells.
    public var memoryLayout: ModuleMemoryLayout? {
        let layout = engine.state.pointee.layout
        return layout.isEmpty ? nil : ModuleMemoryLayout(layout)
    }

    /// Of each active data segment of the first memory with a constant offset: where it lies, in bytes.
    public var dataRanges: [Range<UInt64>] {
        (0..<tables.pointee.dataSegments.count).compactMap { index in
            ModuleState.dataSegment(at: index, of: tables).map { $0.start..<$0.end }
        }
    }

    /// Limits of its first memory, own or imported, in pages; nil where it has none.
    public var memoryLimits: Limits? { tables.pointee.memories[checked: 0].map { Limits($0) } }

    /// How many memories it imports or defines.
    package var memoryCount: Int { tables.pointee.memories.count }
}
