extension MemoryReport: CustomStringConvertible {
    /// Two tables, by region and by owner.
    public var description: String {
        var lines = [Self.row("memory, in bytes", "current", "peak")]
        lines += regions.map { Self.row("  " + $0.region.rawValue, $0.current, $0.peak) }
        lines.append(Self.row("  total", current, peak))
        lines.append(Self.row("  overhead of the heap", ByteCount.grouped(overhead), ""))
        if let pool {
            lines.append(Self.row("  pool of \(ByteCount.text(pool.size))", pool.size - pool.free, pool.peak))
            lines.append(
                Self.row("    largest block that can be had", ByteCount.grouped(pool.largestFree), "")
            )
        }
        lines.append(Self.row("by owner", "current", "peak"))
        for owner in owners {
            lines.append(Self.row("  \(owner.kind) \(owner.identity)", owner.current, owner.peak))
            lines += owner.regions.map { Self.row("    " + $0.region.rawValue, $0.current, $0.peak) }
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ title: String, _ current: Int, _ peak: Int) -> String {
        row(title, ByteCount.grouped(current), ByteCount.grouped(peak))
    }

    private static func row(_ title: String, _ current: String, _ peak: String) -> String {
        let line =
            title + String(repeating: " ", count: max(1, 36 - title.count))
            + String(repeating: " ", count: max(0, 16 - current.count)) + current
            + String(repeating: " ", count: max(1, 16 - peak.count)) + peak
        var end = line.endIndex
        while end > line.startIndex, line[line.index(before: end)] == " " { end = line.index(before: end) }
        return String(line[..<end])
    }

    /// The same as JSON: an object with `regions`, `owners`, `total`, `overhead` and, for a pool, `pool`.
    public var json: String {
        let owners = self.owners.map { owner in
            "{\"kind\":\"\(owner.kind)\",\"identity\":\(owner.identity),\"current\":\(owner.current),"
                + "\"peak\":\(owner.peak),\"regions\":\(Self.json(owner.regions))}"
        }
        var text =
            "{\"regions\":\(Self.json(regions)),\"owners\":[\(owners.joined(separator: ","))],"
            + "\"total\":{\"current\":\(current),\"peak\":\(peak)},\"overhead\":\(overhead)"
        if let pool {
            text +=
                ",\"pool\":{\"size\":\(pool.size),\"free\":\(pool.free),\"peak\":\(pool.peak),"
                + "\"largestFree\":\(pool.largestFree)}"
        }
        return text + "}"
    }

    private static func json(_ usages: [Usage]) -> String {
        let entries = usages.map {
            "\"\($0.region.rawValue)\":{\"current\":\($0.current),\"peak\":\($0.peak)}"
        }
        return "{" + entries.joined(separator: ",") + "}"
    }
}
