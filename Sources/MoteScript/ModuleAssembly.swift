internal import MoteText

/// Modules in text made binaries.
enum ModuleAssembly {
    typealias Assembled = Result<[UInt8], ScriptError>

    /// Behind `(module`, up to its right parenthesis, wherever in it an error is.
    static func module(_ cursor: inout TextCursor) throws(TextError) -> Assembled {
        let start = cursor
        let assembled = fields(&cursor)
        if case .success = assembled, try cursor.look().kind == .rightParen { return assembled }
        // Up to the parenthesis, which the caller takes.
        cursor = start
        var depth = 0
        while true {
            let token = try cursor.look()
            if depth == 0, token.kind == .rightParen { break }
            if token.kind == .end { throw TextError("unclosed parenthesis", at: token.offset) }
            if token.kind == .leftParen { depth += 1 }
            if token.kind == .rightParen { depth -= 1 }
            _ = try cursor.next()
        }
        if case .failure = assembled { return assembled }
        return .failure(
            ScriptError(message: "the fields do not end with the module", byteOffset: cursor.offset)
        )
    }

    /// Fields up to a right parenthesis or the end of the source.
    static func fields(_ cursor: inout TextCursor) -> Assembled {
        do throws(TextError) {
            return .success(try TextModule.assemble(fields: &cursor))
        } catch {
            return .failure(ScriptError(error))
        }
    }

    /// A whole text.
    static func text(_ source: [UInt8]) -> Assembled {
        do throws(TextError) {
            return .success(try TextModule.assemble(source))
        } catch {
            return .failure(ScriptError(error))
        }
    }
}
