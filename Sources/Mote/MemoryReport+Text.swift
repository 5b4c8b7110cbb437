extension MemoryReport: CustomStringConvertible {
    /// Tables by region and by owner, then what lies where.
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
        for memory in memories { lines += memory.lines(of: self) }
        if !stacks.isEmpty {
            lines.append(Self.row("operand stacks", "now", "peak"))
            lines += stacks.map {
                Self.row("  environment \($0.environment), \(ByteCount.text($0.size))", $0.current, $0.peak)
            }
        }
        if !modules.isEmpty { lines.append("code") }
        for module in modules {
            lines.append("  \(module.title): \(module.codeText)")
        }
        for heap in collectedHeaps {
            lines.append(
                "gc heap of store \(heap.store): \(ByteCount.text(heap.size)) of at most \(ByteCount.text(heap.limit)), "
                    + "\(ByteCount.text(heap.live)) left by the last of \(heap.collections) collections"
            )
        }
        for heap in sharedHeaps {
            let used = heap.used.map { ", \(ByteCount.text($0)) used" } ?? ""
            lines.append("shared heap of \(ByteCount.text(heap.size))\(used)")
        }
        return lines.joined(separator: "\n")
    }

    static func row(_ title: String, _ current: Int, _ peak: Int) -> String {
        row(title, ByteCount.grouped(current), ByteCount.grouped(peak))
    }

    static func row(_ title: String, _ current: String, _ peak: String) -> String {
        let line =
            title + String(repeating: " ", count: max(1, 36 - title.count))
            + String(repeating: " ", count: max(0, 16 - current.count)) + current
            + String(repeating: " ", count: max(1, 16 - peak.count)) + peak
        var end = line.endIndex
        while end > line.startIndex, line[line.index(before: end)] == " " { end = line.index(before: end) }
        return String(line[..<end])
    }
}

extension MemoryReport.LoadedModule {
    /// The module by name and identity.
    var title: String { "module \(identity)" + (name.map { " \($0)" } ?? "") }

    /// Code and what it was made of, in one line.
    var codeText: String {
        let functions = "\(translatedFunctions) of \(self.functions) functions translated"
        guard let codePerByte else { return functions }
        return "\(functions), \(ByteCount.text(code)) from \(ByteCount.text(translatedBodies)) of wasm "
            + "(\(Self.decimal(codePerByte)) for each)"
    }

    /// A number with one digit behind the point.
    static func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension MemoryReport.LinearMemory {
    /// Whose memory it is.
    var title: String {
        let maker = instance.map { "instance \($0)" } ?? "the host"
        return "linear memory \(index) of \(maker)"
    }

    /// Size, pages and what they may become, in one line.
    var sizeText: String {
        let most =
            maximumPages == pages ? "" : ", at most \(ByteCount.grouped(Int(clamping: maximumPages)))"
        var text = "\(ByteCount.text(size)), \(pages) \(pages == 1 ? "page" : "pages")\(most)"
        if pages != declaredPages { text += ", declared \(declaredPages)" }
        if isTruncated { text += ", truncated" }
        if isShared { text += ", shared" }
        return text
    }

    /// Where its bytes are and how its end is watched, in one line.
    var backingText: String {
        let place: String
        switch backing {
        case .heap: place = isFallback ? "in the heap, as address space had run out" : "in the global heap"
        case .reserved: place = "in \(ByteCount.about(reserved)) of reserved address space"
        case .caller: place = "in the caller's bytes"
        }
        return "\(place), \(bounds == .checked ? "checked bounds" : "guard pages")"
    }

    /// What is known about touched pages, in one line.
    var touchedText: String {
        guard let touched else { return "touched pages: not known" }
        let qualifier = touched.isExact ? "" : "at most "
        return
            "touched pages: \(qualifier)\(ByteCount.grouped(touched.count)) of \(ByteCount.text(touched.pageSize)), "
            + ByteCount.text(touched.bytes)
    }

    fileprivate func lines(of report: MemoryReport) -> [String] {
        var lines = [title + ": " + sizeText, "  " + backingText]
        for entry in parts {
            let range = "\(Self.address(entry.range.lowerBound)) \(Self.address(entry.range.upperBound))"
            let size = ByteCount.grouped(entry.range.byteCount)
            let detail = detail(of: entry.part).map { "  " + $0 } ?? ""
            lines.append(
                "  \(range)  \(Self.padded(entry.part.rawValue, 16))"
                    + String(repeating: " ", count: max(1, 14 - size.count)) + size + detail
            )
        }
        lines.append("  " + touchedText)
        return lines
    }

    /// What is known of a part beside its range.
    func detail(of part: Part) -> String? {
        switch part {
        case .data, .other: return nil
        case .auxiliaryStack:
            guard let auxiliaryStack else { return nil }
            var facts: [String] = []
            if let peak = auxiliaryStack.peak { facts.append("peak \(ByteCount.grouped(peak))") }
            if auxiliaryStack.isChecked == false { facts.append("not checked") }
            if auxiliaryStack.source == "guess" { facts.append("a guess") }
            return facts.isEmpty ? nil : facts.joined(separator: ", ")
        case .appHeap:
            guard let appHeap else { return nil }
            return "used \(ByteCount.grouped(appHeap.used)), peak \(ByteCount.grouped(appHeap.peak)), "
                + "metadata \(ByteCount.grouped(appHeap.metadata))"
        case .libcHeap:
            guard let libcHeap else { return nil }
            var facts: [String] = []
            if let allocator = libcHeap.allocator { facts.append(allocator) }
            if let limit = libcHeap.limit {
                facts.append("at most \(ByteCount.grouped(Int(clamping: limit)))")
            }
            return facts.isEmpty ? nil : facts.joined(separator: ", ")
        }
    }

    static func address(_ address: UInt64) -> String {
        let digits = String(address, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
