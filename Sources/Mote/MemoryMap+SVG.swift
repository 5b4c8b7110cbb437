extension MemoryMap {
    /// A picture of its own, 1,152 pixels wide, with every number as text below its bar.
    public var svg: String {
        let width = 1120.0
        var y = 34.0
        var body = SVG.text(title, x: 0, y: 24, anchor: "start", kind: "title")
        func line(_ text: String, _ kind: String, indent: Double = 0, height: Double = 17) {
            for part in Self.lines(text, characters: Int((width - indent) / 7.2)) {
                y += height
                body += SVG.text(part, x: indent, y: y, anchor: "start", kind: kind)
            }
        }
        line(summary, "plain")
        for sentence in Self.legend { line(sentence, "axis", height: 15) }
        for panel in panels {
            y += 20
            line(panel.title, "heading", height: 20)
            line(panel.subtitle, "plain")
            for bar in panel.bars {
                y += 8
                line(bar.title, "caption")
                y += 6
                body += "<g role=\"img\" aria-label=\"\(SVG.escaped(bar.spoken))\" "
                body += "transform=\"translate(0 \(SVG.number(y)))\">\(bar.drawing(width: width))</g>\n"
                y += bar.height
                if let touched = bar.touched { line(touched.sentence, "axis", height: 14) }
                body += bar.rows(from: &y)
            }
            for note in panel.notes { line(note, "axis", height: 15) }
        }
        let height = y + 20
        return """
            <svg xmlns="http://www.w3.org/2000/svg" role="document" width="1152" height="\(SVG.number(height))" \
            viewBox="-16 0 1152 \(SVG.number(height))" aria-labelledby="title summary">
            <title id="title">\(SVG.escaped(title))</title>
            <desc id="summary">\(SVG.escaped(summary)) Every number is there as text.</desc>
            <style>
            .back{fill:#fff}\(Self.style).title{font-size:22px;font-weight:600}.heading{font-size:17px;font-weight:600}
            .caption,.head{font-weight:600}.number{font-variant-numeric:tabular-nums}
            @media (prefers-color-scheme:dark){.back{fill:#14171a}}
            </style>
            <rect class="back" x="-16" y="0" width="1152" height="\(SVG.number(height))"/>
            \(body)
            </svg>

            """
    }

    /// A text in lines of at most so many characters, broken between words where there are any.
    static func lines(_ text: String, characters: Int) -> [String] {
        let characters = max(8, characters)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            var word = word[...]
            while word.count > characters {
                if !line.isEmpty { lines.append(line) }
                line = ""
                lines.append(String(word.prefix(characters)))
                word = word.dropFirst(characters)
            }
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= characters {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}

extension MemoryMap.Bar {
    /// A row of text for each segment, below `y`, which moves down with them.
    fileprivate func rows(from y: inout Double) -> String {
        let hasAddresses = segments.contains { $0.showsAddresses }
        let hasNow = segments.contains { $0.now != nil && $0.now != $0.range.byteCount }
        let hasPeak = segments.contains { $0.peak != nil }
        // Right ends of columns of numbers, left ends of the others.
        let addresses = 230.0
        var right = hasAddresses ? 540.0 : 360
        let bytes = right
        if hasNow { right += 130 }
        let inUse = right
        if hasPeak { right += 130 }
        let peak = right
        let remarks = right + 24
        var text = ""
        y += 18
        text += SVG.text("part", x: 18, y: y, anchor: "start", kind: "axis")
        if hasAddresses { text += SVG.text("addresses", x: addresses, y: y, anchor: "start", kind: "axis") }
        text += SVG.text("bytes", x: bytes, y: y, anchor: "end", kind: "axis")
        if hasNow { text += SVG.text("in use", x: inUse, y: y, anchor: "end", kind: "axis") }
        if hasPeak { text += SVG.text("peak", x: peak, y: y, anchor: "end", kind: "axis") }
        for (index, segment) in segments.enumerated() {
            y += 17
            let names = MemoryMap.lines("\(index + 1) \(segment.name)", characters: hasAddresses ? 28 : 34)
            let notes = MemoryMap.lines(segment.note ?? "", characters: Int((1120 - remarks) / 7.2))
            text += "<g class=\"\(segment.kind.rawValue)\">"
            text += SVG.rectangle(
                1,
                y - 10,
                11,
                11,
                "full"
            )
            text += SVG.rectangle(1, y - 10, 11, 11, "edge") + "</g>"
            if hasAddresses, segment.showsAddresses {
                text += SVG.text(segment.addresses, x: addresses, y: y, anchor: "start", kind: "plain")
            }
            text += number(segment.range.byteCount, bytes, y)
            if hasNow { text += number(segment.now, inUse, y) }
            if hasPeak { text += number(segment.peak, peak, y) }
            for line in 0..<max(names.count, notes.count) {
                if line > 0 { y += 15 }
                if line < names.count {
                    text += SVG.text(names[line], x: 18, y: y, anchor: "start", kind: "plain")
                }
                if line < notes.count {
                    text += SVG.text(notes[line], x: remarks, y: y, anchor: "start", kind: "plain")
                }
            }
        }
        return text
    }

    private func number(_ number: Int?, _ x: Double, _ y: Double) -> String {
        guard let number else { return "" }
        return SVG.text(ByteCount.grouped(number), x: x, y: y, anchor: "end", kind: "number")
    }
}
