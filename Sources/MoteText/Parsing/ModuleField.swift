/// A field of a module: what it is and where its contents begin.
struct ModuleField {
    enum Kind: UInt8 {
        case type
        case recursion
        case importing
        case function
        case table
        case memory
        case global
        case tag
        case export
        case start
        case element
        case data
    }

    var kind: Kind
    /// Position of the token behind the keyword.
    var at: Int
    /// Position of the parenthesis that closes it.
    var end: Int
}

/// How many things of each kind have been met.
struct FieldCounts {
    var functions: UInt32 = 0
    var tables: UInt32 = 0
    var memories: UInt32 = 0
    var globals: UInt32 = 0
    var tags: UInt32 = 0
    var elements: UInt32 = 0
    var datas: UInt32 = 0
}

extension Assembler {
    private func fieldKind(_ keyword: Token) -> ModuleField.Kind? {
        if matches(keyword, "func") { return .function }
        if matches(keyword, "type") { return .type }
        if matches(keyword, "import") { return .importing }
        if matches(keyword, "export") { return .export }
        if matches(keyword, "global") { return .global }
        if matches(keyword, "memory") { return .memory }
        if matches(keyword, "table") { return .table }
        if matches(keyword, "elem") { return .element }
        if matches(keyword, "data") { return .data }
        if matches(keyword, "tag") { return .tag }
        if matches(keyword, "start") { return .start }
        return matches(keyword, "rec") ? .recursion : nil
    }

    /// Finds the fields, gives indices to what they declare, and binds identifiers.
    mutating func collectFields() throws(TextError) {
        var inner: [Annotation] = []
        var nextAnnotation = 0
        // The first definition that may not be followed by imports.
        var definition: StaticString?
        func takeAnnotations(upTo position: Int, _ module: inout Assembler) throws(TextError) {
            while nextAnnotation < module.annotations.count,
                module.annotations[nextAnnotation].tokenIndex <= position
            {
                let annotation = module.annotations[nextAnnotation]
                if annotation.tokenIndex == position {
                    try module.moduleAnnotation(annotation)
                } else {
                    inner.append(annotation)
                }
                nextAnnotation += 1
            }
        }
        while true {
            try takeAnnotations(upTo: at, &self)
            if tokens[at].kind == .end { break }
            guard tokens[at].kind == .leftParen else { throw unexpected("a module field") }
            let keyword = tokens[at + 1]
            guard let kind = fieldKind(keyword) else {
                throw keyword.kind == .keyword || keyword.kind == .reserved
                    ? TextError("unknown operator \(source.text(keyword))", at: keyword.offset)
                    : source.unexpected(keyword, "a module field")
            }
            let field = ModuleField(kind: kind, at: at + 2, end: Int(tokens[at].partner))
            fields.append(field)
            at += 2
            try collect(field, &definition)
            at = field.end + 1
        }
        annotations = inner
    }

    private mutating func collect(_ field: ModuleField, _ definition: inout StaticString?) throws(TextError) {
        switch field.kind {
        case .type:
            try types.add(takeIdentifier(), in: source)
        case .recursion:
            while tokens[at].kind == .leftParen {
                let end = Int(tokens[at].partner)
                try expectGroup("type")
                try types.add(takeIdentifier(), in: source)
                at = end + 1
            }
        case .importing:
            try checkOrder(definition)
            guard tokens[at].kind == .string, tokens[at + 1].kind == .string,
                tokens[at + 2].kind == .leftParen,
                let space = importSpace(tokens[at + 3])
            else { return }  // the encoder says what is wrong
            at += 4
            try self[keyPath: space].add(takeIdentifier(), in: source)
        case .function, .table, .memory, .global, .tag:
            let space = importSpace(tokens[at - 1]) ?? \.functions
            try self[keyPath: space].add(takeIdentifier(), in: source)
            while isGroup("export") { at = Int(tokens[at].partner) + 1 }
            if isGroup("import") {
                try checkOrder(definition)
            } else {
                definition = definition ?? definitionName(field.kind)
                collectInlineSegment(field)
            }
        case .element: try elements.add(takeIdentifier(), in: source)
        case .data: try datas.add(takeIdentifier(), in: source)
        case .export, .start: break
        }
    }

    private func checkOrder(_ definition: StaticString?) throws(TextError) {
        guard let definition else { return }
        throw TextError("import after \(definition)", at: tokens[at - 1].offset)
    }

    private func definitionName(_ kind: ModuleField.Kind) -> StaticString {
        switch kind {
        case .table: "table"
        case .memory: "memory"
        case .global: "global"
        case .tag: "tag"
        default: "function"
        }
    }

    func importSpace(_ keyword: Token) -> WritableKeyPath<Assembler, IndexSpace>? {
        if matches(keyword, "func") { return \.functions }
        if matches(keyword, "global") { return \.globals }
        if matches(keyword, "memory") { return \.memories }
        if matches(keyword, "table") { return \.tables }
        return matches(keyword, "tag") ? \.tags : nil
    }

    /// Inline `(elem ...)` of a table and `(data ...)` of a memory take the next index of their kind.
    private mutating func collectInlineSegment(_ field: ModuleField) {
        guard field.kind == .table || field.kind == .memory else { return }
        while at < field.end {
            if field.kind == .table ? isGroup("elem") : isGroup("data") {
                if field.kind == .table { elements.add(unnamed: 1) } else { datas.add(unnamed: 1) }
                return
            }
            at = tokens[at].kind == .leftParen ? Int(tokens[at].partner) + 1 : at + 1
        }
    }
}
