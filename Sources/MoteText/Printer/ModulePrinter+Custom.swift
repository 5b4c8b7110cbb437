internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Custom sections: names become identifiers, branch hints annotations, all others `(@custom ...)` with their place.
extension ModulePrinter {
    /// Reads the name section and the branch hints, where they can be said otherwise than as custom sections.
    mutating func readAnnotatedSections() {
        for index in 0..<module.pointee.sections.count {
            guard let section = module.pointee.sections[checked: index], section.id == 0 else { continue }
            let name = ModuleQueries.bytes(section.name, of: module)
            if nameSection == nil, Self.matches(name, "name") {
                if let names = try? ModuleNames(section.contents, of: module, typeCount: types.count) {
                    self.names = names
                    nameSection = index
                }
            } else if hintSection == nil, Self.matches(name, "metadata.code.branch_hint") {
                if let hints = BranchHints(section.contents, of: module) {
                    self.hints = hints
                    hintSection = index
                }
            }
        }
    }

    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        bytes.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    mutating func printCustom(_ section: SectionRecord, at index: Int) {
        if index == nameSection || index == hintSection { return }
        open("@custom ")
        writer.name(ModuleQueries.bytes(section.name, of: module))
        putPlace(at: index)
        writer.put(" ")
        writer.string(ModuleQueries.bytes(section.contents, of: module))
        writer.put(")")
    }

    /// Behind which section it stands; nothing at the end, where custom sections are by themselves.
    ///
    /// The assembler puts the names before that end, and branch hints right before the code.
    private mutating func putPlace(at index: Int) {
        let previous = section(from: index, by: -1)
        let following = section(from: index, by: 1)
        if following == nil, (nameSection ?? -1) < index { return }
        if previous == nil, (hintSection ?? index) >= index {
            writer.put(" (before first)")
        } else if following?.id == 10, let hintSection, (previous?.index ?? 0)..<index ~= hintSection {
            writer.put(" (before code)")
        } else if let previous, let place = Self.place(previous.id) {
            writer.put(" (after ")
            writer.put(place)
            writer.put(")")
        } else if let following, let place = Self.place(following.id) {
            writer.put(" (before ")
            writer.put(place)
            writer.put(")")
        }
    }

    /// The nearest section in a direction that is not custom.
    private func section(from index: Int, by step: Int) -> (id: UInt8, index: Int)? {
        var position = index &+ step
        while let section = module.pointee.sections[checked: position] {
            if section.id != 0 { return (section.id, position) }
            position &+= step
        }
        return nil
    }

    private static func place(_ section: UInt8) -> StaticString? {
        switch section {
        case 1: "type"
        case 2: "import"
        case 3: "func"
        case 4: "table"
        case 5: "memory"
        case 6: "global"
        case 7: "export"
        case 8: "start"
        case 9: "elem"
        case 10: "code"
        case 11: "data"
        // Not every reader of the text format has a word for the data count (12).
        case 13: "tag"
        default: nil
        }
    }
}
