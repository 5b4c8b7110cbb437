internal import MoteMemory

extension AllocationSite {
    /// Types on the operand stack of the function being validated, as it grows.
    static var validationOperands: Self { .init(rawValue: 0x4C1) }
    /// Open blocks of the function being validated, as they grow.
    static var validationFrames: Self { .init(rawValue: 0x4C2) }
    /// Types of the first locals, one by one.
    static var validationLocals: Self { .init(rawValue: 0x4C3) }
    /// Runs of equal locals, as they grow.
    static var validationLocalRuns: Self { .init(rawValue: 0x4C4) }
    /// Which locals without a default value are set.
    static var validationInitialisedLocals: Self { .init(rawValue: 0x4C5) }
    /// Locals in the order they were set.
    static var validationInitialisationOrder: Self { .init(rawValue: 0x4C6) }
}
