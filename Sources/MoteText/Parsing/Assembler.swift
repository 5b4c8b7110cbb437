internal import MoteBinary

/// Assembles one module: collects its fields and their identifiers, then encodes the fields in their order.
///
/// Tokens are read once into a list; all reading goes by position in it. The list ends with a token of kind `end`,
/// and parentheses in it are balanced, so inside a field there is always a next token.
struct Assembler {
    let source: TextSource
    let tokens: [Token]
    let options: TextOptions
    /// Position of the next token.
    var at = 0

    /// Annotations inside fields, in order, and the position of the token before which the next one stands.
    var annotations: [Annotation]
    var annotationCount = 0
    var annotationIndex = Int.max

    // Index spaces
    var types = IndexSpace("type")
    var functions = IndexSpace("func")
    var tables = IndexSpace("table")
    var memories = IndexSpace("memory")
    var globals = IndexSpace("global")
    var tags = IndexSpace("tag")
    var elements = IndexSpace("elem")
    var datas = IndexSpace("data")
    var fields: [ModuleField] = []

    // Types
    var typeDefinitions: [TypeDefinition] = []
    /// How many of the types stand in the text; those behind them came from type uses.
    var explicitTypeCount = 0
    /// Counts of types in recursive groups, in order.
    var typeGroups: [Int] = []
    /// The first type alone in its group that is such a function type.
    var signatureTypes: [TextSignature: UInt32] = [:]

    // Sections
    var importSection = SectionBytes()
    var functionSection = SectionBytes()
    var tableSection = SectionBytes()
    var memorySection = SectionBytes()
    var tagSection = SectionBytes()
    var globalSection = SectionBytes()
    var exportSection = SectionBytes()
    var startFunction: UInt32?
    var elementSection = SectionBytes()
    var codeSection = SectionBytes()
    var dataSection = SectionBytes()
    var needsDataCount = false
    var customSections: [CustomSection] = []
    var moduleName: [UInt8]?
    var hasModuleAnnotation = false
    var hintSection = SectionBytes()
    var localNames = SectionBytes()
    var labelNames = SectionBytes()
    /// Which functions, tables and so on have been encoded.
    var encoded = FieldCounts()

    // The expression being read
    var code: [UInt8] = []
    var frames: [Frame] = []
    /// Bytes of folded instructions that wait for their operands.
    var waiting: [UInt8] = []
    var labels: [Name?] = []
    var locals = IndexSpace("local")
    var namedLabels: [(index: UInt32, bytes: [UInt8])] = []
    var labelCount: UInt32 = 0
    var isInFunction = false
    /// The branch hint read before an instruction.
    var hint: (value: UInt8, start: Int)?
    var hints = SectionBytes()

    init(_ source: TextSource, fieldsFrom offset: Int, options: TextOptions) throws(TextError) {
        let list = try TokenList(source, from: offset)
        self.source = source
        self.options = options
        tokens = list.tokens
        annotations = list.annotations
        moduleName = options.moduleName
    }

    /// The module in the binary format.
    mutating func assemble() throws(TextError) -> [UInt8] {
        try collectFields()
        try parseTypes()
        annotationCount = 0
        annotationIndex = annotations.first?.tokenIndex ?? .max
        for field in fields {
            at = field.at
            try encode(field)
            // At the parenthesis that closes the field.
            try expectRightParen()
            if annotationIndex < at { throw annotations[annotationCount].misplaced() }
        }
        return moduleBytes()
    }

    // MARK: Tokens

    var token: Token { tokens[at] }

    func matches(_ token: Token, _ keyword: StaticString) -> Bool { source.matches(token, keyword) }

    /// Whether `(keyword` follows.
    func isGroup(_ keyword: StaticString) -> Bool {
        tokens[at].kind == .leftParen && matches(tokens[at + 1], keyword)
    }

    /// Takes `(keyword`, if it follows.
    mutating func takeGroup(_ keyword: StaticString) -> Bool {
        guard isGroup(keyword) else { return false }
        at += 2
        return true
    }

    mutating func takeKeyword(_ keyword: StaticString) -> Bool {
        guard matches(tokens[at], keyword) else { return false }
        at += 1
        return true
    }

    mutating func takeIdentifier() -> Token? {
        guard tokens[at].isIdentifier else { return nil }
        at += 1
        return tokens[at - 1]
    }

    mutating func expectLeftParen() throws(TextError) {
        guard tokens[at].kind == .leftParen else { throw unexpected("(") }
        at += 1
    }

    mutating func expectRightParen() throws(TextError) {
        guard tokens[at].kind == .rightParen else { throw unexpected(")") }
        at += 1
    }

    mutating func expectGroup(_ keyword: StaticString) throws(TextError) {
        guard takeGroup(keyword) else { throw unexpected("(\(keyword)") }
    }

    /// Takes a string that must be UTF-8.
    mutating func expectName() throws(TextError) -> [UInt8] {
        guard tokens[at].kind == .string else { throw unexpected("a string") }
        let bytes = source.string(tokens[at])
        guard UTF8Check.accepts(bytes) else {
            throw TextError("malformed UTF-8 encoding", at: tokens[at].offset)
        }
        at += 1
        return bytes
    }

    /// Takes all strings that follow, one behind the other.
    mutating func takeStrings() -> [UInt8] {
        var bytes: [UInt8] = []
        while tokens[at].kind == .string {
            StringText.decode(source.bytes(tokens[at]), into: &bytes)
            at += 1
        }
        return bytes
    }

    /// Takes an unsigned number.
    mutating func expectUnsigned(bits: Int) throws(TextError) -> UInt64 {
        guard tokens[at].kind == .number, source.base[tokens[at].offset] >= UInt8(ascii: "0") else {
            throw unexpected("a number")
        }
        let value = try source.unsigned(tokens[at], bits: bits)
        at += 1
        return value
    }

    var isIndex: Bool { tokens[at].isIdentifier || tokens[at].kind == .number }

    /// Takes an identifier or a number that stands for a thing.
    mutating func expectIndex(_ space: KeyPath<Assembler, IndexSpace>) throws(TextError) -> UInt32 {
        let token = tokens[at]
        guard token.isIdentifier else { return UInt32(truncatingIfNeeded: try expectUnsigned(bits: 32)) }
        at += 1
        guard let index = self[keyPath: space].index(of: source.name(token)) else {
            throw TextError("unknown \(self[keyPath: space].kind) \(source.text(token))", at: token.offset)
        }
        return index
    }

    /// Takes an index if one follows; 0 otherwise.
    mutating func takeIndex(_ space: KeyPath<Assembler, IndexSpace>) throws(TextError) -> UInt32 {
        isIndex ? try expectIndex(space) : 0
    }

    func unexpected(_ expected: String? = nil) -> TextError {
        guard tokens[at].kind != .end else { return TextError("unexpected end", at: tokens[at].offset) }
        return source.unexpected(tokens[at], expected)
    }
}
