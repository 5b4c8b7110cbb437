import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// An allocator of the caller's for linear memories, which counts what it holds.
final class CountingAllocator {
    struct State {
        var blockCount = 0
        var callCount = 0
        var isRefusing = false
    }

    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)

    init() { state.initialize(to: State()) }
    deinit { state.deallocate() }

    func functions(reallocates: Bool) -> HeapFunctions {
        HeapFunctions(
            userData: UInt(bitPattern: state),
            allocate: { data, size in
                guard let state = data?.assumingMemoryBound(to: State.self), !state.pointee.isRefusing else {
                    return nil
                }
                state.pointee.callCount += 1
                guard let block = malloc(size) else { return nil }
                state.pointee.blockCount += 1
                memset(block, 0xA5, size)
                return block
            },
            reallocate: reallocates
                ? { data, block, size in
                    guard let state = data?.assumingMemoryBound(to: State.self), !state.pointee.isRefusing
                    else { return nil }
                    state.pointee.callCount += 1
                    return realloc(block, size)
                } : nil,
            free: { data, block in
                data?.assumingMemoryBound(to: State.self).pointee.blockCount -= 1
                free(block)
            }
        )
    }
}

@Suite struct CallerMemoryTests {
    private let sample = ReshapingVector(pages: 1, maximum: 4, heapBase: 5264, asks: true)

    private func isZero(_ memory: UnsafeMutablePointer<MoteMemory>) -> Bool {
        let bytes = UnsafeRawBufferPointer(
            start: memory.pointee.base,
            count: Int(memory.pointee.sizeInBytes)
        )
        return bytes.allSatisfy { $0 == 0 }
    }

    @Test func `a buffer of the caller's is a memory that grows to the buffer's end`() throws {
        let bench = try Workbench()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * 65536 + 100, alignment: 16)
        defer { buffer.deallocate() }
        buffer.initializeMemory(as: UInt8.self, repeating: 0xA5)
        let module = try bench.load(sample)
        var limits = InstanceLimits()
        limits.linearMemoryBuffer = LinearMemoryBuffer(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count
        )
        for _ in 0..<2 {
            let instance = try bench.instantiate(module, limits: limits)
            let memory = try #require(instance.memory(at: 0))
            #expect(memory.pointee.base == buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
            #expect(Int32(memory.pointee.backing) == Int32(MOTE_BACKING_CALLER))
            #expect(bench.held(.linearMemory) == 65536)
            #expect(isZero(memory))
            #expect(buffer[65536] == 0xA5)
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("load", 65536) }
            #expect(try instance.call("grow", 2) == [1])
            #expect(isZero(memory))
            #expect(bench.held(.linearMemory) == 3 * 65536)
            // The module would allow it.
            #expect(try instance.call("grow", 1) == [0xFFFF_FFFF])
            #expect(buffer[3 * 65536] == 0xA5)
            try instance.call("store", 3 * 65536 - 1, 1)
            #expect(buffer[3 * 65536 - 1] == 1)
            instance.destroy()
            #expect(bench.held(.linearMemory) == 0)
            buffer.initializeMemory(as: UInt8.self, repeating: 0xA5)
        }
    }

    @Test func `what lies in a buffer is scarce, so that it is truncated`() throws {
        let bench = try Workbench()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 13456, alignment: 16)
        defer { buffer.deallocate() }
        var limits = InstanceLimits()
        limits.appHeapSizeInBytes = 8192
        limits.linearMemoryBuffer = LinearMemoryBuffer(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count
        )
        let module = try bench.load(ReshapingVector(pages: 2, maximum: nil, heapBase: 5264, asks: false))
        let instance = try bench.instantiate(module, limits: limits)
        #expect(instance.memory(at: 0)?.pointee.sizeInBytes == 13456)
        // Other memories of the instance lie elsewhere.
        limits.linearMemoryBuffer?.sizeInBytes = 13455
        do {
            _ = try bench.instantiate(module, limits: limits)
            Issue.record("it fits")
        } catch EngineError.memory(let error) {
            #expect(error.region == .linearMemory)
            #expect(error.requestedInBytes == 13456 && error.availableInBytes == 13455)
        }
    }

    @Test func `a buffer must be aligned, and has no guard pages`() throws {
        let bench = try Workbench()
        let module = try bench.load(sample)
        var limits = InstanceLimits()
        limits.linearMemoryBuffer = LinearMemoryBuffer(base: 0x1008, sizeInBytes: 1 << 20)
        func fault() throws -> PlanFault {
            do {
                _ = try bench.instantiate(module, limits: limits)
                return .none
            } catch EngineError.memory(let error) {
                #expect(error.kind == .invalidPlan && error.region == .linearMemory)
                return error.reason
            }
        }
        #expect(try fault() == .linearMemoryBufferMisaligned)
        limits.linearMemoryBuffer = LinearMemoryBuffer(base: 0x1000, sizeInBytes: 1 << 20)
        limits.bounds = .guardPages
        #expect(try fault() == .guardPagesNeedReservation)
        limits.bounds = nil
        limits.linearMemoryBuffer = LinearMemoryBuffer(base: 0, sizeInBytes: 1 << 20)
        #expect(throws: EngineError.self) { try bench.instantiate(module, limits: limits) }
    }

    @Test(arguments: [false, true]) func `functions of the caller's give linear memories and nothing else`(
        reallocates: Bool
    ) throws {
        let allocator = CountingAllocator()
        var plan = MemoryPlan()
        plan.linearMemoryFunctions = allocator.functions(reallocates: reallocates)
        do {
            let bench = try Workbench(plan)
            #expect(allocator.state.pointee.callCount == 0)
            let instance = try bench.instantiate(bench.load(sample))
            let memory = try #require(instance.memory(at: 0))
            #expect(allocator.state.pointee.blockCount == 1)
            #expect(Int32(memory.pointee.backing) == Int32(MOTE_BACKING_CALLER))
            #expect(isZero(memory))
            #expect(bench.held(.linearMemory) == 65536)
            try instance.call("store", 7, 9)
            #expect(try instance.call("grow", 2) == [1])
            #expect(try instance.call("load", 7) == [9])
            try instance.call("store", 7, 0)
            #expect(isZero(memory))
            #expect(allocator.state.pointee.blockCount == 1)
            #expect(bench.held(.linearMemory) == 3 * 65536)
            allocator.state.pointee.isRefusing = true
            #expect(try instance.call("grow", 1) == [0xFFFF_FFFF])
            #expect(bench.held(.linearMemory) == 3 * 65536)
            #expect(throws: EngineError.self) { try bench.instantiate(bench.load(sample)) }
            allocator.state.pointee.isRefusing = false
            instance.destroy()
            #expect(allocator.state.pointee.blockCount == 0)
            #expect(bench.held(.linearMemory) == 0)
            // A shared memory stays where it is.
            let shared = try bench.instantiate(text: "(memory 1 3 shared)")
            let base = shared.memory(at: 0)?.pointee.base
            #expect(try bench.store.grow(#require(shared.memory(at: 0)), byPages: 2) == 1)
            #expect(shared.memory(at: 0)?.pointee.base == base)
            #expect(allocator.state.pointee.blockCount == 1)
            #expect(bench.held(.linearMemory) == 3 * 65536)
            // No bytes, no block.
            _ = try bench.instantiate(text: "(memory 0)")
            #expect(allocator.state.pointee.blockCount == 1)
        }
        #expect(allocator.state.pointee.blockCount == 0)
    }

    @Test func `in a pool, functions of the caller's give linear memories too`() throws {
        let allocator = CountingAllocator()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var plan = LegalPair.pool.plan(buffer)
        plan.linearMemoryFunctions = allocator.functions(reallocates: true)
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(bench.load(sample))
        #expect(try instance.call("grow", 3) == [1])
        #expect(allocator.state.pointee.blockCount == 1)
    }

    @Test func `notes say what was not done as asked`() throws {
        let bench = try Workbench()
        var limits = InstanceLimits()
        limits.maximumPageCountOverride = 5
        limits.appHeapSizeInBytes = 64
        limits.appHeapPlacement = .atHeapBase
        let instance = try bench.instantiate(bench.load(sample), limits: limits)
        let memory = try #require(instance.memory(at: 0))
        #expect(memory.instance.pointee.notes.contains(.overrideAboveMaximum))
        #expect(memory.instance.pointee.notes.contains(.appHeapAtHeapBase))
        #expect(!memory.instance.pointee.notes.contains(.overrideBelowMinimum))
        limits.maximumPageCountOverride = 2
        let other = try bench.instantiate(bench.load(sample), limits: limits)
        #expect(other.memory(at: 0)?.pointee.maximumPageCount == 2)
    }
}
