internal import Mote

extension TuneReport {
    /// For people.
    package var text: String {
        var lines = heading
        lines.append("")
        lines += table
        lines.append("")
        lines += stackLines
        if !result.proofs.isEmpty {
            lines += ["one step less of a region, the others as they are"]
            lines += result.proofs.map { "  " + Self.text($0) }
            lines.append("")
        }
        lines += ["mote run", "  " + command, "", "Swift"] + swift.map { "  " + $0 }
        lines += ["", "C"] + c.map { "  " + $0 }
        if !advice.isEmpty {
            lines += ["", "building it differently"]
            for advice in advice {
                lines.append("  \(advice.change)")
                lines.append(
                    "    saves \(ByteCount.text(advice.saves)) of \(advice.place.rawValue): \(advice.because)"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        let count = program.inputs.count
        var lines: [String] = []
        let what = result.isPartial ? "stopped: the best plan so far" : "the least plan"
        lines.append(
            "\(program.name): \(what), after \(result.runs) runs of \(count) \(count == 1 ? "input" : "inputs")"
        )
        for (index, input) in program.inputs.enumerated() where result.endings.indices.contains(index) {
            let output = result.outputs[index]
            var line =
                "  \(input.label.isEmpty ? "(no arguments)" : input.label): \(result.endings[index].description)"
            line += ", \(ByteCount.grouped(output.standard.count)) bytes of output"
            if output.error.count > 0 { line += ", \(ByteCount.grouped(output.error.count)) of errors" }
            if result.varying.contains(index) {
                line += "; varies from run to run: only how it ends was compared"
            }
            lines.append(line)
        }
        if let reason = result.instability {
            lines.append("  not stable: it failed when tried again (\(reason)); take a margin")
        }
        return lines
    }

    private var table: [String] {
        var rows = [["region", "default", "used", "least"]]
        if margin > 0 { rows[0].append("with \(margin)%") }
        for region in TunedRegion.allCases {
            guard let least = result.least[region] else { continue }
            let used = region == .globalHeap ? nil : result.peaks.sizes[region]
            var row = [
                region.name, defaults[region] ?? "", used.map { Self.bytes($0, region) } ?? "",
                Self.bytes(least, region),
            ]
            if margin > 0 { row.append(sizes[region].map { Self.bytes($0, region) } ?? "") }
            rows.append(row)
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines = rows.map { row in
            zip(row.indices, row).map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }
            .joined(separator: "   ")
        }
        lines.append("bytes; the global heap is one pool, in which all of the others lie")
        if margin == 0, !result.isPartial {
            lines.append("no margin: other inputs may want more (--margin 10%, --also)")
        }
        return lines
    }

    private var stackLines: [String] {
        guard let size = result.peaks.auxiliaryStackSize else { return [] }
        guard let peak = result.peaks.auxiliaryStack else {
            return [
                "the guest's C stack has \(ByteCount.text(size)), which the linker sets (-z stack-size)", "",
            ]
        }
        return [
            "the guest's C stack used \(ByteCount.text(peak)) of \(ByteCount.text(size)), which the linker sets",
            "",
        ]
    }

    private static func bytes(_ size: Int, _ region: TunedRegion) -> String {
        let (bytes, overflow) = size.multipliedReportingOverflow(by: region.bytesOfUnit)
        return overflow ? "?" : ByteCount.grouped(bytes)
    }

    private static func text(_ proof: TuneProof) -> String {
        guard let size = proof.size else { return "\(proof.region.name): \(proof.reason)" }
        let verdict = proof.fails ? "fails: \(proof.reason)" : "works"
        return "\(proof.region.name) \(bytes(size, proof.region)): \(verdict)"
    }
}

extension TuneReport {
    /// For programs.
    package var json: String {
        func bytes(_ size: Int, _ region: TunedRegion) -> JSON {
            let (bytes, overflow) = size.multipliedReportingOverflow(by: region.bytesOfUnit)
            return .number(overflow ? size : bytes)
        }
        func object(_ sizes: TunedSizes) -> JSON {
            .object(sizes.regions.map { ($0.name, bytes(sizes[$0] ?? 0, $0)) })
        }
        let inputs = zip(program.inputs, result.endings).enumerated().map { index, pair in
            JSON.object([
                ("arguments", .array(pair.0.arguments.map { .string($0) })),
                ("standardInput", .number(pair.0.standardInput.count)),
                ("ending", .string(pair.1.description)),
                ("output", .number(result.outputs[index].standard.count)),
                ("errors", .number(result.outputs[index].error.count)),
                ("varies", .boolean(result.varying.contains(index))),
            ])
        }
        var used = result.peaks.sizes
        used[.globalHeap] = nil
        return JSON.object([
            ("program", .string(program.name)),
            ("partial", .boolean(result.isPartial)),
            ("runs", .number(result.runs)),
            ("inputs", .array(inputs)),
            (
                "defaults",
                .object(
                    result.least.regions.compactMap { region in
                        defaults[region].map { (region.name, .string($0)) }
                    }
                )
            ),
            ("used", object(used)),
            ("least", object(result.least)),
            ("margin", .number(margin)),
            ("plan", object(sizes)),
            ("instability", .string(result.instability)),
            (
                "auxiliaryStack",
                .object([
                    ("size", .number(result.peaks.auxiliaryStackSize)),
                    ("used", .number(result.peaks.auxiliaryStack)),
                ])
            ),
            (
                "proofs",
                .array(
                    result.proofs.map { proof in
                        .object([
                            ("region", .string(proof.region.name)),
                            ("size", proof.size.map { bytes($0, proof.region) } ?? .null),
                            ("fails", .boolean(proof.fails)),
                            ("reason", .string(proof.reason)),
                        ])
                    }
                )
            ),
            ("options", .array(options.map { .string($0) })),
            ("command", .string(command)),
            ("swift", .array(swift.map { .string($0) })),
            ("c", .array(c.map { .string($0) })),
            (
                "advice",
                .array(
                    advice.map {
                        .object([
                            ("subject", .string($0.subject.rawValue)),
                            ("place", .string($0.place.rawValue)),
                            ("saves", .number($0.saves)),
                            ("change", .string($0.change)),
                            ("because", .string($0.because)),
                        ])
                    }
                )
            ),
        ]).text
    }
}
