extension TextSource {
    /// Whether a token is spelled so.
    @inline(__always)
    func matches(_ token: Token, _ keyword: StaticString) -> Bool {
        let size = Int(token.end &- token.start)
        guard size == keyword.utf8CodeUnitCount else { return false }
        let text = base + Int(token.start)
        let wanted = keyword.utf8Start
        for index in 0..<size where text[index] != wanted[index] { return false }
        return true
    }

    func text(_ token: Token) -> String { String(decoding: bytes(token), as: UTF8.self) }

    func string(_ token: Token) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(token.sizeInBytes)
        StringText.decode(bytes(token), into: &result)
        return result
    }

    /// The name of an identifier, without `$`.
    func identifier(_ token: Token) -> [UInt8] {
        let name = UnsafeBufferPointer(rebasing: bytes(token).dropFirst())
        guard token.kind == .quotedIdentifier else { return Array(name) }
        var result: [UInt8] = []
        StringText.decode(name, into: &result)
        return result
    }

    func unexpected(_ token: Token, _ expected: String?) -> TextError {
        let wanted = expected.map { ", expected \($0)" } ?? ""
        guard token.kind != .end else { return TextError("unexpected end\(wanted)", at: token.offset) }
        let text = text(token)
        return TextError(
            "unexpected token \(text.count > 40 ? text.prefix(40) + "..." : text)\(wanted)",
            at: token.offset
        )
    }

    func integer(_ token: Token, bits: Int) throws(TextError) -> UInt64 {
        do { return try NumberText.integer(bytes(token), bits: bits) } catch {
            throw number(error, token, "i\(bits)")
        }
    }

    func unsigned(_ token: Token, bits: Int) throws(TextError) -> UInt64 {
        do { return try NumberText.unsigned(bytes(token), bits: bits) } catch {
            throw number(error, token, "i\(bits)")
        }
    }

    func f32(_ token: Token) throws(TextError) -> UInt32 {
        do { return try NumberText.f32(bytes(token)) } catch { throw number(error, token, "f32") }
    }

    func f64(_ token: Token) throws(TextError) -> UInt64 {
        do { return try NumberText.f64(bytes(token)) } catch { throw number(error, token, "f64") }
    }

    private func number(_ error: NumberError, _ token: Token, _ type: String) -> TextError {
        switch error {
        case .outOfRange: TextError("\(type) constant out of range: \(text(token))", at: token.offset)
        case .malformed:
            token.kind == .number
                ? TextError("unknown operator \(text(token)), expected an \(type) constant", at: token.offset)
                : unexpected(token, "an \(type) constant")
        }
    }
}
