internal import ArgumentParser
internal import MoteText

/// `mote wasm2wat`: binary modules to text.
struct Wasm2watCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wasm2wat",
        abstract: "Prints a binary module as text.",
        discussion: """
            The text goes to standard output, or where --output says, and assembles to the same module. Names of the \
            name section become identifiers, branch hints and other custom sections annotations. The module is not \
            validated. The exit code is 1 where a file is no module.
            """
    )

    @OptionGroup var options: ConversionOptions

    func run() throws {
        try options.convertEach { path throws(CommandFailure) in
            var bytes = try InputFile.bytes(path)
            // Text is printed in the form that binary modules have.
            if ModuleFile.isText(bytes, path) { bytes = try ModuleFile.assemble(bytes, path) }
            let output = OutputFile(
                options.destination(of: path, ending: ".wat", isStandardOutputDefault: true)
            )
            do throws(PrintError) {
                try Self.print(bytes, to: output)
            } catch {
                output.discard()
                throw CommandFailure("\(InputFile.name(path)): \(error)")
            }
            try output.finish()
        }
    }

    private static func print(_ bytes: [UInt8], to output: OutputFile) throws(PrintError) {
        let result = bytes.withUnsafeBufferPointer { bytes -> Result<Void, PrintError> in
            do throws(PrintError) {
                _ = try ModulePrinter.print(bytes) { output.write($0) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
