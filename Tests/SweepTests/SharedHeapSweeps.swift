import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Shared heaps, with every request for memory failing once.
struct SharedHeapSweeps {
    @Test(arguments: Mode.allCases)
    func `heaps are made, used and ended`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        let store = try bench.runtime.createStore()
        defer { store.destroy() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { buffer.deallocate() }
        let bytes: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 5, 3, 1, 0, 1]
        let module = try bench.runtime.load(bytes)
        func scenario() throws {
            let runtime = bench.runtime
            let high = try runtime.createSharedHeap(sizeInBytes: 4096)
            defer { try? runtime.destroy(high) }
            let low = try runtime.createSharedHeap(sizeInBytes: 4096, buffer: buffer.baseAddress)
            defer { try? runtime.destroy(low) }
            try runtime.chain(low, high)
            defer { _ = try? runtime.unchain(low, all: true) }
            // Made without, as in the C interface; then its code is of another variant.
            let instance = try EngineInstance.instantiate(module, in: store) { _ in nil }
            defer { instance.destroy() }
            try instance.allowSharedHeaps()
            try instance.attach(low)
            var addresses: [UInt64] = []
            for size in 1...40 {
                addresses.append(try instance.sharedHeapAllocate(sizeInBytes: UInt64(size)).address)
            }
            for address in addresses { try instance.sharedHeapFree(address) }
            try instance.detach()
            try runtime.reset(low)
        }
        // Code words of a module are made once.
        try scenario()
        #expect(sweep(bench.heap, "shared heaps") { try scenario() } > 8)
        module.unload()
    }
}
