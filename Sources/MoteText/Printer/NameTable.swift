// The bytes belong to the module that is being printed, and live as long as the printer.
internal import MoteModule

/// Some bytes of the module, compared and hashed by contents.
struct NameKey: Hashable {
    let bytes: UnsafeBufferPointer<UInt8>

    static func == (left: Self, right: Self) -> Bool { left.bytes.elementsEqual(right.bytes) }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
}

/// The names of one index space, by index.
struct NameTable {
    struct Entry {
        var bytes: UnsafeBufferPointer<UInt8>
        /// Not empty, and no earlier index has it: it can stand for the index.
        var isIdentifier: Bool
    }

    /// As many as the largest index with a name needs.
    private var entries: [Entry?] = []
    private var taken: Set<NameKey> = []

    var isEmpty: Bool { entries.isEmpty }

    /// The name of an index, or nil.
    subscript(index: UInt32) -> Entry? {
        entries.isEmpty || index >= entries.count ? nil : entries[Int(index)]
    }

    /// Gives an index its name; the first index with a name has it as identifier.
    ///
    /// Indices outside the space, and a second name, are passed over.
    mutating func set(_ index: UInt32, _ name: UnsafeBufferPointer<UInt8>, count: Int) {
        guard Int(index) < count else { return }
        while entries.count <= Int(index) { entries.append(nil) }
        guard entries[Int(index)] == nil else { return }
        let isFirst = taken.insert(NameKey(bytes: name)).inserted
        entries[Int(index)] = Entry(bytes: name, isIdentifier: isFirst && !name.isEmpty)
    }
}
