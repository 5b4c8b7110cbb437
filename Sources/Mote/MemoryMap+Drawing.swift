// A bar as SVG elements. Nothing in it is text that could be longer than the room it has: names stand in segments that
// are wide enough, numbers of the table's rows in the others.

extension MemoryMap.Bar {
    /// Heights in pixels, from the top.
    private enum Row {
        static let mark = 18.0
        static let bar = 36.0
        static let strip = 12.0
        static let axis = 21.0
        static let scale = 20.0
    }

    private var barTop: Double { mark == nil ? 2 : Row.mark }
    private var stripTop: Double { barTop + Row.bar + 3 }
    private var axisTop: Double { touched == nil ? barTop + Row.bar : stripTop + Row.strip }

    /// Pixels that the drawing needs.
    var height: Double { axisTop + Row.axis + Row.scale + 2 }

    /// The bar with marks, touched pages, ends and scale, from the origin to the right and down.
    func drawing(width: Double) -> String {
        let scale = MemoryMap.Scale(self, width: width)
        var text = ""
        for (index, piece) in scale.pieces.enumerated() where !piece.range.isEmpty {
            text += drawing(of: segments[index], key: index + 1, at: piece)
        }
        text += ticks(scale)
        if let touched { text += drawing(of: touched, scale) }
        if let mark { text += drawing(of: mark, scale) }
        let y = axisTop + 15
        text += SVG.text(ends.0, x: 0, y: y, anchor: "start", kind: "axis")
        text += SVG.text(ends.1, x: width, y: y, anchor: "end", kind: "axis")
        return text + scaleBar(scale)
    }

    private func drawing(
        of segment: MemoryMap.Segment,
        key: Int,
        at piece: MemoryMap.Scale.Piece
    ) -> String {
        let width = piece.end - piece.start
        let kind = segment.kind.rawValue
        var text = "<g class=\"\(kind)\"><title>\(SVG.escaped(segment.tooltip))</title>"
        let base = segment.use == nil ? "full" : "room"
        text += SVG.rectangle(piece.start, barTop, width, Row.bar, base)
        if let use = segment.use {
            text += fill(use.peak, "high", use, segment, piece)
            text += fill(use.now, "full", use, segment, piece)
        }
        text += SVG.rectangle(piece.start, barTop, width, Row.bar, "edge")
        let center = piece.start + width / 2
        let label = "\(key) \(segment.name)"
        let isNamed = SVG.width(of: label) + 10 <= width
        text += SVG.text(
            isNamed ? label : String(key),
            x: center,
            y: barTop + Row.bar / 2 + 4,
            anchor: "middle",
            kind: "label"
        )
        if piece.isWidened {
            // Two strokes across the lower edge.
            let y = barTop + Row.bar - 2
            for x in [center - 3.5, center + 0.5] {
                text += "<path class=\"break\" d=\"M\(SVG.number(x)) \(SVG.number(y))l3 -6\"/>"
            }
        }
        return text + "</g>"
    }

    private func fill(
        _ bytes: UInt64,
        _ kind: String,
        _ use: MemoryMap.Use,
        _ segment: MemoryMap.Segment,
        _ piece: MemoryMap.Scale.Piece
    ) -> String {
        guard bytes > 0, !segment.range.isEmpty else { return "" }
        let width = piece.end - piece.start
        let part = min(1, Double(bytes) / Double(segment.range.byteCount)) * width
        // A pixel at least: what was used at all is to be seen.
        let shown = min(width, max(1, part))
        return SVG.rectangle(use.growsDown ? piece.end - shown : piece.start, barTop, shown, Row.bar, kind)
    }

    /// Ticks between pages as guests count them, where they are far enough apart.
    private func ticks(_ scale: MemoryMap.Scale) -> String {
        guard let tick, tick > 1, length / tick <= 256, scale.bytesPerPixel > 0,
            Double(tick) / scale.bytesPerPixel >= 6
        else { return "" }
        var path = ""
        var address = tick
        while address < length {
            let x = scale.position(of: address)
            path += "M\(SVG.number(x)) \(SVG.number(axisTop))v5"
            address += tick
        }
        return path.isEmpty ? "" : "<path class=\"tick\" d=\"\(path)\"/>"
    }

    private func drawing(of strip: MemoryMap.Strip, _ scale: MemoryMap.Scale) -> String {
        var text = "<g class=\"touched\"><title>\(SVG.escaped(strip.text))</title>"
        text += SVG.rectangle(0, stripTop, scale.width, Row.strip, "none")
        // Pixel by pixel how much of it was touched, in quarters, so that a large memory makes no large file.
        let columns = max(1, Int(scale.width.rounded(.up)))
        var covered = [Double](repeating: 0, count: columns)
        for run in strip.runs where !run.isEmpty {
            var start = scale.position(of: run.lowerBound)
            var end = scale.position(of: run.upperBound)
            if end - start < 1 {
                let center = min(max((start + end) / 2, 0.5), scale.width - 0.5)
                (start, end) = (center - 0.5, center + 0.5)
            }
            var column = min(columns - 1, max(0, Int(start)))
            while column < columns, Double(column) < end {
                covered[column] += max(0, min(end, Double(column + 1)) - max(start, Double(column)))
                column += 1
            }
        }
        let levels = covered.map { $0 <= 0.01 ? 0 : min(4, max(1, Int(($0 * 4).rounded()))) }
        var start = 0
        while start < columns {
            let level = levels[start]
            var end = start
            while end < columns, levels[end] == level { end += 1 }
            if level > 0 {
                let width = min(Double(end), scale.width) - Double(start)
                text += SVG.rectangle(Double(start), stripTop, width, Row.strip, "t\(level)")
            }
            start = end
        }
        // Borders of the operating system's pages, where they are far enough apart.
        if scale.bytesPerPixel > 0, Double(strip.pageSize) / scale.bytesPerPixel >= 5 {
            var path = ""
            var address = strip.pageSize
            while address < length {
                path +=
                    "M\(SVG.number(scale.position(of: address))) \(SVG.number(stripTop))v\(SVG.number(Row.strip))"
                address += strip.pageSize
            }
            if !path.isEmpty { text += "<path class=\"grid\" d=\"\(path)\"/>" }
        }
        return text + SVG.rectangle(0, stripTop, scale.width, Row.strip, "edge") + "</g>"
    }

    private func drawing(of mark: (position: UInt64, label: String), _ scale: MemoryMap.Scale) -> String {
        let x = min(max(scale.position(of: mark.position), 1), scale.width - 1)
        let room = SVG.width(of: mark.label) + 6
        let anchor = x + room <= scale.width ? "start" : "end"
        return "<path class=\"mark\" d=\"M\(SVG.number(x)) 3V\(SVG.number(barTop + Row.bar + 2))\"/>"
            + SVG.text(mark.label, x: anchor == "start" ? x + 4 : x - 4, y: 12, anchor: anchor, kind: "axis")
    }

    /// A length of a round number of bytes, as it is in all segments that are not wider than to scale.
    private func scaleBar(_ scale: MemoryMap.Scale) -> String {
        guard scale.bytesPerPixel > 0 else { return "" }
        var bytes = 1
        while Double(bytes * 2) / scale.bytesPerPixel <= 120, bytes < 1 << 60 { bytes *= 2 }
        let width = Double(bytes) / scale.bytesPerPixel
        let y = axisTop + Row.axis + 8
        var text =
            "<path class=\"scale\" d=\"M0.5 \(SVG.number(y - 4))v8M0.5 \(SVG.number(y))h\(SVG.number(width))"
            + "M\(SVG.number(width + 0.5)) \(SVG.number(y - 4))v8\"/>"
        text += SVG.text(
            ByteCount.text(bytes),
            x: width + 6,
            y: y + 4,
            anchor: "start",
            kind: "axis"
        )
        return text
    }
}

extension MemoryMap.Segment {
    /// All that is known of it, in a line.
    var tooltip: String {
        var parts = [name + ": \(ByteCount.grouped(range.byteCount)) bytes"]
        if showsAddresses { parts.append(addresses) }
        if let now { parts.append("now \(ByteCount.grouped(now))") }
        if let peak { parts.append("peak \(ByteCount.grouped(peak))") }
        if let note { parts.append(note) }
        return parts.joined(separator: ", ")
    }

    /// Its first address, and the one behind its last.
    var addresses: String {
        "0x" + String(range.lowerBound, radix: 16) + " to 0x" + String(range.upperBound, radix: 16)
    }
}

/// Pieces of SVG.
enum SVG {
    static func rectangle(
        _ x: Double,
        _ y: Double,
        _ width: Double,
        _ height: Double,
        _ kind: String
    ) -> String {
        "<rect class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
            + "height=\"\(number(height))\"/>"
    }

    static func text(_ text: String, x: Double, y: Double, anchor: String, kind: String) -> String {
        let anchor = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
        return
            "<text class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\"\(anchor)>\(escaped(text))</text>"
    }

    /// At most two digits behind the point.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
    }

    /// About how wide a text is at 12 pixels, rather too much than too little.
    static func width(of text: String) -> Double { Double(text.count) * 7.2 }

    /// Text between tags and in attributes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
