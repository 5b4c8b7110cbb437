import Foundation
import Testing

struct InspectTests {
    @Test func `a module's map shows data, stack and heap in the order of their addresses`() throws {
        let run = try Program.run(["inspect", Program.fixture("heap")])
        #expect(run.exitCode == 0)
        for word in [
            "sections", "imports", "exports", "linear memory", "operand stack", "wasi_snapshot_preview1",
        ] {
            #expect(run.output.contains(word))
        }
        let lines = run.output.split(separator: "\n")
        let addresses = lines.filter { $0.contains("  0x") && $0.contains("+---") }.map {
            $0.prefix { $0 != "+" }
        }
        #expect(addresses.count >= 4)
        #expect(addresses == addresses.sorted())
        for part in ["| auxiliary stack <-", "| data ", "| libc heap ->"] {
            #expect(lines.contains { $0.contains(part) })
        }
        #expect(run.output.contains("the stack pointer is"))
    }

    @Test func `a map ends where the memory does`() throws {
        let run = try Program.run(["inspect", Program.fixture("grow")])
        #expect(run.output.contains("1 page, at most 16"))
        #expect(run.output.contains("| libc heap ->"))
        #expect(run.output.contains("grow_and_check"))
    }

    @Test func `validate is silent for modules and names what is none`() throws {
        let good = try Program.run(["validate", Program.fixture("hello"), Program.fixture("add")])
        #expect(good.exitCode == 0 && good.output.isEmpty && good.errors.isEmpty)
        let folder = try TemporaryFolder()
        let cut = folder.file("cut.wasm")
        try Data(contentsOf: URL(fileURLWithPath: Program.fixture("hello"))).dropLast(100).write(to: cut)
        let bad = try Program.run(["validate", Program.fixture("add"), cut.path])
        #expect(bad.exitCode == 1)
        #expect(bad.errors.contains(cut.path) && bad.errors.contains("at byte 0x"))
    }

    @Test func `version and help go to standard output`() throws {
        let version = try Program.run(["--version"])
        #expect(version.exitCode == 0 && version.output.hasPrefix("mote "))
        for arguments in [["--help"], ["run", "--help"], ["help", "run"], ["inspect", "-h"]] {
            let help = try Program.run(arguments)
            #expect(help.exitCode == 0)
            #expect(help.output.contains("USAGE: mote"))
        }
    }
}
