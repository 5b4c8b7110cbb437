internal import ArgumentParser
internal import Mote
internal import MoteTuner

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What the runs of `mote tune` get to work on, as options.
struct TuneInputOptions: ParsableArguments {
    @Option(
        name: .customLong("also"),
        help: ArgumentHelp(
            "Other arguments that must work too, in one word: 'one \"two three\" < file'. May be repeated.",
            valueName: "arguments"
        )
    )
    var others: [String] = []

    @Option(
        name: .customLong("runs"),
        help: ArgumentHelp(
            "A file of such arguments, a line each; # begins a comment.",
            valueName: "file"
        )
    )
    var runsFile: String?

    @Option(
        name: .customLong("stdin"),
        help: ArgumentHelp("Standard input of the runs, instead of this program's own.", valueName: "file")
    )
    var standardInput: String?

    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp(
            "A directory that the guest may use, as PATH or HOST::GUEST; each run gets a copy.",
            valueName: "directory"
        )
    )
    var directories: [String] = []

    @Option(
        name: .customLong("dir-in-place"),
        help: ArgumentHelp(
            "The same without a copy, for large directories that the guest only reads.",
            valueName: "directory"
        )
    )
    var sharedDirectories: [String] = []

    @Option(
        name: .customLong("copy-limit"),
        help: ArgumentHelp("Most bytes of the copies (default: 256M).", valueName: "size")
    )
    var copyLimit: ByteSize?

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("An environment variable, as NAME=VALUE.", valueName: "variable")
    )
    var variables: [String] = []

    @Option(help: ArgumentHelp("Call this export with the arguments.", valueName: "name"))
    var invoke: String?

    func validate() throws {
        for variable in variables where !variable.contains("=") || variable.hasPrefix("=") {
            throw ValidationError("--env \(variable): expected NAME=VALUE")
        }
    }

    /// The options that `mote run` takes as well.
    var words: [String] {
        (directories + sharedDirectories).flatMap { ["--dir", $0] } + variables.flatMap { ["--env", $0] }
            + (invoke.map { ["--invoke", $0] } ?? [])
    }

    /// All inputs; `readsInput` says whether the module can read its standard input at all.
    func all(_ arguments: [String], readsInput: Bool) throws(CommandFailure) -> [GuestInput] {
        var lines = others
        if let runsFile {
            lines += String(decoding: try InputFile.bytes(runsFile), as: UTF8.self)
                .split(whereSeparator: \.isNewline).map(String.init)
        }
        var result = [
            GuestInput(arguments: arguments, label: arguments.map(TuneReport.quoted).joined(separator: " "))
        ]
        var files: [String?] = [nil]
        for line in lines {
            guard let run = RunLine(line) else {
                throw CommandFailure("\(line): a quote has no end, or no file is named behind <", exitCode: 2)
            }
            if run.isEmpty, others.allSatisfy({ $0 != line }) { continue }
            result.append(GuestInput(arguments: run.arguments, label: line))
            files.append(run.file)
        }
        guard readsInput else { return result }
        let common = files.contains(nil) ? try commonInput() : []
        for index in result.indices {
            result[index].standardInput =
                try files[index].map { name throws(CommandFailure) in
                    try InputFile.bytes(name)
                } ?? common
        }
        return result
    }

    private func commonInput() throws(CommandFailure) -> [UInt8] {
        if let standardInput { return try InputFile.bytes(standardInput) }
        if isatty(STDIN_FILENO) == 1 {
            Output.error("standard input is a terminal: runs get none (option: --stdin)\n")
            return []
        }
        // Somebody may hold the other end open without knowing.
        var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        if poll(&wait, 1, 2000) == 0 {
            Output.error(
                "waiting for standard input, which is read to its end first (option: --stdin /dev/null)\n"
            )
        }
        return try InputFile.bytes("-")
    }
}

/// Arguments in a line, parted by blanks, with quotes and `\` as shells have them, and `< FILE`.
package struct RunLine: Equatable {
    package private(set) var arguments: [String] = []
    package private(set) var file: String?

    package var isEmpty: Bool { arguments.isEmpty && file == nil }

    /// Nil where a quote has no end or a file's name is missing.
    package init?(_ line: String) {
        var word: String?
        var quote: Character?
        var namesFile = false
        var rest = line[...]
        func take(_ run: inout RunLine) {
            guard let done = word else { return }
            if namesFile { run.file = done } else { run.arguments.append(done) }
            namesFile = false
            word = nil
        }
        while let character = rest.popFirst() {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"", let next = rest.first, "\"\\".contains(next) {
                    word?.append(rest.removeFirst())
                } else {
                    word?.append(character)
                }
                continue
            }
            switch character {
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            case "<":
                take(&self)
                if namesFile { return nil }
                namesFile = true
            case "#" where word == nil:
                rest = ""
            case _ where character.isWhitespace:
                take(&self)
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        take(&self)
        if namesFile { return nil }
    }
}
