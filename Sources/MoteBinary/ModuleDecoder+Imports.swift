internal import MoteMemory
internal import MoteModule

/// How many entities of each kind a module imports.
struct ImportCounts {
    var functions = 0
    var tables = 0
    var memories = 0
    var globals = 0
    var tags = 0
}

extension ModuleDecoder {
    /// Decodes the imports, and makes the index spaces that they open.
    mutating func decodeImports() throws(DecodeError) {
        var reader = reader(of: .import)
        let count = try entryCount(&reader, leastSize: 3, atMost: DecodeLimits.imports, .imports)
        let first = reader
        var counts = ImportCounts()
        for _ in 0..<count { try countImport(&reader, &counts) }
        if sections.isPresent(.import) { try finish(reader) }
        module.pointee.importedFunctionCount = counts.functions
        module.pointee.importedTableCount = counts.tables
        module.pointee.importedMemoryCount = counts.memories
        module.pointee.importedGlobalCount = counts.globals
        module.pointee.importedTagCount = counts.tags
        try allocateIndexSpaces(counts)
        module.pointee.imports = try allocate(ImportDeclaration.self, count: count, site: .moduleImports)
        reader = first
        for index in 0..<count {
            guard let slot = module.pointee.imports.pointer(at: index) else { break }
            try readImport(&reader, into: slot)
        }
    }

    /// Each index space at its final size: imported entities and those that its section counts.
    private mutating func allocateIndexSpaces(_ imported: ImportCounts) throws(DecodeError) {
        func defined(
            _ section: SectionID,
            _ leastSize: Int,
            _ imported: Int,
            _ limit: Int,
            _ name: DecodeLimit
        )
            throws(DecodeError) -> Int
        {
            var reader = reader(of: section)
            return try entryCount(
                &reader,
                leastSize: leastSize,
                imported: imported,
                atMost: limit,
                name
            ) &+ imported
        }
        let functions = try defined(.function, 1, imported.functions, DecodeLimits.functions, .functions)
        module.pointee.functions = try allocate(
            FunctionDeclaration.self,
            count: functions,
            site: .moduleFunctions
        )
        let tables = try defined(.table, 2, imported.tables, DecodeLimits.tables, .tables)
        module.pointee.tables = try allocate(TableType.self, count: tables, site: .moduleTables)
        let memories = try defined(.memory, 1, imported.memories, DecodeLimits.memories, .memories)
        module.pointee.memories = try allocate(MemoryType.self, count: memories, site: .moduleMemories)
        let globals = try defined(.global, 3, imported.globals, DecodeLimits.globals, .globals)
        module.pointee.globals = try allocate(GlobalDeclaration.self, count: globals, site: .moduleGlobals)
        let tags = try defined(.tag, 2, imported.tags, DecodeLimits.tags, .tags)
        module.pointee.tags = try allocate(UInt32.self, count: tags, site: .moduleTags)
        // Counts rise again as entities are decoded, so that no index reaches what is not initialised.
        module.pointee.functions.count = 0
        module.pointee.tables.count = 0
        module.pointee.memories.count = 0
        module.pointee.globals.count = 0
        module.pointee.tags.count = 0
    }

    private func readKind(_ reader: inout ByteReader) throws(DecodeError) -> ExternalKind {
        let byte = try reader.u8()
        guard let kind = ExternalKind(rawValue: byte) else {
            throw DecodeError(.malformedImportKind, at: reader.offset &- 1, detail: UInt32(byte))
        }
        return kind
    }

    /// The first walk: names are checked and kinds counted.
    private func countImport(_ reader: inout ByteReader, _ counts: inout ImportCounts) throws(DecodeError) {
        _ = try reader.name()
        _ = try reader.name()
        switch try readKind(&reader) {
        case .function:
            _ = try reader.u32LEB()
            counts.functions &+= 1
        case .table:
            _ = try readTableType(&reader)
            counts.tables &+= 1
        case .memory:
            _ = try readMemoryType(&reader)
            counts.memories &+= 1
        case .global:
            _ = try readGlobalType(&reader)
            counts.globals &+= 1
        case .tag:
            _ = try readTagType(&reader)
            counts.tags &+= 1
        }
    }

    private mutating func readImport(
        _ reader: inout ByteReader,
        into slot: UnsafeMutablePointer<ImportDeclaration>
    ) throws(DecodeError) {
        let moduleName = try reader.sizedBytes()
        let name = try reader.sizedBytes()
        let kind = try readKind(&reader)
        let position = reader.offset
        let index: Int
        switch kind {
        case .function:
            index = module.pointee.functions.count
            let type = try readFunctionTypeIndex(&reader)
            append(FunctionDeclaration(typeIndex: type, body: .empty), to: &module.pointee.functions)
        case .table:
            index = module.pointee.tables.count
            append(try readTableType(&reader), to: &module.pointee.tables)
        case .memory:
            index = module.pointee.memories.count
            append(try readMemoryType(&reader), to: &module.pointee.memories)
        case .global:
            index = module.pointee.globals.count
            let type = try readGlobalType(&reader)
            if type.isMutable { try use(.mutableGlobals, at: position) }
            let slot = UInt32(truncatingIfNeeded: index)
            append(
                GlobalDeclaration(type: type, initializer: .empty, slot: slot),
                to: &module.pointee.globals
            )
        case .tag:
            index = module.pointee.tags.count
            append(try readTagType(&reader), to: &module.pointee.tags)
        }
        slot.initialize(
            to: ImportDeclaration(
                moduleName: moduleName,
                name: name,
                kind: kind,
                index: UInt32(truncatingIfNeeded: index)
            )
        )
    }

    /// Adds an entity behind the others of its index space.
    ///
    /// Safe: the space was allocated for the imports of the first walk and for what its section counts.
    func append<Element>(_ element: Element, to items: inout Items<Element>) {
        guard let base = items.base else { return }
        (base + items.count).initialize(to: element)
        items.count &+= 1
    }
}
