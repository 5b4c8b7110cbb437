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
    /// The maximum of own memories in pages of 64 KiB, instead of the declared one: at least the initial size, at most
    /// what is declared; nil: as declared.
    package var maximumPageCountOverride: UInt64?
    /// Bytes of the caller's for memory 0; nil: as `linearMemory` says.
    package var linearMemoryBuffer: LinearMemoryBuffer?
    /// Nil: the plan's.
    package var truncation: Truncation?
    /// Nil: the plan's.
    package var appHeapSizeInBytes: Int?
    /// Nil: the plan's.
    package var appHeapPlacement: AppHeapPlacement?
    /// Nil: the plan's.
    package var guestHeap: GuestHeap?
    /// Nil: the plan's.
    package var maximumGuestHeapSizeInBytes: UInt64?
    /// Nil: the plan's.
    package var checksAuxiliaryStack: Bool?
    /// Shared heaps may be attached: the code is checked then.
    package var attachesSharedHeaps = false
    /// Charge fuel: code of a variant of its own.
    package var isMetered = false

    package init() {}
}
