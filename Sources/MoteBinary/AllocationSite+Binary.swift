internal import MoteMemory

extension AllocationSite {
    static var moduleRecord: Self { .init(rawValue: 0x400) }
    /// The copy of a module's bytes.
    static var moduleBytes: Self { .init(rawValue: 0x401) }
    static var moduleSections: Self { .init(rawValue: 0x402) }
    static var moduleTypes: Self { .init(rawValue: 0x403) }
    static var moduleTypeGroups: Self { .init(rawValue: 0x404) }
    /// Candidates, values and mutabilities of the largest recursion group, while types are decoded.
    static var typeScratch: Self { .init(rawValue: 0x405) }
    static var moduleImports: Self { .init(rawValue: 0x406) }
    static var moduleFunctions: Self { .init(rawValue: 0x407) }
    static var moduleTables: Self { .init(rawValue: 0x408) }
    static var moduleMemories: Self { .init(rawValue: 0x409) }
    static var moduleGlobals: Self { .init(rawValue: 0x40A) }
    static var moduleTags: Self { .init(rawValue: 0x40B) }
    static var moduleExports: Self { .init(rawValue: 0x40C) }
    static var moduleExportOrder: Self { .init(rawValue: 0x40D) }
    static var moduleElements: Self { .init(rawValue: 0x40E) }
    static var moduleDataSegments: Self { .init(rawValue: 0x40F) }
    static var moduleReferencedFunctions: Self { .init(rawValue: 0x410) }
    static var moduleReferencedRanks: Self { .init(rawValue: 0x411) }
}
