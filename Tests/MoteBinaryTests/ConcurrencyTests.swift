import Dispatch
import MoteBinary
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

@Suite struct ConcurrencyTests {
    @Test func `several threads decode against one registry`() throws {
        let bench = try Workbench()
        // Addresses cross threads; the registry and the heap have locks, and each module stays on its thread.
        nonisolated(unsafe) let heap = bench.heap
        nonisolated(unsafe) let registry = bench.registry
        let kinds: [ValueType] = [.i32, .i64, .f32, .f64]
        let modules = (0..<8).map { thread in
            var builder = ModuleBuilder()
            // Half of the types are everybody's.
            for index in 0..<64 {
                let shape = index % 2 == 0 ? index : index + 64 * thread
                builder.functionType((0..<5).map { kinds[shape >> (2 * $0) & 3] })
            }
            return builder.build()
        }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            modules[thread].withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for _ in 0..<100 {
                    let module = try? ModuleDecoder.decode(
                        base,
                        sizeInBytes: buffer.count,
                        ownership: .borrowed,
                        heap: heap,
                        registry: registry,
                        features: .executable
                    )
                    guard let module else {
                        Issue.record("thread \(thread)")
                        return
                    }
                    for index in 0..<64 {
                        guard let type = module.pointee.types[checked: index] else { continue }
                        let canonical = TypeRegistry.type(registry, type.canonicalID)
                        if canonical?.pointee.values.base == type.values.base { continue }
                        Issue.record("type \(index)")
                    }
                    Module.destroy(module)
                }
            }
        }
        #expect(bench.registry.pointee.groupCount == 0)
    }
}
