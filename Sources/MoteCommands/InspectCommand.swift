internal import ArgumentParser
internal import Mote

/// `mote inspect`: what a module consists of, and how its linear memory is laid out.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows a module's sections, imports, exports and memory map, and what would save memory."
    )

    @OptionGroup(title: "Features") var features: FeatureOptions

    @Flag(help: "One line of JSON instead of text.")
    var json = false

    @Argument(help: "The module, binary or text; - is standard input.")
    var module: String

    func run() throws {
        do {
            let runtime = try Runtime(features: features.features)
            let loaded = try ModuleFile.load(module, into: runtime)
            Output.standard(
                json ? Self.json(of: loaded, path: module) + "\n" : Self.text(of: loaded, path: module)
            )
        } catch {
            throw GuestRun.failure(error, path: module)
        }
    }

    static func text(of module: Module, path: String) -> String {
        var lines = [
            "\(path): \(module.sizeInBytes) bytes, \(module.functionCount) functions", "", "sections",
        ]
        for section in module.sections {
            let name = section.isCustom ? "custom \"\(DisplayName.text(section.name))\"" : section.name
            lines.append(
                "  \(padded(name, 32)) \(left(section.sizeInBytes, 12)) bytes at \(hexadecimal(section.byteOffset))"
            )
        }
        let features = module.usedFeatures.map(\.rawValue).joined(separator: ", ")
        lines += ["", "features", "  " + (features.isEmpty ? "none beyond WebAssembly 1.0" : features)]
        lines += ["", "imports"]
        lines += module.imports.map {
            "  \(padded("\(DisplayName.text($0.module)) \(DisplayName.text($0.name))", 44)) \($0.type)"
        }
        if module.imports.isEmpty { lines.append("  none") }
        lines += ["", "exports"]
        lines += module.exports.map { "  \(padded(DisplayName.text($0.name), 44)) \($0.type)" }
        if module.exports.isEmpty { lines.append("  none") }
        lines += ["", "linear memory"]
        lines += StaticMap.lines(of: module).map { $0.isEmpty ? $0 : "  " + $0 }
        if let outlook = MemoryOutlook(module) {
            lines += ["", "linear memory under a plan"]
            lines += outlook.lines(module).map { "  " + $0 }
        }
        lines += ["", "operand stack"]
        lines.append("  largest frame of a function: about \(module.largestFrameInBytes) bytes")
        lines += ["", "what would save memory, \(maker(of: module))"]
        lines += advice(for: module).map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func left(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    static func hexadecimal(_ number: Int) -> String { "0x" + String(number, radix: 16) }
}
