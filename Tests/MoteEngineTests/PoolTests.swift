import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct PoolTests {
    private func plan(_ buffer: UnsafeMutableRawBufferPointer) -> MemoryPlan {
        var plan = MemoryPlan()
        plan.globalHeap = .pool(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count,
            isZeroed: false
        )
        plan.operandStackSizeInBytes = 4096
        return plan
    }

    @Test func `a hundred thousand growths of a table and a memory leave a pool as it was`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8 << 20, alignment: 16)
        defer { buffer.deallocate() }
        let bench = try Workbench(plan(buffer))
        var module = TestModule()
        let i32 = TestModule.i32
        let type = module.type([i32], [i32])
        _ = module.table(0, 100_000)
        _ = module.memory(0, 1)
        // Grows the table n times by one, and asks for 0 pages as often; the table's size.
        let body: [UInt8] =
            [0x03, 0x40, 0xD0, 0x70] + TestModule.const32(1) + [0xFC, 15, 0, 0x1A] + TestModule.const32(0)
            + [0x40, 0, 0x1A, 0x20, 0] + TestModule.const32(-1) + [0x6A, 0x22, 0, 0x0D, 0, 0x0B, 0xFC, 16, 0]
        module.export("grow", 0, module.function(type, body))
        let loaded = try bench.load(module)
        _ = try bench.store.defaultEnvironment()
        try bench.instantiate(loaded).destroy()
        let before = bench.runtime.ledger.total
        for _ in 0..<2 {
            let instance = try bench.instantiate(loaded)
            #expect(try instance.call("grow", 100_000) == [100_000])
            #expect(try instance.call("grow", 1) == [100_000])
            #expect(instance.destroy())
        }
        let code = bench.runtime.ledger.current[Int(Region.code.rawValue)]
        #expect(bench.runtime.ledger.total <= before + code)
        #expect(GlobalHeap.checkInvariants(bench.runtime.heap))
    }

    @Test func `every size of pool from nothing up gives an error or works`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var module = TestModule()
        let type = module.type([], [TestModule.i32])
        _ = module.memory(1)
        module.export("run", 0, module.function(type, TestModule.const32(5)))
        var working = 0
        for size in stride(from: 0, through: buffer.count, by: 1024) {
            do {
                let bench = try Workbench(plan(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<size])))
                let result = try bench.instantiate(module).call("run")
                #expect(result == [5])
                working += 1
            } catch EngineError.memory(let error) {
                #expect(error.kind != .corrupted)
                #expect(working == 0)
            } catch TrapCode.memoryExhausted {
                #expect(working == 0)
            }
        }
        #expect(working > 20)
    }
}
