package import MoteMemory

/// What one instance overrides of the plan.
package struct InstanceLimits: Sendable {
    /// Operand stack of the instance's own environment, in bytes; nil: the plan's.
    package var operandStackSizeInBytes: Int?
    /// Cap of every own linear memory in pages of 64 KiB; nil: the plan's.
    package var maximumMemoryPageCount: UInt64?
    /// Nil: the plan's.
    package var linearMemory: LinearMemoryBacking?
    /// Nil: the plan's.
    package var bounds: BoundsChecks?
    /// Charge fuel: code of a variant of its own.
    package var isMetered = false

    package init() {}
}
