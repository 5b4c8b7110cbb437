extension Assembler {
    /// Encodes a field, from behind its keyword up to its closing parenthesis.
    mutating func encode(_ field: ModuleField) throws(TextError) {
        switch field.kind {
        case .type, .recursion: at = field.end
        case .importing: try encodeImport()
        case .function: try encodeFunction()
        case .table: try encodeTable()
        case .memory: try encodeMemory()
        case .global: try encodeGlobal()
        case .tag: try encodeTag()
        case .export: try encodeExport()
        case .start:
            guard startFunction == nil else {
                throw TextError("multiple start sections", at: tokens[at - 1].offset)
            }
            startFunction = try expectIndex(\.functions)
        case .element: try encodeElements()
        case .data: try encodeData()
        }
    }

    // MARK: Imports and exports

    private mutating func encodeImport() throws(TextError) {
        let module = try expectName()
        let name = try expectName()
        try expectLeftParen()
        let keyword = tokens[at]
        at += 1
        switch importSpace(keyword) {
        case \.functions:
            beginImport(module, name, 0)
            try beginDeclaration(\.functions, \.encoded.functions)
            importSection.bytes.append(unsigned: try typeUse(allowsNames: true))
        case \.tables:
            beginImport(module, name, 1)
            try beginDeclaration(\.tables, \.encoded.tables)
            try tableType().write(to: &importSection.bytes)
        case \.memories:
            beginImport(module, name, 2)
            try beginDeclaration(\.memories, \.encoded.memories)
            try memoryType().write(to: &importSection.bytes)
        case \.globals:
            beginImport(module, name, 3)
            try beginDeclaration(\.globals, \.encoded.globals)
            try globalType(to: \.importSection.bytes)
        case \.tags:
            beginImport(module, name, 4)
            try beginDeclaration(\.tags, \.encoded.tags)
            importSection.bytes.append(0)
            importSection.bytes.append(unsigned: try typeUse(allowsNames: true))
        default: throw source.unexpected(keyword, "a kind of import")
        }
        try expectRightParen()
    }

    private mutating func beginImport(_ module: [UInt8], _ name: [UInt8], _ kind: UInt8) {
        importSection.count += 1
        importSection.bytes.append(counted: module)
        importSection.bytes.append(counted: name)
        importSection.bytes.append(kind)
    }

    /// Takes the identifier and the name annotation of a declaration: its index.
    @discardableResult
    private mutating func beginDeclaration(
        _ space: WritableKeyPath<Assembler, IndexSpace>,
        _ count: WritableKeyPath<Assembler, UInt32>
    ) throws(TextError) -> UInt32 {
        let index = self[keyPath: count]
        self[keyPath: count] += 1
        try takeIdentifierAndName(space, index)
        return index
    }

    /// Takes an identifier, which was bound before, and a `@name` annotation behind it.
    mutating func takeIdentifierAndName(
        _ space: WritableKeyPath<Assembler, IndexSpace>,
        _ index: UInt32
    ) throws(TextError) {
        _ = takeIdentifier()
        if let name = try takeNameAnnotation() { self[keyPath: space].rename(index, name) }
    }

    /// Takes `(export "name")*` and `(import "module" "name")?`; answers whether there was an import.
    mutating func takeInlineExportsAndImport(_ kind: UInt8, _ index: UInt32) throws(TextError) -> Bool {
        while takeGroup("export") {
            exportSection.count += 1
            exportSection.bytes.append(counted: try expectName())
            exportSection.bytes.append(kind)
            exportSection.bytes.append(unsigned: index)
            try expectRightParen()
        }
        guard takeGroup("import") else { return false }
        let module = try expectName()
        let name = try expectName()
        try expectRightParen()
        beginImport(module, name, kind)
        return true
    }

    private mutating func encodeExport() throws(TextError) {
        let name = try expectName()
        try expectLeftParen()
        let keyword = tokens[at]
        at += 1
        let kind: UInt8
        let index: UInt32
        switch importSpace(keyword) {
        case \.functions: (kind, index) = (0, try expectIndex(\.functions))
        case \.tables: (kind, index) = (1, try expectIndex(\.tables))
        case \.memories: (kind, index) = (2, try expectIndex(\.memories))
        case \.globals: (kind, index) = (3, try expectIndex(\.globals))
        case \.tags: (kind, index) = (4, try expectIndex(\.tags))
        default: throw source.unexpected(keyword, "a kind of export")
        }
        try expectRightParen()
        exportSection.count += 1
        exportSection.bytes.append(counted: name)
        exportSection.bytes.append(kind)
        exportSection.bytes.append(unsigned: index)
    }

    // MARK: Globals and tags

    private mutating func globalType(to bytes: WritableKeyPath<Assembler, [UInt8]>) throws(TextError) {
        let isMutable = takeGroup("mut")
        let type = try valueType()
        if isMutable { try expectRightParen() }
        type.write(to: &self[keyPath: bytes])
        self[keyPath: bytes].append(isMutable ? 1 : 0)
    }

    private mutating func encodeGlobal() throws(TextError) {
        let index = try beginDeclaration(\.globals, \.encoded.globals)
        if try takeInlineExportsAndImport(3, index) { return try globalType(to: \.importSection.bytes) }
        globalSection.count += 1
        try globalType(to: \.globalSection.bytes)
        try constantExpression()
        globalSection.bytes += code
    }

    private mutating func encodeTag() throws(TextError) {
        let index = try beginDeclaration(\.tags, \.encoded.tags)
        let isImport = try takeInlineExportsAndImport(4, index)
        let type = try typeUse(allowsNames: true)
        let section: WritableKeyPath<Assembler, SectionBytes> = isImport ? \.importSection : \.tagSection
        if !isImport { tagSection.count += 1 }
        self[keyPath: section].bytes.append(0)
        self[keyPath: section].bytes.append(unsigned: type)
    }

    // MARK: Functions

    private mutating func encodeFunction() throws(TextError) {
        let index = try beginDeclaration(\.functions, \.encoded.functions)
        if try takeInlineExportsAndImport(0, index) {
            importSection.bytes.append(unsigned: try typeUse(allowsNames: true))
            return
        }
        locals.removeAll()
        let type = try typeUse(allowsNames: true, binds: true)
        functionSection.count += 1
        functionSection.bytes.append(unsigned: type)
        code.removeAll(keepingCapacity: true)
        try parseLocals()
        try functionBody()
        codeSection.count += 1
        codeSection.bytes.append(counted: code)
        if hints.count > 0 {
            hintSection.count += 1
            hintSection.bytes.append(unsigned: index)
            hintSection.bytes.append(unsigned: hints.count)
            hintSection.bytes += hints.bytes
            hints = SectionBytes()
        }
        guard options.writesNames else { return }
        addNames(locals.names, of: index, to: \.localNames)
        addNames(namedLabels, of: index, to: \.labelNames)
    }

    /// `(local ...)*`: runs of equal types are written together.
    private mutating func parseLocals() throws(TextError) {
        var runs: [(count: UInt32, type: TextType)] = []
        func add(_ type: TextType) {
            if let last = runs.last, last.type == type {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((1, type))
            }
        }
        while takeGroup("local") {
            if let identifier = takeIdentifier() {
                try addLocal(identifier)
                add(try valueType())
            } else if annotationIndex == at {
                try addLocal(nil)
                add(try valueType())
            } else {
                while tokens[at].kind != .rightParen {
                    try addLocal(nil)
                    add(try valueType())
                }
            }
            try expectRightParen()
        }
        code.append(unsigned: runs.count)
        for run in runs {
            code.append(unsigned: run.count)
            run.type.write(to: &code)
        }
    }

    /// Gives the next index to a parameter or local whose identifier was just taken.
    mutating func addLocal(_ identifier: Token?) throws(TextError) {
        let index = try locals.add(identifier, in: source)
        if annotationIndex == at, let name = try takeNameAnnotation() { locals.rename(index, name) }
    }

    private mutating func addNames(
        _ names: [(index: UInt32, bytes: [UInt8])],
        of function: UInt32,
        to section: WritableKeyPath<Assembler, SectionBytes>
    ) {
        guard !names.isEmpty else { return }
        self[keyPath: section].count += 1
        self[keyPath: section].bytes.append(unsigned: function)
        self[keyPath: section].bytes.append(unsigned: names.count)
        for name in names {
            self[keyPath: section].bytes.append(unsigned: name.index)
            self[keyPath: section].bytes.append(counted: name.bytes)
        }
    }
}
