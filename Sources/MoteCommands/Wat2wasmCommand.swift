internal import ArgumentParser

/// `mote wat2wasm`: text modules to binary ones.
struct Wat2wasmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wat2wasm",
        abstract: "Assembles a text module into a binary one.",
        discussion: """
            Without --output the result lies in the current directory, under the file's name with the ending .wasm. \
            Identifiers are kept in a name section. The module is not validated: mote validate does that. The exit \
            code is 1 where a text cannot be assembled; the error names line and column.
            """
    )

    @OptionGroup var options: ConversionOptions

    @Flag(help: "Write no name section.")
    var noNames = false

    func run() throws {
        try options.convertEach { path throws(CommandFailure) in
            let source = try InputFile.bytes(path)
            guard !ModuleFile.isBinary(source) else {
                throw CommandFailure("\(InputFile.name(path)): it is a binary module already")
            }
            let module = try ModuleFile.assemble(source, path, writesNames: !noNames)
            let output = OutputFile(
                options.destination(of: path, ending: ".wasm", isStandardOutputDefault: false)
            )
            output.write(module)
            try output.finish()
        }
    }
}
