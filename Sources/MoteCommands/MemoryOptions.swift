internal import ArgumentParser
internal import Mote

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
        help: ArgumentHelp("App heap inside linear memory; only 0 in this version.", valueName: "size")
    )
    var heapSize: ByteSize?

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

    @Option(name: .customLong("linear-memory"), help: "Where linear memory lives: auto, heap or reserved.")
    var linearMemory: BackingChoice = .auto

    @Option(help: "How its bounds are checked: auto, checked or guard.")
    var bounds: BoundsChoice = .auto

    enum BackingChoice: String, ExpressibleByArgument, CaseIterable {
        case auto
        case heap
        case reserved
    }

    enum BoundsChoice: String, ExpressibleByArgument, CaseIterable {
        case auto
        case checked
        case guardPages = "guard"
    }

    func validate() throws {
        if let heapSize, heapSize.bytes > 0 {
            throw ValidationError("--heap-size: app heaps are not in this version; only 0 is possible")
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
        plan.linearMemory =
            switch linearMemory {
            case .auto: .automatic
            case .heap: .heap
            case .reserved: .reserved
            }
        plan.bounds =
            switch bounds {
            case .auto: .automatic
            case .checked: .checked
            case .guardPages: .guardPages
            }
        return plan
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
        case (_, true): return " (option: --global-heap-size)"
        case (.operandStack, false): return " (option: --stack-size)"
        case (.gcHeap, false): return failure.availableInBytes == nil ? "" : " (option: --gc-heap-size)"
        default: return ""
        }
    }
}
