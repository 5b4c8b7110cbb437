/// A global that may tell something of the layout of linear memory: it is the module's own, of the address type, and its
/// value is a plain constant.
package struct LayoutGlobal: Equatable, Sendable {
    /// Index among all globals of the module, imported ones included.
    package var globalIndex: UInt32
    package var value: UInt64

    package init(globalIndex: UInt32, value: UInt64) {
        self.globalIndex = globalIndex
        self.value = value
    }
}

/// What a module says about its memory 0, before any conclusion.
package struct LayoutFacts: Sendable {
    /// Addresses are i64.
    package var is64 = false
    /// Immutable, by the exports `__heap_base` and `__data_end`.
    package var heapBase: LayoutGlobal?
    package var dataEnd: LayoutGlobal?
    /// Immutable, by the name section.
    package var namedHeapBase: LayoutGlobal?
    /// Mutable, by the export and in the name section.
    package var exportedStackPointer: LayoutGlobal?
    package var namedStackPointer: LayoutGlobal?
    /// Some global has the stack pointer's name, be it imported, or no constant: another one is not it.
    package var hasStackPointerName = false
    /// The first mutable one whose value is not above the heap's base: asked for only where the layout is complete.
    package var guessedStackPointer: LayoutGlobal?
    /// End of the highest active data segment that is not empty; nil without any.
    package var segmentsEnd: UInt64?

    package init() {}

    /// Whether both exports are there and in order: what truncation and ``AppHeapPlacement/atHeapBase`` need.
    package var isComplete: Bool {
        guard let heapBase, let end = dataEnd?.value.roundedUp(to: 16) else { return false }
        return end <= heapBase.value && (is64 || end <= UInt64(UInt32.max))
    }
}

/// Where a C compiler and linker put data, auxiliary stack and libc heap in a module's memory 0.
///
/// ```
/// data first:   0 [ data ][ stack <- ][ libc heap ->     ]       data end <= stack bottom < stack top <= heap base
/// stack first:  0 [ stack <- ][ data ][ libc heap ->     ]       stack top <= data <= data end <= heap base
/// ```
/// Detected as WAMR 2.4's loader does where both exports are there, but with the stack pointer's name before the guess;
/// elsewhere what can be known. Addresses in bytes.
package struct LinearMemoryLayout: Equatable, Sendable {
    /// How the end of data was found.
    package enum DataEndSource: UInt8, Sendable {
        case none
        case export
        /// The end of the highest active data segment; zeroed data may follow it.
        case segments
    }

    /// How the heap's base was found.
    package enum HeapBaseSource: UInt8, Sendable {
        case none
        case export
        case nameSection
        /// The stack lies above the data, and linkers put the heap behind it.
        case stackTop
    }

    /// How the stack pointer was found.
    package enum StackPointerSource: UInt8, Sendable {
        /// There is none: the auxiliary stack has no bytes.
        case none
        case export
        case nameSection
        /// The first mutable global whose initial value is not above the heap's base. May be something else.
        case heuristic
    }

    /// Which of data and auxiliary stack lies lower.
    package enum Order: UInt8, Sendable {
        case dataFirst
        case stackFirst
    }

    /// End of static data, rounded up to 16; 0 where it is not known.
    package var dataEnd: UInt64 = 0
    /// Where a libc heap may start; 0 where it is not known.
    package var heapBase: UInt64 = 0
    /// The highest address of the auxiliary stack, where it starts; it grows down.
    package var auxiliaryStackTop: UInt64 = 0
    /// The lowest address it may reach.
    package var auxiliaryStackBottom: UInt64 = 0
    /// End of the highest active data segment with a constant offset; 0 without any.
    package var segmentsEnd: UInt64 = 0
    /// Among all globals; `.max` where there is none.
    package var stackPointerGlobalIndex: UInt32 = .max
    /// Among all globals; `.max` where no global tells it.
    package var heapBaseGlobalIndex: UInt32 = .max
    package var dataEndSource = DataEndSource.none
    package var heapBaseSource = HeapBaseSource.none
    package var stackPointerSource = StackPointerSource.none
    package var order = Order.dataFirst
    /// Whether `__data_end` and `__heap_base` are both exported, and in order.
    package var isComplete = false
    /// Whether addresses, and the stack pointer, are i64.
    package var is64 = false

    /// Nothing is known.
    package init() {}

    /// Bytes of the auxiliary stack; 0 where there is none, which means "no checks".
    package var auxiliaryStackSizeInBytes: UInt64 { auxiliaryStackTop &- auxiliaryStackBottom }

    /// Whether anything is known.
    package var isEmpty: Bool {
        dataEndSource == .none && heapBaseSource == .none && stackPointerSource == .none
    }

    /// Draws the conclusions.
    package init(_ facts: LayoutFacts) {
        var facts = facts
        conclude(from: &facts)
    }

    /// The same in place of a layout of which nothing is known.
    package mutating func conclude(from facts: UnsafePointer<LayoutFacts>) {
        is64 = facts.pointee.is64
        isComplete = facts.pointee.isComplete
        segmentsEnd = facts.pointee.segmentsEnd ?? 0
        if let export = facts.pointee.dataEnd, let end = export.value.roundedUp(to: 16) {
            dataEnd = end
            dataEndSource = .export
        } else if let end = facts.pointee.segmentsEnd?.roundedUp(to: 16) {
            dataEnd = end
            dataEndSource = .segments
        }
        if let export = facts.pointee.heapBase {
            heapBase = export.value
            heapBaseGlobalIndex = export.globalIndex
            heapBaseSource = .export
        } else if let named = facts.pointee.namedHeapBase {
            heapBase = named.value
            heapBaseGlobalIndex = named.globalIndex
            heapBaseSource = .nameSection
        }
        // Contradicts the data: not believed.
        if heapBaseSource != .none, dataEndSource != .none, heapBase < dataEnd {
            heapBase = 0
            heapBaseGlobalIndex = .max
            heapBaseSource = .none
        }
        setStackPointer(facts)
        guard heapBaseSource == .none, stackPointerSource != .none, order == .dataFirst,
            let base = auxiliaryStackTop.roundedUp(to: 16)
        else { return }
        heapBase = base
        heapBaseSource = .stackTop
    }

    /// The stack pointer: by export, by name, or the first global that looks like one.
    private mutating func setStackPointer(_ facts: UnsafePointer<LayoutFacts>) {
        let limit = heapBaseSource == .none ? UInt64.max : heapBase
        let pointer: LayoutGlobal
        if let exported = facts.pointee.exportedStackPointer, exported.value <= limit {
            pointer = exported
            stackPointerSource = .export
        } else if let named = facts.pointee.namedStackPointer, named.value <= limit {
            pointer = named
            stackPointerSource = .nameSection
        } else if isComplete, !facts.pointee.hasStackPointerName,
            let guessed = facts.pointee.guessedStackPointer,
            guessed.value <= limit
        {
            pointer = guessed
            stackPointerSource = .heuristic
        } else {
            // As WAMR says it: a stack of no bytes at the heap's base.
            auxiliaryStackTop = isComplete ? heapBase : 0
            auxiliaryStackBottom = auxiliaryStackTop
            return
        }
        stackPointerGlobalIndex = pointer.globalIndex
        auxiliaryStackTop = pointer.value
        order = pointer.value > dataEnd ? .dataFirst : .stackFirst
        auxiliaryStackBottom = order == .dataFirst ? dataEnd : 0
    }
}

extension UInt64 {
    /// The next multiple of a power of two, or nil where that is beyond the type.
    package func roundedUp(to alignment: UInt64) -> UInt64? {
        let (sum, overflow) = addingReportingOverflow(alignment &- 1)
        return overflow ? nil : sum & ~(alignment &- 1)
    }
}
