public import ArgumentParser

/// The command line `mote`.
public struct MoteCommand: ParsableCommand {
    /// Name, summary and subcommands.
    public static let configuration = CommandConfiguration(
        commandName: "mote",
        abstract: "Runs WebAssembly in a memory budget of your choice.",
        version: "mote 0.1.0",
        subcommands: [
            RunCommand.self, TuneCommand.self, ValidateCommand.self, InspectCommand.self,
            Wat2wasmCommand.self,
            Wasm2watCommand.self, WastCommand.self, FeaturesCommand.self,
        ]
    )

    /// The command without a subcommand, which prints help.
    public init() {}

    /// Parses arguments, runs what they ask for, and answers the process's exit code.
    ///
    /// 0 is success, 1 what could not be loaded or linked, 2 wrong usage; `run` has the guest's own code, 134 for a
    /// trap and 130 when the user interrupted it.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(RunCommand.separatingReportFormat(arguments))
            try command.run()
            return 0
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { Output.error("mote: \(failure.message)\n") }
            return failure.exitCode
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if code == .success {
                Output.standard(text + "\n")
                return 0
            }
            Output.error(text + "\n")
            return 2
        }
    }
}

/// Why a command ends with another exit code than 0.
struct CommandFailure: Error {
    /// Printed behind the program's name; empty for nothing.
    var message: String
    var exitCode: Int32

    init(_ message: String, exitCode: Int32 = 1) {
        self.message = message
        self.exitCode = exitCode
    }
}
