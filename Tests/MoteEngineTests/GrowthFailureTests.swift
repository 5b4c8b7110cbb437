import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// What the embedder is told of memories that did not grow.
@Suite struct GrowthFailureTests {
    /// What was told, and what to do then.
    private final class Log {
        var failures: [MoteGrowthFailure] = []
        var then: ((MoteGrowthFailure) -> Void)?

        func listen(to bench: Workbench) {
            bench.runtime.onGrowthFailure(
                { failure, data in
                    guard let data, let failure else { return }
                    let log = Unmanaged<Log>.fromOpaque(data).takeUnretainedValue()
                    log.failures.append(failure.pointee)
                    log.then?(failure.pointee)
                },
                userData: Unmanaged.passUnretained(self).toOpaque()
            )
        }
    }

    private static let text = """
        (module (memory 1 3) (memory $b 1 2)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "growB") (param i32) (result i32) (memory.grow $b (local.get 0)))
          (func (export "size") (result i32) (memory.size))
          (func (export "trap") unreachable))
        """

    @Test(arguments: AuxiliaryStackTests.pairs)
    func `guest and host are told apart, with sizes, index and instance`(
        backing: LinearMemoryBacking,
        bounds: BoundsChecks
    ) throws {
        var plan = MemoryPlan()
        plan.linearMemory = backing
        plan.bounds = bounds
        let bench = try Workbench(plan)
        let log = Log()
        log.listen(to: bench)
        let instance = try bench.instantiate(text: Self.text)
        #expect(try instance.call("grow", 1) == [1])
        #expect(log.failures.isEmpty)
        #expect(try instance.call("grow", 2) == [0xFFFF_FFFF])
        #expect(try instance.call("growB", 0xFFFF_FFFF) == [0xFFFF_FFFF])
        let memory = try #require(instance.memory(at: 1))
        #expect(try bench.store.grow(memory, byPages: 5) == nil)
        try #require(log.failures.count == 3)
        let environment = try bench.store.defaultEnvironment()
        #expect(log.failures.map(\.memoryIndex) == [0, 1, 1])
        #expect(log.failures.map(\.requestedPageCount) == [2, 0xFFFF_FFFF, 5])
        #expect(log.failures.map(\.sizeInBytes) == [131_072, 65_536, 65_536])
        #expect(log.failures.allSatisfy { $0.instance == instance.state.base })
        #expect(log.failures.allSatisfy { $0.reason == UInt32(MOTE_GROWTH_MAXIMUM_REACHED) })
        #expect(log.failures.map { $0.environment == environment.base } == [true, true, false])
        bench.runtime.onGrowthFailure(nil)
        #expect(try instance.call("grow", 2) == [0xFFFF_FFFF])
        #expect(log.failures.count == 3)
    }

    @Test func `a pool that is used up is another reason than the maximum`() throws {
        let size = 300 * 1024
        let pool = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { pool.deallocate() }
        var plan = MemoryPlan()
        plan.globalHeap = .pool(base: UInt(bitPattern: pool), sizeInBytes: size, isZeroed: false)
        plan.operandStackSizeInBytes = 4096
        let bench = try Workbench(plan)
        let log = Log()
        log.listen(to: bench)
        let instance = try bench.instantiate(
            text: """
                (module (memory 1)
                  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
                """
        )
        #expect(try instance.call("grow", 100) == [0xFFFF_FFFF])
        #expect(log.failures.map(\.reason) == [UInt32(MOTE_GROWTH_OUT_OF_MEMORY)])
    }

    @Test func `the caller's buffer, the cap of the guest's heap and a shared heap are reasons of their own`()
        throws
    {
        let bench = try Workbench()
        let log = Log()
        log.listen(to: bench)
        let grow = "(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: 131_072, alignment: 16)
        defer { buffer.deallocate() }
        var limits = InstanceLimits()
        limits.linearMemoryBuffer = LinearMemoryBuffer(base: UInt(bitPattern: buffer), sizeInBytes: 131_072)
        let inBuffer = try bench.instantiate(text: "(module (memory 1) \(grow))", limits: limits)
        #expect(try inBuffer.call("grow", 1) == [1])
        #expect(try inBuffer.call("grow", 1) == [0xFFFF_FFFF])

        limits = InstanceLimits()
        limits.maximumGuestHeapSizeInBytes = 100_000
        let capped = try bench.instantiate(
            text: """
                (module (memory 1) \(grow) (global (export "__data_end") i32 (i32.const 1024))
                  (global (export "__heap_base") i32 (i32.const 32768)))
                """,
            limits: limits
        )
        #expect(try capped.call("grow", 1) == [1])
        #expect(try capped.call("grow", 1) == [0xFFFF_FFFF])

        limits = InstanceLimits()
        limits.attachesSharedHeaps = true
        let attached = try bench.instantiate(text: "(module (memory 1) \(grow))", limits: limits)
        try attached.attach(try bench.runtime.createSharedHeap(sizeInBytes: 65536))
        #expect(try attached.call("grow", 65535) == [0xFFFF_FFFF])
        #expect(try attached.call("grow", 65536) == [0xFFFF_FFFF])
        let reasons = [
            MOTE_GROWTH_BUFFER_FULL, MOTE_GROWTH_GUEST_HEAP_CAP, MOTE_GROWTH_SHARED_HEAP_IN_THE_WAY,
            MOTE_GROWTH_MAXIMUM_REACHED,
        ]
        #expect(log.failures.map(\.reason) == reasons.map { UInt32($0) })
    }

    @Test func `who is told may call guests, and is not told what fails meanwhile`() throws {
        let bench = try Workbench()
        let log = Log()
        log.listen(to: bench)
        let instance = try bench.instantiate(text: Self.text)
        let environment = try bench.store.defaultEnvironment()
        var answers: [[UInt64]] = []
        log.then = { _ in
            answers.append((try? instance.call("size")) ?? [])
            answers.append((try? instance.call("grow", 100)) ?? [])
            answers.append((try? instance.call("growB", 1)) ?? [])
            #expect(throws: TrapCode.unreachable) { try instance.call("trap") }
        }
        #expect(try instance.call("grow", 50) == [0xFFFF_FFFF])
        #expect(answers == [[1], [0xFFFF_FFFF], [1]])
        #expect(log.failures.count == 1)
        #expect(environment.base.pointee.activation == nil)
        #expect(try instance.call("size") == [1])
    }

    @Test func `a collection meanwhile keeps what the guest's frames hold`() throws {
        let bench = try Workbench()
        let log = Log()
        log.listen(to: bench)
        let instance = try bench.instantiate(
            text: """
                (module (memory 1 1) (type $s (struct (field i32)))
                  (func (export "hold") (result i32) (local $o (ref null $s))
                    (local.set $o (struct.new $s (i32.const 77)))
                    (drop (memory.grow (i32.const 1)))
                    (struct.get $s 0 (local.get $o)))
                  (func (export "churn") (local $i i32)
                    (loop $l
                      (drop (struct.new $s (i32.const 1)))
                      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                        (i32.const 100000))))))
                """
        )
        let other = try EngineEnvironment.create(in: bench.store)
        log.then = { _ in
            _ = try? instance.call("churn")
            _ = try? instance.call(in: other, "churn", [])
            _ = bench.store.collectGarbage()
        }
        #expect(try instance.call("hold") == [77])
        #expect(log.failures.count == 1)
    }
}
