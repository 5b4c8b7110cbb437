import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Shared memories and atomic instructions, alone and from several threads.
@Suite struct AtomicsTests {
    private static let i32 = TestModule.i32
    private static let i64 = TestModule.i64

    /// The legal pairs of backing and bounds.
    enum Kind: CaseIterable {
        case guarded, checked, heap

        var limits: InstanceLimits {
            var limits = InstanceLimits()
            limits.linearMemory = self == .heap ? .heap : .reserved
            limits.bounds = self == .guarded ? .guardPages : .checked
            return limits
        }
    }

    /// One memory and a function for each thing that threads do with it.
    private static func module(flags: UInt8 = 2, _ minimum: Int = 1, _ maximum: Int? = 16) -> TestModule {
        var module = TestModule()
        module.export("memory", 2, module.memory(flags: flags, minimum, maximum))
        func function(_ name: String, _ parameters: [UInt8], _ results: [UInt8], _ body: [UInt8]) {
            module.export(name, 0, module.function(module.type(parameters, results), body))
        }
        // Adds 1 to the word at 0, as often as the parameter says.
        function(
            "count",
            [i32],
            [],
            [0x03, 0x40, 0x41, 0, 0x41, 1, 0xFE, 0x1E, 2, 0, 0x1A]
                + [0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B]
        )
        function("load", [i32], [i32], [0x20, 0, 0xFE, 0x10, 2, 0])
        function("store", [i32, i32], [], [0x20, 0, 0x20, 1, 0xFE, 0x17, 2, 0])
        function("add64", [i32, i64], [i64], [0x20, 0, 0x20, 1, 0xFE, 0x1F, 3, 0])
        function("wait", [i32, i32, i64], [i32], [0x20, 0, 0x20, 1, 0x20, 2, 0xFE, 1, 2, 0])
        function("wait64", [i32, i64, i64], [i32], [0x20, 0, 0x20, 1, 0x20, 2, 0xFE, 2, 3, 0])
        function("notify", [i32, i32], [i32], [0x20, 0, 0x20, 1, 0xFE, 0, 2, 0])
        function("grow", [i32], [i32], [0x20, 0, 0x40, 0])
        function("fence", [], [], [0xFE, 3, 0])
        // Until the memory has as many pages as the parameter says; then the first word of the last one.
        function(
            "follow",
            [i32],
            [i32],
            [0x03, 0x40, 0x3F, 0, 0x20, 0, 0x49, 0x0D, 0, 0x0B]
                + [0x20, 0, 0x41, 1, 0x6B, 0x41, 16, 0x74, 0x28, 2, 0]
        )
        return module
    }

    /// Calls from threads of their own, each in its own environment; waits until all are done.
    private final class Threads: @unchecked Sendable {
        let instance: EngineInstance
        let environments: [EngineEnvironment]
        private let lock = NSLock()
        private var outcomes: [Int: Result<[UInt64], TrapCode>] = [:]
        private let group = DispatchGroup()

        init(_ bench: Workbench, _ instance: EngineInstance, count: Int) throws {
            self.instance = instance
            environments = try (0..<count).map { _ in try EngineEnvironment.create(in: bench.store) }
        }

        func start(_ index: Int, _ name: String, _ arguments: [UInt64]) {
            group.enter()
            Thread {
                let outcome: Result<[UInt64], TrapCode>
                do {
                    outcome = .success(
                        try self.instance.call(in: self.environments[index], name, arguments)
                    )
                } catch {
                    outcome = .failure(error as? TrapCode ?? .hostError)
                }
                self.lock.withLock { self.outcomes[index] = outcome }
                self.group.leave()
            }.start()
        }

        func finish() -> [Result<[UInt64], TrapCode>?] {
            group.wait()
            return lock.withLock { environments.indices.map { outcomes[$0] } }
        }
    }

    /// Wakes `count` threads at an address, as soon as they are there.
    private func wake(_ instance: EngineInstance, at address: UInt64, _ count: UInt64) throws {
        var rest = count
        while rest > 0 {
            rest -= try instance.call("notify", address, rest)[0]
            if rest > 0 { usleep(200) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `no addition of eight threads is lost`(kind: Kind) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(Self.module(), limits: kind.limits)
        let threads = try Threads(bench, instance, count: 8)
        for index in 0..<8 { threads.start(index, "count", [500]) }
        for outcome in threads.finish() { #expect(try outcome?.get() == []) }
        #expect(try instance.call("load", 0) == [4000])
        try instance.call("fence")
    }

    @Test(arguments: Kind.allCases)
    func `a thread that waits is woken once, and told whether it waited in vain`(kind: Kind) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(Self.module(), limits: kind.limits)
        #expect(try instance.call("wait", 64, 1, UInt64.max) == [1])
        #expect(try instance.call("wait", 64, 0, 1_000_000) == [2])
        #expect(try instance.call("wait64", 64, 0, 0) == [2])
        #expect(try instance.call("notify", 64, 1) == [0])
        let threads = try Threads(bench, instance, count: 4)
        for index in 0..<3 { threads.start(index, "wait", [64, 0, .max]) }
        threads.start(3, "wait64", [128, 0, 60_000_000_000])
        try wake(instance, at: 128, 1)
        try wake(instance, at: 64, 3)
        for outcome in threads.finish() { #expect(try outcome?.get() == [0]) }
        #expect(try instance.call("notify", 64, 8) == [0])
    }

    @Test(arguments: [InterruptReason.terminate, .deadline])
    func `an interrupt ends a wait without end`(reason: InterruptReason) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(Self.module())
        for delay in [0, 200, 5_000] {
            let threads = try Threads(bench, instance, count: 2)
            for index in 0..<2 { threads.start(index, "wait", [8, 0, .max]) }
            usleep(UInt32(delay))
            for environment in threads.environments { environment.interrupt(reason) }
            let expected: TrapCode = reason == .terminate ? .interrupted : .deadline
            for outcome in threads.finish() { #expect(throws: expected) { try outcome?.get() } }
            // Nobody is left in the queue, and the environment can be used again.
            #expect(try instance.call("notify", 8, 9) == [0])
            threads.environments[0].clearInterrupt()
            #expect(try instance.call(in: threads.environments[0], "wait", [8, 0, 1000]) == [2])
            for environment in threads.environments { #expect(environment.destroy()) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `threads grow a shared memory one after the other, and see what others grew`(kind: Kind) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(Self.module(), limits: kind.limits)
        let threads = try Threads(bench, instance, count: 5)
        let memory = try #require(instance.memory(at: 0))
        let base = memory.pointee.base
        threads.start(4, "follow", [9])
        for index in 0..<4 { threads.start(index, "grow", [2]) }
        let outcomes = try threads.finish().map { try $0?.get()[0] }
        #expect(Set(outcomes[..<4]) == [1, 3, 5, 7])
        #expect(outcomes[4] == 0)
        #expect(memory.pointee.base == base && memory.pointee.pageCount == 9)
        #expect(try instance.call("grow", 8) == [0xFFFF_FFFF])
        #expect(try instance.call("grow", 7) == [9])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("load", 16 << 16) }
    }

    @Test func `a pool without room for the maximum refuses growth and says why`() throws {
        var plan = MemoryPlan()
        let pool = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 16)
        defer { pool.deallocate() }
        plan.globalHeap = .pool(
            base: UInt(bitPattern: pool.baseAddress),
            sizeInBytes: pool.count,
            isZeroed: false
        )
        plan.operandStackSizeInBytes = 16 << 10
        let bench = try Workbench(plan)
        let small = try bench.instantiate(Self.module(flags: 2, 1, 2))
        #expect(try small.call("grow", 1) == [1])
        #expect(try small.call("load", 0x1FFFC) == [0])
        let large = try bench.instantiate(Self.module(flags: 2, 1, 64))
        #expect(try large.call("grow", 1) == [0xFFFF_FFFF])
        let error = try #require(try large.environment().memoryError)
        #expect(error.region == Region.linearMemory && error.availableInBytes == 65536)
        #expect(try large.call("grow", 0) == [1])
    }

    @Test func `accesses that are not aligned trap, and waits on memory that is not shared`() throws {
        let bench = try Workbench()
        let shared = try bench.instantiate(Self.module())
        let own = try bench.instantiate(Self.module(flags: 0))
        for instance in [shared, own] {
            #expect(throws: TrapCode.unalignedAtomic) { try instance.call("load", 2) }
            #expect(throws: TrapCode.unalignedAtomic) { try instance.call("add64", 4, 1) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("load", 0x10000) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("notify", 0x10000, 1) }
            try instance.call("store", 8, 7)
            #expect(try instance.call("add64", 8, 0x1_0000_0000) == [7])
            #expect(try instance.call("load", 12) == [1])
            #expect(try instance.call("notify", 8, 1) == [0])
        }
        #expect(throws: TrapCode.unalignedAtomic) { try shared.call("wait", 2, 0, 0) }
        #expect(throws: TrapCode.expectedSharedMemory) { try own.call("wait", 8, 7, 0) }
    }
}
