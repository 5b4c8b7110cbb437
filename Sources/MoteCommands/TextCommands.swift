internal import ArgumentParser

/// What `wat2wasm` and `wasm2wat` have in common: which files they read, and where the results go.
struct ConversionOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The files; - is standard input.", valueName: "file"))
    var paths: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Where the result goes; - is standard output.", valueName: "file")
    )
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder for the results of several files, each under its own name with the new ending.",
            valueName: "folder"
        )
    )
    var outputDirectory: String?

    func validate() throws {
        if output != nil, outputDirectory != nil {
            throw ValidationError("--output and --output-directory cannot both be given")
        }
        if paths.count > 1, outputDirectory == nil {
            throw ValidationError("Several files need --output-directory")
        }
        if outputDirectory != nil, paths.contains("-") {
            throw ValidationError("Standard input has no name for --output-directory")
        }
    }

    /// Where the result of a file goes.
    func destination(of path: String, ending: String, isStandardOutputDefault: Bool) -> String {
        if let output { return output }
        if let outputDirectory { return outputDirectory + "/" + Self.name(path, ending: ending) }
        return path == "-" || isStandardOutputDefault ? "-" : Self.name(path, ending: ending)
    }

    /// The last part of a path with another ending.
    static func name(_ path: String, ending: String) -> String {
        var name = path.split(separator: "/").last.map(String.init) ?? path
        for old in [".wat", ".wasm", ".wast"] where name.hasSuffix(old) {
            name.removeLast(old.count)
            break
        }
        return name + ending
    }

    /// Converts each file, says what is wrong with those that cannot be, and fails at the end if there was one.
    func convertEach(_ convert: (String) throws(CommandFailure) -> Void) throws(CommandFailure) {
        if paths.count == 1 { return try convert(paths[0]) }
        var failed = false
        for path in paths {
            do throws(CommandFailure) {
                try convert(path)
            } catch {
                Output.error("mote: \(error.message)\n")
                failed = true
            }
        }
        if failed { throw CommandFailure("", exitCode: 1) }
    }
}
