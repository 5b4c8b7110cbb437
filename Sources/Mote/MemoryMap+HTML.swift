extension MemoryMap {
    /// Widths that bars are drawn for, and the narrowest window for each.
    private static let widths: [(name: String, width: Double, least: Int)] = [
        ("narrow", 312, 0), ("middle", 640, 700), ("wide", 1120, 1200),
    ]

    /// A page of its own: bars with tooltips, and tables with every number.
    ///
    /// Readable from 360 pixels on.
    public var html: String {
        var text = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(SVG.escaped(title))</title>
            <style>
            \(Self.style)\(Self.pageStyle)</style></head>
            <body><main>
            <h1>\(SVG.escaped(title))</h1>
            <p>\(SVG.escaped(summary))</p>
            <ul class="legend">\(Self.legend.map { "<li>\(SVG.escaped($0))</li>" }.joined())</ul>

            """
        for (index, panel) in panels.enumerated() { text += section(panel, index) }
        return text + "</main></body></html>\n"
    }

    private func section(_ panel: Panel, _ index: Int) -> String {
        var text = """
            <section aria-labelledby="panel\(index)"><h2 id="panel\(index)">\(SVG.escaped(panel.title))</h2>
            <p>\(SVG.escaped(panel.subtitle))</p>

            """
        for bar in panel.bars {
            text += "<figure><figcaption>\(SVG.escaped(bar.title))</figcaption>\n"
            for size in Self.widths {
                text += "<svg class=\"\(size.name)\" role=\"img\" width=\"\(SVG.number(size.width))\" "
                text += "height=\"\(SVG.number(bar.height))\" viewBox=\"-1 0 \(SVG.number(size.width + 2)) "
                text += "\(SVG.number(bar.height))\" aria-label=\"\(SVG.escaped(bar.spoken))\">"
                text += bar.drawing(width: size.width) + "</svg>\n"
            }
            if let touched = bar.touched { text += "<p>\(SVG.escaped(touched.sentence))</p>\n" }
            text += bar.table + "</figure>\n"
        }
        for note in panel.notes { text += "<p class=\"note\">\(SVG.escaped(note))</p>\n" }
        return text + "</section>\n"
    }

    private static var pageStyle: String {
        """
        :root{color-scheme:light dark}
        body{margin:0;background:#fff;color:#1c2024;
        font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{width:312px;margin:0 auto;padding:16px 0 48px}
        h1{font-size:24px;margin:8px 0}h2{font-size:18px;margin:32px 0 4px;overflow-wrap:anywhere}
        p{margin:4px 0;overflow-wrap:anywhere}.legend,.note,figure p{color:#555c63;font-size:13px}
        .legend{padding-left:18px;margin:8px 0}
        figure{margin:14px 0 22px}figcaption{font-weight:600;margin-bottom:4px}
        svg{display:none;overflow:visible;margin-left:-1px}svg.narrow{display:block}
        table{border-collapse:collapse;font-size:13px;margin-top:6px;width:100%}
        th{text-align:left;font-weight:600;color:#555c63}
        td,th{padding:2px 10px 2px 0;border-bottom:1px solid #e3e6e9;vertical-align:top;overflow-wrap:anywhere}
        td:last-child:not(.n),th:last-child:not(.n){padding-left:14px}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        i{display:inline-block;width:11px;height:11px;border:1px solid #4b5157;margin-right:6px;border-radius:2px}
        @media (max-width:699px){thead{display:none}tr{display:block;border-bottom:1px solid #e3e6e9;padding:4px 0}
        td{display:inline-block;border:0}td:first-child{display:block;font-weight:600}
        td:last-child:not(.n){padding-left:0}td:empty{display:none}td[data-label]::before{content:attr(data-label) " ";color:#6b7278}}
        @media (min-width:700px){main{width:640px}svg.narrow{display:none}svg.middle{display:block}}
        @media (min-width:1200px){main{width:1120px}svg.middle{display:none}svg.wide{display:block}}
        @media (prefers-color-scheme:dark){body{background:#14171a;color:#eceff2}
        .legend,.note,figure p,th,td[data-label]::before{color:#a9b1b8}td,th,tr{border-color:#31363b}
        i{border-color:#9aa2a9}}

        """
    }
}

extension MemoryMap.Bar {
    /// What the drawing shows, for those who do not see it.
    var spoken: String {
        let parts = segments.enumerated().map { "\($0 + 1) \($1.tooltip)" }
        return "\(title): " + parts.joined(separator: "; ") + (mark.map { "; \($0.label)" } ?? "")
    }

    /// The rows of its segments; columns that would be empty are left out.
    fileprivate var table: String {
        let hasAddresses = segments.contains { $0.showsAddresses }
        let hasNow = segments.contains { $0.now != nil && $0.now != $0.range.byteCount }
        let hasPeak = segments.contains { $0.peak != nil }
        let hasNote = segments.contains { $0.note != nil }
        var text = "<table><thead><tr><th scope=\"col\">Part</th>"
        if hasAddresses { text += "<th scope=\"col\">Addresses</th>" }
        text += "<th scope=\"col\" class=\"n\">Bytes</th>"
        if hasNow { text += "<th scope=\"col\" class=\"n\">In use</th>" }
        if hasPeak { text += "<th scope=\"col\" class=\"n\">Peak</th>" }
        if hasNote { text += "<th scope=\"col\">Remarks</th>" }
        text += "</tr></thead><tbody>\n"
        func cell(_ label: String, _ number: Int?) -> String {
            guard let number else { return "<td class=\"n\"></td>" }
            return "<td class=\"n\" data-label=\"\(label)\">\(ByteCount.grouped(number))</td>"
        }
        for (index, segment) in segments.enumerated() {
            text += "<tr><td><i class=\"\(segment.kind.rawValue)\"></i>\(index + 1) "
            text += "\(SVG.escaped(segment.name))</td>"
            if hasAddresses { text += "<td>\(segment.showsAddresses ? segment.addresses : "")</td>" }
            text += cell("bytes", segment.range.byteCount)
            if hasNow { text += cell("in use", segment.now) }
            if hasPeak { text += cell("peak", segment.peak) }
            if hasNote { text += "<td>\(SVG.escaped(segment.note ?? ""))</td>" }
            text += "</tr>\n"
        }
        return text + "</tbody></table>"
    }
}

extension MemoryMap.Strip {
    /// What the band shows, in a sentence.
    var sentence: String {
        let text = text.prefix(1).uppercased() + text.dropFirst() + "."
        return isExact
            ? text
            : text + " They belong to the heap: others may have touched them, or share them."
    }
}
