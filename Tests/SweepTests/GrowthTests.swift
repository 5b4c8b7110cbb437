import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// Growth without end, in a pool.
@Suite struct GrowthTests {
    /// Grows a table and a memory again and again; a memory of small instances stands between them.
    @Test func `a hundred thousand growths of tables and memories leave a pool as it was`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 4096
        plan.globalHeap = .pool(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count,
            isZeroed: false
        )
        let runtime = try EngineRuntime.create(plan: plan)
        defer { runtime.destroy() }
        var module = ModuleBuilder()
        let unary = module.functionType([.i32], [.i32])
        module.table(.funcref, ModuleBuilder.limits(0, 100))
        module.memory(ModuleBuilder.limits(0, 10))
        // table.grow(n) and memory.grow(1), the memory's size after it
        let grow = module.function(
            type: unary,
            [0xD0, 0x70, 0x20, 0, 0xFC, 15, 0, 0x1A, 0x41, 1, 0x40, 0, 0x1A, 0x3F, 0]
        )
        module.export("grow", .function, grow)
        let loaded = try runtime.load(module.build())
        let store = try runtime.createStore()
        let environment = try EngineEnvironment.create(in: store)
        func round(_ count: Int) throws {
            let instance = try EngineInstance.instantiate(loaded, in: store) { _ in nil }
            defer { instance.destroy() }
            guard case .function(let function) = instance.value("grow") else { return }
            var isRight = true
            for step in 1...count {
                var slots: UInt64 = 10
                isRight = isRight && environment.call(function, slots: &slots, slotCount: 1) == .none
                isRight = isRight && slots == UInt64(min(step, 10))
            }
            #expect(isRight)
        }
        try round(12)
        let before = HeapState(runtime.heap)
        // Ten that work, two that answer -1.
        for turn in 0..<100_000 / 12 {
            try round(12)
            if turn % 1000 == 0 { #expect(HeapState(runtime.heap) == before) }
        }
        #expect(HeapState(runtime.heap) == before)
        #expect(GlobalHeap.checkInvariants(runtime.heap))
        store.destroy()
        #expect(loaded.unload())
    }

    /// A host table that lives on: each growth moves it or does not, and what was left behind is used again.
    @Test func `one table and one memory grow by one until the pool is full`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 4096
        plan.globalHeap = .pool(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count,
            isZeroed: false
        )
        let runtime = try EngineRuntime.create(plan: plan)
        defer { runtime.destroy() }
        let start = HeapState(runtime.heap)
        let store = try runtime.createStore()
        let table = try store.makeTable(1)
        let memory = try store.makeMemory(
            type: MemoryType(limits: Limits(minimum: 0, maximum: nil), pageSizeLog2: 16)
        )
        var isRight = true
        for step in 0..<100_000 {
            isRight =
                try store.grow(table, by: 1, filledWith: UInt64(step) << 2 | 2) == UInt64(step + 1) && isRight
            if step % 10_000 == 0 { #expect(try store.grow(memory, byPages: 1) != nil) }
        }
        #expect(isRight)
        #expect(
            (0..<100_000).allSatisfy {
                EngineStore.element(of: table, at: UInt64($0 + 1)) == UInt64($0) << 2 | 2
            }
        )
        #expect(throws: EngineError.self) { while true { _ = try store.grow(memory, byPages: 1) } }
        #expect(throws: EngineError.self) { while true { _ = try store.grow(table, by: 1, filledWith: 0) } }
        store.destroy()
        #expect(HeapState(runtime.heap) == start)
    }
}
