/// What advice is made from: numbers alone, so that every rule can be tested with a table.
package struct MemoryFacts {
    package var toolchain = Toolchain.unknown
    package var measured = MemoryAdvice.Measured()
    /// Declared pages of 64 KiB of a memory of the module's own; nil where it has none.
    package var pages: UInt64?
    package var maximumPages: UInt64?
    package var heapBase: UInt64?
    /// Where the lowest data segment starts, and where data ends.
    package var dataStart: UInt64?
    package var dataEnd: UInt64?
    package var stack: Range<UInt64>?
    package var isStackGuessed = false
    /// Initial value of the first mutable i32 global; nil where it is no constant.
    package var firstMutable: UInt64?
    package var hasMutableGlobal = true
    package var usesMemorySize = false
    /// Whether `__heap_base` and `__data_end` are exported.
    package var exportsLayout = false
    package var exportsAllocator = false
    /// Bytes of the plan's app heap.
    package var appHeap: UInt64 = 0
    /// Custom sections that a program does not need, with their sizes.
    package var removable: [(name: String, size: Int)] = []

    package init() {}

    /// All that applies, most bytes first.
    package var advice: [MemoryAdvice] {
        [stackAdvice, initialMemoryAdvice, layoutAdvice, allocatorAdvice, stripAdvice].compactMap { $0 }
            .filter { $0.saves > 0 }.sorted { $0.saves > $1.saves }
    }

    static let page: UInt64 = 65536

    static func pages(for bytes: UInt64) -> UInt64 { bytes / page + (bytes % page == 0 ? 0 : 1) }

    static func text(_ bytes: UInt64) -> String { ByteCount.grouped(Int(clamping: bytes)) }

    private static func pageText(_ count: UInt64) -> String { "\(count) \(count == 1 ? "page" : "pages")" }

    // MARK: The stack.

    /// The guest's C stack, as the module tells it or as linkers lay it out, and what that is taken from.
    private var placedStack: (range: Range<UInt64>, isUnused: Bool, assumption: String?)? {
        if let stack {
            let guess = "if the first mutable global is the stack pointer, as linkers have it"
            return (stack, false, isStackGuessed ? guess : nil)
        }
        if exportsLayout, !hasMutableGlobal, let dataEnd, let heapBase, heapBase > dataEnd {
            return (dataEnd..<heapBase, true, nil)
        }
        guard let top = firstMutable, top > 0, top % 16 == 0, let pages, Self.pages(for: top) <= pages else {
            return nil
        }
        if let dataStart, dataStart >= top, dataStart - top < 16 {
            return (
                0..<top, false, "if the stack ends where data starts, at the first mutable global's value"
            )
        }
        // Sizes that a stack above data has where nobody chose another one.
        for size in toolchain == .emscripten ? [5 << 20, Self.page] : [Self.page] where top >= size {
            let bottom = top - size
            guard bottom >= max(dataEnd ?? 0, 1024), bottom - (dataEnd ?? 0) < 1 << 20 else { continue }
            return (
                bottom..<top, false,
                "if the stack has the default size of \(Self.text(size)) below the first mutable global's value"
            )
        }
        return nil
    }

    /// Where the heap starts if it is known, otherwise the end of what the linker placed.
    private var staticEnd: UInt64? {
        if let heapBase { return heapBase }
        return placedStack.map { max($0.range.upperBound, dataEnd ?? 0) }
    }

    /// Whether the memory ends at the heap's base where it is truncated.
    private var canTruncate: Bool {
        exportsLayout && !usesMemorySize && heapBase != nil && (stack != nil || firstMutable != nil)
    }

    private var stackAdvice: MemoryAdvice? {
        guard let placed = placedStack, let end = staticEnd, let pages else { return nil }
        let size = placed.range.upperBound - placed.range.lowerBound
        guard let (wanted, reason) = wantedStack(size, isUnused: placed.isUnused, end: end), wanted < size,
            size - wanted <= end
        else { return nil }
        let newEnd = end - (size - wanted)
        let saved: UInt64
        let sum: String
        if canTruncate {
            saved = size - wanted
            sum =
                "the stack has \(Self.text(size)) bytes; truncated, the memory ends \(Self.text(saved)) bytes earlier"
        } else {
            let (before, after) = (min(Self.pages(for: end), pages), max(1, Self.pages(for: newEnd)))
            guard after < before else { return nil }
            saved = (before - after) * Self.page
            sum =
                "the stack has \(Self.text(size)) bytes; with less, what lies below the heap needs "
                + "\(Self.pageText(after)), and not \(before)"
        }
        let because = [sum, reason, placed.assumption].compactMap { $0 }.joined(separator: "; ")
        return make(.stackSize, saves: saved, change: stackChange(wanted), because: because)
    }

    /// The size to ask for, and why it.
    private func wantedStack(_ size: UInt64, isUnused: Bool, end: UInt64) -> (UInt64, String)? {
        if isUnused { return (0, "no function has a stack pointer") }
        if let peak = measured.auxiliaryStackPeak {
            // A quarter more than was seen, in whole KiB.
            let need = UInt64(clamping: peak)
            let wanted = max(1024, (need + need / 4 + 1023) / 1024 * 1024)
            return (wanted, "\(Self.text(need)) bytes were in use at most, and a quarter is added")
        }
        if size > Self.page {
            return (Self.page, "64 KiB is the linker's own default; `mote tune` measures what is needed")
        }
        // How much the stack may have so that one page less is needed.
        let excess = end % Self.page
        guard excess > 0, end > Self.page, size > excess + 1024 else { return nil }
        return ((size - excess) & ~15, "`mote tune` measures what is needed")
    }

    // MARK: The others.

    private var initialMemoryAdvice: MemoryAdvice? {
        guard let pages, pages > 1 else { return nil }
        let needed: UInt64
        let reason: String
        let canGrow = maximumPages.map { $0 > pages } ?? true
        if let touched = measured.touchedEnd {
            let end = max(touched, staticEnd ?? 0)
            needed = max(1, Self.pages(for: end))
            reason = "nothing above byte \(Self.text(end)) was touched"
        } else if usesMemorySize && canGrow || toolchain == .emscripten, let end = staticEnd {
            needed = max(1, Self.pages(for: end))
            reason =
                canGrow
                ? "the heap starts at \(Self.text(end)), and the memory grows as it is needed"
                : "the heap starts at \(Self.text(end)); with growth allowed it takes pages as it needs them"
        } else if toolchain == .assemblyScript, usesMemorySize, canGrow, let end = dataEnd {
            needed = max(1, Self.pages(for: end))
            reason = "data ends at \(Self.text(end)), and the memory grows as it is needed"
        } else {
            return nil
        }
        guard needed < pages else { return nil }
        return make(
            .initialMemory,
            saves: (pages - needed).multipliedReportingOverflow(by: Self.page).partialValue,
            change: initialMemoryChange(needed, allowsGrowth: canGrow),
            because: "\(pages) pages are declared, and \(needed) would do: \(reason)"
        )
    }

    private var layoutAdvice: MemoryAdvice? {
        guard !exportsLayout, !usesMemorySize, let pages, let end = staticEnd, let change = layoutChange
        else { return nil }
        let (aligned, isTooLarge) = end.addingReportingOverflow(7)
        let (size, overflow) = pages.multipliedReportingOverflow(by: Self.page)
        guard !overflow, !isTooLarge, aligned & ~7 < size else { return nil }
        let because =
            "no function asks for the memory's size, so that it could end at the heap's base, byte "
            + "\(Self.text(aligned & ~7)), and not at \(Self.text(size)), where memory is truncated: in a pool"
        return make(
            .layoutExports,
            saves: size - (aligned & ~7),
            change: change,
            because: [because, heapBase == nil ? placedStack?.assumption : nil].compactMap { $0 }
                .joined(separator: "; ")
        )
    }

    private var allocatorAdvice: MemoryAdvice? {
        guard appHeap > 0, !exportsAllocator, usesMemorySize, let change = allocatorChange else { return nil }
        return make(
            .allocatorExports,
            saves: appHeap,
            change: change,
            because:
                "the host could use the guest's own heap, and the app heap of \(Self.text(appHeap)) bytes goes"
        )
    }

    private var stripAdvice: MemoryAdvice? {
        let size = removable.reduce(0) { $0 + $1.size }
        guard size > 0, let change = stripChange else { return nil }
        let names = removable.sorted { $0.size > $1.size }.prefix(3).map(\.name)
        let more = removable.count > 3 ? " and \(removable.count - 3) more" : ""
        return MemoryAdvice(
            subject: .strip,
            place: .file,
            saves: size,
            change: change,
            because: "it runs without the custom sections \(names.joined(separator: ", "))\(more)"
        )
    }

    private func make(
        _ subject: MemoryAdvice.Subject,
        saves: UInt64,
        change: String,
        because: String
    ) -> MemoryAdvice {
        MemoryAdvice(
            subject: subject,
            place: .linearMemory,
            saves: Int(clamping: saves),
            change: change,
            because: because
        )
    }
}
