internal import ArgumentParser
internal import Dispatch
internal import Mote
internal import MoteMemory
internal import MoteModule
internal import MoteScript
internal import Synchronization

/// `mote wast`: runs scripts of the specification's tests.
struct WastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wast",
        abstract: "Runs .wast scripts.",
        discussion: """
            Prints one line for each command that fails, and how many passed. The exit code is 1 where one failed. \
            Features are those of WebAssembly 3.0, and those that folders of the suite are named for: threads, \
            custom-page-sizes, wide-arithmetic, legacy-exceptions.
            """
    )

    enum Tier: String, ExpressibleByArgument, CaseIterable { case interpreter }

    enum Backing: String, ExpressibleByArgument, CaseIterable { case automatic, heap, reserved }

    enum Bounds: String, ExpressibleByArgument, CaseIterable { case automatic, checked, `guard` }

    @Argument(help: ArgumentHelp("Scripts, or folders of them.", valueName: "file-or-folder"))
    var paths: [String]

    @Option(help: "What runs the code.")
    var tier: Tier = .interpreter

    @Option(help: "Where linear memory lives.")
    var backing: Backing = .automatic

    @Option(help: "How its bounds are checked.")
    var bounds: Bounds = .automatic

    @Option(help: ArgumentHelp("Run each script in one pool of this size.", valueName: "size"))
    var pool: ByteSize?

    @OptionGroup(title: "Features") var features: FeatureOptions

    @Flag(help: "Collect garbage at every allocation.")
    var gcStress = false

    @Option(help: ArgumentHelp("A list of commands that have to fail.", valueName: "file"))
    var expectedFailures: String?

    @Option(help: ArgumentHelp("Scripts that run at the same time.", valueName: "count"))
    var jobs = 1

    @Flag(help: "Print each script's counts and processor time.")
    var timing = false

    @Flag(help: "Only print how many commands of each kind each script has.")
    var listCommands = false

    func validate() throws {
        if jobs < 1 { throw ArgumentParser.ValidationError("--jobs: at least 1") }
        if backing != .reserved, bounds == .guard, pool != nil || backing == .heap {
            throw ArgumentParser.ValidationError("--bounds guard: only reserved memory has guard pages")
        }
        if pool != nil, backing == .reserved {
            throw ArgumentParser.ValidationError("--backing reserved: a pool contains linear memory")
        }
    }

    func run() throws {
        var runner = ScriptRunner(try scriptConfiguration())
        if let expectedFailures { runner.expectedFailures = try readExpectedFailures(expectedFailures) }
        let scripts = try files()
        let tallies = results(of: scripts, runner)
        var total = ScriptTally()
        for (path, tally) in zip(scripts, tallies) {
            for failure in tally.failures { Output.standard("\(failure)\n") }
            if listCommands { Output.standard("\(path)\(Self.counts(tally))\n") }
            if timing {
                let outcome = "\(tally.passed) passed, \(tally.failed) failed"
                Output.standard("\(path): \(outcome), \(tally.processorMilliseconds) ms\n")
            }
            total += tally
        }
        if listCommands { return }
        if total.failedAsExpected > 0 { Output.standard("\(total.failedAsExpected) failed as listed\n") }
        Output.standard("\(total.passed) passed, \(total.failed) failed\n")
        if total.failed > 0 { throw CommandFailure("", exitCode: 1) }
    }

    /// The scripts of all paths, without those that are not run, which a line on the error stream names.
    private func files() throws -> [String] {
        var files: [String] = []
        var reasons: [String: Int] = [:]
        do throws(ScriptFiles.Unreadable) {
            for path in paths {
                for script in try ScriptFiles.scripts(at: path) {
                    if let reason = ScriptFeatures.reasonToSkip(script) {
                        reasons[reason, default: 0] += 1
                    } else {
                        files.append(script)
                    }
                }
            }
        } catch {
            throw CommandFailure("\(error)", exitCode: 2)
        }
        for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
            Output.error("mote: \(count) scripts are skipped: \(reason)\n")
        }
        return files
    }

    private func results(of scripts: [String], _ runner: ScriptRunner) -> [ScriptTally] {
        let results = Mutex([ScriptTally](repeating: ScriptTally(), count: scripts.count))
        let next = Mutex(0)
        let isList = listCommands
        DispatchQueue.concurrentPerform(iterations: min(jobs, max(1, scripts.count))) { _ in
            while true {
                let index = next.withLock { value in
                    defer { value += 1 }
                    return value
                }
                guard index < scripts.count else { return }
                let tally = Self.result(of: scripts[index], runner, isList: isList)
                results.withLock { $0[index] = tally }
            }
        }
        return results.withLock { $0 }
    }

    private static func result(of path: String, _ runner: ScriptRunner, isList: Bool) -> ScriptTally {
        do throws(ScriptFiles.Unreadable) {
            let source = try ScriptFiles.read(path)
            return isList ? runner.list(source, path: path) : runner.run(source, path: path)
        } catch {
            var tally = ScriptTally()
            tally.failed = 1
            tally.failures = [ScriptFailure(path: path, line: 0, keyword: "script", message: error.reason)]
            return tally
        }
    }

    private static func counts(_ tally: ScriptTally) -> String {
        tally.counts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    }

    private func readExpectedFailures(_ path: String) throws -> ExpectedFailures {
        do {
            return try ExpectedFailures(String(decoding: try ScriptFiles.read(path), as: UTF8.self))
        } catch let error as ExpectedFailures.BadLine {
            throw CommandFailure("\(path): not a line of a list: \(error.text)", exitCode: 2)
        } catch {
            throw CommandFailure("\(error)", exitCode: 2)
        }
    }

    private func scriptConfiguration() throws -> ScriptConfiguration {
        var configuration = ScriptConfiguration(
            backing: [.automatic: .automatic, .heap: .heap, .reserved: .reserved][backing] ?? .automatic,
            bounds: [.automatic: .automatic, .checked: .checked, .guard: .guardPages][bounds] ?? .automatic,
            poolSizeInBytes: pool?.bytes
        )
        configuration.stressesCollector = gcStress
        configuration.removed = Self.set(features.disabled, with: \.dependants)
        configuration.added = Self.set(features.enabled, with: \.needs)
        if features.enabled.contains(where: \.isAll) {
            configuration.added.rawValue &= ~configuration.removed.rawValue
        }
        return configuration
    }

    /// The features that an option names, with those that each takes along.
    private static func set(
        _ names: [FeatureNames],
        with others: KeyPath<Mote.Feature, [Mote.Feature]>
    ) -> FeatureSet {
        var set = FeatureSet.none
        for list in names {
            let wanted =
                list.isAll ? Mote.Feature.allCases : list.named.flatMap { [$0] + $0[keyPath: others] }
            for name in wanted { ScriptFeatures.feature(named: name.rawValue).map { set.insert($0) } }
        }
        return set
    }
}
