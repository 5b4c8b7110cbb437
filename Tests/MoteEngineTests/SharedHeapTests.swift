import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// A heap at the top of the address space of the instances that attached it.
@Suite struct SharedHeapTests {
    static var limits: InstanceLimits {
        var limits = InstanceLimits()
        limits.attachesSharedHeaps = true
        return limits
    }

    private static func expectFault(_ fault: SharedHeapFault, _ body: () throws -> Void) {
        #expect(throws: SharedHeapError.fault(fault)) { try body() }
    }

    private static let plain = """
        (module (memory (export "memory") 1 4)
          (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
          (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
        """

    @Test func `two instances find each other's bytes in one heap`() throws {
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 65536)
        let first = try bench.instantiate(text: Self.plain, limits: Self.limits)
        let second = try bench.instantiate(text: Self.plain, limits: Self.limits)
        try first.attach(heap)
        try second.attach(heap)
        let start = UInt64(heap.pointee.start32)
        #expect(start == (1 << 32) - 65536)
        try first.call("store", start + 12, 77)
        #expect(try second.call("load", start + 12) == [77])
        try second.call("store", (1 << 32) - 4, 88)
        #expect(try first.call("load", (1 << 32) - 4) == [88])
        // Each has its own memory below.
        try first.call("store", 12, 5)
        #expect(try second.call("load", 12) == [0])
        for address: UInt64 in [start - 1, start - 4, (1 << 32) - 3, (1 << 32) - 1, 65536] {
            #expect(throws: TrapCode.memoryOutOfBounds) { try first.call("load", address) }
        }
        try first.detach()
        #expect(throws: TrapCode.memoryOutOfBounds) { try first.call("load", start + 12) }
        #expect(try second.call("load", start + 12) == [77])
    }

    @Test func `rules of attaching are errors that name them`() throws {
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 1)
        #expect(heap.pointee.sizeInBytes % 4096 == 0)
        let other = try Workbench()
        let foreign = try other.runtime.createSharedHeap(sizeInBytes: 4096)
        let instance = try bench.instantiate(text: Self.plain, limits: Self.limits)
        Self.expectFault(.foreignRuntime) { try instance.attach(foreign) }
        Self.expectFault(.notAttached) { try instance.detach() }
        try instance.attach(heap)
        Self.expectFault(.alreadyAttached) { try instance.attach(heap) }
        Self.expectFault(.attached) { try bench.runtime.destroy(heap) }
        Self.expectFault(.attached) { try bench.runtime.reset(heap) }
        let guarded = try bench.instantiate(text: Self.plain)
        Self.expectFault(.notAttachable) { try guarded.attach(heap) }
        let empty = try bench.instantiate(text: "(module)", limits: Self.limits)
        Self.expectFault(.noMemory) { try empty.attach(heap) }
        try instance.detach()
        try bench.runtime.destroy(heap)
        for size in [0, -1, (1 << 30) + 1, Int.max, Int.min] {
            Self.expectFault(.invalidSize) { _ = try bench.runtime.createSharedHeap(sizeInBytes: size) }
        }
    }

    @Test func `heaps of a chain lie side by side, and nothing straddles them`() throws {
        let bench = try Workbench()
        let page = 65536
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * page, alignment: page)
        defer { buffer.deallocate() }
        _ = buffer.initializeMemory(as: UInt8.self, repeating: 1)
        let runtime = bench.runtime
        let low = try runtime.createSharedHeap(sizeInBytes: page, buffer: buffer.baseAddress)
        let middle = try runtime.createSharedHeap(sizeInBytes: page, buffer: buffer.baseAddress! + page)
        let high = try runtime.createSharedHeap(sizeInBytes: page)
        let second = try runtime.createSharedHeap(sizeInBytes: page)
        Self.expectFault(.unalignedBuffer) {
            _ = try runtime.createSharedHeap(sizeInBytes: 4096, buffer: buffer.baseAddress! + 8)
        }
        Self.expectFault(.unalignedBuffer) {
            _ = try runtime.createSharedHeap(sizeInBytes: 4095, buffer: buffer.baseAddress)
        }
        Self.expectFault(.secondAllocator) { try runtime.chain(second, high) }
        Self.expectFault(.chainOfItself) { try runtime.chain(high, high) }
        try runtime.chain(middle, high)
        Self.expectFault(.secondAllocator) { try runtime.chain(second, middle) }
        Self.expectFault(.alreadyBody) { try runtime.chain(low, high) }
        try runtime.chain(low, middle)
        Self.expectFault(.alreadyHead) { try runtime.chain(low, second) }
        Self.expectFault(.alreadyBody) { try runtime.chain(middle, second) }
        let top: UInt64 = 1 << 32
        #expect(low.pointee.start32 == top - 3 * UInt64(page))
        #expect(middle.pointee.start64 == 0 &- 2 * UInt64(page))

        let instance = try bench.instantiate(text: Self.plain, limits: Self.limits)
        try instance.attach(low)
        Self.expectFault(.attached) { try runtime.unchain(low, all: false) }
        try instance.call("store", top - 3 * UInt64(page), 0x0403_0201)
        #expect(buffer.load(as: UInt32.self) == 0x0403_0201)
        try instance.call("store", top - UInt64(page), 9)
        #expect(high.pointee.base.load(as: UInt32.self) == 9)
        for border in [top - UInt64(page), top - 2 * UInt64(page)] {
            #expect(try instance.call("load", border - 4).count == 1)
            for distance: UInt64 in 1...3 {
                #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("load", border - distance) }
            }
        }
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("load", top - 3 * UInt64(page) - 1) }
        try instance.detach()

        #expect(try runtime.unchain(low, all: false) == middle)
        #expect(low.pointee.start32 == top - UInt64(page) && middle.pointee.start32 == top - 2 * UInt64(page))
        try runtime.reset(middle)
        #expect(high.pointee.base.load(as: UInt32.self) == 0 && buffer[page] == 0 && buffer[page - 1] == 1)
        #expect(try runtime.unchain(middle, all: true) == nil)
        #expect(middle.pointee.start32 == top - UInt64(page))
    }

    @Test func `what is handed out is found by all instances, and taken back by any`() throws {
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 8192)
        let first = try bench.instantiate(text: Self.plain, limits: Self.limits)
        let second = try bench.instantiate(text: Self.plain, limits: Self.limits)
        Self.expectFault(.notAttached) { _ = try first.sharedHeapAllocate(sizeInBytes: 8) }
        try first.attach(heap)
        try second.attach(heap)
        let (address, place) = try first.sharedHeapAllocate(sizeInBytes: 100)
        let (other, _) = try second.sharedHeapAllocate(sizeInBytes: 100)
        #expect(address >= heap.pointee.start32 && address != other)
        place.storeBytes(of: 5, as: UInt32.self)
        #expect(try second.call("load", address) == [5])
        try second.sharedHeapFree(address)
        try first.sharedHeapFree(other)
        Self.expectFault(.notInHeap) { try first.sharedHeapFree(12) }
        Self.expectFault(.notInHeap) { try first.sharedHeapFree(address) }
        #expect(throws: SharedHeapError.self) { _ = try first.sharedHeapAllocate(sizeInBytes: 1 << 20) }
        #expect(SharedHeap.usage(heap).used == 0)
    }

    @Test func `memory grows up to an attached heap, and no heap is attached over memory`() throws {
        let text = """
            (module (memory (export "memory") i64 1 0x1000000)
              (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))
            """
        // A heap so large that a 32-bit memory reaches it: four of 1 GiB, of which nothing is touched.
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 1 << 30)
        let module =
            "(module (memory (export \"memory\") 0 65536)"
            + "(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))"
        let instance = try bench.instantiate(text: module, limits: Self.limits)
        try instance.attach(heap)
        #expect(try instance.call("grow", 49153) == [0xFFFF_FFFF])
        #expect(try instance.call("grow", 49152) == [0])
        #expect(try instance.call("grow", 1) == [0xFFFF_FFFF])
        #expect(try instance.call("grow", 0) == [49152])
        try instance.detach()
        #expect(try instance.call("grow", 1) == [49152])
        Self.expectFault(.overlapsMemory) { try instance.attach(heap) }
        // 64-bit addresses have room for both.
        let wide = try bench.instantiate(text: text, limits: Self.limits)
        try wide.attach(heap)
        #expect(try wide.call("grow", 3) == [1])
    }

    @Test(arguments: [LinearMemoryBacking.heap, .reserved])
    func `checked code runs over memory of any backing, and over imported guard pages`(
        backing: LinearMemoryBacking
    ) throws {
        let bench = try Workbench()
        let heap = try bench.runtime.createSharedHeap(sizeInBytes: 65536)
        var limits = Self.limits
        limits.linearMemory = backing
        let instance = try bench.instantiate(text: Self.plain, limits: limits)
        #expect(instance.base.pointee.variant & 1 == 0)
        try instance.attach(heap)
        let owner = try bench.instantiate(text: Self.plain)
        let importing = """
            (module (import "m" "memory" (memory 1))
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))
            """
        let importer = try bench.instantiate(
            text: importing,
            limits: Self.limits,
            ["m.memory": #require(owner.value("memory"))]
        )
        try importer.attach(heap)
        try importer.call("store", (1 << 32) - 8, 4)
        #expect(try instance.call("load", (1 << 32) - 8) == [4])
        #expect(throws: TrapCode.memoryOutOfBounds) { try owner.call("load", (1 << 32) - 8) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try importer.call("load", 65536) }
        // Detaches with the instance.
        _ = instance.destroy()
        _ = importer.destroy()
        _ = owner.destroy()
        try bench.runtime.destroy(heap)
    }

    @Test(arguments: [false, true])
    func `the ledger counts a heap's bytes, and nothing stays`(inPool: Bool) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        if inPool {
            plan.globalHeap = .pool(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: buffer.count,
                isZeroed: false
            )
        }
        let runtime = try EngineRuntime.create(plan: plan)
        defer { runtime.destroy() }
        let before = runtime.ledger.total
        let heap = try runtime.createSharedHeap(sizeInBytes: 65536)
        #expect(heap.pointee.origin == (inPool ? .heap : .mapped))
        #expect(runtime.ledger.current[Int(Region.linearMemory.rawValue)] == 65536)
        let isZero = (0..<65536).allSatisfy {
            heap.pointee.base.load(fromByteOffset: $0, as: UInt8.self) == 0
        }
        #expect(isZero)
        if inPool {
            #expect(
                heap.pointee.base >= buffer.baseAddress!
                    && heap.pointee.base < buffer.baseAddress! + buffer.count
            )
        }
        var owners = 0
        runtime.forEachOwner { kind, _, _ in owners += kind == .sharedHeap ? 1 : 0 }
        #expect(owners == 1)
        try runtime.destroy(heap)
        #expect(runtime.ledger.total == before)
        #expect(GlobalHeap.sumOfAccounts(runtime.heap).total == runtime.ledger.total)
        _ = try runtime.createSharedHeap(sizeInBytes: 4096)
    }
}
