import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// Where memory comes from and how accesses beyond it are noticed.
enum LegalPair: CaseIterable {
    case pool, heap, reservedChecked, reservedGuarded

    var isReserved: Bool { self == .reservedChecked || self == .reservedGuarded }

    /// A plan of this pair; `body` may use what lies in `buffer`.
    func plan(_ buffer: UnsafeMutableRawBufferPointer) -> MemoryPlan {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 4096
        plan.bounds = self == .reservedGuarded ? .guardPages : .checked
        switch self {
        case .pool:
            plan.globalHeap = .pool(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: buffer.count,
                isZeroed: false
            )
        case .heap: plan.linearMemory = .heap
        case .reservedChecked, .reservedGuarded: plan.linearMemory = .reserved
        }
        return plan
    }

    /// First address whose access traps, for a memory of some size.
    func accessibleEnd(_ sizeInBytes: UInt64) -> UInt64 {
        self == .reservedGuarded ? (sizeInBytes + 4095) & ~4095 : sizeInBytes
    }
}

@Suite struct MemoryShapeTests {
    private func withBench(
        _ pair: LegalPair,
        _ change: (inout MemoryPlan) -> Void = { _ in },
        _ body: (Workbench) throws -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: pair == .pool ? 4 << 20 : 0,
            alignment: 16
        )
        defer { buffer.deallocate() }
        // What was there before must not be seen.
        buffer.initializeMemory(as: UInt8.self, repeating: 0xA5)
        var plan = pair.plan(buffer)
        change(&plan)
        try body(Workbench(plan))
    }

    private func memory(_ instance: EngineInstance) throws -> UnsafeMutablePointer<MoteMemory> {
        try #require(instance.memory(at: 0))
    }

    /// Whether guest code can load a byte, which must be 0.
    private func canLoad(_ instance: EngineInstance, _ address: UInt64) throws -> Bool {
        do {
            #expect(try instance.call("load", address) == [0])
            return true
        } catch TrapCode.memoryOutOfBounds {
            return false
        }
    }

    @Test(arguments: LegalPair.allCases, ReshapingVector.all)
    func `instances have the memories of WAMR's vectors`(_ pair: LegalPair, _ vector: ReshapingVector) throws
    {
        // Larger ones are a matter of arithmetic: see the tests of shapes.
        guard vector.pages < 100, vector.appHeap < 1 << 20 else { return }
        try withBench(pair) { bench in
            var limits = InstanceLimits()
            limits.appHeapSizeInBytes = Int(vector.appHeap)
            limits.appHeapPlacement = .atHeapBase
            limits.truncation = .always
            let before = bench.runtime.ledger.total
            let module = try bench.load(vector)
            let loaded = bench.runtime.ledger.total
            let instance = try bench.instantiate(module, limits: limits)
            let memory = try memory(instance)
            let bytes = try #require(vector.bytes)
            #expect(memory.pointee.sizeInBytes == bytes)
            #expect(memory.pointee.pageCount == vector.realPages)
            #expect(memory.pointee.maximumPageCount == vector.realMaximum)
            if vector.asks { #expect(try instance.call("size") == [vector.realPages]) }
            let heap = memory.instance.pointee.appHeap
            #expect(heap?.pointee.sizeInBytes ?? 0 == vector.heapSize)
            #expect(heap?.pointee.offset ?? 0 == vector.heapOffset)
            if let heap {
                #expect(try AppHeap.allocate(heap, 1) == max(vector.heapOffset, 8))
            }
            if let heapBase = vector.heapBase {
                #expect(try instance.call("base") == [vector.heapBaseAfter ?? heapBase])
            }
            let end = pair.accessibleEnd(bytes)
            #expect(try end == 0 || canLoad(instance, end - 1))
            #expect(try !canLoad(instance, end))
            #expect(bench.held(.linearMemory) == Int(bytes))
            instance.destroy()
            #expect(bench.held(.linearMemory) == 0)
            #expect(bench.held(.appHeap) == 0)
            #expect(loaded >= before)
        }
    }

    /// 2 to 8 pages, heap's base 5264.
    private func sample(asks: Bool, pages: UInt64 = 2, maximum: UInt64? = 8) -> ReshapingVector {
        ReshapingVector(pages: pages, maximum: maximum, heapBase: 5264, asks: asks)
    }

    @Test(arguments: LegalPair.allCases)
    func `memory 0 is truncated where its bytes are scarce, and grows to its pages first`(
        _ pair: LegalPair
    ) throws {
        try withBench(pair) { bench in
            let instance = try bench.instantiate(bench.load(sample(asks: false)))
            let memory = try memory(instance)
            let size: UInt64 = pair == .pool ? 5264 : 131072
            #expect(memory.pointee.sizeInBytes == size)
            #expect(memory.pointee.pageCount == 2)
            try instance.call("store", 5263, 7)
            #expect(try bench.store.grow(memory, byPages: 0) == 2)
            #expect(memory.pointee.sizeInBytes == size)
            #expect(try bench.store.grow(memory, byPages: 1) == 2)
            #expect(memory.pointee.pageCount == 3)
            #expect(memory.pointee.sizeInBytes == 3 * 65536)
            #expect(try instance.call("load", 5263) == [7])
            #expect(try canLoad(instance, 5264) && canLoad(instance, 3 * 65536 - 1))
            #expect(try !canLoad(instance, 3 * 65536))
            #expect(try bench.store.grow(memory, byPages: 6) == nil)
            #expect(try bench.store.grow(memory, byPages: 5) == 3)
        }
    }

    @Test(arguments: LegalPair.allCases)
    func `an appended heap hides behind the pages until the memory grows`(_ pair: LegalPair) throws {
        try withBench(pair, { $0.appHeapSizeInBytes = 70_000 }) { bench in
            let instance = try bench.instantiate(bench.load(sample(asks: true)))
            let memory = try memory(instance)
            let heap = try #require(memory.instance.pointee.appHeap)
            #expect(heap.pointee.offset == 131072 && heap.pointee.sizeInBytes == 70_000)
            #expect(memory.pointee.maximumPageCount == 10)
            #expect(try instance.call("size") == [2])
            #expect(try instance.call("grow", 0) == [2])
            try instance.call("store", 131072 + 69_999, 9)
            #expect(try instance.call("size") == [2])
            #expect(try instance.call("grow", 7) == [0xFFFF_FFFF])
            #expect(try instance.call("grow", 1) == [4])
            #expect(try instance.call("size") == [5])
            #expect(try instance.call("load", 131072 + 69_999) == [9])
            #expect(try canLoad(instance, 4 * 65536 - 1) && canLoad(instance, 5 * 65536 - 1))
            #expect(try !canLoad(instance, 5 * 65536))
            #expect(try instance.call("grow", 5) == [5])
            #expect(try instance.call("grow", 1) == [0xFFFF_FFFF])
        }
    }

    @Test func `a shared memory has an app heap behind its pages too`() throws {
        for pair in LegalPair.allCases {
            try withBench(pair, { $0.appHeapSizeInBytes = 70_000 }) { bench in
                let text = """
                    (memory 1 3 shared)
                    (func (export "size") (result i32) (memory.size))
                    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
                    """
                let instance = try bench.instantiate(text: text)
                let memory = try memory(instance)
                #expect(memory.instance.pointee.appHeap?.pointee.offset == 65536)
                #expect(try instance.call("size") == [1])
                #expect(try instance.call("grow", 2) == [3])
                #expect(try instance.call("size") == [5])
                #expect(memory.pointee.sizeInBytes == 5 * 65536)
            }
        }
    }

    @Test func `the app heap is no one's but memory 0's`() throws {
        var plan = MemoryPlan()
        plan.appHeapSizeInBytes = 4096
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(text: "(memory 1)(memory 1)")
        #expect(instance.memory(at: 0)?.instance.pointee.appHeap != nil)
        #expect(instance.memory(at: 1)?.instance.pointee.appHeap == nil)
        let other = try bench.store.makeMemory(
            type: MemoryType(limits: Limits(minimum: 1, maximum: 1), pageSizeLog2: 16)
        )
        #expect(other.instance.pointee.appHeap == nil && other.pointee.sizeInBytes == 65536)
        // Of a memory that is imported, the exporter decides.
        let importer = try bench.instantiate(
            text: "(import \"m\" \"m\" (memory 1))",
            ["m.m": .memory(other)]
        )
        #expect(importer.memory(at: 0)?.instance.pointee.appHeap == nil)
    }

    @Test func `what does not fit is refused, and nothing is left of it`() throws {
        var plan = MemoryPlan()
        plan.appHeapSizeInBytes = 65537
        let bench = try Workbench(plan)
        let module = try bench.load(sample(asks: false, pages: 65535, maximum: 65535))
        let before = bench.runtime.ledger.total
        do {
            _ = try bench.instantiate(module)
            Issue.record("it fits")
        } catch EngineError.memory(let error) {
            #expect(error.region == .appHeap && error.reason == .appHeapDoesNotFit)
        }
        #expect(bench.runtime.ledger.total == before)
    }

    @Test func `an initialiser that reads the heap's base sees where the app heap ends`() throws {
        var plan = MemoryPlan()
        plan.appHeapSizeInBytes = 4096
        plan.appHeapPlacement = .atHeapBase
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(
            text: """
                (memory 2)
                (global (export "__data_end") i32 (i32.const 1024))
                (global $base (export "__heap_base") i32 (i32.const 5264))
                (global $next (mut i32) (i32.add (global.get $base) (i32.const 8)))
                (func (export "next") (result i32) (global.get $next))
                (func (export "size") (result i32) (memory.size))
                """
        )
        #expect(try instance.call("next") == [5264 + 4096 + 8])
    }
}

extension Workbench {
    func load(_ vector: ReshapingVector) throws -> EngineModule { try load(text: vector.text) }

    /// Bytes of a region.
    func held(_ region: Region) -> Int { runtime.ledger.current[Int(region.rawValue)] }
}
