import MoteText
import Testing

/// The tokens of a text as `kind:spelling`.
func tokens(_ text: String) throws -> [String] {
    var cursor = try TextCursor(Array(text.utf8))
    var result: [String] = []
    while true {
        let token = try cursor.next()
        if token.kind == .end { return result }
        result.append(cursor.text(token))
    }
}

/// The message with which a text is refused, or nil.
private func refusal(_ bytes: [UInt8]) -> String? {
    do {
        var cursor = try TextCursor(bytes)
        while try cursor.next().kind != .end {}
        return nil
    } catch {
        return (error as? TextError)?.message
    }
}

private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

private func string(_ literal: String) throws -> [UInt8] {
    var cursor = try TextCursor(Array(literal.utf8))
    return try cursor.expectString()
}

struct LexerTests {
    @Test func `tokens end at parentheses, white space and comments`() throws {
        #expect(
            try tokens("(module(func $f;;x\n i32.const 0x1(;y(;z;);)nop))") == [
                "(", "module", "(", "func", "$f", "i32.const", "0x1", "nop", ")", ")",
            ]
        )
        #expect(try tokens(";;a\rb") == ["b"])
        #expect(try tokens("").isEmpty)
        #expect(try tokens("$\"a b\" \"x\"") == ["$\"a b\"", "\"x\""])
    }

    @Test func `what sticks to a string is one reserved token`() throws {
        var cursor = try TextCursor(Array("\"a\"\"b\" x\"y\" \"a\"b".utf8))
        for _ in 0..<3 { #expect(try cursor.next().kind == .reserved) }
        #expect(try cursor.next().kind == .end)
    }

    @Test func `escapes of strings are decoded`() throws {
        #expect(
            try string(#""a\t\n\r\"\'\\\00\fF\u{e9}\u{1_F600}""#) == [
                0x61, 9, 10, 13, 0x22, 0x27, 0x5C, 0, 0xFF, 0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80,
            ]
        )
        #expect(try string("\"é\"") == [0xC3, 0xA9])
    }

    @Test(arguments: [
        #""\""#, "\"", #""\x""#, #""\0""#, #""\u{}""#, #""\u{110000}""#, #""\u{d800}""#, #""\u{1__0}""#,
        #""\u{1_}""#,
        #""\u{_1}""#, #""\u1""#, "\"a\nb\"", "\"\u{1}\"", "\"\u{7F}\"",
    ])
    func `malformed strings are refused`(text: String) {
        #expect(refusal(text) != nil)
    }

    @Test func `names must be UTF-8`() throws {
        var cursor = try TextCursor(Array(#""\ff" "\c3\a9""#.utf8))
        #expect(throws: TextError("malformed UTF-8 encoding", at: 0)) { try cursor.expectName() }
        #expect(try cursor.expectName() == [0xC3, 0xA9])
    }

    @Test func `sources must be UTF-8`() {
        #expect(refusal([0x3B, 0x3B, 0x80]) == "malformed UTF-8 encoding")
        #expect(refusal([0x3B, 0x3B, 0xED, 0xA0, 0x80]) == "malformed UTF-8 encoding")
        #expect(refusal("é") == "illegal character")
        #expect(refusal([0]) == "illegal character")
        #expect(refusal([0x0C]) == "illegal character")
    }

    @Test func `identifiers may be quoted`() throws {
        var cursor = try TextCursor(Array(#"$a.b $"a.b" $"\61\u{20}b""#.utf8))
        #expect(try cursor.takeIdentifier() == Array("a.b".utf8))
        #expect(try cursor.takeIdentifier() == Array("a.b".utf8))
        #expect(try cursor.takeIdentifier() == Array("a b".utf8))
        #expect(refusal("$") == "empty identifier")
        #expect(refusal("$\"\"") == "empty identifier")
        #expect(refusal("$ (@a)f") == "empty identifier")
        #expect(refusal(#"$"\ff""#) == "malformed UTF-8 encoding")
    }

    @Test func `annotations are white space`() throws {
        #expect(try tokens(#"(@a)x(@"b c" ( ; , {] "\")" (@(@) $ @x) (;);)(q)))y"#) == ["x", "y"])
        #expect(try tokens("(@custom \"x\" (after type))z") == ["z"])
    }

    @Test(arguments: [
        ("(@)", "empty annotation id"), ("(@ x)", "empty annotation id"), ("(@\"\")", "empty annotation id"),
        ("(@x ", "unclosed annotation"), ("(@x (@y )", "unclosed annotation"), ("(@x \"", "unclosed string"),
        ("(@x ü)", "illegal character"), ("(@x \u{1})", "illegal character"),
        ("(@\"\\ef\")", "malformed UTF-8 encoding"),
    ])
    func `malformed annotations are refused`(text: String, message: String) {
        #expect(refusal(text) == message)
    }

    @Test func `comments nest and must be closed`() {
        #expect(refusal("(; (; ;)") == "unclosed comment")
        #expect(refusal("(; ;)") == nil)
        #expect(
            refusal(String(repeating: "(;", count: 200_000) + String(repeating: ";)", count: 200_000)) == nil
        )
    }

    @Test func `a cursor looks ahead, expects and skips`() throws {
        var cursor = try TextCursor(Array("(module $m (a (b) c) \"s\") 12 end".utf8))
        #expect(try !cursor.takeLeftParen("modul"))
        #expect(try cursor.takeLeftParen("module"))
        #expect(try cursor.takeIdentifier() == Array("m".utf8))
        #expect(try cursor.takeLeftParen())
        try cursor.skipGroup()
        #expect(try cursor.expectString() == Array("s".utf8))
        #expect(throws: TextError.self) { try cursor.expectString() }
        try cursor.expectRightParen()
        #expect(cursor.offset == 26)
        #expect(try cursor.i32(try cursor.next()) == 12)
        #expect(try cursor.takeKeyword("end"))
        #expect(try cursor.next().kind == .end)
    }

    @Test func `errors show the line and a caret`() {
        let source = Array("(module\n  (func é\u{0}x)\r\n)".utf8)
        let error = TextError("illegal character", at: 19)
        #expect(error.position(in: source) == (2, 11))
        #expect(
            error.description(of: source, file: "a.wat")
                == "a.wat:2:11: illegal character\n  (func é\u{0}x)\n          ^"
        )
        #expect(TextError("unexpected end", at: source.count).position(in: source) == (3, 2))
        #expect(TextError("x", at: 0).description(of: [], file: "b") == "b:1:1: x\n\n^")
    }
}
