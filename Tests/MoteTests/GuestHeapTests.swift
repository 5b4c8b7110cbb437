import Mote
import MoteText
import Testing

struct GuestHeapTests {
    private static let allocator = """
        (global $next (mut i32) (i32.const 1024))
        (func $malloc (export "malloc") (param $n i32) (result i32)
          (if (i32.gt_u (local.get $n) (i32.const 5000)) (then (return (i32.const 0))))
          (if (i32.eq (local.get $n) (i32.const 666)) (then unreachable))
          (global.get $next)
          (global.set $next (i32.add (global.get $next)
            (i32.and (i32.add (local.get $n) (i32.const 7)) (i32.const -8)))))
        (func (export "free") (param i32))
        """

    private func instance(
        _ text: String,
        _ plan: MemoryPlan = MemoryPlan(),
        _ imports: Imports = Imports()
    ) throws -> Instance {
        try Runtime(plan).load(bytes: TextModule.assemble(Array(text.utf8))).instantiate(imports: imports)
    }

    private func failure(_ body: () throws -> Void) -> GuestHeapFailure? {
        do {
            try body()
            return nil
        } catch {
            guard case RuntimeError.guestHeap(let failure) = error else { return nil }
            return failure
        }
    }

    @Test(arguments: Plans.all)
    func `the host allocates in the app heap, writes there, and gives it back`(plan: MemoryPlan) throws {
        var plan = plan
        plan.appHeap = 4096
        let instance = try instance(#"(module (memory (export "memory") 1))"#, plan)
        #expect(instance.guestHeap.kind == .app && instance.guestHeap.usedInBytes == 0)
        let text = try instance.duplicate("hello".utf8)
        #expect(try instance.memory().string(at: text, count: 5) == "hello")
        let other = try instance.malloc(10)
        let moved = try instance.realloc(text, 100)
        #expect(try instance.memory().string(at: moved, count: 5) == "hello")
        #expect(instance.guestHeap.usedInBytes == 16 + 104 && instance.guestHeap.blockCount == 2)
        try instance.free(moved)
        try instance.free(other)
        #expect(instance.guestHeap.usedInBytes == 0 && instance.guestHeap.peakInBytes == 128)
        #expect(failure { try instance.free(other) }?.kind == .notABlock)
        let full = failure { _ = try instance.malloc(5000) }
        #expect(
            full?.description
                == "the app heap has no free range as large; 5,000 bytes wanted, at most 4 KiB free in one piece; "
                + "a larger appHeap helps"
        )
    }

    @Test(arguments: Plans.all)
    func `the guest's own allocator answers where it exports one`(plan: MemoryPlan) throws {
        let instance = try instance(#"(module (memory (export "memory") 1) \#(Self.allocator))"#, plan)
        #expect(instance.guestHeap.kind == .libc && instance.guestHeap.usedInBytes == nil)
        let text = try instance.duplicate([1, 2, 3])
        #expect(text == 1024)
        let moved = try instance.realloc(text, 16, from: 3)
        #expect(try instance.memory().bytes(at: moved, count: 3) == [1, 2, 3])
        try instance.free(moved)
        let null = failure { _ = try instance.malloc(6000) }
        #expect(null?.kind == .refused && null?.heap == .libc && null?.requestedInBytes == 6000)
        #expect(null?.description.contains("maximumPages") == true)
        #expect(failure { _ = try instance.realloc(moved, 16) }?.kind == .sizeUnknown)
        do {
            _ = try instance.malloc(666)
            Issue.record("no trap")
        } catch RuntimeError.trap(let trap) {
            #expect(trap.code == .unreachable && trap.backtrace.first?.functionIndex == 0)
        }
    }

    @Test func `errors say which heap was wanted and what would help`() throws {
        var plan = MemoryPlan()
        for (choice, word) in [
            (GuestHeapChoice.automatic, "an appHeap helps"), (.app, "an appHeap helps"),
            (.libc, "exports malloc and free helps"), (.none, "guestHeap = .automatic helps"),
        ] {
            plan.guestHeap = choice
            let instance = try instance("(module (memory 1))", plan)
            let failure = failure { _ = try instance.malloc(1) }
            #expect(failure?.kind == .absent && failure?.choice == choice)
            #expect(failure?.description.contains(word) == true, "\(String(describing: failure))")
            #expect(instance.guestHeap.kind == .none)
        }
        let bare = try instance("(module)")
        #expect(failure { _ = try bare.malloc(1) }?.kind == .noMemory)
    }

    @Test func `a host function allocates for its caller, above the caller's frames`() throws {
        var peeked: GuestHeap.Kind?
        let imports: Imports = [
            "env": [
                "text": Function { (caller: Caller) throws -> UInt32 in
                    peeked = caller.instance?.guestHeap.kind
                    let address = try caller.duplicate("abc".utf8)
                    try caller.free(try caller.realloc(try caller.malloc(3), 8, from: 3))
                    // The instance finds the environment that runs on this thread.
                    _ = try caller.instance?.malloc(1)
                    return UInt32(address)
                },
                "trap": Function { (caller: Caller) throws in _ = try caller.malloc(666) },
            ]
        ]
        let instance = try instance(
            """
            (module (import "env" "text" (func $text (result i32))) (import "env" "trap" (func $trap))
              (memory (export "memory") 1) \(Self.allocator)
              (func (export "run") (result i32) (i32.load8_u offset=1 (call $text)))
              (func (export "trap") (call $trap)))
            """,
            MemoryPlan(),
            imports
        )
        #expect(try instance.call("run", (() -> Int32).self) == 98)
        #expect(peeked == .libc)
        let error = #expect(throws: RuntimeError.self) { try instance.call("trap", (() -> Void).self) }
        guard case .trap(let trap) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(trap.code == .unreachable)
        #expect(try instance.call("run", (() -> Int32).self) == 98)
    }

    @Test func `an open view of the memory, another store's environment and a past call are refused`() throws
    {
        var kept: Caller?
        let imports: Imports = ["env": ["keep": Function { (caller: Caller) in kept = caller }]]
        let instance = try instance(
            """
            (module (import "env" "keep" (func $keep)) (memory (export "memory") 1) \(Self.allocator)
              (func (export "run") (call $keep)))
            """,
            MemoryPlan(),
            imports
        )
        try instance.call("run", (() -> Void).self)
        #expect(throws: RuntimeError.self) { try kept?.malloc(1) }
        try instance.memory().withBytes { _ in
            #expect(throws: RuntimeError.self) { try instance.malloc(1) }
        }
        let stranger = try self.instance("(module)")
        #expect(throws: RuntimeError.self) { try instance.malloc(1, in: stranger.environment) }
        #expect(try instance.malloc(1) == 1024)
        #expect(throws: RuntimeError.self) { try instance.malloc(-1) }
    }
}
