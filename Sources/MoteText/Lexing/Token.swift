/// A lexical token: its kind and where it lies in the source.
package struct Token: Equatable, Sendable {
    /// What a token is by its first bytes.
    package enum Kind: UInt8, Sendable {
        case leftParen
        case rightParen
        /// Begins with a lower-case letter; `nan` and `inf` are keywords too.
        case keyword
        /// Begins with a digit or a sign.
        case number
        /// `$name`.
        case identifier
        /// `$"name"`.
        case quotedIdentifier
        case string
        /// Anything else that is lexically possible, and never right.
        case reserved
        case end
    }

    package var kind: Kind
    /// Byte offset of the first byte.
    package var start: UInt32
    /// Byte offset behind the last byte.
    package var end: UInt32
    /// Of a left parenthesis in a ``TokenList``: position of the right one that closes it.
    var partner: UInt32 = 0

    package var offset: Int { Int(start) }
    package var sizeInBytes: Int { Int(end) - Int(start) }
    package var isIdentifier: Bool { kind == .identifier || kind == .quotedIdentifier }
    /// A keyword or a number.
    package var isAtom: Bool { kind == .keyword || kind == .number }
}

/// An annotation that the assembler understands; all others are white space.
struct Annotation {
    enum Kind {
        case custom
        case name
        case branchHint

        var text: String {
            switch self {
            case .custom: "@custom"
            case .name: "@name"
            case .branchHint: "@metadata.code.branch_hint"
            }
        }
    }

    var kind: Kind
    /// Byte offset of its left parenthesis.
    var start: Int
    /// Byte offset behind its id.
    var contents: Int
    /// Byte offset behind its right parenthesis.
    var end: Int
    /// Position of the token that it stands before.
    var tokenIndex = 0

    func misplaced() -> TextError { TextError("misplaced \(kind.text) annotation", at: start) }
}
