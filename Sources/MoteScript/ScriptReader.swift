internal import MoteText

/// Reads the commands of a script one after another; modules in text are assembled as they come.
package struct ScriptReader {
    private let source: [UInt8]
    var cursor: TextCursor?
    private var isFirst = true
    /// Bare fields go on to the end.
    private var isFinished = false
    private var openingError: TextError?
    /// Offset up to which lines are counted, and the line there.
    private var counted = (offset: 0, line: 1)

    package init(_ source: [UInt8]) {
        self.source = source
        do throws(TextError) {
            cursor = try TextCursor(source)
        } catch {
            openingError = error
        }
    }

    /// The next command; nil at the end.
    package mutating func next() throws(ScriptError) -> ScriptCommand? {
        do throws(TextError) {
            if let openingError { throw openingError }
            guard var cursor else { return nil }
            defer { self.cursor = cursor }
            return try command(&cursor)
        } catch {
            throw ScriptError(error)
        }
    }

    /// The line of an offset, from 1; fast where offsets only grow.
    package mutating func line(at byteOffset: Int) -> Int {
        let end = min(byteOffset, source.count)
        if end < counted.offset { counted = (0, 1) }
        var line = counted.line
        for index in counted.offset..<max(end, counted.offset) where source[index] == 0x0A { line += 1 }
        counted = (end, line)
        return line
    }

    private mutating func command(_ cursor: inout TextCursor) throws(TextError) -> ScriptCommand? {
        guard !isFinished else { return nil }
        let opening = try cursor.look()
        guard opening.kind != .end else { return nil }
        let line = line(at: opening.offset)
        let before = cursor
        try cursor.expectLeftParen()
        let keyword = cursor.text(try cursor.next())
        if isFirst, ScriptSyntax.fields.contains(keyword) {
            cursor = before
            isFinished = true
            let module = ScriptModule(name: nil, content: ModuleAssembly.fields(&cursor), isText: true)
            return ScriptCommand(line: line, kind: .module(module))
        }
        isFirst = false
        let kind = try Self.kind(keyword, at: opening, &cursor)
        try cursor.expectRightParen()
        return ScriptCommand(line: line, kind: kind)
    }

    /// What stands behind a command's keyword, up to its right parenthesis.
    private static func kind(
        _ keyword: String,
        at opening: Token,
        _ cursor: inout TextCursor
    ) throws(TextError) -> ScriptCommand.Kind {
        switch keyword {
        case "module": return try ScriptSyntax.module(&cursor)
        case "register":
            return .register(as: try cursor.expectString(), instance: try cursor.takeIdentifier())
        case "invoke": return .action(try ScriptSyntax.action(isInvocation: true, &cursor))
        case "get": return .action(try ScriptSyntax.action(isInvocation: false, &cursor))
        case "assert_return":
            let action = try ScriptSyntax.action(&cursor)
            var patterns: [ResultPattern] = []
            while try cursor.look().kind == .leftParen { patterns.append(try ScriptSyntax.pattern(&cursor)) }
            return .assertReturn(action, patterns)
        case "assert_trap":
            if let module = try ScriptSyntax.nestedModule(&cursor) {
                return .assertModuleTrap(module, message: try ScriptSyntax.message(&cursor))
            }
            return .assertTrap(try ScriptSyntax.action(&cursor), message: try ScriptSyntax.message(&cursor))
        case "assert_exhaustion":
            let action = try ScriptSyntax.action(&cursor)
            return .assertExhaustion(action, message: try ScriptSyntax.message(&cursor))
        case "assert_exception": return .assertException(try ScriptSyntax.action(&cursor))
        default: break
        }
        guard keyword.hasPrefix("assert_"), let module = try ScriptSyntax.nestedModule(&cursor) else {
            throw TextError("unknown command \(keyword)", at: opening.offset)
        }
        let message = try ScriptSyntax.message(&cursor)
        switch keyword {
        case "assert_malformed": return .assertMalformed(module, message: message)
        case "assert_invalid": return .assertInvalid(module, message: message)
        case "assert_unlinkable": return .assertUnlinkable(module, message: message)
        case "assert_malformed_custom": return .assertMalformedCustom(module, message: message)
        case "assert_invalid_custom": return .assertInvalidCustom(module, message: message)
        default: throw TextError("unknown command \(keyword)", at: opening.offset)
        }
    }
}

extension ScriptError {
    init(_ error: TextError) { self.init(message: error.message, byteOffset: error.offset) }
}
