import CMoteAPI
import MoteC
import MoteMemory
import MoteModule
import Testing

/// The standard C interface: every request for memory fails once; what had begun is taken back.
@Suite(.serialized) struct StandardSweeps {
    /// Its functions take no data; the record of them is in a block of theirs.
    nonisolated(unsafe) static let allocator = FailingAllocator(recordCount: 1)

    func makeEngine() -> OpaquePointer? {
        typealias Allocate = @convention(c) (UInt32) -> UnsafeMutableRawPointer?
        typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
        let allocate: Allocate = { FailingAllocator.allocate(StandardSweeps.allocator.state, Int($0)) }
        let free: Free = { FailingAllocator.free(StandardSweeps.allocator.state, $0) }
        var option = MemAllocOption()
        option.allocator.malloc_func = unsafeBitCast(allocate, to: UnsafeMutableRawPointer.self)
        option.allocator.free_func = unsafeBitCast(free, to: UnsafeMutableRawPointer.self)
        let configuration = wasm_config_new()
        return withUnsafeMutablePointer(to: &option) { option in
            wasm_engine_new_with_config(
                wasm_config_set_mem_alloc_opt(configuration, Alloc_With_Allocator, option)
            )
        }
    }

    @Test(arguments: [true, false]) func `an engine begins on an allocator that gives out`(once: Bool) {
        for turn in 0..<100 {
            Self.allocator.fail(at: turn, once: once)
            let engine = makeEngine()
            let isDone = Self.allocator.state.pointee.failureCount == 0
            #expect(engine != nil || !isDone)
            wasm_engine_delete(engine)
            #expect(Self.allocator.state.pointee.blockCount == 0)
            if isDone { return }
        }
        Issue.record("no end")
    }

    @Test func `a store and its references are made`() throws {
        let engine = try #require(wasm_engine_new())
        defer { wasm_engine_delete(engine) }
        let heap = try #require(heapOfEngine(engine))
        func scenario() throws {
            guard let store = wasm_store_new(engine) else { throw Exhausted() }
            defer { wasm_store_delete(store) }
            // More than the first table of references is for.
            for _ in 0..<20 {
                guard let foreign = wasm_foreign_new(store) else { throw Exhausted() }
                defer { wasm_foreign_delete(foreign) }
                wasm_foreign_set_host_info(foreign, UnsafeMutableRawPointer(bitPattern: 16))
            }
            var kept: [OpaquePointer] = []
            defer { kept.forEach { wasm_trap_delete($0) } }
            for _ in 0..<20 {
                guard let trap = wasm_trap_new(store, nil) else { throw Exhausted() }
                kept.append(trap)
            }
        }
        try scenario()
        #expect(sweep(heap, "standard c") { try scenario() } > 20)
    }
}
