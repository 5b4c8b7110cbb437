internal import MoteMemory

extension AllocationSite {
    /// The context itself.
    static var wasiContext: Self { .init(rawValue: 0x701) }
    /// The guest's arguments.
    static var wasiArguments: Self { .init(rawValue: 0x702) }
    /// The guest's environment variables.
    static var wasiEnvironment: Self { .init(rawValue: 0x703) }
    /// The first table of descriptors.
    static var wasiDescriptorTable: Self { .init(rawValue: 0x704) }
    /// A larger table of descriptors.
    static var wasiDescriptorTableGrowth: Self { .init(rawValue: 0x705) }
    /// A batch of records of open files.
    static var wasiOpenFiles: Self { .init(rawValue: 0x706) }
    /// The guest's name of a preopened directory.
    static var wasiPreopenName: Self { .init(rawValue: 0x707) }
}
