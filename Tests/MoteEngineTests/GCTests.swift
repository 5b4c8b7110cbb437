import CPlatform
import Dispatch
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Collections seen from the guest: what lives, what goes, what happens when there is no room.
@Suite struct GCTests {
    private static let lists = """
        (module
          (type $first (struct (field $next (mut (ref null $first))) (field $payload (ref null $first)) (field i32)))
          (type $last (struct (field $payload (ref null $last)) (field i32) (field $next (mut (ref null $last)))))
          (type $wide (array (mut (ref null $last))))
          (global $a (mut (ref null $first)) (ref.null $first))
          (global $b (mut (ref null $last)) (ref.null $last))
          (global $tail (mut (ref null $last)) (ref.null $last))
          (global $c (mut (ref null $wide)) (ref.null $wide))
          (func (export "build") (param $n i32)
            (loop $more
              (global.set $a (struct.new $first (global.get $a)
                (struct.new $first (ref.null $first) (ref.null $first) (i32.const 1)) (i32.const 1)))
              (global.set $b (struct.new $last
                (struct.new $last (ref.null $last) (i32.const 1) (ref.null $last)) (i32.const 1) (global.get $b)))
              (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "append") (param $n i32) (local $new (ref null $last))
            (global.set $tail (struct.new $last (ref.null $last) (i32.const 0) (ref.null $last)))
            (global.set $b (global.get $tail))
            (loop $more
              (local.set $new (struct.new $last
                (struct.new $last (ref.null $last) (i32.const 1) (ref.null $last)) (i32.const 1) (ref.null $last)))
              (struct.set $last $next (global.get $tail) (local.get $new))
              (global.set $tail (local.get $new))
              (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "widen") (param $n i32)
            (global.set $c (array.new $wide (ref.null $last) (local.get $n)))
            (loop $more
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (array.set $wide (global.get $c) (local.get $n)
                (struct.new $last (struct.new $last (ref.null $last) (i32.const 1) (ref.null $last)) (i32.const 1)
                  (global.get $b)))
              (br_if $more (local.get $n))))
          (func (export "sum") (result i32) (local $i i32) (local $x (ref null $first)) (local $y (ref null $last))
            (local.set $x (global.get $a))
            (block $done (loop $more
              (br_if $done (ref.is_null (local.get $x)))
              (local.set $i (i32.add (local.get $i) (i32.add (struct.get $first 2 (local.get $x))
                (struct.get $first 2 (struct.get $first $payload (local.get $x))))))
              (local.set $x (struct.get $first $next (local.get $x)))
              (br $more)))
            (local.set $y (global.get $b))
            (block $done (loop $more
              (br_if $done (ref.is_null (local.get $y)))
              (local.set $i (i32.add (local.get $i) (struct.get $last 1 (local.get $y))))
              (if (i32.eqz (ref.is_null (struct.get $last $payload (local.get $y))))
                (then (local.set $i (i32.add (local.get $i)
                  (struct.get $last 1 (struct.get $last $payload (local.get $y)))))))
              (local.set $y (struct.get $last $next (local.get $y)))
              (br $more)))
            (local.get $i))
          (func (export "sumWide") (result i32) (local $n i32) (local $i i32)
            (local.set $n (array.len (global.get $c)))
            (loop $more
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (local.set $i (i32.add (local.get $i) (struct.get $last 1 (struct.get $last $payload
                (array.get $wide (global.get $c) (local.get $n))))))
              (br_if $more (local.get $n)))
            (local.get $i))
          (func (export "cycle") (param $n i32) (local $one (ref null $first))
            (loop $more
              (local.set $one (struct.new $first (ref.null $first) (ref.null $first) (i32.const 1)))
              (struct.set $first $next (local.get $one)
                (struct.new $first (local.get $one) (local.get $one) (i32.const 2)))
              (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "clear")
            (global.set $a (ref.null $first)) (global.set $b (ref.null $last)) (global.set $c (ref.null $wide))
            (global.set $tail (ref.null $last))))
        """

    @Test func `long lists survive with a mark stack of fixed size, whichever way they run`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(text: Self.lists)
        try instance.call("build", 30_000)
        #expect(bench.store.collectGarbage())
        #expect(try instance.call("sum") == [120_000])
        try instance.call("append", 30_000)
        #expect(bench.store.collectGarbage())
        #expect(try instance.call("sum") == [120_000])
        try instance.call("widen", 20_000)
        #expect(bench.store.collectGarbage())
        #expect(try instance.call("sumWide") == [20_000])
        #expect(bench.store.objectStatistics.liveInBytes > 500_000)
        try instance.call("clear")
        #expect(bench.store.collectGarbage())
        #expect(bench.store.objectStatistics.liveInBytes == 0)
        #expect(bench.store.objectStatistics.sizeInBytes == 0)
    }

    @Test func `cyclic data is freed while it is made, so the heap stays small`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(text: Self.lists)
        try instance.call("cycle", 100_000)
        let peak = bench.runtime.ledger.peak[Int(Region.gcHeap.rawValue)]
        #expect(peak > 0 && peak < 128 * 1024)
        #expect(bench.store.objectStatistics.collectionCount > 100)
        #expect(bench.store.collectGarbage())
        #expect(bench.runtime.ledger.current[Int(Region.gcHeap.rawValue)] == 0)
    }

    @Test func `a full heap traps with the region's name, and goes on when something was let go`() throws {
        var plan = MemoryPlan()
        plan.gcHeapSizeInBytes = 128 * 1024
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(text: Self.lists)
        #expect(throws: TrapCode.memoryExhausted) { try instance.call("build", 100_000) }
        let error = try #require(try instance.environment().memoryError)
        #expect(error.region == .gcHeap && error.kind == .exhausted)
        #expect(error.availableInBytes < 128 * 1024)
        try instance.call("clear")
        try instance.call("build", 500)
        #expect(try instance.call("sum") == [2000])
    }

    @Test func `a heap of no bytes refuses the first object`() throws {
        var plan = MemoryPlan()
        plan.gcHeapSizeInBytes = 0
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(text: Self.lists)
        #expect(try instance.call("sum") == [0])
        #expect(throws: TrapCode.memoryExhausted) { try instance.call("build", 1) }
        #expect(try instance.environment().memoryError?.region == .gcHeap)
        #expect(bench.runtime.ledger.peak[Int(Region.gcHeap.rawValue)] == 0)
    }

    @Test func `arrays may be as large as the heap, and no larger`() throws {
        var plan = MemoryPlan()
        plan.gcHeapSizeInBytes = 8 << 20
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(
            text: """
                (module (type $bytes (array (mut i8))) (type $vectors (array (mut v128)))
                  (func (export "bytes") (param i32) (result i32)
                    (array.len (array.new $bytes (i32.const 7) (local.get 0))))
                  (func (export "vectors") (param i32) (result i32)
                    (array.len (array.new_default $vectors (local.get 0)))))
                """
        )
        for _ in 0..<20 { #expect(try instance.call("bytes", 5_000_000) == [5_000_000]) }
        #expect(throws: TrapCode.memoryExhausted) { try instance.call("bytes", 9 << 20) }
        #expect(throws: TrapCode.memoryExhausted) { try instance.call("bytes", 0xFFFF_FFFF) }
        #expect(throws: TrapCode.memoryExhausted) { try instance.call("vectors", 0xFFFF_FFFF) }
        #expect(try instance.call("vectors", 1000) == [1000])
    }

    @Test func `under stress every frame's references are found`() throws {
        let bench = try Workbench()
        bench.store.collectsAtEveryAllocation = true
        let collect = try bench.host([], []) { environment, _, _ in
            guard let environment else { return 14 }
            return EngineEnvironment(environment).store.collectGarbage() ? 0 : 14
        }
        let pass = try bench.host([.reference(.any, isNullable: true)], [.reference(.any, isNullable: true)])
        {
            environment,
            _,
            slots in
            guard let environment, let slots else { return 14 }
            // The argument is rooted by the call.
            let value = slots[0]
            guard EngineEnvironment(environment).store.collectGarbage() else { return 14 }
            slots[0] = value
            return 0
        }
        let instance = try bench.instantiate(
            text: """
                (module
                  (type $box (struct (field i32)))
                  (import "host" "collect" (func $collect))
                  (import "host" "pass" (func $pass (param anyref) (result anyref)))
                  (func $deep (param $depth i32) (param $box (ref $box)) (result i32)
                    (local $mine (ref null $box))
                    (local.set $mine (struct.new $box (local.get $depth)))
                    (if (i32.eqz (local.get $depth)) (then
                      (call $collect)
                      (return (struct.get $box 0 (local.get $box)))))
                    (i32.add
                      (call $deep (i32.sub (local.get $depth) (i32.const 1)) (struct.new $box (local.get $depth)))
                      (i32.add (struct.get $box 0 (local.get $mine)) (struct.get $box 0 (local.get $box)))))
                  (func (export "run") (param i32) (result i32)
                    (i32.add
                      (struct.get $box 0 (ref.cast (ref $box) (call $pass (struct.new $box (i32.const 1000)))))
                      (call $deep (local.get 0) (struct.new $box (i32.const 5))))))
                """,
            ["host.collect": collect, "host.pass": pass]
        )
        // depth d: own d, and each box of its caller.
        var expected: UInt64 = 1000 + 5
        for depth in 1...50 { expected += UInt64(depth) * 2 }
        #expect(try instance.call("run", 50) == [expected])
    }

    @Test func `what the host retains stays, and goes when it lets go`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(
            text: """
                (module (type $box (struct (field i32)))
                  (func (export "make") (param i32) (result anyref) (struct.new $box (local.get 0)))
                  (func (export "read") (param anyref) (result i32)
                    (struct.get $box 0 (ref.cast (ref $box) (local.get 0)))))
                """
        )
        var roots: [UInt32] = []
        var references: [UInt64] = []
        for value in 0..<100 as Range<UInt64> {
            let reference = try instance.call("make", value)[0]
            references.append(reference)
            roots.append(try bench.store.retain(reference))
        }
        #expect(bench.store.collectGarbage())
        for value in 0..<100 { #expect(try instance.call("read", references[value]) == [UInt64(value)]) }
        #expect(bench.store.objectStatistics.liveInBytes == 1600)
        for root in roots { bench.store.release(root: root) }
        #expect(bench.store.collectGarbage())
        #expect(bench.store.objectStatistics.liveInBytes == 0)
        // Null and small integers need no root.
        #expect(try bench.store.retain(0) == 0)
        #expect(try bench.store.retain(15) == 0)
    }

    @Test func `an instance whose objects the host has stays with the store`() throws {
        let bench = try Workbench()
        let text = """
            (module (type $box (struct (field funcref)))
              (func $f (export "f") (result i32) (i32.const 42)) (elem declare func $f)
              (type $get (func (result i32)))
              (func (export "make") (result anyref) (struct.new $box (ref.func $f)))
              (func (export "call") (param anyref) (result i32)
                (call_ref $get (ref.cast (ref $get) (struct.get $box 0 (ref.cast (ref $box) (local.get 0)))))))
            """
        let giver = try bench.instantiate(text: text)
        let taker = try bench.instantiate(text: text)
        let reference = try giver.call("make")[0]
        let root = try bench.store.retain(reference)
        #expect(!giver.destroy())
        #expect(bench.store.collectGarbage())
        #expect(try taker.call("call", reference) == [42])
        bench.store.release(root: root)
    }

    @Test func `threads of one store allocate side by side, and collect when alone`() throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(text: Self.lists)
        // Translated before the threads come.
        try instance.call("cycle", 1)
        let environments = try (0..<3).map { _ in try EngineEnvironment.create(in: bench.store) }
        let function = try #require(instance.function("cycle"))
        let shared = Shared(function: function, environments: environments)
        DispatchQueue.concurrentPerform(iterations: 3) { index in
            for _ in 0..<40 {
                var slots: [UInt64] = [200]
                let trap = slots.withUnsafeMutableBufferPointer {
                    shared.environments[index].call(shared.function, slots: $0.baseAddress, slotCount: 1)
                }
                if trap != .none { Issue.record("\(trap)") }
                shared.environments[index].store.collectGarbage()
            }
        }
        #expect(bench.store.collectGarbage())
        #expect(bench.store.objectStatistics.liveInBytes == 0)
    }

    /// What the threads use; each has an environment of its own.
    private struct Shared: @unchecked Sendable {
        let function: UnsafeMutablePointer<MoteFunction>
        let environments: [EngineEnvironment]
    }
}
