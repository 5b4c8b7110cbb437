package import MoteMemory

/// Where Runtime and Instantiation ask for memory: raw values 0x500 to 0x57F.
extension AllocationSite {
    /// The runtime's own record.
    package static var runtimeState: Self { .init(rawValue: 0x500) }
    /// The stub that untranslated functions run.
    package static var stubCode: Self { .init(rawValue: 0x501) }
    /// A module's engine record.
    package static var moduleState: Self { .init(rawValue: 0x502) }
    /// One code table of a module.
    package static var codeWords: Self { .init(rawValue: 0x503) }
    package static var storeState: Self { .init(rawValue: 0x504) }
    package static var hostFunction: Self { .init(rawValue: 0x505) }
    package static var hostFunctionType: Self { .init(rawValue: 0x506) }
    package static var hostGlobal: Self { .init(rawValue: 0x507) }
    package static var hostTable: Self { .init(rawValue: 0x508) }
    package static var hostMemory: Self { .init(rawValue: 0x509) }
    /// The table of externref handles.
    package static var externalReferences: Self { .init(rawValue: 0x50A) }
    package static var externalReferenceGrowth: Self { .init(rawValue: 0x50B) }
    /// The table of references that the host retains.
    package static var hostRoots: Self { .init(rawValue: 0x530) }
    package static var hostRootGrowth: Self { .init(rawValue: 0x531) }
    package static var hostReferenceGlobal: Self { .init(rawValue: 0x532) }
    /// References of an element segment whose expressions make objects.
    package static var instanceElementSegments: Self { .init(rawValue: 0x533) }
    package static var instanceElementValues: Self { .init(rawValue: 0x534) }
    package static var instanceState: Self { .init(rawValue: 0x510) }
    /// Room for the instance's records together, and what it overrides of the plan.
    package static var instanceRecords: Self { .init(rawValue: 0x521) }
    package static var instanceLimits: Self { .init(rawValue: 0x522) }
    package static var instanceGlobals: Self { .init(rawValue: 0x511) }
    package static var instanceImportedGlobals: Self { .init(rawValue: 0x512) }
    package static var instanceImportedFunctions: Self { .init(rawValue: 0x513) }
    package static var instanceMemories: Self { .init(rawValue: 0x514) }
    package static var instanceTables: Self { .init(rawValue: 0x515) }
    package static var instanceFunctionRecords: Self { .init(rawValue: 0x516) }
    package static var instanceOwnMemories: Self { .init(rawValue: 0x51E) }
    package static var instanceOwnTables: Self { .init(rawValue: 0x51F) }
    package static var instanceImportedGlobalCells: Self { .init(rawValue: 0x520) }
    /// Bits of dropped segments.
    package static var instanceDroppedSegments: Self { .init(rawValue: 0x517) }
    /// Records of imported functions that were left open.
    package static var instanceUnlinkedFunction: Self { .init(rawValue: 0x518) }
    /// The operand stack of a constant expression deeper than usual.
    package static var constantExpression: Self { .init(rawValue: 0x519) }
    package static var instanceTags: Self { .init(rawValue: 0x538) }
    package static var instanceOwnTags: Self { .init(rawValue: 0x539) }
    package static var hostTag: Self { .init(rawValue: 0x53A) }
    package static var environmentState: Self { .init(rawValue: 0x51A) }
}
