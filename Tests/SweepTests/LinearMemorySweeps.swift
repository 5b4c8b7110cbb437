import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Memories in the caller's bytes and with app heaps, with every request for memory failing once.
struct LinearMemorySweeps {
    /// One memory of 1 to 4 pages, exported as "m"; `isShared` for one of 1 to 2 that threads share.
    private static func module(isShared: Bool) -> [UInt8] {
        [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 5, 4, 1, isShared ? 3 : 1, 1, isShared ? 2 : 4]
            + [7, 5, 1, 1, 0x6D, 2, 0]
    }

    @Test(arguments: Mode.allCases)
    func `a memory lies in a buffer, grows there, and has an app heap`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * 65536, alignment: 16)
        defer { buffer.deallocate() }
        var limits = InstanceLimits()
        limits.bounds = .checked
        limits.linearMemoryBuffer = LinearMemoryBuffer(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count
        )
        limits.appHeapSizeInBytes = 4096
        try sweep(bench, limits, isShared: false, "buffer")
    }

    @Test(arguments: Mode.allCases, [false, true])
    func `a memory comes from the caller's functions`(_ mode: Mode, isShared: Bool) throws {
        for reallocates in [false, true] {
            var plan = MemoryPlan()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { buffer.deallocate() }
            plan = mode.plan(buffer)
            plan.linearMemoryFunctions = HeapFunctions(
                userData: 0,
                allocate: { _, size in malloc(size) },
                reallocate: reallocates ? { _, block, size in realloc(block, size) } : nil,
                free: { _, block in free(block) }
            )
            let bench = try SweepBench(plan)
            try sweep(bench, InstanceLimits(), isShared: isShared, "functions")
        }
    }

    private func sweep(
        _ bench: SweepBench,
        _ limits: InstanceLimits,
        isShared: Bool,
        _ label: String
    ) throws {
        let store = try bench.runtime.createStore()
        defer { store.destroy() }
        let module = try bench.runtime.load(Self.module(isShared: isShared))
        defer { module.unload() }
        func scenario() throws {
            let instance = try EngineInstance.instantiate(module, in: store, limits: limits) { _ in nil }
            defer { instance.destroy() }
            guard let memory = instance.memory(at: 0) else { return }
            _ = try store.grow(memory, byPages: 1)
            if let heap = memory.instance.pointee.appHeap {
                for _ in 0..<40 { _ = try AppHeap.allocate(heap, 8) }
            }
        }
        try scenario()
        #expect(SweepTests.sweep(bench.heap, label) { try scenario() } >= (isShared ? 2 : 3))
    }
}
