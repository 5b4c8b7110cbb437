import Foundation
import Testing

struct TuneTests {
    /// What `mote tune --json` found.
    struct Found {
        var program: Program
        var report: [String: Any]
        /// Bytes by region.
        func sizes(_ name: String) -> [String: Int] { report[name] as? [String: Int] ?? [:] }
        var options: [String] { report["options"] as? [String] ?? [] }
        var proofs: [[String: Any]] { report["proofs"] as? [[String: Any]] ?? [] }
    }

    static func tune(_ arguments: [String], input: String = "") throws -> Found {
        let run = try Program.run(["tune", "--json", "--quiet"] + arguments, input: input)
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        return Found(program: run, report: report ?? [:])
    }

    static let steps = [
        "operand stack": 16, "linear memory": 65536, "global heap": 64, "gc heap": 64, "guest heap": 16,
    ]
    static let names = [
        "operand stack": "--stack-size", "linear memory": "--max-memory", "global heap": "--global-heap-size",
        "gc heap": "--gc-heap-size", "guest heap": "--max-heap",
    ]

    struct Case: CustomTestStringConvertible {
        var options: [String] = []
        var guest: String
        var arguments: [String] = []
        var input = ""
        var exitCode: Int32 = 0
        var testDescription: String { (options + [guest] + arguments).joined(separator: " ") }
    }

    @Test(arguments: [
        Case(guest: "hello", arguments: ["one", "--dir"]),
        Case(guest: "cat", input: String(repeating: "some words\n", count: 3000)),
        Case(guest: "heap", arguments: ["300"]),
        Case(guest: "recursion", arguments: ["200"]),
        Case(guest: "exitcode", arguments: ["41"], exitCode: 41),
        Case(guest: "trap", exitCode: 134),
        Case(options: ["--invoke", "grow_and_check"], guest: "grow", arguments: ["3"]),
    ])
    func `the plan works as options of mote run, and one step less of each region does not`(
        example: Case
    ) throws {
        let guest = Program.fixture(example.guest)
        let found = try Self.tune(
            ["--verify"] + example.options + [guest, "--"] + example.arguments,
            input: example.input
        )
        #expect(found.program.exitCode == 0, "\(found.program.errors)")
        #expect(found.program.errors.isEmpty)
        #expect(found.proofs.count == found.sizes("least").count)
        #expect(found.proofs.allSatisfy { $0["fails"] as? Bool == true })
        func run(_ sizes: [String]) throws -> Program {
            try Program.run(
                ["run"] + sizes + example.options + [guest] + example.arguments,
                input: example.input
            )
        }
        let expected = try run([])
        #expect(expected.exitCode == example.exitCode)
        let least = try run(found.options)
        #expect(least.exitCode == expected.exitCode, "\(least.errors)")
        #expect(least.output == expected.output)
        for (region, size) in found.sizes("least") {
            let (option, step) = (try #require(Self.names[region]), try #require(Self.steps[region]))
            // Linear memory is counted in pages.
            guard size >= step, region != "operand stack" || size > 256 else { continue }
            let less = try run(found.options.filter { !$0.hasPrefix(option) } + ["\(option)=\(size - step)"])
            #expect(
                less.exitCode != expected.exitCode || less.output != expected.output
                    || less.errors != expected.errors,
                "\(region) works with \(size - step)"
            )
        }
    }

    @Test func `each run finds directories as they were, and the user's stay as they are`() throws {
        let folder = try TemporaryFolder()
        try "one two two three three three\n".write(
            to: folder.file("words"),
            atomically: true,
            encoding: .utf8
        )
        let words = try Self.tune([
            "--dir", "\(folder.url.path)::/data", Program.fixture("wordcount"), "/data/words",
        ])
        #expect(words.program.exitCode == 0, "\(words.program.errors)")
        #expect((words.report["inputs"] as? [[String: Any]])?.first?["ending"] as? String == "exit code 0")
        // It fails where the file that it makes is there already.
        let maker = folder.file("maker.wat")
        try """
        (module
          (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "made")
          (func (export "_start")
            (call $exit
              (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 5)
                (i64.const 0x40) (i64.const 0) (i32.const 0) (i32.const 100)))))
        """.write(to: maker, atomically: true, encoding: .utf8)
        let place = folder.file("place")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        let made = try Self.tune(["--verify", "--dir", "\(place.path)::/", maker.path])
        #expect((made.report["inputs"] as? [[String: Any]])?.first?["ending"] as? String == "exit code 0")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
        let files = try Self.tune(["--dir", "\(place.path)::/", Program.fixture("files")])
        #expect(files.program.exitCode == 0, "\(files.program.errors)")
        let large = try Program.run(["tune", "--copy-limit=2K", "--dir", place.path, maker.path])
        #expect(large.exitCode == 0)
        try "x".write(to: place.appendingPathComponent("x"), atomically: true, encoding: .utf8)
        let full = try Program.run(["tune", "--copy-limit=2K", "--dir", place.path, maker.path])
        #expect(full.exitCode == 1 && full.errors.contains("too much in it"))
        let absent = try Program.run(["tune", "--dir", "/nowhere/at/all", maker.path])
        #expect(absent.exitCode == 1 && absent.errors.contains("/nowhere/at/all"))
    }

    @Test func `the plan works for all inputs, given one by one or in a file`() throws {
        let guest = Program.fixture("recursion")
        func stack(_ arguments: [String]) throws -> Int {
            try Self.tune(arguments).sizes("least")["operand stack"] ?? 0
        }
        let (few, many) = (try stack([guest, "10"]), try stack([guest, "500"]))
        #expect(few < many)
        #expect(try stack(["--also", "500", guest, "10"]) == many)
        let folder = try TemporaryFolder()
        let (runs, text) = (folder.file("runs"), folder.file("text"))
        try "# depths\n20\n\n '500' # deep\n1\n".write(to: runs, atomically: true, encoding: .utf8)
        #expect(try stack(["--runs", runs.path, guest, "10"]) == many)
        try String(repeating: "word ", count: 999).write(to: text, atomically: true, encoding: .utf8)
        let counted = try Self.tune(
            ["--also", "< \(text.path)", Program.fixture("wordcount")],
            input: "one"
        )
        let inputs = counted.report["inputs"] as? [[String: Any]]
        #expect(inputs?.map { $0["standardInput"] as? Int } == [3, 4995])
        #expect(try Program.run(["tune", "--also", "'open", guest]).exitCode == 2)
        #expect(try Program.run(["tune", "--also", "a <", guest]).exitCode == 2)
        #expect(try Program.run(["tune", "--runs", "/nowhere", guest]).exitCode == 1)
    }

    @Test func `output that varies by itself is not compared, and that is said`() throws {
        let folder = try TemporaryFolder()
        let guest = folder.file("varying.wat")
        try """
        (module
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\\10\\00\\00\\00\\08\\00\\00\\00")
          (func (export "_start")
            (drop (call $random (i32.const 16) (i32.const 8)))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
        """.write(to: guest, atomically: true, encoding: .utf8)
        let run = try Program.run(["tune", "--verify", guest.path])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(
            run.output.contains("8 bytes of output; varies from run to run: only how it ends was compared")
        )
        #expect(run.errors.contains("output varies"))
    }

    @Test
    func `what is found is printed for the command line, for Swift and for C, with a margin on request`()
        throws
    {
        let guest = Program.fixture("hello")
        let run = try Program.run(["tune", "--margin", "25%", "--truncate=never", guest, "it's"])
        #expect(run.exitCode == 0)
        for text in [
            "the least plan, after ", "exit code 0, 16 bytes of output", "default", "used", "least",
            "with 25%",
            "\n  mote run --truncate=never --global-heap-size=", " --max-memory=", " --stack-size=",
            "\(guest) 'it'\\''s'\n", "plan.globalHeap = .pool(bytes: ", "plan.maximumPages = ",
            "plan.truncation = .never", ".default_stack_size = ", ".heap_buf = pool",
        ] {
            #expect(run.output.contains(text) || text.hasPrefix("exit code"), "\(text)\n\(run.output)")
        }
        // Progress stands on lines of its own where nobody looks at a terminal.
        #expect(run.errors.contains("tune: with plenty: hello.wasm"))
        #expect(run.errors.contains("tune: least operand stack: "))
        #expect(!run.errors.contains("\r") && !run.errors.contains("\u{1B}"))
        let found = try Self.tune(["--margin=25", guest])
        let (least, plan) = (found.sizes("least"), found.sizes("plan"))
        for (region, size) in least { #expect((plan[region] ?? 0) >= size + size / 4) }
        #expect(try Program.run(["run"] + found.options + [guest]).output == "hello from wasm\n")
        let capped = try Self.tune(["--global-heap-size=512K", "--stack-size=4K", guest])
        #expect(capped.sizes("least") == least)
    }

    @Test func `programs that do not run, or do not end, are not tuned`() throws {
        let traps = Program.fixture("traps")
        let endless = try Program.run(["tune", "--timeout", "300ms", "--invoke", "spin", traps])
        #expect(endless.exitCode == 1)
        #expect(endless.errors.hasSuffix("mote: traps.wasm: no end after 300 ms (option: --timeout)\n"))
        let deep = try Program.run(["tune", "--stack-size=1M", Program.fixture("recursion"), "forever"])
        #expect(deep.exitCode == 1)
        #expect(deep.errors.contains("not even plenty is enough: trap: call stack exhausted"))
        #expect(deep.errors.contains("--stack-size"))
        let unlinked = try Program.run(["tune", "--invoke", "greet", Program.fixture("hostcalls")])
        #expect(unlinked.exitCode == 1 && unlinked.errors.contains("unknown import"))
        #expect(try Program.run(["tune", "/nowhere.wasm"]).exitCode == 1)
        let none = try Program.run(["tune", Program.fixture("add")])
        #expect(none.exitCode == 1 && none.errors.contains("has no _start"))
        let small = try Program.run(["tune", "--global-heap-size=64K", Program.fixture("hello")])
        #expect(small.exitCode == 1 && small.errors.contains("--global-heap-size"))
    }

    @Test func `an interrupt leaves the best plan so far, marked as such`() throws {
        let guest = Program.fixture("sleep")
        let early = try Program.run(["tune", guest, "5"]) { process in
            usleep(600_000)
            kill(process, SIGINT)
        }
        #expect(early.exitCode == 130 && early.output.isEmpty)
        let late = try Program.run(["tune", guest, "1"]) { process in
            usleep(4_700_000)
            kill(process, SIGINT)
        }
        #expect(late.exitCode == 130, "\(late.errors)")
        #expect(late.output.contains("stopped: the best plan so far"))
        let command = late.output.split(separator: "\n").first { $0.hasPrefix("  mote run ") }
        let words = try #require(command).split(separator: " ").dropFirst().map(String.init)
        let run = try Program.run(words)
        #expect(run.exitCode == 0 && run.output == "sleeping\nawake\n")
    }

    @Test(arguments: [
        ["tune"], ["tune", "-"], ["tune", "--margin", "much", "x.wasm"], ["tune", "--margin=-1", "x.wasm"],
        ["tune", "--env", "NOVALUE", "x.wasm"], ["tune", "--unknown", "x.wasm"],
        ["tune", "--fuel=-1", "x.wasm"],
    ])
    func `wrong usage ends with 2 and tells`(arguments: [String]) throws {
        let run = try Program.run(arguments)
        #expect(run.exitCode == 2)
        #expect(run.errors.contains("Error: "))
        #expect(run.output.isEmpty)
    }
}
