/// How a module is assembled.
package struct TextOptions: Sendable {
    /// Whether identifiers are written into a name section.
    package var writesNames = true

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
        throw TextError("modules cannot be assembled yet", at: cursor.offset)
    }

    /// A whole text: `(module ...)`, `(module binary "...")`, `(module quote "...")`, or bare fields.
    package static func assemble(
        _ source: [UInt8],
        options: TextOptions = TextOptions()
    ) throws(TextError) -> [UInt8] {
        throw TextError("modules cannot be assembled yet", at: 0)
    }
}
