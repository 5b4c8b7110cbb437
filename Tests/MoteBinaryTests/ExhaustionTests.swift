import MoteBinary
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// A module with something in every section, and types enough for the registry's table to grow.
private func everything() -> [UInt8] {
    var builder = ModuleBuilder()
    let void = builder.functionType()
    let kinds: [ValueType] = [.i32, .i64, .f32, .f64]
    for index in 0..<100 { builder.functionType((0..<4).map { kinds[index >> (2 * $0) & 3] }) }
    builder.types.append([0x4E, 2, 0x5F, 1, 0x63, 0xE5, 0, 1, 0x5E, 0x64, 0xE5, 0, 0])
    builder.importFunction("env", "f", type: void)
    builder.importTable("env", "t", .funcref, ModuleBuilder.limits(1))
    builder.importMemory("env", "m", ModuleBuilder.limits(1))
    builder.importGlobal("env", "g", .i64)
    for _ in 0..<100 { builder.function(type: void, []) }
    builder.table(.reference(.concrete(101), isNullable: true), ModuleBuilder.limits(0, is64: true))
    builder.memory(ModuleBuilder.limits(1, 2, isShared: true))
    builder.tags = [[0, 0]]
    builder.global(.v128, [0xFD, 0x0C] + [UInt8](repeating: 7, count: 16) + [0x0B])
    builder.global(.i32, ModuleBuilder.constant(1))
    builder.export("f", .function, 1)
    builder.export("g", .global, 2)
    builder.start = 1
    builder.passiveElement([1, 2])
    builder.dataCount = 1
    builder.passiveData([1])
    builder.names(module: "m", functions: [(0, "f")])
    return builder.build()
}

@Suite struct ExhaustionTests {
    private static let poolSize = 256 * 1024

    @Test(arguments: [ModuleBytesOwnership.borrowed, .copied, .freeable], [false, true])
    func `every allocation of a registry and a module may fail`(
        _ ownership: ModuleBytesOwnership,
        inPool: Bool
    ) throws {
        let bytes = everything()
        let heap = GlobalHeap.Pointer.allocate(capacity: 1)
        let pool = UnsafeMutableRawPointer.allocate(byteCount: Self.poolSize, alignment: 16)
        let source =
            inPool
            ? HeapSource.pool(base: UInt(bitPattern: pool), sizeInBytes: Self.poolSize, isZeroed: false)
            : .system
        try GlobalHeap.initialize(heap, source: source)
        defer {
            GlobalHeap.destroy(heap)
            heap.deallocate()
            pool.deallocate()
        }
        let empty = heap.pointee.ledger.total
        var sites: Set<UInt16> = []
        for turn in 0..<1000 {
            heap.pointee.failureCountdown = turn
            let error = attempt(bytes, ownership, heap)
            heap.pointee.failureCountdown = -1
            #expect(heap.pointee.ledger.total == empty, "after failure \(turn)")
            guard let error else { break }
            sites.insert(error.site.rawValue)
        }
        // All sites of the two rooms; bytes are copied only where they are not borrowed.
        var expected = Set<UInt16>([0x300, 0x302, 0x303, 0x304]).union(0x400...0x411)
        if ownership == .borrowed { expected.remove(0x401) }
        #expect(expected.subtracting(sites).isEmpty)
        #expect(attempt(bytes, ownership, heap) == nil)
    }

    /// Makes a registry, decodes, and gives everything back; the error of memory that ended it, if one did.
    private func attempt(
        _ bytes: [UInt8],
        _ ownership: ModuleBytesOwnership,
        _ heap: GlobalHeap.Pointer
    ) -> MemoryError? {
        do throws(MemoryError) {
            let registry = try TypeRegistry.create(in: heap)
            defer { TypeRegistry.destroy(registry) }
            do throws(LoadFailure) {
                let module = try bytes.withUnsafeBufferPointer { buffer throws(LoadFailure) in
                    guard let base = buffer.baseAddress else {
                        throw .malformed(DecodeError(.unexpectedEnd, at: 0))
                    }
                    return try ModuleDecoder.decode(
                        base,
                        sizeInBytes: buffer.count,
                        ownership: ownership,
                        heap: heap,
                        registry: registry,
                        features: .every
                    )
                }
                Module.destroy(module)
                return nil
            } catch {
                if case .memory(let memoryError) = error { throw memoryError }
                Issue.record("\(error)")
                return nil
            }
        } catch {
            return error
        }
    }

    @Test func `a file of a few bytes never makes tables of many`() throws {
        let bench = try Workbench()
        let before = bench.heap.pointee.ledger.totalPeak
        for id in UInt8(1)...13 {
            var bytes = ModuleBuilder.header
            bytes += ModuleBuilder.section(id, [0xFF, 0xFF, 0x3F] + [UInt8](repeating: 0, count: 100))
            #expect(try bench.failure(bytes) != nil)
        }
        #expect(bench.heap.pointee.ledger.totalPeak - before < 32 * 1024)
    }

    @Test func `errors stay small`() {
        #expect(MemoryLayout<DecodeError>.size == 16)
        #expect(MemoryLayout<LoadFailure>.size <= 40)
    }
}
