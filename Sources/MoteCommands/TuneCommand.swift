internal import ArgumentParser
internal import Mote
internal import MoteTuner

/// `mote tune`: finds the least memory plan under which a program does what it does with plenty.
struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Finds the least memory that a program needs, by running it.",
        usage: "mote tune [<options>] <module> [--] [<arguments> ...]",
        discussion: """
            Runs the program with plenty of memory, then again and again with less in one region at a time, until one \
            step less would change its exit code or its output. Prints the plan as options of mote run, in Swift and \
            in C. Standard input is read once, to its end, and every run gets all of it; of each --dir every run gets \
            a fresh copy. Sizes given as options are the most that is tried; without, these are 1G of pool and 64M of \
            operand stack. \
            The exit code is 0; 130 after an interrupt, with the best plan so far; 1 when the program does not run or \
            does not end, 2 for wrong usage.
            """
    )

    @OptionGroup(title: "Memory") var memory: MemoryOptions

    @OptionGroup(title: "Features") var features: FeatureOptions

    @OptionGroup(title: "Inputs") var inputs: TuneInputOptions

    @Flag(help: "Let relaxed vector instructions give the results of the deterministic profile.")
    var deterministic = false

    @Option(
        help: ArgumentHelp("What a run may spend: about one for each instruction.", valueName: "count")
    )
    var fuel: Int64?

    @Option(
        help: ArgumentHelp(
            "After this time a run counts as endless, as 500, 500ms or 2s (default: 60s).",
            valueName: "time"
        )
    )
    var timeout: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "What the plan has above the least: 10% (default: nothing).",
            valueName: "per cent"
        )
    )
    var margin: Percentage?

    @Flag(help: "Show that the plan is least: one step less of each region fails.")
    var verify = false

    @Flag(help: "Print what was found as JSON.")
    var json = false

    @Flag(help: "No progress on standard error.")
    var quiet = false

    @Argument(help: "The module, and the guest's arguments; options behind -- are the guest's as well.")
    var command: [String] = []

    func validate() throws {
        guard let first = command.first else { throw ValidationError("Which module?") }
        if first == "-" { throw ValidationError("The module must be a file: every run loads it") }
        if let fuel, fuel < 0 { throw ValidationError("--fuel cannot be negative") }
    }

    func run() throws {
        guard let path = command.first else { throw CommandFailure("which module?", exitCode: 2) }
        let facts = try ModuleFacts(path, features.features)
        let arguments = Array(command.dropFirst())
        let copied = try inputs.directories.map(RunCommand.preopen)
        let copies: DirectoryCopies
        do throws(CopyFailure) {
            copies = try DirectoryCopies(
                of: copied,
                limit: inputs.copyLimit?.bytes ?? 256 << 20
            )
        } catch {
            throw CommandFailure("\(error.path): \(error.reason)")
        }
        let control = RunControl()
        try TuneSignals.start(control, copies)
        guard control.start() else { throw CommandFailure("no thread for timeouts") }
        defer { control.end() }
        var program = try program(path, inputs.all(arguments, readsInput: facts.readsInput), copies)
        program.plan = memory.plan
        let plenty = plenty(facts)
        let lines = TuneProgressLines(program, isQuiet: quiet)
        var tuner = Tuner(
            plenty: plenty,
            inputCount: program.inputs.count,
            timeLimit: timeout?.milliseconds ?? 60_000,
            margin: margin?.value ?? 0,
            progress: { lines.show($0) },
            observe: { program.run($0, input: $1, milliseconds: $2, control: control) }
        )
        let result: TuneResult
        do throws(TuneFailure) {
            result = try tuner.run(verifies: verify)
        } catch {
            lines.end()
            throw failure(error, program)
        }
        lines.end()
        try report(result, program, path: path, facts)
        if result.isPartial { throw CommandFailure("interrupted", exitCode: 130) }
    }

    private func program(
        _ path: String,
        _ inputs: [GuestInput],
        _ copies: DirectoryCopies
    ) throws -> GuestProgram {
        let function = self.inputs.invoke
        var program = GuestProgram(
            name: path.split(separator: "/").last.map(String.init) ?? path,
            inputs: inputs,
            copies: copies,
            load: { try ModuleFile.load(path, into: $0) },
            enter: { instance, input, output in
                guard let function else {
                    return UInt32(bitPattern: try GuestRun.command(instance, path: path))
                }
                return UInt32(
                    bitPattern: try GuestRun.invoke(function, input.arguments, in: instance) {
                        Output.write($0, to: output)
                    }
                )
            }
        )
        program.directories = try self.inputs.sharedDirectories.map(RunCommand.preopen)
        program.hidesArguments = function != nil
        program.variables = self.inputs.variables
        program.features = features.features
        program.isDeterministic = deterministic
        program.fuel = fuel
        program.describe = { error in
            let message = GuestRun.failure(error, path: path).message
            return message.split(separator: "\n").first.map(String.init) ?? "\(error)"
        }
        return program
    }

    /// What is tried first: the sizes that the user gave, and much where there are none.
    private func plenty(_ facts: ModuleFacts) -> TunedSizes {
        var sizes = TunedSizes()
        let pool = memory.globalHeapSize?.bytes ?? 1 << 30
        sizes[.globalHeap] = pool
        sizes[.operandStack] = memory.stackSize?.bytes ?? min(64 << 20, pool / 4 & ~15)
        sizes[.linearMemory] = memory.maximumMemory.map { $0.bytes >> 16 } ?? facts.maximumPages
        sizes[.gcHeap] = memory.gcHeapSize?.bytes ?? 64 << 20
        if let heap = memory.heapSize, heap.bytes > 0 { sizes[.appHeap] = heap.bytes }
        sizes[.guestHeap] = memory.maximumHeap?.bytes ?? 65536 << 16
        return sizes
    }

    private func report(
        _ result: TuneResult,
        _ program: GuestProgram,
        path: String,
        _ facts: ModuleFacts
    ) throws {
        var before = ["mote", "run"] + memory.policyWords + features.words
        if deterministic { before.append("--deterministic") }
        var behind = inputs.words
        if let fuel { behind.append("--fuel=\(fuel)") }
        behind += command
        var report = TuneReport(
            result,
            of: program,
            commandBefore: before,
            commandBehind: behind,
            defaults: [
                .globalHeap: "the system's", .operandStack: "1,048,576", .gcHeap: "67,108,864",
                .appHeap: "0", .linearMemory: facts.pagesText, .guestHeap: "no cap",
            ],
            margin: margin?.value ?? 0
        )
        report.advice = facts.advice(result.peaks, plan: program.plan(result.recommended))
        Output.standard(json ? report.json + "\n" : report.text)
    }

    private func failure(_ failure: TuneFailure, _ program: GuestProgram) -> CommandFailure {
        func name(_ input: Int) -> String {
            let label = program.inputs.indices.contains(input) ? program.inputs[input].label : ""
            return label.isEmpty ? program.name : "\(program.name) \(label)"
        }
        switch failure {
        case .endless(let input, let milliseconds):
            return CommandFailure("\(name(input)): no end after \(milliseconds) ms (option: --timeout)")
        case .cannotStart(let input, let reason): return CommandFailure("\(name(input)): \(reason)")
        case .tooLarge(let input, let region, let reason):
            return CommandFailure(
                "\(name(input)): not even plenty is enough: \(reason) (option: --\(region.option))"
            )
        case .unstable(let input, let first, let second):
            return CommandFailure(
                "\(name(input)): two runs with plenty ended differently: \(first.description), "
                    + "\(second.description)"
            )
        case .interrupted: return CommandFailure("interrupted", exitCode: 130)
        }
    }
}

/// A share as users write it: `10%` or `10`.
package struct Percentage: Equatable, ExpressibleByArgument {
    package var value: Int

    package init?(_ text: String) {
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let value = Int(digits), (0...1000).contains(value), digits.first != "+" else { return nil }
        self.value = value
    }

    package init?(argument: String) { self.init(argument) }
}
