internal import ArgumentParser
internal import Mote

/// A policy as users name it; `auto` stands for `automatic`.
protocol PolicyChoice: ExpressibleByArgument, CaseIterable, RawRepresentable where RawValue == String {}

extension PolicyChoice {
    init?(argument: String) { self.init(rawValue: argument == "auto" ? "automatic" : argument) }
}

/// The regions' sizes and policies, as options.
struct MemoryOptions: ParsableArguments {
    @Option(
        name: .customLong("global-heap-size"),
        help: ArgumentHelp(
            "One pool for everything, linear memory included. Without it, the system's heap.",
            valueName: "size"
        )
    )
    var globalHeapSize: ByteSize?

    @Option(
        name: .customLong("stack-size"),
        help: ArgumentHelp(
            "Operand stack of the guest (default: 1M; an eighth of a pool).",
            valueName: "size"
        )
    )
    var stackSize: ByteSize?

    @Option(
        name: .customLong("heap-size"),
        help: ArgumentHelp(
            "App heap inside linear memory, for the host's malloc (default: 0).",
            valueName: "size"
        )
    )
    var heapSize: ByteSize?

    @Option(
        name: .customLong("heap-placement"),
        help: ArgumentHelp("Where the app heap lies: append or at-heap-base.", valueName: "place")
    )
    var heapPlacement: PlacementChoice = .append

    @Option(
        name: .customLong("guest-heap"),
        help: ArgumentHelp(
            "Which heap the host's malloc takes: automatic, app, libc or none.",
            valueName: "heap"
        )
    )
    var guestHeap: GuestHeapOption = .automatic

    @Option(
        name: .customLong("max-heap"),
        help: ArgumentHelp(
            "Most bytes of the first memory from __heap_base on: what the guest's own malloc may have.",
            valueName: "size"
        )
    )
    var maximumHeap: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Whether the first memory ends at __heap_base: automatic (in a pool), always or never.",
            valueName: "when"
        )
    )
    var truncate: TruncationChoice = .automatic

    @Flag(
        name: .customLong("no-aux-stack-check"),
        help: "Let the guest's C stack leave its bounds unnoticed."
    )
    var skipsAuxiliaryStackCheck = false

    @Option(
        name: .customLong("gc-heap-size"),
        help: ArgumentHelp(
            "Most bytes of the garbage-collected heap (default: 64M); 0 for none.",
            valueName: "size"
        )
    )
    var gcHeapSize: ByteSize?

    @Option(
        name: .customLong("max-memory"),
        help: ArgumentHelp("Most bytes of a linear memory, in whole pages of 64K.", valueName: "size")
    )
    var maximumMemory: ByteSize?

    @Option(
        name: .customLong("linear-memory"),
        help: "Where linear memory lives: automatic, heap or reserved."
    )
    var linearMemory: BackingChoice = .automatic

    @Option(help: "How its bounds are checked: automatic, checked or guard.")
    var bounds: BoundsChoice = .automatic

    enum BackingChoice: String, PolicyChoice {
        case automatic
        case heap
        case reserved
    }

    enum BoundsChoice: String, PolicyChoice {
        case automatic
        case checked
        case guardPages = "guard"
    }

    enum PlacementChoice: String, PolicyChoice {
        case append
        case atHeapBase = "at-heap-base"
    }

    enum GuestHeapOption: String, PolicyChoice {
        case automatic
        case app
        case libc
        case none
    }

    enum TruncationChoice: String, PolicyChoice {
        case automatic
        case always
        case never
    }

    func validate() throws {
        if let heapSize, heapSize.bytes > 0, guestHeap == .none {
            throw ValidationError(
                "--heap-size: with --guest-heap none there is no app heap; only 0 is possible"
            )
        }
        if let maximumMemory, maximumMemory.bytes < 65536 {
            throw ValidationError("--max-memory: the smallest memory is one page of 64K")
        }
        if let globalHeapSize, globalHeapSize.bytes == 0 {
            throw ValidationError("--global-heap-size: a pool of 0 bytes holds nothing")
        }
    }

    /// The plan that they make.
    var plan: MemoryPlan {
        var plan = MemoryPlan()
        if let globalHeapSize { plan.globalHeap = .pool(bytes: globalHeapSize.bytes) }
        plan.operandStack = stackSize?.bytes ?? (globalHeapSize == nil ? 1 << 20 : defaultStack)
        plan.maximumPages = maximumMemory.map { UInt64($0.bytes >> 16) }
        if let gcHeapSize { plan.gcHeap = gcHeapSize.bytes }
        if let heapSize { plan.appHeap = heapSize.bytes }
        plan.maximumGuestHeap = maximumHeap.map { UInt64($0.bytes) }
        plan.checksAuxiliaryStack = !skipsAuxiliaryStackCheck
        plan.appHeapPlacement =
            switch heapPlacement {
            case .append: .append
            case .atHeapBase: .atHeapBase
            }
        plan.guestHeap =
            switch guestHeap {
            case .automatic: .automatic
            case .app: .app
            case .libc: .libc
            case .none: .none
            }
        plan.truncation =
            switch truncate {
            case .automatic: .automatic
            case .always: .always
            case .never: .never
            }
        plan.linearMemory =
            switch linearMemory {
            case .automatic: .automatic
            case .heap: .heap
            case .reserved: .reserved
            }
        plan.bounds =
            switch bounds {
            case .automatic: .automatic
            case .checked: .checked
            case .guardPages: .guardPages
            }
        return plan
    }

    /// The policies among them, as words of a command line; those that are as without are left out.
    var policyWords: [String] {
        var words: [String] = []
        if linearMemory != .automatic { words.append("--linear-memory=\(linearMemory.rawValue)") }
        if bounds != .automatic { words.append("--bounds=\(bounds.rawValue)") }
        if heapPlacement != .append { words.append("--heap-placement=\(heapPlacement.rawValue)") }
        if guestHeap != .automatic { words.append("--guest-heap=\(guestHeap.rawValue)") }
        if truncate != .automatic { words.append("--truncate=\(truncate.rawValue)") }
        if skipsAuxiliaryStackCheck { words.append("--no-aux-stack-check") }
        return words
    }

    /// In a small pool the stack takes an eighth, so that something is left.
    private var defaultStack: Int {
        min(256 * 1024, max(4096, (globalHeapSize?.bytes ?? 0) / 8 & ~7))
    }
}

extension MemoryOptions {
    /// The option that helps when a region could not give.
    static func hint(for failure: MemoryFailure) -> String {
        guard failure.kind == .exhausted else { return "" }
        switch (failure.region, failure.isPool) {
        case (.linearMemory, true): return " (options: --global-heap-size, --max-memory)"
        case (.operandStack, true): return " (options: --global-heap-size, --stack-size)"
        case (.gcHeap, true): return " (options: --gc-heap-size, --global-heap-size)"
        case (.appHeap, true): return " (options: --global-heap-size, --heap-size)"
        case (.appHeap, false): return " (option: --heap-size)"
        case (_, true): return " (option: --global-heap-size)"
        case (.operandStack, false): return " (option: --stack-size)"
        case (.gcHeap, false): return failure.availableInBytes == nil ? "" : " (option: --gc-heap-size)"
        default: return ""
        }
    }
}
