/// What is wrong with a text, and where.
package struct TextError: Error, Equatable, Sendable {
    /// The spec tests' wording first, then details.
    package var message: String
    /// Byte offset into the source.
    package var offset: Int

    package init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// Line and column, both from 1, of the offset in its source.
    ///
    /// Columns count characters (Unicode scalars); a carriage return, a line feed, or both together end a line.
    package func position(in source: [UInt8]) -> (line: Int, column: Int) {
        let range = lineRange(in: source)
        var line = 1
        var index = 0
        while index < range.lowerBound {
            let byte = source[index]
            if byte == 0x0A || (byte == 0x0D && (index + 1 >= source.count || source[index + 1] != 0x0A)) {
                line += 1
            }
            index += 1
        }
        let before = source[range.lowerBound..<min(max(offset, range.lowerBound), source.count)]
        return (line, 1 + before.count(where: { $0 & 0xC0 != 0x80 }))
    }

    /// `file:line:column: message`, the line, and a caret below the place.
    package func description(of source: [UInt8], file: String) -> String {
        let (line, column) = position(in: source)
        let text = source[lineRange(in: source)]
        let before = text.prefix(max(0, min(offset, source.count) - text.startIndex))
        // Of a long line (data, generated code) only the surroundings are shown.
        let start = before.count > 80 ? before.endIndex - 60 : text.startIndex
        let end = min(text.endIndex, max(before.endIndex + 40, start + 100))
        let shown = String(decoding: source[start..<end].map { $0 == 0x09 ? 0x20 : $0 }, as: UTF8.self)
        let indent = source[start..<before.endIndex].count(where: { $0 & 0xC0 != 0x80 })
        return "\(file):\(line):\(column): \(message)\n\(shown)\n\(String(repeating: " ", count: indent))^"
    }

    private func lineRange(in source: [UInt8]) -> Range<Int> {
        let place = max(0, min(offset, source.count))
        func isEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
        let start = source[..<place].lastIndex(where: isEnd).map { $0 + 1 } ?? 0
        let end = source[place...].firstIndex(where: isEnd) ?? source.count
        return start..<max(start, end)
    }
}
