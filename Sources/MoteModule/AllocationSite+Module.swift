internal import MoteMemory

extension AllocationSite {
    /// The registry of canonical types itself.
    static var typeRegistry: Self { .init(rawValue: 0x300) }
    /// Its hash table when it grows.
    static var typeBucketsGrowth: Self { .init(rawValue: 0x302) }
    /// A chunk of entries by canonical id.
    static var typeEntries: Self { .init(rawValue: 0x303) }
    /// A group of canonical types.
    static var typeGroup: Self { .init(rawValue: 0x304) }
}
