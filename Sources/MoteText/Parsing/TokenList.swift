/// The tokens of one module's fields, each parenthesis with its partner, and the annotations between them.
struct TokenList {
    /// Ends with one of kind `end`, at the parenthesis that closes the module or at the end of the source.
    private(set) var tokens: [Token] = []
    private(set) var annotations: [Annotation] = []

    /// Reads from behind an offset.
    init(_ source: TextSource, from offset: Int) throws(TextError) {
        let lexer = Lexer(source)
        var position = offset
        var open: [Int] = []
        var found: [Annotation] = []
        while true {
            let token = try lexer.token(from: position, annotations: &found)
            if !found.isEmpty {
                for var annotation in found {
                    annotation.tokenIndex = tokens.count
                    annotations.append(annotation)
                }
                found.removeAll()
            }
            position = Int(token.end)
            switch token.kind {
            case .leftParen: open.append(tokens.count)
            case .rightParen:
                guard let left = open.popLast() else {
                    tokens.append(Token(kind: .end, start: token.start, end: token.start))
                    return
                }
                tokens[left].partner = UInt32(truncatingIfNeeded: tokens.count)
            case .end:
                if let left = open.last { throw TextError("unclosed parenthesis", at: tokens[left].offset) }
                tokens.append(token)
                return
            default: break
            }
            tokens.append(token)
        }
    }
}
