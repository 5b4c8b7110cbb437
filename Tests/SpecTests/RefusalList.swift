import Foundation

/// The checked-in list of commands that are refused for a feature: `SCRIPT FEATURE COUNT` a line.
enum RefusalList {
    static func read() throws -> [String: [String: Int]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("refused.txt")
        var list: [String: [String: Int]] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            guard words.count == 3, let count = Int(words[2]) else { throw BadLine(text: String(line)) }
            list[String(words[0]), default: [:]][String(words[1])] = count
        }
        return list
    }

    /// One line for each feature that a script is refused for.
    static func lines(_ script: String, _ refused: [String: Int]) -> [String] {
        refused.sorted { $0.key < $1.key }.map { "\(script) \($0.key) \($0.value)" }
    }
}
