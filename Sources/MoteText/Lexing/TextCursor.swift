internal import MoteBinary

/// Walks over the tokens of a source, found as they are asked for; annotations are white space.
///
/// Not for use on two threads at once. Copies share the source.
package struct TextCursor {
    let source: TextSource
    private let lexer: Lexer
    /// Offset behind the last token taken.
    private(set) var position = 0
    private var ahead: Token?

    /// Takes a text, which must be UTF-8.
    package init(_ source: [UInt8]) throws(TextError) {
        self.source = try TextSource(source)
        lexer = Lexer(self.source)
    }

    /// Byte offset of the next token, or of what is wrong there.
    package var offset: Int {
        if let ahead { return ahead.offset }
        var copy = self
        do { return try copy.look().offset } catch { return error.offset }
    }

    /// Goes on behind an offset that a token list has reached.
    mutating func move(to offset: Int) {
        position = offset
        ahead = nil
    }

    /// The next token, not taken.
    package func peek() throws(TextError) -> Token {
        if let ahead { return ahead }
        var annotations: [Annotation] = []
        return try lexer.token(from: position, annotations: &annotations)
    }

    /// The next token, not taken, remembered so that it is not looked for again.
    package mutating func look() throws(TextError) -> Token {
        let token = try peek()
        ahead = token
        return token
    }

    /// Takes the next token; `end` is given again and again.
    package mutating func next() throws(TextError) -> Token {
        let token = try look()
        position = Int(token.end)
        ahead = nil
        return token
    }

    // MARK: Expectations

    /// Whether a token is a keyword (or other atom) spelled so.
    package func matches(_ token: Token, _ keyword: StaticString) -> Bool {
        source.matches(token, keyword)
    }

    /// Takes `(keyword`, if it follows.
    package mutating func takeLeftParen(_ keyword: StaticString) throws(TextError) -> Bool {
        guard try look().kind == .leftParen else { return false }
        let before = self
        _ = try next()
        if matches(try look(), keyword) {
            _ = try next()
            return true
        }
        self = before
        return false
    }

    /// Takes `(`, if it follows.
    package mutating func takeLeftParen() throws(TextError) -> Bool { try take(.leftParen) }

    /// Takes `)`, if it follows.
    package mutating func takeRightParen() throws(TextError) -> Bool { try take(.rightParen) }

    /// Takes a keyword, if it follows.
    package mutating func takeKeyword(_ keyword: StaticString) throws(TextError) -> Bool {
        guard matches(try look(), keyword) else { return false }
        _ = try next()
        return true
    }

    /// Takes `$name`, if it follows: the name without `$`.
    package mutating func takeIdentifier() throws(TextError) -> [UInt8]? {
        guard try look().isIdentifier else { return nil }
        return source.identifier(try next())
    }

    /// Takes a string, which must follow: its bytes, escapes decoded.
    package mutating func expectString() throws(TextError) -> [UInt8] {
        guard try look().kind == .string else { throw unexpected(try look(), "a string") }
        return source.string(try next())
    }

    /// Takes a string, which must follow and be UTF-8.
    package mutating func expectName() throws(TextError) -> [UInt8] {
        let start = try look().offset
        let bytes = try expectString()
        guard UTF8Check.accepts(bytes) else {
            throw TextError("malformed UTF-8 encoding", at: start)
        }
        return bytes
    }

    /// Takes `(`, which must follow.
    package mutating func expectLeftParen() throws(TextError) {
        guard try takeLeftParen() else { throw unexpected(try look(), "(") }
    }

    /// Takes `)`, which must follow.
    package mutating func expectRightParen() throws(TextError) {
        guard try takeRightParen() else { throw unexpected(try look(), ")") }
    }

    /// Takes tokens up to and including the right parenthesis that closes a left one already taken.
    package mutating func skipGroup() throws(TextError) {
        var depth = 1
        while depth > 0 {
            let token = try next()
            switch token.kind {
            case .leftParen: depth += 1
            case .rightParen: depth -= 1
            case .end: throw TextError("unclosed parenthesis", at: token.offset)
            default: break
            }
        }
    }

    private mutating func take(_ kind: Token.Kind) throws(TextError) -> Bool {
        guard try look().kind == kind else { return false }
        _ = try next()
        return true
    }

    /// The error of a token that may not stand where it does.
    package func unexpected(_ token: Token, _ expected: String? = nil) -> TextError {
        source.unexpected(token, expected)
    }

    // MARK: What tokens mean

    /// The spelling of a token.
    package func text(_ token: Token) -> String { String(decoding: source.bytes(token), as: UTF8.self) }

    /// Calls a function with the bytes of a token.
    package func withBytes<Result>(_ token: Token, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(source.bytes(token))
    }

    /// The bytes that a string token stands for.
    package func string(_ token: Token) -> [UInt8] { source.string(token) }

    /// The name of an identifier token, without `$`.
    package func identifier(_ token: Token) -> [UInt8] { source.identifier(token) }

    /// An integer of a width up to 64, signed or unsigned: its bits.
    package func integer(_ token: Token, bits: Int) throws(TextError) -> UInt64 {
        try source.integer(token, bits: bits)
    }

    package func i32(_ token: Token) throws(TextError) -> UInt32 {
        UInt32(truncatingIfNeeded: try source.integer(token, bits: 32))
    }

    package func i64(_ token: Token) throws(TextError) -> UInt64 { try source.integer(token, bits: 64) }

    /// The bits of a 32-bit float.
    package func f32(_ token: Token) throws(TextError) -> UInt32 { try source.f32(token) }

    /// The bits of a 64-bit float.
    package func f64(_ token: Token) throws(TextError) -> UInt64 { try source.f64(token) }
}
