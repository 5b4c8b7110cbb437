internal import MoteBinary

/// Finds tokens in a source (spec 6.3, "Lexical Format"), without state of its own.
struct Lexer {
    let base: UnsafePointer<UInt8>
    let count: Int

    init(_ source: TextSource) {
        base = source.base
        count = source.count
    }

    /// Whether a byte may be in keywords, numbers and identifiers.
    @inline(__always)
    static func isIdentifierByte(_ byte: UInt8) -> Bool {
        // Bits by byte: letters, digits and !#$%&'*+-./:<=>?@\^_`|~
        let mask: UInt64 = byte < 64 ? 0xF7FF_ECFA_0000_0000 : byte < 128 ? 0x57FF_FFFF_D7FF_FFFF : 0
        return mask >> UInt64(byte & 63) & 1 != 0
    }

    /// The first token at or behind an offset; annotations worth knowing that precede it are appended to a list.
    func token(from offset: Int, annotations: inout [Annotation]) throws(TextError) -> Token {
        var position = offset
        while true {
            position = try endOfSpace(from: position)
            guard base[position] == UInt8(ascii: "("), base[position + 1] == UInt8(ascii: "@") else { break }
            position = try endOfAnnotation(from: position, annotations: &annotations)
        }
        return try tokenHere(position, isLenient: false)
    }

    /// The first token at or behind an offset, where an annotation is a parenthesis like others.
    func rawToken(from offset: Int) throws(TextError) -> Token {
        try tokenHere(try endOfSpace(from: offset), isLenient: true)
    }

    @inline(__always)
    private func token(_ kind: Token.Kind, _ start: Int, _ end: Int) -> Token {
        Token(kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
    }

    private func tokenHere(_ start: Int, isLenient: Bool) throws(TextError) -> Token {
        let byte = base[start]
        switch byte {
        case UInt8(ascii: "("): return token(.leftParen, start, start + 1)
        case UInt8(ascii: ")"): return token(.rightParen, start, start + 1)
        case UInt8(ascii: "\""):
            let end = try StringText.end(base, from: start, sourceCount: count)
            return try finish(.string, start, end)
        case UInt8(ascii: "$"): return try identifier(start, isLenient: isLenient)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return try finish(.keyword, start, start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return try finish(.number, start, start)
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
            UInt8(ascii: "}"):
            return token(.reserved, start, start + 1)
        case 0 where start >= count: return token(.end, count, count)
        default:
            guard Self.isIdentifierByte(byte) else { throw TextError("illegal character", at: start) }
            return try finish(.reserved, start, start)
        }
    }

    private func identifier(_ start: Int, isLenient: Bool) throws(TextError) -> Token {
        if base[start + 1] == UInt8(ascii: "\"") {
            let end = try StringText.end(base, from: start + 1, sourceCount: count)
            let result = try finish(.quotedIdentifier, start, end)
            guard result.kind == .quotedIdentifier, !isLenient else { return result }
            if result.sizeInBytes == 3 { throw TextError("empty identifier", at: start) }
            try checkName(UnsafeBufferPointer(start: base + start + 1, count: end - start - 1), at: start)
            return result
        }
        let result = try finish(.identifier, start, start + 1)
        if result.sizeInBytes == 1, !isLenient { throw TextError("empty identifier", at: start) }
        return result
    }

    private func checkName(_ literal: UnsafeBufferPointer<UInt8>, at offset: Int) throws(TextError) {
        var bytes: [UInt8] = []
        StringText.decode(literal, into: &bytes)
        guard UTF8Check.accepts(bytes) else {
            throw TextError("malformed UTF-8 encoding", at: offset)
        }
    }

    /// Takes all bytes that stick to a token; a string or anything behind a string makes it a reserved one.
    private func finish(_ kind: Token.Kind, _ start: Int, _ end: Int) throws(TextError) -> Token {
        var position = end
        var result = kind
        while true {
            let byte = base[position]
            if Self.isIdentifierByte(byte) {
                if kind == .string || kind == .quotedIdentifier { result = .reserved }
                position += 1
            } else if byte == UInt8(ascii: "\"") {
                result = .reserved
                position = try StringText.end(base, from: position, sourceCount: count)
            } else {
                return token(result, start, position)
            }
        }
    }

    // MARK: White space

    /// The offset of the first byte that is neither white space nor in a comment.
    private func endOfSpace(from offset: Int) throws(TextError) -> Int {
        var position = offset
        while true {
            switch base[position] {
            case 0x20, 0x0A, 0x09, 0x0D: position += 1
            case UInt8(ascii: ";") where base[position + 1] == UInt8(ascii: ";"):
                position += 2
                while position < count, base[position] != 0x0A, base[position] != 0x0D { position += 1 }
            case UInt8(ascii: "(") where base[position + 1] == UInt8(ascii: ";"):
                position = try endOfComment(from: position)
            default: return position
            }
        }
    }

    private func endOfComment(from start: Int) throws(TextError) -> Int {
        var depth = 1
        var position = start + 2
        while depth > 0 {
            guard position < count else { throw TextError("unclosed comment", at: start) }
            if base[position] == UInt8(ascii: "("), base[position + 1] == UInt8(ascii: ";") {
                depth += 1
                position += 2
            } else if base[position] == UInt8(ascii: ";"), base[position + 1] == UInt8(ascii: ")") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        }
        return position
    }

    // MARK: Annotations

    private func endOfAnnotation(
        from start: Int,
        annotations: inout [Annotation]
    ) throws(TextError) -> Int {
        let idStart = start + 2
        var id: [UInt8] = []
        var position = idStart
        if base[position] == UInt8(ascii: "\"") {
            position = try StringText.end(base, from: position, sourceCount: count)
            let literal = UnsafeBufferPointer(start: base + idStart, count: position - idStart)
            try checkName(literal, at: idStart)
            StringText.decode(literal, into: &id)
        } else {
            while Self.isIdentifierByte(base[position]) { position += 1 }
            id.append(contentsOf: UnsafeBufferPointer(start: base + idStart, count: position - idStart))
        }
        guard !id.isEmpty else { throw TextError("empty annotation id", at: start) }
        let contents = position
        var depth = 1
        while depth > 0 {
            let inner = try rawToken(from: position)
            switch inner.kind {
            case .leftParen: depth += 1
            case .rightParen: depth -= 1
            case .end: throw TextError("unclosed annotation", at: start)
            default: break
            }
            position = Int(inner.end)
        }
        if let kind = Self.annotationKind(id) {
            annotations.append(Annotation(kind: kind, start: start, contents: contents, end: position))
        }
        return position
    }

    private static func annotationKind(_ id: [UInt8]) -> Annotation.Kind? {
        if id.elementsEqual("custom".utf8) { return .custom }
        if id.elementsEqual("name".utf8) { return .name }
        return id.elementsEqual("metadata.code.branch_hint".utf8) ? .branchHint : nil
    }
}
