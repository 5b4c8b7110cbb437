/// One global of a module that may describe the layout of linear memory: what the engine found out about it.
package struct LayoutGlobal: Sendable {
    /// Index among all globals of the module, imported ones included.
    package var globalIndex: UInt32
    /// Whether the module defines it: an imported one has no value to read.
    package var isDefined: Bool
    package var isMutable: Bool
    /// Whether it is an i32.
    package var is32: Bool
    /// Whether `initialValue` is known: the initialiser is a plain `i32.const`.
    package var hasConstant: Bool
    package var initialValue: UInt32
    /// Whether it is exported, or called in the name section, by one of these names.
    package var isExportedAsHeapBase: Bool
    package var isExportedAsDataEnd: Bool
    package var isExportedAsStackPointer: Bool
    package var isNamedStackPointer: Bool

    package init(
        globalIndex: UInt32,
        isDefined: Bool = true,
        isMutable: Bool,
        is32: Bool = true,
        initialValue: UInt32?
    ) {
        self.globalIndex = globalIndex
        self.isDefined = isDefined
        self.isMutable = isMutable
        self.is32 = is32
        hasConstant = initialValue != nil
        self.initialValue = initialValue ?? 0
        isExportedAsHeapBase = false
        isExportedAsDataEnd = false
        isExportedAsStackPointer = false
        isNamedStackPointer = false
    }

    /// An i32 of the module's own whose value is a constant in the file.
    fileprivate var isConstant: Bool { isDefined && is32 && hasConstant }
}

/// Where a C compiler and linker put data, auxiliary stack and libc heap in a module's memory 0.
///
/// ```
/// data first:   0 [ data ][ stack <- ][ libc heap ->     ]       data end <= stack bottom < stack top <= heap base
/// stack first:  0 [ stack <- ][ data ][ libc heap ->     ]       stack top <= data <= data end <= heap base
/// ```
/// Detected as WAMR 2.4's loader does, but with the stack pointer's name before the guess.
package struct LinearMemoryLayout: Equatable, Sendable {
    /// How the stack pointer was found.
    package enum StackPointerSource: UInt8, Sendable {
        /// There is none: `auxiliaryStackTop` is the heap's base and its size 0.
        case none
        case export
        case nameSection
        /// The first mutable i32 global whose initial value is not above the heap's base. May be something
        /// else.
        case heuristic
    }

    /// Which of data and auxiliary stack lies lower.
    package enum Order: UInt8, Sendable {
        case dataFirst
        case stackFirst
    }

    /// End of static data, rounded up to 16.
    package var dataEnd: UInt32
    /// Where a libc heap may start.
    package var heapBase: UInt32
    package var dataEndGlobalIndex: UInt32
    package var heapBaseGlobalIndex: UInt32
    package var stackPointerSource: StackPointerSource
    /// Index among all globals; the heap base's where there is no stack pointer.
    package var stackPointerGlobalIndex: UInt32
    /// The highest address of the auxiliary stack, where it starts; it grows down.
    package var auxiliaryStackTop: UInt32
    /// The lowest address it may reach.
    package var auxiliaryStackBottom: UInt32
    package var order: Order

    /// Bytes of the auxiliary stack; 0 where there is none, which means "no checks".
    package var auxiliaryStackSizeInBytes: UInt32 { auxiliaryStackTop &- auxiliaryStackBottom }

    /// The layout that a module's globals tell, or nil when they tell none: `__data_end` or `__heap_base` is
    /// missing, is no immutable i32 constant of the module's own, or they are in the wrong order.
    ///
    /// `globals` in index order. Linear time, nothing allocated.
    package static func detect(_ globals: UnsafeBufferPointer<LayoutGlobal>) -> LinearMemoryLayout? {
        var heapBase: LayoutGlobal?
        var dataEnd: LayoutGlobal?
        for global in globals where global.isConstant && !global.isMutable {
            if global.isExportedAsHeapBase { heapBase = global }
            if global.isExportedAsDataEnd { dataEnd = global }
        }
        guard let heapBase, let dataEnd else { return nil }
        let (padded, overflow) = dataEnd.initialValue.addingReportingOverflow(15)
        let end = padded & ~15
        guard !overflow, end <= heapBase.initialValue else { return nil }
        var layout = LinearMemoryLayout(
            dataEnd: end,
            heapBase: heapBase.initialValue,
            dataEndGlobalIndex: dataEnd.globalIndex,
            heapBaseGlobalIndex: heapBase.globalIndex,
            stackPointerSource: .none,
            stackPointerGlobalIndex: heapBase.globalIndex,
            auxiliaryStackTop: heapBase.initialValue,
            auxiliaryStackBottom: heapBase.initialValue,
            order: .dataFirst
        )
        guard let (pointer, source) = stackPointer(in: globals, heapBase: heapBase.initialValue) else {
            return layout
        }
        layout.stackPointerSource = source
        layout.stackPointerGlobalIndex = pointer.globalIndex
        layout.auxiliaryStackTop = pointer.initialValue
        layout.order = pointer.initialValue > end ? .dataFirst : .stackFirst
        layout.auxiliaryStackBottom = layout.order == .dataFirst ? end : 0
        return layout
    }

    /// The stack pointer: by export, by name, or the first global that looks like one.
    private static func stackPointer(
        in globals: UnsafeBufferPointer<LayoutGlobal>,
        heapBase: UInt32
    ) -> (LayoutGlobal, StackPointerSource)? {
        var named: LayoutGlobal?
        var guessed: LayoutGlobal?
        for global in globals {
            guard global.isConstant, global.isMutable, global.initialValue <= heapBase else { continue }
            if global.isExportedAsStackPointer { return (global, .export) }
            if named == nil, global.isNamedStackPointer { named = global }
            if guessed == nil { guessed = global }
        }
        if let named { return (named, .nameSection) }
        return guessed.map { ($0, .heuristic) }
    }
}
