internal import MoteText

/// The parts of commands: modules, actions, messages.
enum ScriptSyntax {
    /// Keywords that begin a module's fields: a script may consist of them alone.
    static let fields: Set<String> = [
        "type", "rec", "import", "func", "table", "memory", "global", "export", "start", "elem", "data",
        "tag",
    ]

    /// Behind `(module`, up to its right parenthesis.
    static func module(_ cursor: inout TextCursor) throws(TextError) -> ScriptCommand.Kind {
        if try cursor.takeKeyword("definition") { return .definition(try content(&cursor)) }
        if try cursor.takeKeyword("instance") {
            return .instance(name: try cursor.takeIdentifier(), definition: try cursor.takeIdentifier())
        }
        return .module(try content(&cursor))
    }

    /// `(module ...)` inside an assertion; nil where something else follows.
    static func nestedModule(_ cursor: inout TextCursor) throws(TextError) -> ScriptModule? {
        guard try cursor.takeLeftParen("module") else { return nil }
        // An assertion only loads, so a definition is the same to it.
        _ = try cursor.takeKeyword("definition")
        let module = try content(&cursor)
        try cursor.expectRightParen()
        return module
    }

    /// `$name? binary "..."`, `$name? quote "..."` or `$name?` and fields.
    private static func content(_ cursor: inout TextCursor) throws(TextError) -> ScriptModule {
        let name = try cursor.takeIdentifier()
        if try cursor.takeKeyword("binary") {
            return ScriptModule(name: name, content: .success(try strings(&cursor)), isText: false)
        }
        if try cursor.takeKeyword("quote") {
            let text = ModuleAssembly.text(try strings(&cursor))
            return ScriptModule(name: name, content: text, isText: true)
        }
        return ScriptModule(name: name, content: try ModuleAssembly.module(&cursor), isText: true)
    }

    private static func strings(_ cursor: inout TextCursor) throws(TextError) -> [UInt8] {
        var bytes: [UInt8] = []
        while try cursor.look().kind == .string { bytes += cursor.string(try cursor.next()) }
        return bytes
    }

    /// The message of an assertion; some assertions have none.
    static func message(_ cursor: inout TextCursor) throws(TextError) -> String {
        guard try cursor.look().kind == .string else { return "" }
        return String(decoding: try cursor.expectString(), as: UTF8.self)
    }

    /// `(invoke ...)` or `(get ...)`.
    static func action(_ cursor: inout TextCursor) throws(TextError) -> ScriptAction {
        let action: ScriptAction
        if try cursor.takeLeftParen("invoke") {
            action = try self.action(isInvocation: true, &cursor)
        } else if try cursor.takeLeftParen("get") {
            action = try self.action(isInvocation: false, &cursor)
        } else {
            throw cursor.unexpected(try cursor.look(), "an action")
        }
        try cursor.expectRightParen()
        return action
    }

    /// Behind `(invoke` or `(get`, up to its right parenthesis.
    static func action(isInvocation: Bool, _ cursor: inout TextCursor) throws(TextError) -> ScriptAction {
        let instance = try cursor.takeIdentifier()
        let field = try cursor.expectString()
        var arguments: [ScriptValue] = []
        while try cursor.look().kind == .leftParen { arguments.append(try value(&cursor)) }
        return ScriptAction(
            isInvocation: isInvocation,
            instance: instance,
            field: field,
            arguments: arguments
        )
    }
}
