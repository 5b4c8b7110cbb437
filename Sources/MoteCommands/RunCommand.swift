internal import ArgumentParser
internal import Mote

/// `mote run`: runs a program, or one function of a module.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a WASI program, or one function of a module.",
        usage: "mote run [<options>] <module> [<arguments> ...]",
        discussion: """
            The module is a binary or a text file; - is standard input. What follows it goes to the guest, options \
            included. Sizes are as 4096, 64K, 1M or 0x400. \
            The exit code is the guest's; 134 after a trap, 130 after an interrupt, 1 when the module cannot be \
            loaded or linked, 2 for wrong usage.
            """
    )

    @OptionGroup(title: "Memory") var memory: MemoryOptions

    @OptionGroup(title: "Features") var features: FeatureOptions

    @Flag(help: "Let relaxed vector instructions give the results of the deterministic profile.")
    var deterministic = false

    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            "A directory that the guest may use, as PATH or HOST::GUEST.",
            valueName: "directory"
        )
    )
    var directories: [String] = []

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("An environment variable, as NAME=VALUE.", valueName: "variable")
    )
    var variables: [String] = []

    @Option(
        help: ArgumentHelp("Call this export with the arguments, and print its results.", valueName: "name")
    )
    var invoke: String?

    @Option(
        help: ArgumentHelp("What the guest may spend: about one for each instruction.", valueName: "count")
    )
    var fuel: Int64?

    @Option(help: ArgumentHelp("End the guest after this time, as 500, 500ms or 2s.", valueName: "time"))
    var timeout: TimeSpan?

    @Flag(
        name: .customLong("memory-report"),
        help: "At the end, print what each region used to standard error; --memory-report=json for JSON."
    )
    var wantsReport = false

    @Option(name: .customLong(reportFormatOption), help: .hidden)
    var reportFormat: ReportFormat?

    @Option(
        name: .customLong("memory-report-file"),
        help: ArgumentHelp("Write the report to a file; JSON where it ends in .json.", valueName: "path")
    )
    var reportFile: String?

    @Option(
        name: .customLong("memory-map"),
        help: ArgumentHelp(
            "At the end, draw all regions to scale into a file that ends in .svg or .html.",
            valueName: "file"
        )
    )
    var mapFile: String?

    @Argument(parsing: .captureForPassthrough, help: "The module, and the guest's arguments.")
    var command: [String] = []

    enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    func validate() throws {
        guard let first = command.first else {
            throw ValidationError("Which module? It comes behind the options.")
        }
        // The parser leaves help to whoever takes all words.
        if first == "--help" || first == "-h" { throw CleanExit.helpRequest(self) }
        if first.hasPrefix("-"), first != "-", first != "--" {
            throw ValidationError("Unknown option \(first)")
        }
        if let fuel, fuel < 0 { throw ValidationError("--fuel cannot be negative") }
        if let mapFile, !mapFile.hasSuffix(".svg"), !mapFile.hasSuffix(".html") {
            throw ValidationError("--memory-map \(mapFile): expected a file that ends in .svg or .html")
        }
        for variable in variables where !variable.contains("=") || variable.hasPrefix("=") {
            throw ValidationError("--env \(variable): expected NAME=VALUE")
        }
    }

    func run() throws {
        var words = command
        if words.first == "--" { words.removeFirst() }
        guard let path = words.first else { throw CommandFailure("which module?", exitCode: 2) }
        let preopens = try directories.map(Self.preopen)
        let runtime: Runtime
        do {
            runtime = try Runtime(
                memory.plan,
                features: features.features,
                isDeterministic: deterministic
            )
        } catch {
            throw GuestRun.failure(error, path: path)
        }
        let guest = GuestRun(
            runtime: runtime,
            path: path,
            arguments: Array(words.dropFirst()),
            preopens: preopens,
            variables: variables,
            fuel: fuel,
            timeout: timeout
        )
        defer { guest.release() }
        let outcome = Result { try guest.run(invoke) }
        try report(runtime, of: path)
        let code = try outcome.get()
        if code != 0 { throw CommandFailure("", exitCode: code) }
    }

    private func report(_ runtime: Runtime, of path: String) throws {
        let wantsText = wantsReport || reportFormat != nil || reportFile != nil
        guard wantsText || mapFile != nil else { return }
        let report = runtime.memoryReport
        if let mapFile {
            let name = DisplayName.text(path.split(separator: "/").last.map(String.init) ?? path)
            let map = Mote.MemoryMap(report, title: "Memory of \(name)")
            try Output.writeFile(mapFile.hasSuffix(".svg") ? map.svg : map.html, to: mapFile)
        }
        guard wantsText else { return }
        if let reportFile {
            let isJSON = reportFormat.map { $0 == .json } ?? reportFile.hasSuffix(".json")
            try Output.writeFile((isJSON ? report.json : report.description) + "\n", to: reportFile)
            return
        }
        Output.error((reportFormat == .json ? report.json : report.description) + "\n")
    }

    /// `PATH` or `HOST::GUEST`.
    static func preopen(_ text: String) throws(CommandFailure) -> Preopen {
        // Without Foundation: the first `::`.
        var index = text.startIndex
        while index < text.endIndex {
            let rest = text[index...]
            if rest.hasPrefix("::") {
                let host = String(text[..<index])
                let guest = String(rest.dropFirst(2))
                guard !host.isEmpty, !guest.isEmpty else {
                    throw CommandFailure("--dir \(text): expected PATH or HOST::GUEST", exitCode: 2)
                }
                return Preopen(host, as: guest)
            }
            index = text.index(after: index)
        }
        guard !text.isEmpty else { throw CommandFailure("--dir: expected PATH or HOST::GUEST", exitCode: 2) }
        return Preopen(text)
    }
}

/// The parser has no options whose value may be left out without taking the next word.
private let reportFormatOption = "memory-report-format"

extension RunCommand {
    private static let valueOptions: Set<String> = [
        "--global-heap-size", "--stack-size", "--heap-size", "--max-memory", "--linear-memory", "--bounds",
        "--dir",
        "--env", "--invoke", "--fuel", "--timeout", "--memory-report-file", "--memory-map", "--enable",
        "--disable",
        "--gc-heap-size", "--heap-placement", "--guest-heap", "--max-heap", "--truncate",
        "--" + reportFormatOption,
    ]

    /// Turns `--memory-report=json` into an option of another name; words behind the module stay as they are.
    static func separatingReportFormat(_ arguments: [String]) -> [String] {
        guard arguments.first == "run" else { return arguments }
        var result = arguments
        var index = 1
        while index < result.count {
            let word = result[index]
            if word == "--" || !word.hasPrefix("-") { break }
            if word.hasPrefix("--memory-report=") {
                result[index] = "--\(reportFormatOption)=" + word.dropFirst("--memory-report=".count)
            }
            index += valueOptions.contains(word) ? 2 : 1
        }
        return result
    }
}
