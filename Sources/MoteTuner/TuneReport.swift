package import Mote

/// What was found, in words: what each region takes, and the plan for the command line, for Swift and for C.
package struct TuneReport {
    package let result: TuneResult
    package let program: GuestProgram
    /// The command line without sizes, as words: `mote`, `run`, policies; and what comes behind the sizes.
    package var commandBefore: [String]
    package var commandBehind: [String]
    /// What each region would have without a plan, as users read it.
    package var defaults: [TunedRegion: String]
    package var margin: Int
    package var advice: [MemoryAdvice] = []

    package init(
        _ result: TuneResult,
        of program: GuestProgram,
        commandBefore: [String],
        commandBehind: [String],
        defaults: [TunedRegion: String],
        margin: Int
    ) {
        self.result = result
        self.program = program
        self.commandBefore = commandBefore
        self.commandBehind = commandBehind
        self.defaults = defaults
        self.margin = margin
    }

    /// The sizes that the plans have.
    package var sizes: TunedSizes { result.recommended }

    /// The sizes as options of `mote run`.
    package var options: [String] {
        sizes.regions.sorted { $0.optionOrder < $1.optionOrder }.compactMap { region in
            sizes[region].map { "--\(region.option)=\(Self.size($0, region))" }
        }
    }

    /// The whole command.
    package var command: String {
        (commandBefore + options + commandBehind).map(Self.quoted).joined(separator: " ")
    }

    /// A size as options take it, with a unit where that is exact.
    package static func size(_ size: Int, _ region: TunedRegion) -> String {
        let (bytes, overflow) = size.multipliedReportingOverflow(by: region.bytesOfUnit)
        if overflow { return String(size) }
        if bytes > 0, bytes % (1 << 20) == 0 { return "\(bytes >> 20)M" }
        if bytes > 0, bytes % (1 << 10) == 0 { return "\(bytes >> 10)K" }
        return String(bytes)
    }

    /// A word as shells take it.
    package static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_=./:,+%@".utf8.contains(byte)
            }
        }
        if plain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
            + "'"
    }

    /// The plan in Swift.
    package var swift: [String] {
        var lines = ["var plan = MemoryPlan()"]
        for region in sizes.regions.sorted(by: { $0.optionOrder < $1.optionOrder }) {
            guard let size = sizes[region] else { continue }
            let number = Self.literal(size)
            lines.append(
                region == .globalHeap
                    ? "plan.globalHeap = .pool(bytes: \(number))" : "plan.\(region.property) = \(number)"
            )
        }
        lines += policies
        lines.append("let runtime = try Runtime(plan)")
        return lines
    }

    /// What the plan has that is no size, where it is not the default.
    private var policies: [String] {
        let (plan, usual) = (program.plan, MemoryPlan())
        var lines: [String] = []
        func add<Policy: Equatable>(_ property: String, _ value: Policy, _ usual: Policy) {
            if value != usual { lines.append("plan.\(property) = .\(value)") }
        }
        add("linearMemory", plan.linearMemory, usual.linearMemory)
        add("bounds", plan.bounds, usual.bounds)
        add("truncation", plan.truncation, usual.truncation)
        add("appHeapPlacement", plan.appHeapPlacement, usual.appHeapPlacement)
        add("guestHeap", plan.guestHeap, usual.guestHeap)
        if !plan.checksAuxiliaryStack { lines.append("plan.checksAuxiliaryStack = false") }
        return lines
    }

    /// What the C interface keeps in the pool that the Swift interface does not: about 1,400 bytes for the programs
    /// that were compared, and some in hand.
    private static let recordsOfC = 2048

    /// The same in C.
    package var c: [String] {
        var lines: [String] = []
        if let pool = sizes[.globalHeap] {
            lines += [
                "static char pool[\(pool) + \(Self.recordsOfC)] __attribute__((aligned(16)));"
                    + "  // with the C interface's own records",
                "RuntimeInitArgs init = {",
                "    .mem_alloc_type = Alloc_With_Pool,",
                "    .mem_alloc_option.pool = { .heap_buf = pool, .heap_size = sizeof pool },",
            ]
            lines.append("};")
        }
        lines += [
            "InstantiationArgs args = {",
            "    .default_stack_size = \(sizes[.operandStack] ?? program.plan.operandStack),",
            "    .host_managed_heap_size = \(sizes[.appHeap] ?? program.plan.appHeap),",
        ]
        if let pages = sizes[.linearMemory] { lines.append("    .max_memory_pages = \(pages),") }
        lines.append("};")
        return lines
    }

    private static func literal(_ size: Int) -> String {
        ByteCount.grouped(size).split(separator: ",").joined(separator: size >= 100_000 ? "_" : "")
    }
}

extension TunedRegion {
    /// The option of `mote run`.
    package var option: String {
        switch self {
        case .operandStack: "stack-size"
        case .linearMemory: "max-memory"
        case .guestHeap: "max-heap"
        case .appHeap: "heap-size"
        case .gcHeap: "gc-heap-size"
        case .globalHeap: "global-heap-size"
        }
    }

    /// The property of `MemoryPlan`.
    var property: String {
        switch self {
        case .operandStack: "operandStack"
        case .linearMemory: "maximumPages"
        case .guestHeap: "maximumGuestHeap"
        case .appHeap: "appHeap"
        case .gcHeap: "gcHeap"
        case .globalHeap: "globalHeap"
        }
    }

    /// The pool comes first where plans are written.
    fileprivate var optionOrder: Int { self == .globalHeap ? -1 : rawValue }
}
