import Foundation
import Testing

struct RunTests {
    @Test func `a program gets the arguments behind it, options included`() throws {
        let run = try Program.run(["run", Program.fixture("hello"), "one", "--dir", "--help", "--", "-x"])
        #expect(run.exitCode == 0)
        #expect(run.output.hasPrefix("hello from wasm\n"))
        for (index, argument) in ["one", "--dir", "--help", "--", "-x"].enumerated() {
            #expect(run.output.contains("argument \(index + 1): \(argument)"))
        }
        #expect(run.errors.isEmpty)
    }

    @Test func `a program whose library is the host's runs from its main`() throws {
        let run = try Program.run(["run", "--heap-size=4K", Program.fixture("builtin"), "17", "two"])
        #expect(run.output == "2 arguments\n17 two\n")
        #expect(run.exitCode == 17)
        let leaving = try Program.run(["run", "--invoke", "leave", Program.fixture("builtin"), "3"])
        #expect(leaving.output == "leaving\n" && leaving.exitCode == 3)
        let aborting = try Program.run(["run", "--invoke", "stop_with", Program.fixture("builtin"), "3"])
        #expect(aborting.errors.contains("env.abort(3)") && aborting.exitCode == 134)
        let homeless = try Program.run(["run", Program.fixture("builtin")])
        #expect(homeless.errors.contains("--heap-size") && homeless.exitCode == 1)
    }

    @Test func `the guest's exit code is the program's`() throws {
        #expect(try Program.run(["run", Program.fixture("exitcode")]).exitCode == 7)
        #expect(try Program.run(["run", Program.fixture("exitcode"), "41"]).exitCode == 41)
    }

    @Test func `a trap ends with 134, its message, and the functions' names and places`() throws {
        let run = try Program.run(["run", Program.fixture("trap")])
        #expect(run.exitCode == 134)
        #expect(run.output.contains("about to trap"))
        #expect(run.errors.hasPrefix("mote: trap: unreachable\n  #0 innermost (function "))
        #expect(run.errors.contains(", at byte 0x"))
        let lines = run.errors.split(separator: "\n")
        let places = ["innermost", "middle", "outermost"].compactMap { name in
            lines.firstIndex { $0.contains(" \(name) (function") }
        }
        #expect(places.count == 3 && places == places.sorted())
    }

    @Test
    func `names in a backtrace are those of the name section, with what a terminal would act on escaped`()
        throws
    {
        // Function 0 traps, 1 calls it: `wit\u{1b}h\ff` and `outer`, of the module `odd\u{202e}`.
        let code: [UInt8] =
            [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 3, 2, 0, 0]
            + [7, 7, 1, 3, 0x72, 0x75, 0x6E, 0, 1]
            + [10, 10, 2, 3, 0, 0x00, 0x0B, 4, 0, 0x10, 0, 0x0B]
        let names: [UInt8] =
            [0, 7, 6, 0x6F, 0x64, 0x64, 0xE2, 0x80, 0xAE]
            + [1, 16, 2, 0, 6, 0x77, 0x69, 0x74, 0x1B, 0x68, 0xFF, 1, 5, 0x6F, 0x75, 0x74, 0x65, 0x72]
        let folder = try TemporaryFolder()
        let file = folder.file("names.wasm")
        let section: [UInt8] = [4, 0x6E, 0x61, 0x6D, 0x65] + names
        try Data(code + [0, UInt8(section.count)] + section).write(to: file)
        let run = try Program.run(["run", "--invoke", "run", file.path])
        #expect(run.exitCode == 134)
        #expect(
            run.errors == """
                mote: trap: unreachable
                  #0 wit\\u{1b}h\\ff (function 0 of odd\\u{202e}, at byte 0x21)
                  #1 outer (function 1 of odd\\u{202e}, at byte 0x25)

                """
        )
    }

    @Test func `everything fits a pool, or the region that did not is named`() throws {
        let run = try Program.run([
            "run", "--global-heap-size", "512K", "--stack-size=16K", Program.fixture("hello"),
        ])
        #expect(run.exitCode == 0, "\(run.errors)")
        let small = try Program.run(["run", "--global-heap-size=100K", Program.fixture("hello")])
        #expect(small.exitCode == 1)
        #expect(small.errors.contains("region linear memory wanted"))
        #expect(small.errors.contains("--global-heap-size"))
    }

    @Test func `a report lists regions and owners, as text and as JSON`() throws {
        let text = try Program.run(["run", "--memory-report", Program.fixture("hello")])
        #expect(text.output.hasPrefix("hello from wasm"))
        for word in ["linear memory", "operand stack", "code", "total", "by owner", "instance"] {
            #expect(text.errors.contains(word))
        }
        let json = try Program.run(
            [
                "run", "--global-heap-size=1M", "--memory-report=json", Program.fixture("hello"),
                "--memory-report=x",
            ])
        #expect(json.output.contains("--memory-report=x"))
        let report = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
        let regions = try #require(report?["regions"] as? [String: [String: Int]])
        #expect((regions["linear memory"]?["peak"] ?? 0) >= 65536)
        #expect((report?["pool"] as? [String: Int])?["size"] ?? 0 > 1_000_000)
        let folder = try TemporaryFolder()
        let file = folder.file("report.json")
        let quiet = try Program.run(["run", "--memory-report-file", file.path, Program.fixture("exitcode")])
        #expect(quiet.exitCode == 7 && quiet.errors.isEmpty)
        _ = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    }

    @Test func `one function runs with arguments of its types`() throws {
        let add = Program.fixture("add")
        #expect(try Program.run(["run", "--invoke", "add", add, "2", "-3"]).output == "-1\n")
        #expect(try Program.run(["run", "--invoke", "add", add, "0xFFFFFFFF", "2"]).output == "1\n")
        #expect(try Program.run(["run", "--invoke", "mean", add, "1", "2"]).output == "1.5\n")
        let wrong = try Program.run(["run", "--invoke", "add", add, "2"])
        #expect(wrong.exitCode == 2)
        #expect(wrong.errors == "mote: add has type (i32, i32) -> i32: 2 arguments wanted, not 1\n")
        #expect(try Program.run(["run", "--invoke", "add", add, "2", "1.5"]).exitCode == 2)
        #expect(try Program.run(["run", "--invoke", "add", add, "2", "4294967296"]).exitCode == 2)
        let unknown = try Program.run(["run", "--invoke", "subtract", add])
        #expect(unknown.exitCode == 1)
        #expect(unknown.errors.contains("exports no function named \"subtract\""))
        let none = try Program.run(["run", add])
        #expect(none.exitCode == 2)
        #expect(none.errors.contains("add (i32, i32) -> i32"))
        #expect(try Program.run(["run", "--invoke", "next", Program.fixture("reactor")]).output == "101\n")
    }

    @Test func `fuel and timeout end a guest that does not`() throws {
        let fuel = try Program.run(["run", "--fuel", "100000", "--invoke", "spin", Program.fixture("traps")])
        #expect(fuel.exitCode == 134)
        #expect(fuel.errors.hasPrefix("mote: ended: fuel exhausted"))
        let time = try Program.run([
            "run", "--timeout", "200ms", "--invoke", "spin", Program.fixture("traps"),
        ])
        #expect(time.exitCode == 134)
        #expect(time.errors.hasPrefix("mote: ended: timeout"))
        let both = ["--fuel=1000000000000", "--timeout=200"]
        #expect(
            try Program.run(["run"] + both + ["--invoke", "spin", Program.fixture("traps")]).exitCode == 134
        )
        let sleeping = try Program.run(["run", "--timeout", "0.2s", Program.fixture("sleep")])
        #expect(sleeping.exitCode == 134)
    }

    @Test func `an interrupt ends computing and sleeping guests with 130`() throws {
        for guest in [["--invoke", "spin", Program.fixture("traps")], [Program.fixture("sleep")]] {
            let run = try Program.run(["run"] + guest) { process in
                usleep(400_000)
                kill(process, SIGINT)
            }
            #expect(run.exitCode == 130)
            #expect(run.errors.contains("interrupted"))
        }
    }

    @Test func `recursion ends at the operand stack's size`() throws {
        let run = try Program.run(["run", "--stack-size", "32K", Program.fixture("recursion"), "forever"])
        #expect(run.exitCode == 134)
        #expect(run.errors.contains("call stack exhausted: operand stack of 32 KiB, at least "))
        #expect(run.errors.contains(" (option: --stack-size)"))
    }

    @Test func `limits of memory reach the guest`() throws {
        let grow = Program.fixture("grow")
        let gained = try Program.run([
            "run", "--max-memory", "256K", "--invoke", "grow_and_check", grow, "15",
        ])
        #expect(gained.exitCode == 0)
        #expect(gained.output == "3\n")
    }

    @Test(arguments: [
        ["--linear-memory=heap"], ["--linear-memory=reserved", "--bounds=guard"], ["--bounds=checked"],
    ])
    func `each choice of memory and bounds traps outside`(options: [String]) throws {
        let run = try Program.run(
            ["run"] + options + ["--invoke", "load", Program.fixture("traps"), "65533"]
        )
        #expect(run.exitCode == 134)
        #expect(run.errors.contains("out of bounds memory access"))
    }

    @Test func `choices that do not go together are refused`() throws {
        let run = try Program.run(["run", "--linear-memory=heap", "--bounds=guard", Program.fixture("hello")])
        #expect(run.exitCode == 1)
        #expect(run.errors.contains("guard pages need reserved linear memory"))
    }

    @Test func `directories and variables are the guest's`() throws {
        let folder = try TemporaryFolder()
        let run = try Program.run(["run", "--dir", "\(folder.url.path)::/", Program.fixture("files")])
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("0 failed"))
        let environ = try Program.run(["run", "--env", "COLOR=red", Program.fixture("environ"), "COLOR"])
        #expect(environ.output.contains("red"))
        let missing = try Program.run(["run", "--dir", "/nowhere/at/all", Program.fixture("hello")])
        #expect(missing.exitCode == 1)
        #expect(missing.errors == "mote: directory /nowhere/at/all: No such file or directory\n")
        #expect(try Program.run(["run", Program.fixture("cat")], input: "meow\n").output == "meow\n")
    }

    @Test func `what cannot be loaded or linked says so and ends with 1`() throws {
        let missing = try Program.run(["run", "nothing.wasm"])
        #expect(missing.exitCode == 1)
        #expect(missing.errors == "mote: nothing.wasm: No such file or directory\n")
        let source = try Program.run(["run", #filePath])
        #expect(source.exitCode == 1)
        #expect(source.errors.contains("magic header not detected (at byte 0x0)"))
        let unlinked = try Program.run(["run", "--invoke", "greet", Program.fixture("hostcalls")])
        #expect(unlinked.exitCode == 1)
        #expect(unlinked.errors.contains(#"unknown import "env" "log": function (i32, i32) -> ()"#))
    }

    @Test(arguments: [
        ["run"], ["run", "--fule", "3", "x.wasm"], ["run", "--fuel", "much", "x.wasm"],
        ["run", "--stack-size", "12Q", "x.wasm"], ["run", "--heap-size", "4Q", "x.wasm"],
        ["run", "--heap-size", "4K", "--guest-heap", "none", "x.wasm"],
        ["run", "--env", "NOVALUE", "x.wasm"], ["run", "--memory-report=xml", "x.wasm"], ["walk"],
    ])
    func `wrong usage ends with 2 and tells`(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.exitCode == 2)
        #expect(run.errors.contains("Error: "))
        #expect(run.output.isEmpty)
    }
}
