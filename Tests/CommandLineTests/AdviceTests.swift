import Foundation
import Testing

/// What `mote inspect` advises, and whether a module that follows it is as small as was said.
struct AdviceTests {
    private static let clang = ["/usr/bin/clang-19", "/usr/bin/clang"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let hasLinker = FileManager.default.isExecutableFile(atPath: "/usr/bin/wasm-ld-19")

    private func inspect(_ file: String) throws -> [String: Any] {
        let run = try Program.run(["inspect", "--json", file])
        #expect(run.exitCode == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    @Test func `inspect speaks JSON with keys that stay`() throws {
        let report = try inspect(Program.fixture("heap"))
        #expect(
            Set(report.keys) == [
                "file", "size", "functions", "toolchain", "producers", "sections", "features", "imports",
                "exports",
                "memory", "largestFrame", "advice",
            ]
        )
        let memory = try #require(report["memory"] as? [String: Any])
        #expect(
            Set(memory.keys) == [
                "pages", "maximumPages", "pageSize", "is64", "isShared", "usesMemorySize", "isLayoutComplete",
                "dataEnd", "dataEndSource", "heapBase", "heapBaseSource", "stack", "stackSource", "allocator",
                "parts", "size", "truncatedSize", "notTruncatedBecause",
            ]
        )
        #expect(memory["allocator"] as? String == "malloc")
        let advice = try #require((report["advice"] as? [[String: Any]])?.first)
        #expect(Set(advice.keys) == ["subject", "place", "saves", "change", "because"])
        #expect(try inspect(Program.fixture("add"))["file"] as? String == Program.fixture("add"))
    }

    @Test func `inspect says what a memory will be, and what would save how much`() throws {
        let run = try Program.run(["inspect", Program.fixture("heap")])
        for text in [
            "linear memory under a plan", "in a pool", "host's heap", "what would save memory", "stack-size=",
        ] {
            #expect(run.output.contains(text))
        }
    }

    @Test(.enabled(if: clang != nil && hasLinker, "there is no clang for WebAssembly"))
    func `a module that is built as advised takes as much less as was said`() throws {
        let folder = try TemporaryFolder()
        let source = folder.file("guest.c")
        try Data(
            """
            static char zeroes[3000];
            __attribute__((export_name("sum"))) int sum(int n) {
                volatile char room[512];
                for (int i = 0; i < 512; i++) room[i] = (char)n;
                zeroes[n & 1023] = room[n & 511];
                return zeroes[5];
            }
            """.utf8
        ).write(to: source)
        // clang runs Binaryen's wasm-opt where it finds one, and that keeps sections which the linker would drop.
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("wasm-ld-19").path,
            withDestinationPath: "/usr/bin/wasm-ld-19"
        )
        func build(_ flags: [String]) throws -> [String: Any] {
            let output = folder.file("guest.wasm")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Self.clang ?? "")
            process.arguments =
                ["--target=wasm32", "-O1", "-nostdlib", "-Wl,--no-entry", source.path, "-o", output.path]
                + flags
            process.environment = ["PATH": folder.file("wasm-ld-19").deletingLastPathComponent().path]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return try inspect(output.path)
        }
        func memorySize(_ report: [String: Any]) -> Int {
            let memory = report["memory"] as? [String: Any]
            return memory?["truncatedSize"] as? Int ?? memory?["size"] as? Int ?? 0
        }
        var flags: [String] = []
        var report = try build(flags)
        #expect(report["toolchain"] as? String == "clang")
        var followed: Set<String> = []
        while let advice = (report["advice"] as? [[String: Any]])?.first(where: {
            !followed.contains($0["subject"] as? String ?? "")
        }) {
            let subject = try #require(advice["subject"] as? String)
            let saves = try #require(advice["saves"] as? Int)
            followed.insert(subject)
            flags.append(try #require(advice["change"] as? String))
            let next = try build(flags)
            if advice["place"] as? String == "file" {
                // And the sections' own headers.
                let less = (report["size"] as? Int ?? 0) - (next["size"] as? Int ?? 0)
                #expect(less >= saves && less < saves + 200, "\(subject)")
            } else {
                #expect(memorySize(report) - memorySize(next) == saves, "\(flags)")
            }
            report = next
        }
        #expect(followed.isSuperset(of: ["stack size", "strip"]))
    }
}
