import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import MoteText
import Testing

/// Exceptions where hosts take part; what needs no host is in scripts of SpecTests.
@Suite struct ExceptionTests {
    /// Throws and catches `env.tag`, whose exceptions carry an i32 and an i64.
    private static let guest = """
        (module
          (import "env" "tag" (tag $tag (param i32 i64)))
          (import "env" "throw" (func $throw (param i32)))
          (import "env" "call" (func $call (param i32)))
          (func (export "throw") (param i32)
            (throw $tag (i32.add (local.get 0) (i32.const 1)) (i64.const 99)))
          (func (export "trap") (param i32) (unreachable))
          (func (export "catch") (param i32) (result i32 i64)
            (block $caught (result i32 i64)
              (try_table (catch $tag $caught) (call $throw (local.get 0)))
              (i32.const -1) (i64.const -1)))
          (func (export "through-host") (param i32) (result i32 i64)
            (block $caught (result i32 i64)
              (try_table (catch $tag $caught) (call $call (local.get 0)))
              (i32.const -2) (i64.const -2)))
          (func (export "through-host-tail") (param i32) (return_call $call (local.get 0)))
          (func (export "endless") (param i32)
            (loop $again
              (block $caught (result i32 i64)
                (try_table (catch $tag $caught) (throw $tag (i32.const 1) (i64.const 2)))
                (unreachable))
              (drop) (drop)
              (br $again))))
        """

    /// What the host functions of a test share; they get its address.
    private struct Shared {
        var tag: UnsafeMutablePointer<MoteTag>
        /// What the host function `call` calls.
        var callee: UnsafeMutablePointer<MoteFunction>?
        /// It answers that it succeeded, whatever came of it.
        var swallows = false
        var trap = TrapCode.none
    }

    /// An instance of the guest, and what its host functions share.
    private func makeGuest(
        _ bench: Workbench,
        limits: InstanceLimits = InstanceLimits(),
        _ shared: UnsafeMutablePointer<Shared>
    ) throws -> EngineInstance {
        let thrown = try bench.host([.i32], [], data: UnsafeMutableRawPointer(shared)) {
            environment,
            data,
            slots in
            guard let environment, let data, let slots else { return 14 }
            let shared = data.assumingMemoryBound(to: Shared.self)
            let values: [UInt64] = [slots[0] &+ 10, 77]
            let trap = values.withUnsafeBufferPointer {
                EngineEnvironment(environment).throwException(shared.pointee.tag, slots: $0.baseAddress)
            }
            return UInt32(trap.rawValue)
        }
        let called = try bench.host([.i32], [], data: UnsafeMutableRawPointer(shared)) {
            environment,
            data,
            slots in
            guard let environment, let data, let slots else { return 14 }
            let shared = data.assumingMemoryBound(to: Shared.self)
            guard let callee = shared.pointee.callee else { return 14 }
            shared.pointee.trap = EngineEnvironment(environment).call(callee, slots: slots, slotCount: 1)
            return shared.pointee.swallows ? 0 : UInt32(shared.pointee.trap.rawValue)
        }
        return try bench.instantiate(
            text: Self.guest,
            limits: limits,
            ["env.tag": .tag(shared.pointee.tag), "env.throw": thrown, "env.call": called]
        )
    }

    private func makeTag(_ bench: Workbench) throws -> UnsafeMutablePointer<MoteTag> {
        var types: [MoteModule.ValueType] = [.i32, .i64]
        return try types.withUnsafeMutableBufferPointer {
            try bench.store.makeTag(parameters: Items(base: $0.baseAddress, count: $0.count))
        }
    }

    private func withShared(_ bench: Workbench, _ body: (UnsafeMutablePointer<Shared>) throws -> Void) throws
    {
        let shared = UnsafeMutablePointer<Shared>.allocate(capacity: 1)
        shared.initialize(to: Shared(tag: try makeTag(bench)))
        defer { shared.deallocate() }
        try body(shared)
    }

    @Test func `a guest catches what the host throws, with its values`() throws {
        let bench = try Workbench()
        try withShared(bench) { shared in
            let guest = try makeGuest(bench, shared)
            #expect(try guest.call("catch", 5) == [15, 77])
            #expect(try guest.environment().pendingException == nil)
        }
    }

    @Test func `an exception flies through the host into another instance`() throws {
        let bench = try Workbench()
        try withShared(bench) { shared in
            let outer = try makeGuest(bench, shared)
            let inner = try makeGuest(bench, shared)
            shared.pointee.callee = inner.function("throw")
            #expect(try outer.call("through-host", 5) == [6, 99])
            #expect(shared.pointee.trap == .uncaughtException)
            // The outer instance is current again.
            #expect(try outer.call("catch", 1) == [11, 77])
            // The host may keep it for itself.
            shared.pointee.swallows = true
            #expect(try outer.call("through-host", 5) == [0xFFFF_FFFE, UInt64(bitPattern: -2)])
            // A trap is nothing to catch.
            shared.pointee.swallows = false
            shared.pointee.callee = inner.function("trap")
            #expect(throws: TrapCode.unreachable) { try outer.call("through-host", 5) }
        }
    }

    @Test func `the host reads an exception that nobody caught, until the next call`() throws {
        let bench = try Workbench()
        try withShared(bench) { shared in
            let guest = try makeGuest(bench, shared)
            let environment = try guest.environment()
            for name in ["throw", "through-host-tail"] {
                shared.pointee.callee = guest.function("throw")
                #expect(throws: TrapCode.uncaughtException) { try guest.call(name, 41) }
                let exception = try #require(environment.pendingException)
                #expect(exception.tag == shared.pointee.tag)
                #expect(exception.slots[0] == 42 && exception.slots[1] == 99)
                var frames: [UInt32] = []
                Backtrace.walk(environment) {
                    frames.append($0.functionIndex)
                    return true
                }
                #expect(frames.first == 2)
            }
            #expect(try guest.call("catch", 5) == [15, 77])
            #expect(environment.pendingException == nil)
        }
    }

    @Test func `an instance goes while an exception of its own tag is pending`() throws {
        let bench = try Workbench()
        let environment = try bench.store.defaultEnvironment()
        let guest = try bench.instantiate(
            text: #"(module (tag $own (param i32)) (func (export "throw") (throw $own (i32.const 3))))"#
        )
        #expect(throws: TrapCode.uncaughtException) { try guest.call("throw") }
        #expect(environment.pendingException?.tag.index == 0)
        guest.destroy()
        bench.store.collectGarbage()
        #expect(environment.pendingException == nil)
    }

    @Test func `fuel ends an endless loop of exceptions`() throws {
        let bench = try Workbench()
        try withShared(bench) { shared in
            var limits = InstanceLimits()
            limits.isMetered = true
            let guest = try makeGuest(bench, limits: limits, shared)
            let environment = try guest.environment()
            environment.fuel = 100_000
            #expect(throws: TrapCode.fuelExhausted) { try guest.call("endless", 0) }
            environment.fuel = 1000
            #expect(try guest.call("catch", 5) == [15, 77])
            #expect(environment.fuel < 1000)
            environment.interrupt()
            environment.fuel = .max
            #expect(throws: TrapCode.interrupted) { try guest.call("endless", 0) }
            environment.clearInterrupt()
        }
    }

    @Test func `without a heap for objects a throw ends in exhaustion that names it`() throws {
        var plan = MemoryPlan()
        plan.gcHeapSizeInBytes = 0
        let bench = try Workbench(plan)
        try withShared(bench) { shared in
            let guest = try makeGuest(bench, shared)
            #expect(throws: TrapCode.memoryExhausted) { try guest.call("catch", 5) }
            #expect(throws: TrapCode.memoryExhausted) { try guest.call("throw", 5) }
            let error = try #require(try guest.environment().memoryError)
            #expect(error.region == .gcHeap)
        }
    }

    /// Functions that keep references in exceptions, and exceptions in locals and on the operand stack, while more
    /// are thrown.
    private static let keeping = """
        (module
          (type $box (struct (field (mut i32))))
          (type $f (func (result i32)))
          (tag $boxed (param i32 (ref null $box) (ref null $f) v128))
          (tag $nested (param exnref))
          (elem declare func $seven)
          (func $seven (result i32) (i32.const 7))
          (func $make (param i32) (result exnref)
            (block $caught (result exnref)
              (try_table (catch_all_ref $caught)
                (throw $boxed (local.get 0) (struct.new $box (i32.mul (local.get 0) (i32.const 10)))
                  (ref.func $seven) (v128.const i64x2 3 4)))
              (unreachable)))
          (func $open (param exnref) (result i32)
            (local $box (ref null $box)) (local $f (ref null $f)) (local $v v128) (local $i i32)
            (block $caught (result i32 (ref null $box) (ref null $f) v128)
              (try_table (catch $boxed $caught) (throw_ref (local.get 0)))
              (unreachable))
            (local.set $v) (local.set $f) (local.set $box) (local.set $i)
            (i32.add
              (i32.add (local.get $i) (struct.get $box 0 (local.get $box)))
              (i32.add (call_ref $f (local.get $f))
                (i32.wrap_i64 (i64x2.extract_lane 1 (local.get $v))))))
          ;; Five exceptions on the operand stack, and one inside another.
          (func (export "run") (result i32)
            (local $outer exnref)
            (block $caught (result exnref)
              (try_table (catch_all_ref $caught) (throw $nested (call $make (i32.const 100))))
              (unreachable))
            (local.set $outer)
            (call $make (i32.const 1)) (call $make (i32.const 2)) (call $make (i32.const 3))
            (call $make (i32.const 4)) (call $make (i32.const 5))
            (call $open)
            (block $inner (result exnref)
              (try_table (catch $nested $inner) (throw_ref (local.get $outer)))
              (unreachable))
            (call $open)
            (i32.add)
            (local.set $sum)
            (call $open) (local.set $sum (i32.add (local.get $sum)))
            (call $open) (local.set $sum (i32.add (local.get $sum)))
            (call $open) (local.set $sum (i32.add (local.get $sum)))
            (call $open) (i32.add (local.get $sum)))
          (func (export "many") (param i32) (result i32)
            (local $kept exnref)
            (local.set $kept (call $make (i32.const 9)))
            (loop $again
              (drop (call $make (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (call $open (local.get $kept))))
        """.replacing("(local $outer exnref)", with: "(local $outer exnref) (local $sum i32)")

    @Test(arguments: [false, true])
    func `what exceptions carry is kept, and they are where frames hold them`(isStressed: Bool) throws {
        let bench = try Workbench()
        bench.store.collectsAtEveryAllocation = isStressed
        let guest = try bench.instantiate(text: Self.keeping)
        // n + 10 n + 7 + 4 for n from 1 to 5, and 100
        #expect(try guest.call("run") == [UInt64(11 * 115 + 6 * 11)])
        #expect(try guest.call("many", isStressed ? 100 : 200_000) == [11 * 9 + 11])
        #expect(bench.store.objectStatistics.sizeInBytes < 8 << 20)
    }

    @Test func `legacy blocks catch, delegate and rethrow where they are switched on`() throws {
        let bench = try Workbench()
        let text = """
            (module
              (tag $a (param i32)) (tag $b)
              (func $throw (param i32)
                (if (local.get 0) (then (throw $a (local.get 0))) (else (throw $b))))
              (func (export "catch") (param i32) (result i32)
                try (result i32)
                  local.get 0
                  call $throw
                  i32.const -1
                catch $a
                  i32.const 100
                  i32.add
                catch_all
                  i32.const 5
                end)
              ;; The exception is thrown again from a block inside the catch, while another one is caught there.
              (func (export "rethrow") (param i32) (result i32)
                try (result i32)
                  try
                    local.get 0
                    call $throw
                  catch_all
                    try
                      i32.const 7
                      throw $a
                    catch $a
                      local.set 0
                      block
                        rethrow 2
                      end
                    end
                  end
                  i32.const -1
                catch $a
                  local.get 0
                  i32.add
                catch $b
                  local.get 0
                end)
              (func (export "delegate") (param i32) (result i32)
                try $outer (result i32)
                  try $middle (result i32)
                    try (result i32)
                      local.get 0
                      call $throw
                      i32.const -1
                    delegate $outer
                  catch_all
                    i32.const -2
                  end
                catch $a
                end)
              (func (export "to-caller") (param i32) (result i32)
                try (result i32)
                  try
                    local.get 0
                    call $throw
                  delegate 1
                  i32.const -1
                catch_all
                  i32.const -2
                end)
              ;; A reference is the block's result, beside the slot that keeps the exception.
              (func (export "reference") (param i32) (result i32)
                i32.const 1
                ref.func $throw
                try (result funcref)
                  local.get 0
                  call $throw
                  ref.null func
                catch $a
                  drop
                  ref.func $throw
                catch_all
                  ref.null func
                end
                ref.is_null
                local.set 0
                ref.is_null
                i32.add
                local.get 0
                i32.const 1
                i32.shl
                i32.add)
              (elem declare func $throw))
            """
        let bytes = try TextModule.assemble(Array(text.utf8))
        #expect(throws: EngineError.self) { try bench.load(bytes) }
        var features = FeatureSet.standard
        features.enable(.legacyExceptions)
        let guest = try bench.instantiate(bench.load(bytes, features: features))
        #expect(try guest.call("catch", 3) == [103] && guest.call("catch", 0) == [5])
        #expect(try guest.call("rethrow", 3) == [10] && guest.call("rethrow", 0) == [7])
        #expect(try guest.call("delegate", 3) == [3])
        #expect(throws: TrapCode.uncaughtException) { try guest.call("delegate", 0) }
        #expect(throws: TrapCode.uncaughtException) { try guest.call("to-caller", 3) }
        #expect(try guest.call("reference", 3) == [1] && guest.call("reference", 0) == [3])
    }
}
