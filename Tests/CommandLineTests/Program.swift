import Foundation

/// One run of the built program `mote`.
struct Program {
    var exitCode: Int32
    var output: String
    var errors: String

    /// The repository's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func fixture(_ name: String) -> String {
        root.appendingPathComponent("Tests/Fixtures/wasm/\(name).wasm").path
    }

    /// Where programs lie beside the test bundle.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// Runs it with arguments and waits for its end; `during` gets its process id meanwhile.
    static func run(
        _ arguments: [String],
        of program: String = "mote",
        input: String = "",
        during: (Int32) throws -> Void = { _ in }
    ) throws -> Program {
        let process = Process()
        process.executableURL = products.appendingPathComponent(program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"]
        let folder = try TemporaryFolder()
        let (out, err, source) = (folder.file("out"), folder.file("err"), folder.file("in"))
        for url in [out, err] { _ = FileManager.default.createFile(atPath: url.path, contents: nil) }
        try Data(input.utf8).write(to: source)
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
        try during(process.processIdentifier)
        process.waitUntilExit()
        return Program(
            exitCode: process.terminationReason == .exit
                ? process.terminationStatus : 1000 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: err), as: UTF8.self)
        )
    }
}

/// A folder that goes with its last handle.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("mote-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}
