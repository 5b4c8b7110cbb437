import Glibc
import Mote
import Testing

/// The Swift that stands in the guides: `scripts/check-guides` compares it with the blocks there.
struct GuideTests {
    @Test func `the guide's program runs in the plan that was found for it`() throws {
        let path = Fixture.path("wordcount-small")
        let license = open(Fixture.root + "/LICENSE", O_RDONLY)
        let nowhere = open("/dev/null", O_WRONLY)
        defer {
            close(license)
            close(nowhere)
        }
        var plan = MemoryPlan()
        plan.globalHeap = .pool(bytes: 192 * 1024)
        plan.operandStack = 2048
        plan.maximumPages = 1
        let runtime = try Runtime(plan)
        let wasi = try WASI(
            in: runtime,
            arguments: ["wordcount"],
            standardInput: license,
            standardOutput: nowhere
        )
        let instance = try runtime.load(contentsOf: path).instantiate(imports: wasi.imports)
        let exitCode = try instance.runCommand()
        #expect(exitCode == 0)
        let report = runtime.memoryReport
        #expect(report.pool.map { $0.peak <= 192 * 1024 } == true)
    }

    @Test func `the guide's host passes text through the app heap`() throws {
        let path = Fixture.path("onepage")
        var plan = MemoryPlan()
        plan.appHeap = 4096
        let instance = try Runtime(plan).load(contentsOf: path).instantiate()
        let text = try instance.duplicate("stressed".utf8)
        #expect(text >= 65536)
        #expect(instance.guestHeap.kind == .app)
        try instance.free(text)
    }
}
