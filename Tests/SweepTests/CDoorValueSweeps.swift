import CMoteAPI
import Foundation
import MoteC
import MoteMemory
import Testing

extension CDoorSweeps {
    @Test func `objects of the host's are numbered`() throws {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: SweepModules.forHosts.count)
        _ = bytes.initialize(from: SweepModules.forHosts)
        defer { bytes.deallocate() }
        Self.allocator.fail(at: -1, once: true)
        try #require(start())
        defer {
            wasm_runtime_destroy()
            #expect(Self.allocator.state.pointee.blockCount == 0)
        }
        let heap = try #require(heapOfRuntime())
        func scenario() throws {
            guard let module = wasm_runtime_load(bytes.baseAddress, UInt32(bytes.count), nil, 0) else {
                throw Exhausted()
            }
            defer { wasm_runtime_unload(module) }
            guard let instance = wasm_runtime_instantiate(module, 4096, 0, nil, 0) else { throw Exhausted() }
            defer { wasm_runtime_deinstantiate(instance) }
            // More than the first table has room for.
            for address in 1...9 {
                var number: UInt32 = 0
                let object = UnsafeMutableRawPointer(bitPattern: address)
                guard wasm_externref_obj2ref(instance, object, &number) else { throw Exhausted() }
                var found: UnsafeMutableRawPointer?
                #expect(wasm_externref_ref2obj(number, &found) && found == object)
            }
        }
        try scenario()
        #expect(sweep(heap, "externrefs") { try scenario() } > 10)
    }
}
