internal import Mote

extension InspectCommand {
    /// What made a module, as far as it tells.
    static func maker(of module: Module) -> String {
        let tools = module.producers.filter { $0.field == "processed-by" }.map {
            $0.version.isEmpty ? $0.name : "\($0.name) \($0.version)"
        }
        let list = tools.isEmpty ? "" : " (\(DisplayName.text(tools.joined(separator: ", "))))"
        return
            "built with \(module.toolchain == .unknown ? "an unknown toolchain" : module.toolchain.rawValue)\(list)"
    }

    /// What would save memory, and how much.
    static func advice(for module: Module) -> [String] {
        let advice = module.memoryAdvice()
        guard !advice.isEmpty else { return ["nothing that the module itself tells"] }
        return advice.flatMap { advice in
            ["\(left(advice.saves, 12)) bytes of \(padded("\(advice.place.rawValue):", 15)) \(advice.change)"]
                + wrapped(advice.because, width: 90).map { String(repeating: " ", count: 13) + $0 }
        } + ["each number is for that change alone"]
    }

    /// A text in lines between whose words it is broken.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
