import Foundation
import MoteScript

/// Where the specification's tests are.
enum Suite {
    /// The repository's folder.
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// `MOTE_SPEC_TESTSUITE`, or `../shared/spec-testsuite` beside the package.
    static var folder: String {
        ProcessInfo.processInfo.environment["MOTE_SPEC_TESTSUITE"]
            ?? root.deletingLastPathComponent().appendingPathComponent("shared/spec-testsuite").path
    }

    static var isAbsent: Bool { !FileManager.default.fileExists(atPath: folder + "/core") }

    /// On a machine that must run everything, what is missing is a failure.
    static var mustRun: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }

    /// Our own scripts.
    static var ownFolder: String { root.appendingPathComponent("Tests/SpecTests/Scripts").path }

    /// The suite's scripts and our own, without those that are not asked for.
    static func scripts() throws -> [String] {
        let all = try ScriptFiles.scripts(at: folder) + ScriptFiles.scripts(at: ownFolder)
        return all.filter { ScriptFeatures.reasonToSkip($0) == nil }
    }

    static func expectedFailures() throws -> ExpectedFailures {
        let file = root.appendingPathComponent("Tests/SpecTests/expected-failures.txt")
        return try ExpectedFailures(String(contentsOf: file, encoding: .utf8))
    }
}
