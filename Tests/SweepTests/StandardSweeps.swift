import CMoteAPI
import MoteC
import MoteMemory
import MoteModule
import Testing

/// The standard C interface: every request for memory fails once; what had begun is taken back.
@Suite(.serialized) struct StandardSweeps {
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
