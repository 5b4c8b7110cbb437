extension MemoryMap {
    /// Colours of both schemes, and the texts' sizes; the same for SVG and HTML.
    static var style: String {
        var css = """
            text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1c2024}
            .axis{font-size:11px;fill:#555c63}.label{font-weight:600;pointer-events:none}
            .edge{fill:none;stroke:#4b5157;stroke-width:.75}.none{fill:#f1f3f5}
            .break{stroke:#1c2024;stroke-width:1.25;fill:none}.tick,.scale{stroke:#555c63;fill:none}
            .mark{stroke:#c2185b;stroke-width:2;fill:none}.grid{stroke:#ffffff;stroke-width:.5;fill:none;opacity:.7}
            .t4{fill:#1f4e79}.t3{fill:#4d789f}.t2{fill:#85a6c4}.t1{fill:#b7cce0}

            """
        var dark = """
            text{fill:#eceff2}.axis{fill:#a9b1b8}.edge{stroke:#9aa2a9}.none{fill:#23272b}.break{stroke:#eceff2}
            .tick,.scale{stroke:#a9b1b8}.mark{stroke:#ff6f9f}.grid{stroke:#14171a}
            .t4{fill:#8fc1f0}.t3{fill:#6a95bd}.t2{fill:#4a6c8c}.t1{fill:#344c63}

            """
        for kind in Kind.allCases {
            let (hue, saturation) = kind.tint
            let name = kind.rawValue
            let isRoom = kind == .free || kind == .gone
            let full = isRoom ? 94 : kind == .other ? 84 : 72
            css +=
                ".\(name) .full,i.\(name){fill:hsl(\(hue),\(saturation)%,\(full)%);background:hsl(\(hue),\(saturation)%,\(full)%)}"
            css += ".\(name) .high{fill:hsl(\(hue),\(saturation)%,82%)}"
            css += ".\(name) .room{fill:hsl(\(hue),\(saturation)%,94%)}\n"
            let darkSaturation = saturation * 3 / 4
            let darkFull = isRoom ? 14 : kind == .other ? 24 : 33
            dark +=
                ".\(name) .full,i.\(name){fill:hsl(\(hue),\(darkSaturation)%,\(darkFull)%);"
                + "background:hsl(\(hue),\(darkSaturation)%,\(darkFull)%)}"
            dark += ".\(name) .high{fill:hsl(\(hue),\(darkSaturation)%,25%)}"
            dark += ".\(name) .room{fill:hsl(\(hue),\(darkSaturation)%,14%)}\n"
        }
        return css + "@media (prefers-color-scheme:dark){\n\(dark)}\n"
    }

    /// What the drawings mean, once for all.
    static let legend = [
        "Full colour: in use now. Paler: was in use at the peak. Palest: room.",
        "Two strokes at a lower edge: drawn wider than to scale, so that it can be seen.",
        "The band below a linear memory: pages of the operating system that were touched; darker means more of them.",
    ]
}
