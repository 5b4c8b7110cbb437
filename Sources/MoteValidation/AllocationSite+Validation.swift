internal import MoteMemory

extension AllocationSite {
    /// Types on the operand stack of the function being validated.
    static var validationOperands: Self { .init(rawValue: 0x4C1) }
    /// Open blocks of the function being validated.
    static var validationFrames: Self { .init(rawValue: 0x4C2) }
    /// Types of the first locals, one by one.
    static var validationLocals: Self { .init(rawValue: 0x4C3) }
    /// Runs of equal locals.
    static var validationLocalRuns: Self { .init(rawValue: 0x4C4) }
    /// Which locals without a default value are set.
    static var validationInitialisedLocals: Self { .init(rawValue: 0x4C5) }
    /// Locals in the order they were set.
    static var validationInitialisationOrder: Self { .init(rawValue: 0x4C6) }
    static var validationOperandGrowth: Self { .init(rawValue: 0x4C7) }
    static var validationFrameGrowth: Self { .init(rawValue: 0x4C8) }
    static var validationLocalRunGrowth: Self { .init(rawValue: 0x4C9) }
    static var validationInitialisedLocalGrowth: Self { .init(rawValue: 0x4CA) }
    static var validationInitialisationOrderGrowth: Self { .init(rawValue: 0x4CB) }
}
