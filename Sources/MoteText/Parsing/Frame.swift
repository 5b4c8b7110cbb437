/// What is open around the instruction being read: a block, or a folded instruction that waits for its operands.
///
/// These stand in an array, so nesting is bounded by memory only.
struct Frame {
    enum Kind: UInt8 {
        /// The whole expression; ends before a right parenthesis.
        case sequence
        /// The parentheses of one folded expression.
        case single
        /// A folded plain instruction: operands, then itself.
        case operands
        /// A folded block, loop or try_table.
        case block
        /// A folded `if`: its condition; then what may follow `(then ...)`, and `(else ...)`.
        case condition
        case afterThen
        case afterElse
        /// Inside `(then`, `(else`, `(do`, `(catch`, `(catch_all`.
        case arm
        /// A folded `try`: what may follow its parts.
        case beforeDo
        case afterDo
        case afterCatch
        case afterCatchAll
        case afterDelegate
        /// Flat blocks, which end with `end`.
        case flatBlock
        case flatIf
        case flatElse
        case flatTry
        case flatCatch
        case flatCatchAll

        /// Whether instructions without parentheses may stand in it.
        var allowsFlat: Bool {
            switch self {
            case .sequence, .block, .arm, .flatBlock, .flatIf, .flatElse, .flatTry, .flatCatch, .flatCatchAll:
                true
            default: false
            }
        }
        /// Whether folded instructions may stand in it.
        var allowsFolded: Bool { allowsFlat || self == .operands || self == .condition || self == .single }
        var isFlatBlock: Bool {
            switch self {
            case .flatBlock, .flatIf, .flatElse, .flatTry, .flatCatch, .flatCatchAll: true
            default: false
            }
        }
    }

    var kind: Kind
    /// The branch hint of a waiting instruction; 255 without.
    var hint: UInt8 = 255
    /// Where its bytes begin among the waiting ones.
    var waitingStart = 0
    /// Byte offset of its keyword.
    var offset: Int
    /// The label of a block, as a token position; 0 without.
    var labelAt = 0
}
