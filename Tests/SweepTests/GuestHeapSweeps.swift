import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteText
import Testing

/// Bytes in a guest's memory for the host, with every request for memory failing once.
struct GuestHeapSweeps {
    /// The error as sweeps know it.
    private static func throwsExhausted<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as GuestHeapError {
            if let memory = error.memory { throw memory }
            throw error
        }
    }

    @Test(arguments: Mode.allCases)
    func `the app heap hands out, resizes and takes back`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        let bytes = try TextModule.assemble(Array("(module (memory 1))".utf8))
        var limits = InstanceLimits()
        limits.appHeapSizeInBytes = 16 * 1024
        func scenario() throws {
            let store = try bench.runtime.createStore()
            defer { store.destroy() }
            let module = try bench.runtime.load(bytes)
            defer { module.unload() }
            let instance = try EngineInstance.instantiate(module, in: store, limits: limits) { _ in nil }
            let heap = try #require(instance.appHeap)
            var blocks: [UInt64] = []
            for size in 0..<40 {
                let before = AppHeap.recordCounts(heap)
                do {
                    blocks.append(try Self.throwsExhausted { try instance.guestMalloc(UInt64(size)) })
                } catch {
                    #expect(AppHeap.recordCounts(heap) == before && AppHeap.checkInvariants(heap))
                    throw error
                }
            }
            for index in stride(from: 0, to: 40, by: 2) {
                try Self.throwsExhausted { try instance.guestFree(blocks[index]) }
            }
            for index in stride(from: 1, to: 40, by: 2) {
                let used = instance.guestHeapState.usedInBytes
                do {
                    blocks[index] = try Self.throwsExhausted {
                        try instance.guestRealloc(blocks[index], to: 200)
                    }
                } catch {
                    #expect(instance.guestHeapState.usedInBytes == used && AppHeap.checkInvariants(heap))
                    throw error
                }
            }
            #expect(AppHeap.checkInvariants(heap))
            for index in stride(from: 1, to: 40, by: 2) {
                try Self.throwsExhausted { try instance.guestFree(blocks[index]) }
            }
            #expect(instance.guestHeapState.usedInBytes == 0)
        }
        try scenario()
        #expect(sweep(bench.heap, "app heap") { try scenario() } > 10)
    }

    @Test(arguments: Mode.allCases)
    func `the guest's own allocator runs in an environment that is made for it`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        let bytes = try TextModule.assemble(
            Array(
                """
                (module (memory 1) (global $next (mut i32) (i32.const 8))
                  (func (export "malloc") (param i32) (result i32)
                    (global.get $next)
                    (global.set $next (i32.add (global.get $next) (local.get 0))))
                  (func (export "free") (param i32)))
                """.utf8
            )
        )
        func scenario() throws {
            let store = try bench.runtime.createStore()
            defer { store.destroy() }
            let module = try bench.runtime.load(bytes)
            defer { module.unload() }
            let instance = try EngineInstance.instantiate(module, in: store) { _ in nil }
            let block = try Self.throwsExhausted { try instance.guestMalloc(16) }
            let moved = try Self.throwsExhausted { try instance.guestRealloc(block, from: 16, to: 32) }
            try Self.throwsExhausted { try instance.guestFree(moved) }
        }
        try scenario()
        #expect(sweep(bench.heap, "libc heap") { try scenario() } > 5)
    }
}
