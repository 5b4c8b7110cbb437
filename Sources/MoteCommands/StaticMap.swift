internal import Mote

/// A module's first memory, drawn from address 0 down.
enum StaticMap {
    static func lines(of module: Module) -> [String] {
        guard let limits = module.memoryLimits else { return ["none"] }
        let (size, overflow) = limits.minimum.multipliedReportingOverflow(by: limits.pageSizeInBytes)
        let end = overflow ? UInt64.max : size
        let maximum = limits.maximum.map { ", at most \($0)" } ?? ", no maximum"
        let total = "\(limits.minimum) \(limits.minimum == 1 ? "page" : "pages")\(maximum)"
        var lines: [String] = []
        var drawn: UInt64 = 0
        for part in parts(of: module, end: end) where part.end > part.start {
            if part.start > drawn { lines += box(from: drawn, to: part.start, "(unused)") }
            lines += box(from: part.start, to: part.end, part.title)
            drawn = max(drawn, part.end)
        }
        if end > drawn { lines += box(from: drawn, to: end, "(free)") }
        lines.append(border(end) + "  end: \(total)")
        if let note = note(module) { lines.append(note) }
        return lines
    }

    private struct Part {
        var start: UInt64
        var end: UInt64
        var title: String
    }

    private static func parts(of module: Module, end: UInt64) -> [Part] {
        guard let layout = module.memoryLayout else {
            // Nobody told: what the data segments say.
            let ranges = module.dataRanges.filter { !$0.isEmpty }
            guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else {
                return []
            }
            return [Part(start: low, end: high, title: "data segments")]
        }
        let heap = Part(
            start: UInt64(layout.heapBase),
            end: max(end, UInt64(layout.heapBase)),
            title: "libc heap ->"
        )
        let hasStack = layout.stackTop > layout.stackBottom
        let stack = Part(
            start: UInt64(layout.stackBottom),
            end: UInt64(layout.stackTop),
            title: "auxiliary stack <-"
        )
        if layout.isStackFirst {
            let data = Part(start: UInt64(layout.stackTop), end: UInt64(layout.dataEnd), title: "data")
            return (hasStack ? [stack] : []) + [data, heap]
        }
        let data = Part(start: dataStart(module), end: UInt64(layout.dataEnd), title: "data")
        return [data] + (hasStack ? [stack] : []) + [heap]
    }

    private static func dataStart(_ module: Module) -> UInt64 {
        module.dataRanges.filter { !$0.isEmpty }.map(\.lowerBound).min() ?? 0
    }

    private static func note(_ module: Module) -> String? {
        guard let layout = module.memoryLayout else {
            return "no layout: __data_end and __heap_base are not both exported as constants"
        }
        switch layout.stackPointerSource {
        case .none: return "no stack pointer was found"
        case .export: return "the stack pointer is the export __stack_pointer"
        case .nameSection: return "the stack pointer is named __stack_pointer"
        case .guess: return "the stack pointer is a guess: the first mutable global that looks like one"
        }
    }

    private static func box(from start: UInt64, to end: UInt64, _ title: String) -> [String] {
        let count = end >= start ? end - start : 0
        let text = InspectCommand.padded(title, 22)
        return [border(start), String(repeating: " ", count: 12) + "| \(text) |  \(count) bytes"]
    }

    private static func border(_ address: UInt64) -> String {
        let digits = String(address, radix: 16)
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return "0x\(padded)  +\(String(repeating: "-", count: 24))+"
    }
}
