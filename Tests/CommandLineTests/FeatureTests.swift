import Foundation
import Testing

struct FeatureTests {
    /// A function `[] -> [i32]` that ends with `return_call`.
    private static let tailCall: [UInt8] = [
        0, 0x61, 0x73, 0x6D, 1, 0, 0, 0,
        1, 5, 1, 0x60, 0, 1, 0x7F,
        3, 3, 2, 0, 0,
        7, 8, 1, 4, 0x63, 0x61, 0x6C, 0x6C, 0, 1,
        10, 11, 2, 4, 0, 0x41, 7, 0x0B, 4, 0, 0x12, 0, 0x0B,
    ]

    private func file(in folder: TemporaryFolder) throws -> String {
        let file = folder.file("tail.wasm")
        try Data(Self.tailCall).write(to: file)
        return file.path
    }

    @Test func `a module of a feature that is off is refused with the option that helps`() throws {
        let folder = try TemporaryFolder()
        let path = try file(in: folder)
        #expect(try Program.run(["run", "--invoke", "call", path]).output == "7\n")
        for arguments in [
            ["run", "--disable", "tail-calls", "--invoke", "call", path],
            ["validate", "--disable=all", path],
            ["inspect", "--disable", "simd,tail-calls", path],
        ] {
            let run = try Program.run(arguments)
            #expect(run.exitCode == 1)
            #expect(
                run.errors.contains(
                    "this module uses tail calls (tail-calls), which is switched off: --enable tail-calls"
                )
            )
        }
        let only = try Program.run([
            "run", "--disable", "all", "--enable", "tail-calls", "--invoke", "call", path,
        ])
        #expect(only.output == "7\n")
        #expect(try Program.run(["inspect", path]).output.contains("features\n  tail-calls\n"))
    }

    @Test func `wrong names and options that contradict each other are refused`() throws {
        for (arguments, text) in [
            (["--enable", "tailcalls"], "tailcalls"),
            (["--disable", "bulk-memory,"], "bulk-memory,"),
            (["--disable", "multi-value", "--enable", "multi-value"], "--enable asks for it too"),
        ] {
            let run = try Program.run(["validate"] + arguments + [Program.fixture("add")])
            #expect(run.exitCode == 2)
            #expect(run.errors.contains(text))
        }
    }

    @Test func `every feature is listed with its state and what it needs`() throws {
        let run = try Program.run(["features"])
        #expect(run.exitCode == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 20)
        #expect(lines.contains { $0.hasPrefix("tail-calls ") && $0.contains(" on ") })
        #expect(lines.contains { $0.hasPrefix("relaxed-simd ") && $0.contains("needs simd") })
        #expect(!lines.contains { $0.hasPrefix("legacy-exceptions ") && $0.contains(" on ") })
    }
}
