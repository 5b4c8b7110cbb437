// What the picture shows of a report. Long lists are cut, and say so: a picture of ten thousand bars shows nothing.

extension MemoryMap.Panel {
    private typealias Bar = MemoryMap.Bar
    private typealias Segment = MemoryMap.Segment

    static func all(of report: MemoryReport) -> [Self] {
        var panels = [heap(report)]
        panels += report.memories.prefix(mostMemories).map { memory($0, of: report) }
        if report.memories.count > mostMemories {
            panels[panels.count - 1].notes.append(
                "\(report.memories.count - mostMemories) more linear memories are in the report and not drawn."
            )
        }
        if report.memories.isEmpty {
            panels[0].notes.append("No linear memory: no instance with one is alive.")
        }
        panels += [stacks(report), code(report), heaps(report)].compactMap { $0 }
        return panels
    }

    private static let mostMemories = 12
    private static let mostBars = 12
    private static let mostOwners = 14

    // MARK: The global heap.

    private static func heap(_ report: MemoryReport) -> Self {
        let regions = report.regions.map {
            (name: $0.region.rawValue, kind: $0.region.mapKind, now: $0.current, peak: $0.peak)
        }
        let sorted = report.owners.sorted { $0.current > $1.current }
        let names = Dictionary(
            report.modules.compactMap { module in module.name.map { (module.identity, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        var owners = sorted.prefix(mostOwners).map { owner in
            let name = owner.kind == "module" ? names[owner.identity].map { " \($0)" } ?? "" : ""
            return (
                name: "\(owner.kind) \(owner.identity)\(name)", kind: MemoryMap.Kind(owner: owner.kind),
                now: owner.current, peak: owner.peak
            )
        }
        let rest = sorted.dropFirst(mostOwners)
        if !rest.isEmpty {
            let now = rest.reduce(0) { $0 + $1.current }
            owners.append(("\(rest.count) other owners", .other, now, now))
        }
        let bars = [
            bar("By region", regions, report),
            bar("By owner", owners, report),
        ]
        let source: String
        if let pool = report.pool {
            source =
                "One pool of \(ByteCount.text(pool.size)) holds everything; both bars show all of it. "
                + "The largest block that can be had has \(ByteCount.text(pool.largestFree))."
        } else {
            let reserved = report.memories.contains { $0.backing == .reserved }
            source =
                "What owners asked for, from the system or the caller"
                + (reserved ? "; linear memory has address space of its own." : ".")
        }
        return Self(
            title: "Global heap",
            subtitle: source,
            bars: bars,
            notes: [
                "A region's peaks were not all at one time; the mark is where the sum of all was highest."
            ]
        )
    }

    private static func bar(
        _ title: String,
        _ entries: [(name: String, kind: MemoryMap.Kind, now: Int, peak: Int)],
        _ report: MemoryReport
    ) -> Bar {
        var segments: [Segment] = []
        var end: UInt64 = 0
        func add(
            _ name: String,
            _ kind: MemoryMap.Kind,
            _ size: Int,
            now: Int? = nil,
            peak: Int? = nil,
            note: String? = nil
        ) {
            let next = end + UInt64(max(0, size))
            segments.append(
                Segment(name: name, kind: kind, range: end..<next, now: now, peak: peak, note: note)
            )
            end = next
        }
        for entry in entries { add(entry.name, entry.kind, entry.now, now: entry.now, peak: entry.peak) }
        let position: UInt64
        let label: String
        if let pool = report.pool {
            add("headers and stores", .overhead, report.overhead, now: report.overhead)
            add(
                "free",
                .free,
                pool.free,
                now: pool.free,
                note: "largest block \(ByteCount.grouped(pool.largestFree))"
            )
            position = UInt64(max(0, pool.peak))
            label = "peak \(ByteCount.grouped(pool.peak)), headers included"
        } else {
            let above = max(0, report.peak - report.current)
            if above > 0 { add("was in use", .free, above, note: "at the peak, free now") }
            position = UInt64(max(0, report.peak))
            label = "peak \(ByteCount.grouped(report.peak))"
        }
        return Bar(
            title: title,
            segments: segments,
            ends: ("0", ByteCount.grouped(Int(clamping: end))),
            mark: (min(position, end), label)
        )
    }

    // MARK: Linear memories.

    private static func memory(_ memory: MemoryReport.LinearMemory, of report: MemoryReport) -> Self {
        var segments = memory.parts.map { part, range in
            Segment(
                name: memory.name(of: part, at: range.lowerBound),
                kind: part.mapKind,
                range: range,
                use: memory.use(of: part),
                showsAddresses: true,
                now: part == .appHeap ? memory.appHeap?.used : nil,
                peak: part == .appHeap
                    ? memory.appHeap?.peak : part == .auxiliaryStack ? memory.auxiliaryStack?.peak : nil,
                note: memory.mapNote(of: part, at: range.lowerBound)
            )
        }
        let size = UInt64(memory.size)
        let (declared, overflow) = memory.pages.multipliedReportingOverflow(by: UInt64(memory.pageSize))
        if memory.isTruncated, !overflow {
            segments.append(
                Segment(
                    name: "truncated",
                    kind: .gone,
                    range: size..<declared,
                    showsAddresses: true,
                    note: "declared; no bytes behind it"
                )
            )
        }
        var bar = Bar(
            title: memory.size == 0 ? "Empty" : "From address 0 to its end",
            segments: segments.filter { !$0.range.isEmpty },
            ends: ("0x0", "0x" + String(segments.last?.range.upperBound ?? 0, radix: 16)),
            touched: memory.strip,
            tick: UInt64(memory.pageSize)
        )
        if memory.pages != memory.declaredPages {
            let (bytes, overflow) = memory.declaredPages.multipliedReportingOverflow(
                by: UInt64(memory.pageSize)
            )
            if !overflow, bytes <= bar.length {
                bar.mark = (bytes, "declared \(memory.declaredPages) pages")
            }
        }
        var notes: [String] = []
        if let stack = memory.auxiliaryStack, stack.source == "guess" {
            notes.append(
                "The stack pointer is a guess: the first mutable global that looks like one; it may be something else."
            )
        }
        if !memory.importedBy.isEmpty {
            let list = memory.importedBy.prefix(8).map(String.init).joined(separator: ", ")
            notes.append("Imported by instance \(list)\(memory.importedBy.count > 8 ? " and others" : "").")
        }
        let module = memory.instance.flatMap { identity in
            report.instances.first { $0.identity == identity }
        }.flatMap { instance in report.modules.first { $0.identity == instance.module } }
        let title = memory.title.prefix(1).uppercased() + memory.title.dropFirst()
        return Self(
            title: title + (module.map { ", \($0.title)" } ?? ""),
            subtitle: memory.sizeText + "; " + memory.backingText
                + ". Memories never shrink: this is the peak as well.",
            bars: bar.segments.isEmpty ? [] : [bar],
            notes: notes
        )
    }

    // MARK: Stacks, code, heaps.

    private static func stacks(_ report: MemoryReport) -> Self? {
        guard !report.stacks.isEmpty else { return nil }
        let shown = report.stacks.sorted { $0.peak > $1.peak }.prefix(mostBars)
        let bars = shown.map { stack in
            Bar(
                title: "Environment \(stack.environment) of store \(stack.store)",
                segments: [
                    Segment(
                        name: "operand stack",
                        kind: .stack,
                        range: 0..<UInt64(max(0, stack.size)),
                        use: MemoryMap.Use(
                            now: UInt64(max(0, stack.current)),
                            peak: UInt64(max(0, stack.peak))
                        ),
                        now: stack.current,
                        peak: stack.peak
                    )
                ],
                ends: ("0", ByteCount.grouped(stack.size)),
                mark: (
                    UInt64(max(0, min(stack.peak, stack.size))),
                    "peak \(ByteCount.grouped(stack.peak))"
                )
            )
        }
        let more = report.stacks.count - shown.count
        return Self(
            title: "Operand stacks",
            subtitle: "Frames of the interpreter, one stack for each environment; they grow to the right.",
            bars: Array(bars),
            notes: more > 0 ? ["\(more) more stacks with smaller peaks are in the report and not drawn."] : []
        )
    }

    private static func code(_ report: MemoryReport) -> Self? {
        let modules = report.modules.filter { $0.functions > 0 }.sorted { $0.code > $1.code }
        guard !modules.isEmpty else { return nil }
        let bars = modules.prefix(mostBars).map { module in
            let translated = UInt64(max(0, min(module.translatedBodies, module.bodies)))
            let bodies = UInt64(max(0, module.bodies))
            let code = UInt64(max(0, module.code))
            let segments = [
                Segment(
                    name: "wasm, translated",
                    kind: .bytes,
                    range: 0..<translated,
                    note: "\(module.translatedFunctions) of \(module.functions) functions"
                ),
                Segment(name: "wasm, not called so far", kind: .other, range: translated..<bodies),
                Segment(
                    name: "code",
                    kind: .code,
                    range: bodies..<(bodies + code),
                    now: module.code,
                    note: module.codePerByte.map {
                        "\(MemoryReport.LoadedModule.decimal($0)) bytes for each byte of wasm"
                    }
                ),
            ].filter { !$0.range.isEmpty }
            return Bar(
                title: module.title.prefix(1).uppercased() + module.title.dropFirst(),
                segments: segments,
                ends: ("0", ByteCount.grouped(Int(clamping: bodies + code)))
            )
        }
        let more = modules.count - bars.count
        return Self(
            title: "Code",
            subtitle: "Function bodies in the module's file, and what was made of those that were called.",
            bars: Array(bars).filter { !$0.segments.isEmpty },
            notes: more > 0 ? ["\(more) more modules with less code are in the report and not drawn."] : []
        )
    }

    private static func heaps(_ report: MemoryReport) -> Self? {
        let collected = report.collectedHeaps.prefix(mostBars).map { heap in
            let live = UInt64(max(0, min(heap.live, heap.size)))
            return Bar(
                title: "Garbage-collected heap of store \(heap.store)",
                segments: [
                    Segment(
                        name: "gc heap",
                        kind: .collected,
                        range: 0..<UInt64(max(0, heap.size)),
                        use: MemoryMap.Use(now: live, peak: live),
                        now: heap.live,
                        note: "\(heap.collections) collections; may have \(ByteCount.grouped(heap.limit))"
                    )
                ],
                ends: ("0", ByteCount.grouped(heap.size))
            )
        }
        let shared = report.sharedHeaps.prefix(mostBars).enumerated().map { index, heap in
            Bar(
                title: "Shared heap \(index)",
                segments: [
                    Segment(
                        name: "shared heap",
                        kind: .appHeap,
                        range: 0..<UInt64(max(0, heap.size)),
                        use: heap.used.map {
                            MemoryMap.Use(now: UInt64(max(0, $0)), peak: UInt64(max(0, heap.peak ?? $0)))
                        },
                        now: heap.used,
                        peak: heap.peak,
                        note: "attached to \(heap.instances.count) instances"
                    )
                ],
                ends: ("0", ByteCount.grouped(heap.size))
            )
        }
        let bars = (collected + shared).filter { $0.length > 0 }
        guard !bars.isEmpty else { return nil }
        return Self(
            title: "Heaps",
            subtitle: "Heaps that belong to a store, or to several instances.",
            bars: bars
        )
    }
}

extension MemoryReport.LinearMemory {
    fileprivate func use(of part: Part) -> MemoryMap.Use? {
        switch part {
        case .data, .other: nil
        case .libcHeap: MemoryMap.Use(now: 0, peak: 0)
        case .auxiliaryStack:
            auxiliaryStack.map {
                MemoryMap.Use(now: 0, peak: UInt64(max(0, $0.peak ?? 0)), growsDown: true)
            }
        case .appHeap:
            appHeap.map { MemoryMap.Use(now: UInt64(max(0, $0.used)), peak: UInt64(max(0, $0.peak))) }
        }
    }

    fileprivate func name(of part: Part, at address: UInt64) -> String {
        guard part == .other else { return part.rawValue }
        if let data, address < data.lowerBound { return "below data" }
        return libcHeap == nil ? "stack and heap" : "unassigned"
    }

    fileprivate func mapNote(of part: Part, at address: UInt64) -> String? {
        switch part {
        case .data: nil
        case .other:
            libcHeap == nil && address >= data?.upperBound ?? 0
                ? "the module does not tell what lies where" : nil
        case .auxiliaryStack:
            auxiliaryStack.map {
                "grows to the left" + ($0.peak == nil ? "; peak not watched" : "")
                    + ($0.isChecked == false ? "; not checked" : "")
            }
        case .appHeap: appHeap.map { "metadata \(ByteCount.grouped($0.metadata)) outside" }
        case .libcHeap:
            (libcHeap?.allocator.map { "by \($0); " } ?? "") + "the guest's own, see touched pages"
                + (libcHeap?.limit.map { "; at most \(ByteCount.grouped(Int(clamping: $0)))" } ?? "")
        }
    }

    fileprivate var strip: MemoryMap.Strip? {
        guard let touched, touched.pageSize > 0 else { return nil }
        let end = UInt64(size)
        let page = UInt64(touched.pageSize)
        let offset = UInt64(max(0, touched.offset))
        let runs = touched.runs.compactMap { run -> Range<UInt64>? in
            let start = UInt64(run.lowerBound) * page
            let stop = UInt64(run.upperBound) * page
            guard stop > offset, start < end + offset else { return nil }
            let low = start > offset ? start - offset : 0
            return low..<min(stop - offset, end)
        }
        return MemoryMap.Strip(pageSize: page, runs: runs, isExact: touched.isExact, text: touchedText)
    }
}

extension MemoryReport.LinearMemory.Part {
    fileprivate var mapKind: MemoryMap.Kind {
        switch self {
        case .data: .data
        case .auxiliaryStack: .auxiliary
        case .appHeap: .appHeap
        case .libcHeap: .libc
        case .other: .other
        }
    }
}

extension MemoryMap.Kind {
    fileprivate init(owner: String) {
        switch owner {
        case "runtime": self = .runtime
        case "store": self = .store
        case "module": self = .module
        case "instance": self = .memory
        case "environment": self = .stack
        case "wasi": self = .wasi
        default: self = .other
        }
    }
}

extension MemoryRegion {
    fileprivate var mapKind: MemoryMap.Kind {
        switch self {
        case .structures: .structures
        case .moduleBytes: .bytes
        case .module: .module
        case .code: .code
        case .scratch: .scratch
        case .globals: .globals
        case .tables: .tables
        case .linearMemory: .memory
        case .operandStack: .stack
        case .gcHeap: .collected
        case .wasi: .wasi
        case .appHeap: .appHeap
        }
    }
}
