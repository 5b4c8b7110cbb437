/// A constant text of the runtime: bytes of UTF-8 that live as long as the process.
package struct Text: ExpressibleByStringLiteral, @unchecked Sendable {
    /// The first byte; that of a literal has a NUL behind the last.
    package let start: UnsafePointer<UInt8>
    package let count: Int

    @inlinable
    @inline(__always)
    package init(stringLiteral text: StaticString) {
        self.init(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    @usableFromInline
    @inline(__always)
    init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// A literal as the C library wants it.
    package var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
    }
}

#if !hasFeature(Embedded)
extension Text: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
#endif

/// Texts by number, a line each, the first for 0.
///
/// Where an enumeration has many of them, a switch is longer than what it returns.
package struct TextLines: Sendable {
    private let lines: Text

    package init(_ lines: Text) { self.lines = lines }

    /// A line without its end; empty where there are fewer.
    @inline(never)
    package func line(_ number: Int) -> Text {
        var start = 0
        var left = number
        var end = 0
        while end < lines.count {
            if lines.start[end] == UInt8(ascii: "\n") {
                if left == 0 { break }
                left &-= 1
                start = end &+ 1
            }
            end &+= 1
        }
        return left == 0 ? Text(start: lines.start + start, count: end &- start) : ""
    }
}
