import Foundation
import MoteScript

/// The table of the suite's README: how many commands of each kind each folder has.
enum SuiteTable {
    struct Row {
        var folder: String
        var files: Int
        /// By column; without zeroes.
        var counts: [String: Int]
    }

    static func rows() throws -> [Row] {
        let text = String(decoding: try ScriptFiles.read(Suite.folder + "/README.md"), as: UTF8.self)
        var columns: [String] = []
        var rows: [Row] = []
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.first == "folder", cells.last == "all" {
                columns = cells
            } else if cells.count == columns.count, let files = Int(cells[1]), !cells[0].hasPrefix("*") {
                var counts: [String: Int] = [:]
                for index in 2..<cells.count - 1 {
                    if let count = Int(cells[index]), count > 0 { counts[columns[index]] = count }
                }
                rows.append(Row(folder: cells[0], files: files, counts: counts))
            }
        }
        return rows
    }

    /// The column that counts commands with a keyword.
    static func column(of keyword: String) -> String {
        switch keyword {
        case "invoke", "get", "register": "action/register"
        case let module where module.hasPrefix("module"): "module"
        case let custom where custom.hasSuffix("_custom"): "custom"
        default: String(keyword.dropFirst("assert_".count))
        }
    }
}
