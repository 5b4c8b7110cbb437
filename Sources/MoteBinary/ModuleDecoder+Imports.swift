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
    mutating func decodeImports() {
        _ = enter(.import)
        let count = entryCount(leastSize: 3, atMost: DecodeLimits.imports, .imports)
        let first = offset
        var counts = ImportCounts()
        var left = count
        while takesOne(of: &left) { countImport(&counts) }
        finish()
        module.pointee.importedFunctionCount = counts.functions
        module.pointee.importedTableCount = counts.tables
        module.pointee.importedMemoryCount = counts.memories
        module.pointee.importedGlobalCount = counts.globals
        module.pointee.importedTagCount = counts.tags
        allocateIndexSpaces(counts)
        module.pointee.imports = allocate(ImportDeclaration.self, count: count, site: .moduleImports)
        enter(sections[.import])
        offset = first
        for index in 0..<count {
            guard let slot = module.pointee.imports.pointer(at: index), !hasFailed else { return }
            readImport(into: slot)
        }
    }

    /// Each index space at its final size: imported entities and those that its section counts.
    private mutating func allocateIndexSpaces(_ imported: ImportCounts) {
        let functions = entityCount(.function, 1, imported.functions, DecodeLimits.functions, .functions)
        module.pointee.functions = allocate(
            FunctionDeclaration.self,
            count: functions,
            site: .moduleFunctions
        )
        let tables = entityCount(.table, 2, imported.tables, DecodeLimits.tables, .tables)
        module.pointee.tables = allocate(TableType.self, count: tables, site: .moduleTables)
        let memories = entityCount(.memory, 1, imported.memories, DecodeLimits.memories, .memories)
        module.pointee.memories = allocate(MemoryType.self, count: memories, site: .moduleMemories)
        let globals = entityCount(.global, 3, imported.globals, DecodeLimits.globals, .globals)
        module.pointee.globals = allocate(GlobalDeclaration.self, count: globals, site: .moduleGlobals)
        let tags = entityCount(.tag, 2, imported.tags, DecodeLimits.tags, .tags)
        module.pointee.tags = allocate(UInt32.self, count: tags, site: .moduleTags)
        // Counts rise again as entities are decoded, so that no index reaches what is not initialised.
        module.pointee.functions.count = 0
        module.pointee.tables.count = 0
        module.pointee.memories.count = 0
        module.pointee.globals.count = 0
        module.pointee.tags.count = 0
    }

    /// How many there are of what is imported and counted by a section.
    @inline(never)
    private mutating func entityCount(
        _ section: SectionID,
        _ leastSize: Int,
        _ imported: Int,
        _ limit: Int,
        _ name: DecodeLimit
    ) -> Int {
        _ = enter(section)
        return entryCount(leastSize: leastSize, imported: imported, atMost: limit, name) &+ imported
    }

    private mutating func readKind() -> ExternalKind? {
        let byte = readByte()
        let kind = ExternalKind(rawValue: byte)
        if kind == nil { fail(.malformedImportKind, at: offset &- 1, detail: UInt32(byte)) }
        return kind
    }

    /// The first walk: names are checked and kinds counted.
    private mutating func countImport(_ counts: inout ImportCounts) {
        _ = readName()
        _ = readName()
        switch readKind() {
        case .function:
            _ = readU32()
            counts.functions &+= 1
        case .table:
            _ = readTableType()
            counts.tables &+= 1
        case .memory:
            _ = readMemoryType()
            counts.memories &+= 1
        case .global:
            _ = readGlobalType()
            counts.globals &+= 1
        case .tag:
            _ = readTagType()
            counts.tags &+= 1
        case nil: break
        }
    }

    private mutating func readImport(into slot: UnsafeMutablePointer<ImportDeclaration>) {
        let moduleName = readSizedBytes()
        let name = readSizedBytes()
        guard let kind = readKind() else { return }
        let position = offset
        let index: Int
        switch kind {
        case .function:
            index = module.pointee.functions.count
            append(
                FunctionDeclaration(typeIndex: readFunctionTypeIndex(), body: .empty),
                to: &module.pointee.functions
            )
        case .table:
            index = module.pointee.tables.count
            append(readTableType(), to: &module.pointee.tables)
        case .memory:
            index = module.pointee.memories.count
            append(readMemoryType(), to: &module.pointee.memories)
        case .global:
            index = module.pointee.globals.count
            let type = readGlobalType()
            if type.isMutable { use(.mutableGlobals, at: position) }
            let slot = UInt32(truncatingIfNeeded: index)
            append(
                GlobalDeclaration(type: type, initializer: .empty, slot: slot),
                to: &module.pointee.globals
            )
        case .tag:
            index = module.pointee.tags.count
            append(readTagType(), to: &module.pointee.tags)
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
    mutating func append<Element>(_ element: Element, to items: inout Items<Element>) {
        guard let base = items.base else { return }
        (base + items.count).initialize(to: element)
        items.count &+= 1
    }
}
