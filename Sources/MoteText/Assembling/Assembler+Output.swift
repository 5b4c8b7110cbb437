extension Assembler {
    /// All sections in the order of the binary format (spec 5.5.2).
    func moduleBytes() -> [UInt8] {
        var bytes: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]
        func custom(_ order: Int, isBehind: Bool) {
            for section in customSections where section.order == order && section.isBehind == isBehind {
                Self.append(custom: section.name, section.contents, to: &bytes)
            }
        }
        func section(_ order: Int, _ id: UInt8, _ contents: SectionBytes) {
            custom(order, isBehind: false)
            if contents.count > 0 {
                var counted: [UInt8] = []
                counted.append(unsigned: contents.count)
                bytes.append(id)
                bytes.append(unsigned: counted.count + contents.bytes.count)
                bytes += counted
                bytes += contents.bytes
            }
            custom(order, isBehind: true)
        }
        func word(_ order: Int, _ id: UInt8, _ value: UInt32?) {
            custom(order, isBehind: false)
            if let value {
                var contents: [UInt8] = []
                contents.append(unsigned: value)
                bytes.append(id)
                bytes.append(counted: contents)
            }
            custom(order, isBehind: true)
        }
        custom(0, isBehind: false)
        section(1, 1, typeSection())
        section(2, 2, importSection)
        section(3, 3, functionSection)
        section(4, 4, tableSection)
        section(5, 5, memorySection)
        section(6, 13, tagSection)
        section(7, 6, globalSection)
        section(8, 7, exportSection)
        word(9, 8, startFunction)
        section(10, 9, elementSection)
        word(11, 12, needsDataCount ? dataSection.count : nil)
        if hintSection.count > 0 {
            var contents: [UInt8] = []
            contents.append(unsigned: hintSection.count)
            contents += hintSection.bytes
            Self.append(custom: Array("metadata.code.branch_hint".utf8), contents, to: &bytes)
        }
        section(12, 10, codeSection)
        section(13, 11, dataSection)
        if options.writesNames {
            let names = nameSection()
            if !names.isEmpty { Self.append(custom: Array("name".utf8), names, to: &bytes) }
        }
        custom(Self.lastOrder, isBehind: true)
        return bytes
    }

    private static func append(custom name: [UInt8], _ contents: [UInt8], to bytes: inout [UInt8]) {
        var section: [UInt8] = []
        section.append(counted: name)
        section += contents
        bytes.append(0)
        bytes.append(counted: section)
    }

    private func typeSection() -> SectionBytes {
        var section = SectionBytes()
        var index = 0
        for count in typeGroups {
            section.count += 1
            if count != 1 {
                section.bytes.append(0x4E)
                section.bytes.append(unsigned: count)
            }
            for definition in typeDefinitions[index..<index + count] { definition.write(to: &section.bytes) }
            index += count
        }
        return section
    }

    // MARK: Names

    /// The contents of the name section, empty where nothing has a name; with the subsections of the extended one.
    private func nameSection() -> [UInt8] {
        var bytes: [UInt8] = []
        if let moduleName {
            var name: [UInt8] = []
            name.append(counted: moduleName)
            bytes.append(0)
            bytes.append(counted: name)
        }
        func map(_ id: UInt8, _ section: SectionBytes) {
            guard section.count > 0 else { return }
            var contents: [UInt8] = []
            contents.append(unsigned: section.count)
            contents += section.bytes
            bytes.append(id)
            bytes.append(counted: contents)
        }
        map(1, Self.names(functions.names))
        map(2, localNames)
        map(3, labelNames)
        map(4, Self.names(types.names))
        map(5, Self.names(tables.names))
        map(6, Self.names(memories.names))
        map(7, Self.names(globals.names))
        map(8, Self.names(elements.names))
        map(9, Self.names(datas.names))
        map(10, fieldNames())
        map(11, Self.names(tags.names))
        return bytes
    }

    private static func names(_ names: [(index: UInt32, bytes: [UInt8])]) -> SectionBytes {
        var section = SectionBytes()
        for name in names {
            section.count += 1
            section.bytes.append(unsigned: name.index)
            section.bytes.append(counted: name.bytes)
        }
        return section
    }

    private func fieldNames() -> SectionBytes {
        var section = SectionBytes()
        for (index, definition) in typeDefinitions.enumerated() where !definition.fields.names.isEmpty {
            let names = Self.names(definition.fields.names)
            section.count += 1
            section.bytes.append(unsigned: index)
            section.bytes.append(unsigned: names.count)
            section.bytes += names.bytes
        }
        return section
    }
}
