import Mote
import Testing

struct MemoryTests {
    @Test(arguments: Plans.all)
    func `numbers, bytes and text go in and out`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("grow", plan)
        let memory = try instance.memory()
        try memory.store(UInt32(0x0102_0304), at: 101)
        #expect(try memory.load(UInt8.self, at: 101) == 4)
        #expect(try memory.load(UInt32.self, at: 101) == 0x0102_0304)
        try memory.store(1.5, at: 200)
        #expect(try memory.load(Double.self, at: 200) == 1.5)
        try memory.write(Array("grüß".utf8), at: 300)
        #expect(try memory.string(at: 300, count: 6) == "grüß")
        #expect(try memory.bytes(at: 300, count: 2) == [0x67, 0x72])
        #expect(try instance.call("peek", ((Int32) -> Int32).self, 101) & 0xFF == 4)
    }

    @Test(arguments: Plans.all)
    func `outside is an error, whatever the numbers`(plan: MemoryPlan) throws {
        let memory = try Fixture.instance("grow", plan).memory()
        let size = memory.sizeInBytes
        #expect(try memory.bytes(at: size, count: 0).isEmpty)
        #expect(try memory.load(UInt8.self, at: size - 1) == 0)
        for (address, count) in [(size, 1), (size - 1, 2), (0, size + 1), (Int.max, 1), (1, Int.max)] {
            #expect(throws: RuntimeError.self) { try memory.bytes(at: address, count: count) }
        }
        #expect(throws: RuntimeError.self) { try memory.bytes(at: Int64(-1), count: 1) }
        #expect(throws: RuntimeError.self) { try memory.bytes(at: 0, count: Int64(-1)) }
        #expect(throws: RuntimeError.self) { try memory.load(UInt64.self, at: UInt64.max - 3) }
        #expect(throws: RuntimeError.self) { try memory.load(UInt8.self, at: Int32(-1)) }
        try memory.store(UInt8(0xFF), at: 8)
        #expect(throws: RuntimeError.self) { try memory.string(at: 8, count: 1) }
    }

    @Test(arguments: Plans.all)
    func `it grows to its maximum, by host and guest`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("grow", plan)
        let memory = try instance.memory()
        #expect(memory.pageCount == 1 && memory.maximumPageCount == 16)
        try memory.store(UInt32(5), at: 65532)
        #expect(try memory.grow(by: 2) == 1)
        #expect(try instance.call("grow", ((Int32) -> Int32).self, 1) == 3)
        #expect(memory.pageCount == 4 && memory.sizeInBytes == 4 * 65536)
        #expect(try memory.load(UInt32.self, at: 65532) == 5)
        let error = #expect(throws: RuntimeError.self) { try memory.grow(by: 13) }
        guard case .usage(.maximumReached(maximum: 16)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `limits and plan cap the pages`() throws {
        var plan = MemoryPlan()
        plan.maximumPages = 3
        #expect(try Fixture.instance("grow", plan).memory().maximumPageCount == 3)
        let limits = InstanceLimits(maximumPages: 2)
        let instance = try Fixture.instance("grow", plan, limits: limits)
        #expect(try instance.call("grow", ((Int32) -> Int32).self, 5) == -1)
        #expect(try instance.call("grow", ((Int32) -> Int32).self, 1) == 1)
    }

    @Test func `while a view is open nothing grows and nothing runs`() throws {
        let instance = try Fixture.instance("grow")
        let memory = try instance.memory()
        let peek = try instance.function("peek", as: ((Int32) -> Int32).self)
        let first: UInt8 = try memory.withBytes { bytes in
            #expect(bytes.byteCount == 65536)
            bytes.storeBytes(of: 77, toByteOffset: 0, as: UInt8.self)
            #expect(throws: RuntimeError.self) { try memory.grow(by: 1) }
            #expect(throws: RuntimeError.self) { try peek(0) }
            #expect(throws: RuntimeError.self) { try memory.withBytes { _ in } }
            return 77
        }
        #expect(first == 77)
        #expect(try peek(0) & 0xFF == 77)
        #expect(throws: HostFailure.self) { try memory.withBytes { _ in throw HostFailure(number: 1) } }
        #expect(try memory.grow(by: 1) == 1)
    }

    @Test func `a memory keeps what it belongs to`() throws {
        weak var runtime: Runtime?
        do {
            let memory: Memory
            do {
                let instance = try Fixture.instance("grow")
                runtime = instance.store.runtime
                memory = try instance.memory()
            }
            try memory.store(UInt32(9), at: 0)
            #expect(try memory.load(UInt32.self, at: 0) == 9)
            #expect(runtime != nil)
        }
        #expect(runtime == nil)
    }
}
