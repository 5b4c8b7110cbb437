internal import MoteModule

extension Module {
    /// What would take less memory if the module were built differently, most bytes first.
    ///
    /// With what runs showed, there is more to say: see ``MemoryAdvice/Measured``. `plan` is the plan that the numbers
    /// are for, the runtime's where nothing is given.
    public func memoryAdvice(
        measured: MemoryAdvice.Measured = MemoryAdvice.Measured(),
        plan: MemoryPlan? = nil
    ) -> [MemoryAdvice] {
        var facts = MemoryFacts()
        facts.toolchain = toolchain
        facts.measured = measured
        facts.appHeap = UInt64(clamping: max(0, (plan ?? runtime.plan).appHeap))
        facts.removable = sections.filter(\.isRemovable).map { ($0.name, $0.sizeInBytes) }
        facts.usesMemorySize = tables.pointee.usesMemorySize
        let exported = Set(exports.map(\.name))
        facts.exportsAllocator =
            exported.contains("malloc") && exported.contains("free") || exported.contains("__new")
        facts.exportsLayout = memoryLayout?.isComplete ?? false
        if let memory = tables.pointee.memories[checked: 0], memory.pageSizeLog2 == 16,
            tables.pointee.importedMemoryCount == 0
        {
            facts.pages = memory.limits.minimum
            facts.maximumPages = memory.limits.maximum
        }
        if let layout = memoryLayout {
            facts.heapBase = layout.heapBase
            facts.dataEnd = layout.dataEnd
            if layout.stackTop > layout.stackBottom {
                facts.stack = layout.stackBottom..<layout.stackTop
                facts.isStackGuessed = layout.stackPointerSource == .guess
            }
        }
        return facts.advice
    }
}

extension ModuleSection {
    /// Whether programs run the same without it.
    fileprivate var isRemovable: Bool {
        isCustom
            && ([
                "name", "producers", "linking", "sourceMappingURL", "external_debug_info", "target_features",
            ]
            .contains(name) || name.hasPrefix(".debug_") || name.hasPrefix("reloc."))
    }
}

/// What advice is made from: numbers alone, so that every rule can be tested with a table.
package struct MemoryFacts {
    package var toolchain = Toolchain.unknown
    package var measured = MemoryAdvice.Measured()
    /// Declared pages of 64 KiB of a memory of the module's own; nil where it has none.
    package var pages: UInt64?
    package var maximumPages: UInt64?
    package var heapBase: UInt64?
    package var dataEnd: UInt64?
    package var stack: Range<UInt64>?
    package var isStackGuessed = false
    package var usesMemorySize = false
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

    /// Where the heap starts if it is known, otherwise the end of what the linker placed, if the stack is known.
    private var staticEnd: UInt64? {
        if let heapBase { return heapBase }
        guard let stack else { return nil }
        return max(stack.upperBound, dataEnd ?? 0)
    }

    /// Whether the memory ends at the heap's base where it is truncated.
    private var canTruncate: Bool { exportsLayout && !usesMemorySize && heapBase != nil }

    // MARK: The rules.

    private var stackAdvice: MemoryAdvice? {
        guard let stack, !isStackGuessed || measured.auxiliaryStackPeak != nil, let end = staticEnd,
            let pages
        else { return nil }
        let size = UInt64(stack.count)
        let wanted: UInt64
        let reason: String
        if let peak = measured.auxiliaryStackPeak {
            // A quarter more than was seen, in whole KiB.
            let need = UInt64(clamping: peak)
            wanted = max(1024, (need + need / 4 + 1023) / 1024 * 1024)
            reason =
                "\(Self.text(need)) of it were in use at most; with a quarter more that is \(Self.text(wanted))"
        } else if size > Self.page {
            wanted = Self.page
            reason = "64 KiB is the linker's own default; whether they are enough, `mote tune` measures"
        } else {
            // How much the stack may have so that one page less is needed.
            let excess = end % Self.page
            guard excess > 0, end > Self.page, size > excess + 1024 else { return nil }
            wanted = (size - excess) & ~15
            reason = "with at most \(Self.text(wanted)) everything below the heap needs one page less"
        }
        guard wanted < size else { return nil }
        let newEnd = end - (size - wanted)
        let saved: UInt64
        let sum: String
        if canTruncate {
            saved = size - wanted
            sum = "\(Self.text(size)) of stack now; truncated, the memory ends \(Self.text(saved)) earlier"
        } else {
            let (before, after) = (min(Self.pages(for: end), pages), max(1, Self.pages(for: newEnd)))
            guard after < before else { return nil }
            saved = (before - after) * Self.page
            sum =
                "\(Self.text(size)) of stack now: data, stack and what is below the heap need "
                + "\(before) \(before == 1 ? "page" : "pages"), then \(after)"
        }
        return make(.stackSize, saves: saved, change: stackChange(wanted), because: "\(sum); \(reason)")
    }

    private var initialMemoryAdvice: MemoryAdvice? {
        guard let pages, pages > 1 else { return nil }
        let needed: UInt64
        let reason: String
        let canGrow = maximumPages.map { $0 > pages } ?? true
        if let touched = measured.touchedEnd {
            let end = max(touched, staticEnd ?? 0)
            needed = max(1, Self.pages(for: end))
            reason = "nothing above byte \(Self.text(end)) was touched"
        } else if usesMemorySize, canGrow || toolchain == .emscripten, let end = staticEnd {
            needed = max(1, Self.pages(for: end))
            reason =
                canGrow
                ? "the heap starts at \(Self.text(end)), and the memory can grow from there"
                : "the heap starts at \(Self.text(end)); with growth allowed, it takes pages as it needs them"
        } else if toolchain == .assemblyScript, usesMemorySize, let end = dataEnd {
            needed = max(1, Self.pages(for: end))
            reason = "data ends at \(Self.text(end)), and the memory can grow from there"
        } else {
            return nil
        }
        guard needed < pages else { return nil }
        return make(
            .initialMemory,
            saves: (pages - needed) * Self.page,
            change: initialMemoryChange(needed, allowsGrowth: canGrow),
            because: "\(pages) pages are declared, \(needed) \(needed == 1 ? "is" : "are") needed: \(reason)"
        )
    }

    private var layoutAdvice: MemoryAdvice? {
        guard !exportsLayout, !usesMemorySize, let pages, let end = staticEnd, !isStackGuessed else {
            return nil
        }
        let aligned = (end + 7) & ~7
        let (size, overflow) = pages.multipliedReportingOverflow(by: Self.page)
        guard !overflow, aligned < size, let change = layoutChange else { return nil }
        return make(
            .layoutExports,
            saves: size - aligned,
            change: change,
            because: "no function asks for the memory's size, so that it could end at the heap's base, "
                + "\(Self.text(aligned)), and not at \(Self.text(size)), where memory comes from a pool"
        )
    }

    private var allocatorAdvice: MemoryAdvice? {
        guard appHeap > 0, !exportsAllocator, usesMemorySize, let change = allocatorChange else { return nil }
        return make(
            .allocatorExports,
            saves: appHeap,
            change: change,
            because: "the host could use the guest's own heap, and the app heap of \(Self.text(appHeap)) goes"
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
            because: "sections \(names.joined(separator: ", "))\(more) are not needed to run it"
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

    private static func text(_ bytes: UInt64) -> String { ByteCount.grouped(Int(clamping: bytes)) }
}
