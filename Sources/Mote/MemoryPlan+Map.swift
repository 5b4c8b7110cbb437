extension MemoryPlan: CustomStringConvertible {
    /// The plan as a map: what lies in what, with sizes.
    public var description: String {
        let inside = [
            "structures, modules, code, tables    as needed",
            "operand stack                        \(ByteCount.text(operandStack)) for each environment",
            "gc heap                              at most \(ByteCount.text(max(0, gcHeap))) for each store",
        ]
        let memory = "linear memory                        \(linearMemoryText)"
        let heapHoldsMemory = isPool || linearMemory == .heap
        var lines = ["+-- global heap: \(heapText)"]
        lines += inside.map { "|   " + $0 }
        if heapHoldsMemory { lines.append("|   " + memory) }
        lines.append("+--")
        if !heapHoldsMemory {
            lines.append("+-- address space")
            lines.append("|   " + memory)
            lines.append("|   released reservations kept           \(max(0, retainedReservations))")
            lines.append("+--")
        }
        return lines.joined(separator: "\n")
    }

    var isPool: Bool {
        switch globalHeap.kind {
        case .pool, .buffer: true
        case .system, .allocator: false
        }
    }

    private var heapText: String {
        switch globalHeap.kind {
        case .system: "the system's"
        case .pool(let bytes): "pool of \(ByteCount.text(bytes))"
        case .buffer(_, let size, _): "pool of \(ByteCount.text(size)) in the caller's buffer"
        case .allocator: "the caller's functions"
        }
    }

    private var linearMemoryText: String {
        let checks: String
        switch bounds {
        case .automatic: checks = isPool || linearMemory == .heap ? "checked" : "guard pages where possible"
        case .checked: checks = "checked"
        case .guardPages: checks = "guard pages"
        }
        guard let maximumPages else { return "\(checks), as large as modules declare" }
        let (bytes, overflow) = maximumPages.multipliedReportingOverflow(by: 65536)
        let size = overflow || bytes > UInt64(Int.max) ? "" : " (\(ByteCount.text(Int(bytes))))"
        return "\(checks), at most \(maximumPages) \(maximumPages == 1 ? "page" : "pages")\(size)"
    }
}

/// Sizes as people read them.
package enum ByteCount {
    /// Bytes with thousands separated, and in KiB or MiB as well where that is exact enough to help.
    package static func text(_ bytes: Int) -> String {
        let exact = "\(grouped(bytes)) \(bytes == 1 ? "byte" : "bytes")"
        if bytes >= 1 << 20, bytes % (1 << 20) == 0 { return "\(grouped(bytes >> 20)) MiB" }
        if bytes >= 1 << 10, bytes % (1 << 10) == 0 { return "\(grouped(bytes >> 10)) KiB" }
        return exact
    }

    /// Bytes rounded to the unit that people would use.
    static func about(_ bytes: Int) -> String {
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >= 1 << shift {
            let tenths = Int((Double(bytes) / Double(1 << shift) * 10).rounded())
            return "\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)") + " \(unit)"
        }
        return text(bytes)
    }

    /// A number with commas between thousands.
    package static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
