import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct GuestHeapTests {
    /// A guest whose malloc hands out from a counter, 16 bytes apart, up to 60,000; it counts frees in a global.
    static let bump = """
        (global $next (mut i32) (i32.const 1024))
        (global $frees (export "frees") (mut i32) (i32.const 0))
        (memory (export "memory") 1)
        (func $malloc (param $n i32) (result i32) (local $at i32)
          (if (i32.gt_u (local.get $n) (i32.const 100000)) (then (return (i32.const 0))))
          (local.set $at (global.get $next))
          (global.set $next (i32.add (local.get $at)
            (i32.and (i32.add (local.get $n) (i32.const 15)) (i32.const -16))))
          (if (i32.gt_u (global.get $next) (i32.const 60000))
            (then (global.set $next (local.get $at)) (return (i32.const 0))))
          (local.get $at))
        (func $free (param i32) (global.set $frees (i32.add (global.get $frees) (i32.const 1))))
        """
    private static let exports = #"(export "malloc" (func $malloc)) (export "free" (func $free))"#

    /// The legal pairs of backing and bounds.
    static let pairs: [(LinearMemoryBacking, BoundsChecks)] = [
        (.reserved, .guardPages), (.reserved, .checked), (.heap, .checked),
    ]

    private func limits(_ choice: GuestHeap?, heap: Int? = nil, _ pair: Int = 2) -> InstanceLimits {
        var limits = InstanceLimits()
        limits.guestHeap = choice
        limits.appHeapSizeInBytes = heap
        limits.linearMemory = Self.pairs[pair].0
        limits.bounds = Self.pairs[pair].1
        return limits
    }

    private func bytes(_ instance: EngineInstance, _ address: UInt64, _ count: Int) -> [UInt8] {
        guard let memory = instance.memory(at: 0), let base = memory.pointee.base,
            address + UInt64(count) <= memory.pointee.sizeInBytes
        else { return [] }
        return Array(UnsafeBufferPointer(start: base + Int(address), count: count))
    }

    private func duplicate(_ instance: EngineInstance, _ bytes: [UInt8]) throws -> UInt64 {
        try bytes.withUnsafeBytes { try instance.guestDuplicate($0) }
    }

    private func failure(_ body: () throws -> Void) -> GuestHeapError? {
        do {
            try body()
            return nil
        } catch {
            return error as? GuestHeapError
        }
    }

    @Test(arguments: 0..<3)
    func `the app heap gives, resizes and takes back, with its bytes kept`(pair: Int) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(
            text:
                #"(module (memory 1) (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0))))"#,
            limits: limits(nil, heap: 4096, pair)
        )
        #expect(instance.guestHeapKind == .app)
        let first = try duplicate(instance, [1, 2, 3])
        #expect(bytes(instance, first, 3) == [1, 2, 3])
        #expect(try instance.call("peek", first + 2) == [3])
        let second = try instance.guestMalloc(0)
        #expect(second != first && second != 0)
        let moved = try instance.guestRealloc(first, to: 100)
        #expect(moved != first && bytes(instance, moved, 3) == [1, 2, 3])
        #expect(try instance.guestRealloc(moved, to: 8) == moved)
        #expect(instance.guestHeapState.usedInBytes == 16)
        #expect(failure { try instance.guestFree(first) }?.kind == .notABlock)
        #expect(failure { _ = try instance.guestRealloc(first, to: 9) }?.kind == .notABlock)
        try instance.guestFree(0)
        #expect(try instance.guestRealloc(0, to: 8) == first)
        try instance.guestFree(moved)
        #expect(failure { try instance.guestFree(moved) }?.kind == .notABlock)
        let full = failure { _ = try instance.guestMalloc(5000) }
        #expect(full?.kind == .exhausted && full?.requestedInBytes == 5000 && full?.heap == .app)
        #expect(full?.availableInBytes == instance.guestHeapState.largestFreeInBytes)
        #expect(failure { _ = try instance.guestMalloc(.max) }?.kind == .exhausted)
    }

    @Test(arguments: 0..<3) func `the guest's own allocator comes first`(pair: Int) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(
            text: "(module \(Self.bump) \(Self.exports))",
            limits: limits(nil, heap: 0, pair)
        )
        #expect(instance.guestHeapKind == .libc && instance.guestHeapState.usedInBytes == nil)
        let first = try duplicate(instance, [5, 6])
        #expect(first == 1024 && bytes(instance, 1024, 2) == [5, 6])
        #expect(try instance.guestMalloc(0) == 1040)
        #expect(failure { _ = try instance.guestRealloc(first, to: 40) }?.kind == .sizeUnknown)
        #expect(try instance.guestRealloc(first, from: 2, to: 40) == 1056)
        #expect(bytes(instance, 1056, 2) == [5, 6])
        #expect(failure { _ = try instance.guestRealloc(first, from: 65_536, to: 40) }?.kind == .notABlock)
        try instance.guestFree(1056)
        try instance.guestFree(0)
        #expect(failure { try instance.guestFree(65_536) }?.kind == .notABlock)
        guard case .global(let frees)? = instance.value("frees") else { throw TrapCode.hostError }
        #expect(frees.slots[0] == 2)
        let full = failure { _ = try instance.guestMalloc(60_000) }
        #expect(full?.kind == .refused && full?.heap == .libc && full?.requestedInBytes == 60_000)
        #expect(failure { _ = try instance.guestMalloc(1 << 32) }?.kind == .tooLarge)
    }

    @Test func `an exported realloc is used`() throws {
        let bench = try Workbench()
        let realloc = """
            (func (export "realloc") (param i32 i32) (result i32)
              (i32.add (local.get 0) (local.get 1)))
            """
        let instance = try bench.instantiate(text: "(module \(Self.bump) \(Self.exports) \(realloc))")
        #expect(try instance.guestRealloc(1024, to: 16) == 1040)
        #expect(failure { _ = try instance.guestRealloc(1024, to: 64_512) }?.kind == .outside)
        let other = #"(func (export "realloc") (param i32) (result i32) (local.get 0))"#
        let without = try bench.instantiate(text: "(module \(Self.bump) \(Self.exports) \(other))")
        #expect(failure { _ = try without.guestRealloc(1024, to: 16) }?.kind == .sizeUnknown)
    }

    @Test(arguments: ["__retain", "__pin"], ["__release", "__unpin"])
    func `AssemblyScript's runtime keeps what it made`(retain: String, release: String) throws {
        let bench = try Workbench()
        let instance = try bench.instantiate(
            text: """
                (module \(Self.bump)
                  (func (export "__new") (param i32 i32) (result i32)
                    (if (local.get 1) (then unreachable)) (call $malloc (local.get 0)))
                  (func (export "\(retain)") (param i32) (result i32) (i32.add (local.get 0) (i32.const 4)))
                  (export "\(release)" (func $free)))
                """
        )
        #expect(try instance.guestMalloc(3) == 1028)
        try instance.guestFree(1028)
    }

    @Test func `settings choose between the heaps`() throws {
        let bench = try Workbench()
        let both = "(module \(Self.bump) \(Self.exports))"
        let neither = "(module (memory 1))"
        let rows: [(String, GuestHeap?, Int, GuestHeapKind)] = [
            (both, nil, 0, .libc), (both, .automatic, 0, .libc), (both, .libc, 0, .libc),
            (both, GuestHeap.none, 0, .none),
            (both, .app, 4096, .app), (both, .app, 0, .none), (neither, nil, 4096, .app),
            (neither, nil, 0, .none),
            (neither, .libc, 0, .none), (neither, .app, 4096, .app), (neither, GuestHeap.none, 0, .none),
        ]
        for (text, choice, size, kind) in rows {
            let instance = try bench.instantiate(text: text, limits: limits(choice, heap: size))
            #expect(instance.guestHeapKind == kind, "\(String(describing: choice)) \(size)")
            if kind == .none {
                let failure = failure { _ = try instance.guestMalloc(1) }
                #expect(failure?.kind == .absent && failure?.choice == choice ?? .automatic)
            } else {
                try instance.guestFree(try instance.guestMalloc(1))
            }
        }
        let bare = try bench.instantiate(text: "(module)")
        #expect(failure { _ = try bare.guestMalloc(1) }?.kind == .noMemory)
    }

    @Test func `a guest that traps, or answers nonsense, harms nobody`() throws {
        let bench = try Workbench()
        for (body, kind) in [
            ("unreachable", .trapped), ("i32.const -8", .outside), ("i32.const 65536", .outside),
            ("i32.const 65535", .outside), ("i32.const 0", .refused),
            ("(drop (memory.grow (i32.const 1))) i32.const 65536", nil),
            ("(loop (br 0)) i32.const 0", .trapped),
        ] as [(String, GuestHeapError.Kind?)] {
            var limits = InstanceLimits()
            limits.isMetered = true
            let instance = try bench.instantiate(
                text: """
                    (module (memory 1) (func (export "malloc") (param i32) (result i32) \(body))
                      (func (export "free") (param i32) unreachable))
                    """,
                limits: limits
            )
            let environment = try EngineEnvironment.create(in: bench.store)
            environment.fuel = 10_000
            let failure = failure {
                let address = try [UInt8](repeating: 7, count: 16)
                    .withUnsafeBytes { try instance.guestDuplicate($0, in: environment) }
                #expect(bytes(instance, address, 16) == [UInt8](repeating: 7, count: 16))
            }
            #expect(failure?.kind == kind, "\(body)")
            if kind == .trapped {
                #expect(failure?.trap == (body == "unreachable" ? .unreachable : .fuelExhausted))
                #expect(failure?.environment?.state == environment.state)
            }
            #expect(self.failure { try instance.guestFree(8, in: environment) }?.kind == .trapped)
        }
    }

    @Test func `a host function allocates with the guest's allocator, in the environment that called it`()
        throws
    {
        let bench = try Workbench()
        let host = try bench.host([.i32], [.i32], data: nil) { environment, _, slots in
            guard let environment, let slots, let callee = environment.pointee.instance else {
                return UInt32(TrapCode.hostError.rawValue)
            }
            do throws(GuestHeapError) {
                slots[0] = try EngineInstance(state: callee.state).guestMalloc(slots[0])
                return 0
            } catch {
                return UInt32(error.trap == .none ? TrapCode.hostError.rawValue : error.trap.rawValue)
            }
        }
        let instance = try bench.instantiate(
            text: """
                (module (import "env" "get" (func $get (param i32) (result i32))) \(Self.bump) \(Self.exports)
                  (func (export "run") (param i32) (result i32)
                    (i32.sub (call $get (local.get 0)) (call $get (local.get 0)))))
                """,
            ["env.get": host]
        )
        #expect(try instance.call("run", 32) == [UInt64(UInt32(bitPattern: -32))])
        let own = try EngineEnvironment.create(in: bench.store)
        #expect(try instance.call(in: own, "run", [32]) == [UInt64(UInt32(bitPattern: -32))])
        #expect(throws: TrapCode.hostError) { try instance.call("run", 1 << 20) }
    }

    @Test func `a guest with addresses of 64 bits has both heaps too`() throws {
        let bench = try Workbench()
        let app = try bench.instantiate(text: "(module (memory i64 1))", limits: limits(.app, heap: 64))
        #expect(try duplicate(app, [9]) != 0)
        let libc = try bench.instantiate(
            text: """
                (module (memory i64 1) (func (export "malloc") (param i64) (result i64) i64.const 65000)
                  (func (export "free") (param i64)))
                """
        )
        #expect(try duplicate(libc, [9]) == 65000)
        #expect(bytes(libc, 65000, 1) == [9])
        #expect(failure { _ = try libc.guestMalloc(1 << 33) }?.kind == .outside)
    }
}
