/// A picture of everything that a report tells: the global heap by region and by owner, linear memories with their parts
/// and touched pages, operand stacks, code and heaps.
///
/// Each bar is to scale, and the scale is drawn below it. What would be too narrow to see is drawn wider, with a mark that
/// says so. Every number is there as text too. Files need nothing beside them, and follow the reader's light or dark
/// scheme.
public struct MemoryMap: Sendable {
    /// What the picture is of, as its heading says it.
    public let title: String
    let panels: [Panel]
    let summary: String

    /// A picture of a report; `title` is its heading.
    public init(_ report: MemoryReport, title: String = "Memory map") {
        self.title = title
        panels = Panel.all(of: report)
        summary = Self.summary(of: report)
    }

    private static func summary(of report: MemoryReport) -> String {
        var text = "\(ByteCount.text(report.current)) in use, at most \(ByteCount.text(report.peak))"
        if let pool = report.pool {
            text += ", in a pool of \(ByteCount.text(pool.size))"
        }
        return text + "."
    }
}

extension MemoryMap {
    /// One part of the picture with a heading of its own.
    struct Panel: Sendable {
        var title: String
        /// One sentence below the heading.
        var subtitle: String
        var bars: [Bar]
        /// Sentences below the bars.
        var notes: [String] = []
    }

    /// A bar: segments side by side, without gaps.
    struct Bar: Sendable {
        var title: String
        var segments: [Segment]
        /// What its ends are called.
        var ends: (String, String)
        /// Bytes from the left end to where something is marked.
        var mark: (position: UInt64, label: String)?
        /// Touched pages, drawn below it.
        var touched: Strip?
        /// Bytes between ticks at its lower edge; nil for none.
        var tick: UInt64?

        var length: UInt64 { segments.last?.range.upperBound ?? 0 }
    }

    /// Pages of the operating system below a bar.
    struct Strip: Sendable {
        var pageSize: UInt64
        /// Touched bytes, in the bar's bytes; ascending.
        var runs: [Range<UInt64>]
        var isExact: Bool
        /// What it shows, in numbers.
        var text: String
    }

    /// A piece of a bar, and a row of the table below it.
    struct Segment: Sendable {
        var name: String
        var kind: Kind
        var range: Range<UInt64>
        /// What of it is or was in use; nil draws all of it as in use.
        var use: Use?
        /// Whether its addresses mean something.
        var showsAddresses = false
        var now: Int?
        var peak: Int?
        var note: String?
    }

    /// How much of a segment is in use.
    struct Use: Sendable {
        var now: UInt64
        var peak: UInt64
        /// Whether it fills from the right end.
        var growsDown = false
    }

    /// What a segment is, which is its colour.
    enum Kind: String, Sendable, CaseIterable {
        case structures, module, bytes, code, scratch, globals, tables, memory, stack, collected, wasi,
            appHeap
        case data, auxiliary, libc, store, runtime, other, overhead, free, gone

        /// Hue in degrees and saturation in percent.
        var tint: (hue: Int, saturation: Int) {
            switch self {
            case .structures, .runtime: (225, 55)
            case .module: (190, 60)
            case .bytes: (170, 35)
            case .code: (48, 75)
            case .scratch: (0, 30)
            case .globals: (335, 55)
            case .tables: (310, 45)
            case .memory, .libc: (145, 45)
            case .stack, .auxiliary: (22, 75)
            case .collected, .store: (262, 50)
            case .wasi: (85, 45)
            case .appHeap: (285, 50)
            case .data: (210, 65)
            case .other, .overhead, .free, .gone: (220, 6)
            }
        }
    }
}

extension MemoryMap {
    /// Where the bytes of a bar lie on paper: to scale, but for segments that would be too narrow to see.
    struct Scale {
        struct Piece {
            var range: Range<UInt64>
            var start: Double
            var end: Double
            /// Whether it is drawn wider than to scale.
            var isWidened: Bool
        }

        let pieces: [Piece]
        let width: Double
        /// Bytes of a pixel, where the bar is to scale.
        let bytesPerPixel: Double

        init(_ bar: Bar, width: Double, least: Double = 20) {
            self.width = width
            let lengths = bar.segments.map { Double($0.range.byteCount) }
            // What is empty has no place in the bar.
            let least = min(least, width / Double(max(1, lengths.count { $0 > 0 })))
            var isWidened = [Bool](repeating: false, count: lengths.count)
            var perByte = 0.0
            // Each round widens at least one segment, or is the last.
            while true {
                var left = width
                var bytes = 0.0
                for (index, length) in lengths.enumerated() {
                    if isWidened[index] { left -= least } else { bytes += length }
                }
                perByte = bytes > 0 ? left / bytes : 0
                let more = lengths.indices.filter {
                    lengths[$0] > 0 && !isWidened[$0] && lengths[$0] * perByte < least - 1e-6
                }
                if more.isEmpty { break }
                for index in more { isWidened[index] = true }
            }
            var pieces: [Piece] = []
            var position = 0.0
            for (index, segment) in bar.segments.enumerated() {
                let size = isWidened[index] ? least : lengths[index] * perByte
                pieces.append(
                    Piece(
                        range: segment.range,
                        start: position,
                        end: position + size,
                        isWidened: isWidened[index]
                    )
                )
                position += size
            }
            self.pieces = pieces
            bytesPerPixel = perByte > 0 ? 1 / perByte : 0
        }

        /// Where a byte lies, in pixels from the left end.
        func position(of byte: UInt64) -> Double {
            for piece in pieces where byte <= piece.range.upperBound && !piece.range.isEmpty {
                guard byte >= piece.range.lowerBound else { return piece.start }
                let part = Double(byte - piece.range.lowerBound) / Double(piece.range.byteCount)
                return piece.start + part * (piece.end - piece.start)
            }
            return pieces.last?.end ?? 0
        }
    }
}
