import Foundation

/// One of the suite's scripts as `scripts/spec-lines` writes them (that script describes the lines).
struct Script: Sendable {
    let name: String
    let commands: [Command]
    /// The folder with its modules.
    let folder: URL

    init(contentsOf file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        folder = file.deletingPathExtension()
        let text = try String(contentsOf: file, encoding: .utf8)
        commands = try text.split(separator: "\n").map { try Command($0) }
    }
}

/// A line that does not follow the grammar.
struct BadLine: Error {
    let text: String
}

/// One command of a script.
struct Command: Sendable {
    enum Kind: Sendable {
        case module(name: Name?, file: String)
        case definition(name: Name?, file: String)
        case instance(name: Name?, definition: Name?)
        case register(as: Name, name: Name?)
        case action(Action)
        case returning(Action, [Expectation])
        case trap(text: String, Action)
        case invalid(file: String)
        case malformed(file: String)
        case unlinkable(text: String, file: String)
        case uninstantiable(text: String, file: String)
        /// A malformed text, which only a text parser can refuse.
        case text
    }

    let line: Int
    let kind: Kind

    init(_ text: Substring) throws {
        var words = Words(text)
        let kind = try words.next()
        guard let line = Int(try words.next()) else { throw BadLine(text: String(text)) }
        self.line = line
        switch kind {
        case "module": self.kind = .module(name: try words.name(), file: String(try words.next()))
        case "definition": self.kind = .definition(name: try words.name(), file: String(try words.next()))
        case "instance": self.kind = .instance(name: try words.name(), definition: try words.name())
        case "register": self.kind = .register(as: try words.name() ?? [], name: try words.name())
        case "action": self.kind = .action(try words.action())
        case "return": self.kind = .returning(try words.action(), try words.expectations())
        case "trap", "exhaustion": self.kind = .trap(text: try words.string(), try words.action())
        case "invalid":
            _ = try words.string()
            self.kind = .invalid(file: String(try words.next()))
        case "malformed":
            _ = try words.string()
            self.kind = .malformed(file: String(try words.next()))
        case "unlinkable": self.kind = .unlinkable(text: try words.string(), file: String(try words.next()))
        case "uninstantiable":
            self.kind = .uninstantiable(text: try words.string(), file: String(try words.next()))
        case "text": self.kind = .text
        default: throw BadLine(text: String(text))
        }
    }
}

/// A name of the script or the module: bytes, because strings that look alike are equal to Swift.
typealias Name = [UInt8]

/// A call of an export, or a look at a global.
struct Action: Sendable {
    let isInvocation: Bool
    /// The instance; nil: the current one.
    let instance: Name?
    let field: Name
    let arguments: [Argument]
}

enum Argument: Sendable {
    case bits(UInt64)
    /// The host's reference with a number.
    case external(UInt64)
}

enum Expectation: Sendable {
    case bits32(UInt32)
    case bits64(UInt64)
    case canonicalNaN32
    case canonicalNaN64
    case arithmeticNaN32
    case arithmeticNaN64
    case null
    case notNull
    case external(UInt64)
}

/// The words of a line, from the left.
private struct Words {
    private let line: Substring
    private var rest: ArraySlice<Substring>

    init(_ line: Substring) {
        self.line = line
        rest = line.split(separator: " ")[...]
    }

    mutating func next() throws -> Substring {
        guard let word = rest.popFirst() else { throw BadLine(text: String(line)) }
        return word
    }

    mutating func name() throws -> Name? {
        let word = try next()
        if word == "-" { return nil }
        if word == "%" { return [] }
        var bytes: Name = []
        var source = word.utf8.makeIterator()
        while let byte = source.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = source.next(), let low = source.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { throw BadLine(text: String(line)) }
            bytes.append(value)
        }
        return bytes
    }

    mutating func string() throws -> String { String(decoding: try name() ?? [], as: UTF8.self) }

    mutating func action() throws -> Action {
        let isInvocation = try next() == "invoke"
        let instance = try name()
        let field = try name() ?? []
        var arguments: [Argument] = []
        while let word = rest.first, word != "=" { arguments.append(try argument(word)) }
        return Action(isInvocation: isInvocation, instance: instance, field: field, arguments: arguments)
    }

    private mutating func argument(_ word: Substring) throws -> Argument {
        rest.removeFirst()
        let (type, value) = try parts(word)
        if value == "null" { return .bits(0) }
        switch type {
        case "externref": return .external(UInt64(try bits(value)))
        case "i32", "f32", "i64", "f64": return .bits(try bits(value))
        default: throw BadLine(text: String(line))
        }
    }

    mutating func expectations() throws -> [Expectation] {
        guard try next() == "=" else { throw BadLine(text: String(line)) }
        var results: [Expectation] = []
        while let word = rest.popFirst() { results.append(try expectation(word)) }
        return results
    }

    private func expectation(_ word: Substring) throws -> Expectation {
        let (type, value) = try parts(word)
        switch (type, value) {
        case (_, "null"): return .null
        case (_, "any"): return .notNull
        case ("f32", "canonical"): return .canonicalNaN32
        case ("f64", "canonical"): return .canonicalNaN64
        case ("f32", "arithmetic"): return .arithmeticNaN32
        case ("f64", "arithmetic"): return .arithmeticNaN64
        case ("i32", _), ("f32", _): return .bits32(UInt32(truncatingIfNeeded: try bits(value)))
        case ("i64", _), ("f64", _): return .bits64(try bits(value))
        case ("externref", _): return .external(try bits(value))
        default: throw BadLine(text: String(line))
        }
    }

    private func parts(_ word: Substring) throws -> (type: Substring, value: Substring) {
        let parts = word.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw BadLine(text: String(line)) }
        return (parts[0], parts[1])
    }

    private func bits(_ value: Substring) throws -> UInt64 {
        if let bits = UInt64(value) { return bits }
        guard let bits = Int64(value) else { throw BadLine(text: String(line)) }
        return UInt64(bitPattern: bits)
    }
}
