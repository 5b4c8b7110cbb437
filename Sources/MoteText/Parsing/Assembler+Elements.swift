/// Entries of an element segment: indices of functions, or expressions.
struct ElementEntries {
    var isExpressions = false
    var count: UInt32 = 0
    var bytes: [UInt8] = []
    /// The functions, where entries are such.
    var functions: [UInt32] = []
}

/// A segment's entries and the type of its elements; without a type they are functions.
struct ElementList {
    var type: TextType?
    var entries: ElementEntries
}

enum ElementMode {
    case active(table: UInt32, offset: [UInt8])
    case passive
    case declarative
}

extension Assembler {
    mutating func encodeElements() throws(TextError) {
        let index = encoded.elements
        encoded.elements += 1
        try takeIdentifierAndName(\.elements, index)
        if takeKeyword("declare") { return write(try elementList(), mode: .declarative) }
        var table: UInt32?
        var isFirstVersion = false
        if takeGroup("table") {
            table = try expectIndex(\.tables)
            try expectRightParen()
        } else if tokens[at].kind == .number {
            table = try expectIndex(\.tables)  // as WebAssembly 1.0 had it
            isFirstVersion = true
        }
        // `(ref ...)` begins the type of a passive segment.
        guard table != nil || (tokens[at].kind == .leftParen && !isGroup("ref")) else {
            return write(try elementList(), mode: .passive)
        }
        try offsetExpression()
        let offset = code
        if table == nil || isFirstVersion, tokens[at].kind == .rightParen || isIndex {
            return write(
                ElementList(type: nil, entries: try functionIndices()),
                mode: .active(table: table ?? 0, offset: offset)
            )
        }
        if tokens[at].kind == .rightParen { throw unexpected("a type of elements") }
        write(try elementList(), mode: .active(table: table ?? 0, offset: offset))
    }

    /// `func x*`, or a reference type and expressions.
    private mutating func elementList() throws(TextError) -> ElementList {
        if takeKeyword("func") { return ElementList(type: nil, entries: try functionIndices()) }
        let type = try referenceType()
        return ElementList(type: type, entries: try elementExpressions())
    }

    mutating func functionIndices() throws(TextError) -> ElementEntries {
        var entries = ElementEntries()
        while tokens[at].kind != .rightParen {
            guard isIndex else { throw unexpected("a function") }
            let function = try expectIndex(\.functions)
            entries.functions.append(function)
            entries.bytes.append(unsigned: function)
            entries.count += 1
        }
        return entries
    }

    /// `(item ...)` and folded instructions.
    mutating func elementExpressions() throws(TextError) -> ElementEntries {
        var entries = ElementEntries()
        entries.isExpressions = true
        while tokens[at].kind != .rightParen {
            if takeGroup("item") {
                try constantExpression()
                try expectRightParen()
            } else {
                try foldedConstantExpression()
            }
            entries.bytes += code
            entries.count += 1
        }
        return entries
    }

    /// The same functions as expressions.
    func expressions(_ list: ElementEntries) -> ElementEntries {
        var entries = ElementEntries()
        entries.isExpressions = true
        entries.count = list.count
        for function in list.functions {
            entries.bytes.append(0xD2)
            entries.bytes.append(unsigned: function)
            entries.bytes.append(0x0B)
        }
        return entries
    }

    /// Writes a segment in the shortest of the eight forms that says the same (spec 5.5.12).
    mutating func write(_ list: ElementList, mode: ElementMode) {
        elementSection.count += 1
        let expressionFlag: UInt8 = list.type == nil ? 0 : 4
        var writesType = true
        switch mode {
        case .passive: elementSection.bytes.append(1 | expressionFlag)
        case .declarative: elementSection.bytes.append(3 | expressionFlag)
        case .active(let table, let offset):
            writesType = table != 0 || (list.type != nil && list.type != .funcref)
            elementSection.bytes.append((writesType ? 2 : 0) | expressionFlag)
            if writesType { elementSection.bytes.append(unsigned: table) }
            elementSection.bytes += offset
        }
        if writesType {
            if let type = list.type {
                type.write(to: &elementSection.bytes)
            } else {
                elementSection.bytes.append(0)
            }
        }
        elementSection.bytes.append(unsigned: list.entries.count)
        elementSection.bytes += list.entries.bytes
    }
}
