internal import Mote

/// What a module's first memory will be under a plan, before there is an instance.
struct MemoryOutlook {
    /// Declared bytes; nil where they are more than a number holds.
    var declared: UInt64?
    /// Bytes if it ends at the heap's base.
    var truncated: UInt64?
    /// Why it cannot.
    var obstacle: String?
    /// Whether it does so without being told to, where memory comes from a pool.
    var isAutomatic = false

    init?(_ module: Module) {
        guard let limits = module.memoryLimits else { return nil }
        let (bytes, overflow) = limits.minimum.multipliedReportingOverflow(by: limits.pageSizeInBytes)
        declared = overflow ? nil : bytes
        let layout = module.memoryLayout
        if module.usesMemorySize {
            obstacle = "a function asks for its size or grows it"
        } else if limits.isShared {
            obstacle = "it is shared"
        } else if let layout, layout.isComplete, let base = layout.heapBase {
            let end = (min(base, .max - 7) + 7) & ~7
            if let declared, end < declared {
                truncated = end
                isAutomatic = layout.stackPointerSource != .none
            } else {
                obstacle = "the heap's base lies at its end or behind"
            }
        } else {
            obstacle = "__heap_base and __data_end are not both exported"
        }
    }

    /// A line for each kind of plan.
    func lines(_ module: Module) -> [String] {
        guard let declared else { return ["more bytes than there are addresses"] }
        var lines = [
            "by default   \(declared) bytes, of which only touched pages take memory, in address space of its own"
        ]
        if let truncated {
            let kind =
                isAutomatic
                ? "truncated at the heap's base" : "with --truncate=always; no stack pointer was found"
            lines.append("in a pool    \(truncated) bytes, \(kind): \(declared - truncated) bytes less")
        } else {
            lines.append("in a pool    \(declared) bytes, not truncated: \(obstacle ?? "unknown")")
        }
        if let allocator = module.allocator {
            lines.append("host's heap  the guest's own, by its export \(allocator); --heap-size adds nothing")
        } else {
            lines.append(
                "host's heap  none; --heap-size puts an app heap behind byte \(truncated ?? declared)"
            )
        }
        return lines
    }
}
