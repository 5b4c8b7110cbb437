import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Handles of the host's data: finalized once nobody has them any more.
@Suite struct GCHandleTests {
    /// How many finalizers ran, at an address that they get; never freed, as the store's end may be later.
    private struct Counter {
        let cell = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        init() { cell.initialize(to: 0) }

        static let finalizer: HostFinalizer = { data in
            data?.assumingMemoryBound(to: Int.self).pointee += 1
        }
    }

    private static let keeper = """
        (module
          (table $t 4 externref)
          (type $box (struct (field externref)))
          (global $g (mut (ref null $box)) (ref.null $box))
          (global $any (mut anyref) (ref.null any))
          (func (export "put") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
          (func (export "get") (param i32) (result externref) (table.get $t (local.get 0)))
          (func (export "box") (param externref) (global.set $g (struct.new $box (local.get 0))))
          (func (export "unbox") (result externref) (struct.get $box 0 (global.get $g)))
          (func (export "convert") (param externref)
            (global.set $any (any.convert_extern (local.get 0))))
          (func (export "clear") (global.set $g (ref.null $box)) (global.set $any (ref.null any))))
        """

    @Test func `a handle ends when it is neither retained nor reachable`() throws {
        let bench = try Workbench()
        let counter = Counter()
        let store = bench.store
        let instance = try bench.instantiate(text: Self.keeper)
        let handle = try store.makeExternalReference(counter.cell, finalizer: Counter.finalizer)
        #expect(handle & 3 == 2)
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 0)
        try instance.call("put", 1, handle)
        store.releaseExternalReference(handle)
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 0)
        #expect(
            store.externalData(of: try instance.call("get", 1)[0]) == UnsafeMutableRawPointer(counter.cell)
        )
        try instance.call("box", handle)
        try instance.call("put", 1, 0)
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 0)
        #expect(try instance.call("unbox") == [handle])
        try instance.call("convert", handle)
        #expect(store.collectGarbage())
        try instance.call("clear")
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 1)
        #expect(store.externalData(of: handle) == nil)
        #expect(!store.retainExternalReference(handle))
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 1)
    }

    @Test func `handles that nobody keeps do not make their table grow`() throws {
        let bench = try Workbench()
        let counter = Counter()
        var handles: Set<UInt64> = []
        let before = bench.runtime.ledger.current[Int(Region.structures.rawValue)]
        for _ in 0..<10_000 {
            let handle = try bench.store.makeExternalReference(counter.cell, finalizer: Counter.finalizer)
            #expect(handles.insert(handle).inserted)
            bench.store.releaseExternalReference(handle)
        }
        #expect(bench.runtime.ledger.current[Int(Region.structures.rawValue)] < before + 2048)
        #expect(counter.cell.pointee > 9900)
        // Without an object there is no heap.
        #expect(bench.runtime.ledger.peak[Int(Region.gcHeap.rawValue)] == 0)
    }

    @Test func `the store's end finalizes what is left, once`() throws {
        let runtime = try EngineRuntime.create(plan: MemoryPlan())
        let counter = Counter()
        let store = try runtime.createStore()
        for _ in 0..<20 { _ = try store.makeExternalReference(counter.cell, finalizer: Counter.finalizer) }
        store.destroy()
        #expect(counter.cell.pointee == 20)
        runtime.destroy()
    }

    @Test func `handles in a host's table and global stay`() throws {
        let bench = try Workbench()
        let counter = Counter()
        let store = bench.store
        let table = try store.makeTable(
            type: TableType(
                limits: Limits(minimum: 2, maximum: nil),
                elementType: .externref,
                initializer: .empty
            )
        )
        let one = try store.makeExternalReference(counter.cell, finalizer: Counter.finalizer)
        let two = try store.makeExternalReference(counter.cell, finalizer: Counter.finalizer)
        #expect(store.setElement(of: table, at: 1, to: one))
        let global = try store.makeGlobal(type: GlobalType(valueType: .externref, isMutable: true), low: two)
        store.releaseExternalReference(one)
        store.releaseExternalReference(two)
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 0)
        #expect(store.setElement(of: table, at: 1, to: 0))
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 1)
        #expect(store.set(global, low: 0))
        #expect(store.collectGarbage())
        #expect(counter.cell.pointee == 2)
    }
}
