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
        return lines + notes(module)
    }

    struct Part {
        var start: UInt64
        var end: UInt64
        var title: String
    }

    static func parts(of module: Module, end: UInt64) -> [Part] {
        guard let layout = module.memoryLayout else { return [] }
        let ranges = module.dataRanges.filter { !$0.isEmpty }
        var parts: [Part] = []
        if let dataEnd = layout.dataEnd {
            let start = layout.isStackFirst ? layout.stackTop : ranges.map(\.lowerBound).min() ?? 0
            let title = layout.dataEndSource == .segments ? "data segments" : "data"
            parts.append(Part(start: min(start, dataEnd), end: dataEnd, title: title))
        }
        if layout.stackTop > layout.stackBottom {
            let title = layout.isStackSizeExact ? "auxiliary stack <-" : "auxiliary stack <- ?"
            parts.append(Part(start: layout.stackBottom, end: layout.stackTop, title: title))
        }
        if let heapBase = layout.heapBase {
            parts.append(Part(start: heapBase, end: max(end, heapBase), title: "libc heap ->"))
        }
        return parts.sorted { $0.start < $1.start }
    }

    private static func notes(_ module: Module) -> [String] {
        guard let layout = module.memoryLayout else {
            return ["no layout: no data segments, and nothing is exported or named that tells it"]
        }
        var notes: [String] = []
        if !layout.isComplete {
            notes.append("__data_end and __heap_base are not both exported as constants")
        }
        switch layout.dataEndSource {
        case .none, .export: break
        case .segments: notes.append("data ends where the data segments end, or later")
        }
        if layout.stackTop > layout.stackBottom, !layout.isStackSizeExact {
            notes.append("zeroed data may lie between the data segments and the stack, which is smaller then")
        }
        switch layout.heapBaseSource {
        case .none, .export: break
        case .nameSection: notes.append("the heap's base is named __heap_base")
        case .stackTop: notes.append("the heap's base is a guess: the end of the stack")
        }
        switch layout.stackPointerSource {
        case .none: notes.append("no stack pointer was found")
        case .export: notes.append("the stack pointer is the export __stack_pointer")
        case .nameSection: notes.append("the stack pointer is named __stack_pointer")
        case .guess:
            notes.append("the stack pointer is a guess: the first mutable global that looks like one")
        }
        return notes
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
