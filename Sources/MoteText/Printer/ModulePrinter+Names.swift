internal import MoteModule

/// How indices, identifiers and fields are written.
extension ModulePrinter {
    /// Begins a field of the module on its own line.
    mutating func open(_ keyword: StaticString) {
        writer.newLine(1)
        writer.put("(")
        writer.put(keyword)
    }

    /// Where an entity is declared: its identifier or annotated name, and its index as a comment.
    mutating func bind(_ space: NameSpace, _ index: UInt32) {
        if let entry = names[space, index] { bind(entry) }
        writer.put(" (;")
        writer.decimal(index)
        writer.put(";)")
    }

    /// An identifier, or a name that is none: it is taken, or empty.
    mutating func bind(_ entry: NameTable.Entry) {
        if entry.isIdentifier {
            writer.put(" ")
            writer.identifier(entry.bytes)
        } else {
            writer.put(" (@name ")
            writer.name(entry.bytes)
            writer.put(")")
        }
    }

    /// Where an entity is used: its identifier or its index.
    mutating func index(_ space: NameSpace, _ index: UInt32) {
        if let entry = names[space, index], entry.isIdentifier {
            writer.identifier(entry.bytes)
        } else {
            writer.decimal(index)
        }
    }

    /// The index that the entity declared now has.
    mutating func takeIndex(_ space: NameSpace) -> UInt32 {
        let index = next[Int(space.rawValue)]
        next[Int(space.rawValue)] = index &+ 1
        return index
    }
}
