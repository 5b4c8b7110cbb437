import Foundation
import MoteScript
import Testing

/// How linear memories are backed and checked: the three legal pairs, and a pool.
enum Configuration: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case reservedWithGuardPages
    case reservedAndChecked
    case heapAndChecked
    case pool

    var testDescription: String { rawValue }

    var script: ScriptConfiguration {
        switch self {
        case .reservedWithGuardPages: ScriptConfiguration(backing: .reserved, bounds: .guardPages)
        case .reservedAndChecked: ScriptConfiguration(backing: .reserved, bounds: .checked)
        case .heapAndChecked: ScriptConfiguration(backing: .heap, bounds: .checked)
        case .pool: ScriptConfiguration(poolSizeInBytes: 512 << 20)
        }
    }
}

/// Every script of the specification's suite, in every configuration, in debug builds too.
@Suite(
    .enabled(
        if: Suite.mustRun || !Suite.isAbsent,
        "the specification's tests did not run: there is no suite at \(Suite.folder)"
    )
)
struct SpecificationTests {
    @Test(arguments: Configuration.allCases)
    func `every command of every script passes, and leaves the heap empty`(configuration: Configuration)
        throws
    {
        try run(configuration.script, as: configuration.rawValue)
    }

    @Test func `every command passes where garbage is collected at every allocation`() throws {
        var configuration = Configuration.reservedWithGuardPages.script
        configuration.stressesCollector = true
        try run(configuration, as: "collecting always")
    }

    private func run(_ configuration: ScriptConfiguration, as name: String) throws {
        var runner = ScriptRunner(configuration)
        runner.expectedFailures = try Suite.expectedFailures()
        let only = ProcessInfo.processInfo.environment["MOTE_SPEC_ONLY"]
        var total = ScriptTally()
        let scripts = try Suite.scripts().filter { only == nil || $0.contains(only ?? "") }
        try #require(!scripts.isEmpty)
        for path in scripts { total += runner.run(try ScriptFiles.read(path), path: path) }
        let counts =
            "\(total.passed) passed, \(total.failed) failed, \(total.failedAsExpected) failed as listed"
        print("specification, \(name): \(scripts.count) scripts, \(counts)")
        for failure in total.failures.prefix(100) { print("\(failure)") }
        #expect(total.passed > 0)
        #expect(!configuration.stressesCollector || total.collectionCount > 100)
        #expect(total.failed == 0, "\(name): \(counts)")
        if only == nil { #expect(total.failedAsExpected == runner.expectedFailures.count) }
    }

    @Test func `the list of expected failures names only scripts of the suite`() throws {
        let scripts = try Suite.scripts()
        let unknown = try Suite.expectedFailures().scripts.filter { script in
            !scripts.contains { $0.hasSuffix("/" + script) }
        }
        #expect(unknown == [])
    }

    @Test func `the reader finds as many commands of each kind as the suite's table says`() throws {
        let rows = try SuiteTable.rows()
        try #require(rows.count > 10)
        let runner = ScriptRunner(ScriptConfiguration())
        for row in rows {
            let folder = Suite.folder + "/" + row.folder
            let scripts = try ScriptFiles.scripts(at: folder)
                .filter { !$0.dropFirst(folder.count + 1).contains("/") }
            #expect(scripts.count == row.files, "\(row.folder)")
            var counts: [String: Int] = [:]
            for path in scripts {
                let tally = runner.list(try ScriptFiles.read(path), path: path)
                for failure in tally.failures { Issue.record("\(failure)") }
                for (keyword, count) in tally.counts {
                    counts[SuiteTable.column(of: keyword), default: 0] += count
                }
            }
            #expect(counts == row.counts, "\(row.folder)")
        }
    }
}
