/// A JSON value that is only written, with its keys in the order they were given.
package indirect enum JSON {
    case null
    case boolean(Bool)
    case number(Int)
    case unsigned(UInt64)
    case real(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    /// A number, or null.
    package static func number(_ number: Int?) -> JSON { number.map { .number($0) } ?? .null }

    /// A number, or null.
    package static func unsigned(_ number: UInt64?) -> JSON { number.map { .unsigned($0) } ?? .null }

    /// A text, or null.
    package static func string(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A truth, or null.
    package static func boolean(_ value: Bool?) -> JSON { value.map { .boolean($0) } ?? .null }

    /// An array of two addresses: the first one, and the one behind the last.
    package static func range(_ range: Range<UInt64>?) -> JSON {
        range.map { .array([.unsigned($0.lowerBound), .unsigned($0.upperBound)]) } ?? .null
    }

    /// As text, without blanks.
    package var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    // Recursion ends: values are made by this program, a few levels deep.
    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .number(let number): text += String(number)
        case .unsigned(let number): text += String(number)
        case .real(let number): text += number.isFinite ? "\(number)" : "null"
        case .string(let string): Self.write(string, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let entries):
            text += "{"
            for (index, entry) in entries.enumerated() {
                if index > 0 { text += "," }
                Self.write(entry.0, to: &text)
                text += ":"
                entry.1.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}
