import Mote
import MoteTuner
import Testing

struct TuneReportTests {
    @Test(arguments: [
        ("plain-1.wasm", "plain-1.wasm"), ("", "''"), ("two words", "'two words'"), ("it's", #"'it'\''s'"#),
        ("$HOME", "'$HOME'"), ("a;b", "'a;b'"), ("*", "'*'"), ("über", "'über'"),
        ("HOST::/guest", "HOST::/guest"),
    ])
    func `words are quoted as shells want them`(word: String, quoted: String) {
        #expect(TuneReport.quoted(word) == quoted)
    }

    @Test(arguments: [
        (0, TunedRegion.gcHeap, "0"), (1023, .operandStack, "1023"), (1024, .operandStack, "1K"),
        (3, .linearMemory, "192K"), (16, .linearMemory, "1M"), (1 << 30, .globalHeap, "1024M"),
        (.max, .linearMemory, "\(Int.max)"),
    ])
    func `sizes are options with a unit where that is exact`(size: Int, region: TunedRegion, text: String) {
        #expect(TuneReport.size(size, region) == text)
    }

    @Test func `every region stands in the plan, as an option and as a property`() throws {
        let sizes = TunedSizes([
            .operandStack: 1008, .linearMemory: 2, .guestHeap: 4096, .appHeap: 64, .gcHeap: 30_000,
            .globalHeap: 1 << 20,
        ])
        var program = GuestProgram(
            name: "app",
            inputs: [GuestInput(arguments: [], label: "")],
            copies: try DirectoryCopies(of: [], limit: 0),
            load: { try $0.load(bytes: []) },
            enter: { _, _, _ in 0 }
        )
        program.plan.truncation = .never
        program.plan.guestHeap = .app
        program.plan.checksAuxiliaryStack = false
        let plan = program.plan(sizes)
        #expect(plan.operandStack == 1008 && plan.maximumPages == 2 && plan.maximumGuestHeap == 4096)
        #expect(plan.appHeap == 64 && plan.gcHeap == 30_000 && plan.truncation == .never)
        let result = TuneResult(
            least: sizes,
            plenty: sizes,
            peaks: Peaks(),
            endings: [.exit(0)],
            outputs: [GuestOutput()],
            varying: []
        )
        let report = TuneReport(
            result,
            of: program,
            commandBefore: ["mote", "run"],
            commandBehind: ["a b"],
            defaults: [:],
            margin: 0
        )
        #expect(
            report.command
                == "mote run --global-heap-size=1M --stack-size=1008 --max-memory=128K --max-heap=4K --heap-size=64 "
                + "--gc-heap-size=30000 'a b'"
        )
        #expect(
            report.swift == [
                "var plan = MemoryPlan()", "plan.globalHeap = .pool(bytes: 1_048_576)",
                "plan.operandStack = 1008",
                "plan.maximumPages = 2", "plan.maximumGuestHeap = 4096", "plan.appHeap = 64",
                "plan.gcHeap = 30000", "plan.truncation = .never", "plan.guestHeap = .app",
                "plan.checksAuxiliaryStack = false", "let runtime = try Runtime(plan)",
            ]
        )
        #expect(report.c.contains("    .host_managed_heap_size = 64,"))
        #expect(report.text.contains("app: the least plan, after 0 runs of 1 input\n"))
    }
}
