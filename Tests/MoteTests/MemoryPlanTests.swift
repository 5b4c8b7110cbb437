import Mote
import Testing

struct MemoryPlanTests {
    @Test func `a plan draws itself`() {
        var plan = MemoryPlan()
        plan.globalHeap = .pool(bytes: 256 * 1024)
        plan.operandStack = 8 * 1024
        plan.maximumPages = 2
        #expect(plan.description.contains("global heap: pool of 256 KiB"))
        #expect(plan.description.contains("8 KiB for each environment"))
        #expect(plan.description.contains("checked, at most 2 pages (128 KiB)"))
        #expect(MemoryPlan().description.contains("guard pages"))
    }

    @Test func `a pool too small says which region wanted how much`() throws {
        var plan = MemoryPlan()
        plan.globalHeap = .pool(bytes: 48 * 1024)
        plan.operandStack = 4096
        let memory = #expect(throws: RuntimeError.self) { try Fixture.instance("grow", plan) }
        guard case .memory(let failure) = memory else {
            Issue.record("\(String(describing: memory))")
            return
        }
        #expect(failure.kind == .exhausted && failure.region == .linearMemory && failure.isPool)
        #expect(failure.requestedInBytes >= 65536)
        #expect((failure.availableInBytes ?? .max) < 48 * 1024)
        #expect(failure.description.contains("region linear memory wanted"))
    }

    @Test func `plans that make no sense are refused`() throws {
        var tiny = MemoryPlan()
        tiny.globalHeap = .pool(bytes: 16)
        #expect(throws: RuntimeError.self) { try Runtime(tiny) }
        tiny.globalHeap = .pool(bytes: 0)
        #expect(throws: RuntimeError.self) { try Runtime(tiny) }
        tiny.globalHeap = .pool(bytes: .max)
        #expect(throws: RuntimeError.self) { try Runtime(tiny) }
        var guarded = MemoryPlan()
        guarded.linearMemory = .heap
        guarded.bounds = .guardPages
        #expect(throws: RuntimeError.self) { try Fixture.instance("grow", guarded) }
    }

    @Test func `a caller's buffer holds everything`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        plan.globalHeap = .pool(buffer)
        plan.operandStack = 8192
        do {
            let instance = try Fixture.instance("grow", plan)
            let memory = try instance.memory()
            try memory.withBytes { bytes in
                bytes.withUnsafeMutableBytes { inside in
                    guard let base = UnsafeRawPointer(inside.baseAddress), let start = buffer.baseAddress
                    else {
                        Issue.record("no memory")
                        return
                    }
                    #expect(base >= UnsafeRawPointer(start) && base < UnsafeRawPointer(start) + buffer.count)
                }
            }
            #expect(try instance.call("grow", ((Int32) -> Int32).self, 1) == 1)
        }
    }

    @Test(arguments: Plans.all)
    func `the report names every byte, by region and by owner`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("grow", plan)
        _ = try instance.call("grow", ((Int32) -> Int32).self, 2)
        let report = instance.store.runtime.memoryReport
        #expect(report.regions.first { $0.region == .linearMemory }?.current == 3 * 65536)
        #expect(report.regions.map(\.current).reduce(0, +) == report.current)
        #expect(report.owners.map(\.current).reduce(0, +) == report.current)
        #expect(report.peak >= report.current)
        #expect((report.pool != nil) == "\(plan)".contains("pool"))
        for kind in ["runtime", "store", "module", "instance", "environment"] {
            #expect(report.owners.contains { $0.kind == kind })
        }
        #expect(report.description.contains("linear memory"))
        #expect(report.json.hasPrefix("{\"regions\":{") && report.json.hasSuffix("}"))
        #expect(report.json.contains("\"linear memory\":{\"current\":196608,\"peak\":"))
    }

    @Test(arguments: Plans.all)
    func `what is dropped is given back`(plan: MemoryPlan) throws {
        let runtime = try Runtime(plan)
        // The registry of types comes with the first module, and stays.
        _ = try runtime.load(contentsOf: Fixture.path("grow"))
        let before = runtime.memoryReport.current
        for _ in 0..<3 {
            let instance = try runtime.load(contentsOf: Fixture.path("grow")).instantiate()
            _ = try instance.function("size").call([])
            #expect(runtime.memoryReport.current > before)
        }
        #expect(runtime.memoryReport.current == before)
        #expect(Set(runtime.memoryReport.owners.map(\.kind)) == ["runtime"])
    }
}
