/// How a module is assembled.
package struct TextOptions: Sendable {
    /// Whether identifiers are written into a name section.
    package var writesNames = true
    /// The name of the module, where the text is read from behind its identifier.
    package var moduleName: [UInt8]?

    package init() {}
}

/// Text modules to binary ones (spec 6 to spec 5).
package enum TextModule {
    /// One module's fields, from behind `(module $id?` (or bare, up to the end of the source) up to but not
    /// including the closing parenthesis.
    package static func assemble(
        fields cursor: inout TextCursor,
        options: TextOptions = TextOptions()
    ) throws(TextError) -> [UInt8] {
        var assembler = try Assembler(cursor.source, fieldsFrom: cursor.position, options: options)
        let bytes = try assembler.assemble()
        if let end = assembler.tokens.last { cursor.move(to: end.offset) }
        return bytes
    }

    /// A whole text: `(module ...)`, `(module binary "...")`, `(module quote "...")`, or bare fields.
    package static func assemble(
        _ source: [UInt8],
        options: TextOptions = TextOptions()
    ) throws(TextError) -> [UInt8] {
        var cursor = try TextCursor(source)
        let bytes: [UInt8]
        if try cursor.takeLeftParen("module") {
            var options = options
            if let name = try cursor.takeIdentifier() { options.moduleName = name }
            if try cursor.takeKeyword("binary") {
                bytes = try strings(&cursor)
            } else if try cursor.takeKeyword("quote") {
                bytes = try quoted(&cursor, options)
            } else {
                bytes = try assemble(fields: &cursor, options: options)
            }
            try cursor.expectRightParen()
        } else {
            bytes = try assemble(fields: &cursor, options: options)
        }
        let rest = try cursor.next()
        guard rest.kind == .end else { throw cursor.unexpected(rest) }
        return bytes
    }

    /// A module in strings; an error's offset is that of the first string, its message says the line in them.
    private static func quoted(_ cursor: inout TextCursor, _ options: TextOptions) throws(TextError)
        -> [UInt8]
    {
        let start = cursor.offset
        let text = try strings(&cursor)
        do throws(TextError) {
            return try assemble(text, options: options)
        } catch {
            let (line, column) = error.position(in: text)
            throw TextError("\(error.message), at \(line):\(column) of what is quoted", at: start)
        }
    }

    private static func strings(_ cursor: inout TextCursor) throws(TextError) -> [UInt8] {
        var bytes: [UInt8] = []
        while try cursor.look().kind == .string { bytes += try cursor.expectString() }
        return bytes
    }
}
