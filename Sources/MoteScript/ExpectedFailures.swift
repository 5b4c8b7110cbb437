/// A checked list of commands that have to fail: `SCRIPT:LINE reason` a line, `#` begins a comment.
///
/// SCRIPT is the end of a path: `threads/memory.wast`. The list is wrong in both directions: a listed command that
/// passes is a failure too.
package struct ExpectedFailures: Sendable {
    private var reasons: [String: [Int: String]] = [:]

    /// An empty list.
    package init() {}

    /// A list's text; throws the first line that does not follow the grammar.
    package init(_ text: String) throws(BadLine) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let colon = parts[0].lastIndex(of: ":"),
                let number = Int(parts[0][parts[0].index(after: colon)...])
            else { throw BadLine(text: String(line)) }
            reasons[String(parts[0][..<colon]), default: [:]][number] = String(parts[1])
        }
    }

    /// A line that is not `SCRIPT:LINE reason`.
    package struct BadLine: Error {
        package var text: String
    }

    /// The scripts of the list.
    package var scripts: [String] { reasons.keys.sorted() }

    /// How many commands are listed.
    package var count: Int { reasons.values.reduce(0) { $0 + $1.count } }

    func lines(ofScript path: String) -> [Int: String] {
        for (script, lines) in reasons where path == script || path.hasSuffix("/" + script) { return lines }
        return [:]
    }
}
