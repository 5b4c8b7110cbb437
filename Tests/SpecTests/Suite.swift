import Foundation

/// The suite's scripts, converted at first use.
enum Suite {
    /// The scripts by name, or why there are none.
    static let scripts: Result<[Script], Absent> = load()

    struct Absent: Error, CustomStringConvertible {
        let description: String
    }

    /// On a machine that must run everything, what is missing is a failure.
    static var mustRun: Bool {
        ProcessInfo.processInfo.environment["CI"] == "true"
    }

    static var isAbsent: Absent? {
        if case .failure(let absent) = scripts { return absent }
        return nil
    }

    /// The repository's folder.
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func load() -> Result<[Script], Absent> {
        let output = root.appendingPathComponent(".build-spec-lines")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", root.appendingPathComponent("scripts/spec-lines").path, output.path,
        ]
        let errors = Pipe()
        process.standardError = errors
        do {
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                let reason = text.trimmingCharacters(in: .whitespacesAndNewlines)
                return .failure(Absent(description: "the specification's tests did not run: \(reason)"))
            }
            let files = try FileManager.default.contentsOfDirectory(
                at: output,
                includingPropertiesForKeys: nil
            )
            return .success(
                try files.filter { $0.pathExtension == "lines" }
                    .sorted { $0.path < $1.path }
                    .map { try Script(contentsOf: $0) }
            )
        } catch {
            return .failure(Absent(description: "the specification's tests did not run: \(error)"))
        }
    }
}
