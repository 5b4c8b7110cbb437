internal import ArgumentParser
internal import Mote

/// `mote validate`: says whether files are valid modules.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Decodes and validates modules.",
        discussion: "Prints nothing for a valid module. The exit code is 1 where one is not."
    )

    @OptionGroup(title: "Features") var features: FeatureOptions

    @Argument(help: ArgumentHelp("The modules, binary or text; - is standard input.", valueName: "module"))
    var paths: [String]

    func run() throws {
        var failed = 0
        let runtime = try Runtime(features: features.features)
        for path in paths {
            do {
                _ = try ModuleFile.load(path, into: runtime)
            } catch {
                Output.error("mote: \(GuestRun.failure(error, path: path).message)\n")
                failed += 1
            }
        }
        if failed > 0 { throw CommandFailure("", exitCode: 1) }
    }
}
