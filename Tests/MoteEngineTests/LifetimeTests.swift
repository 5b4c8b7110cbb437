import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct LifetimeTests {
    let i32 = TestModule.i32

    /// Exports a table of four, a memory and a function `call` of (index) that calls what the table has there.
    private func library() -> TestModule {
        var module = TestModule()
        let plain = module.type([], [i32])
        let caller = module.type([i32], [i32])
        _ = module.table(4)
        _ = module.memory(1)
        let call = module.function(caller, [0x20, 0, 0x11, UInt8(plain), 0])
        module.export("table", 1, 0)
        module.export("memory", 2, 0)
        module.export("call", 0, call)
        return module
    }

    /// Imports the library's table and puts a function that gives 42 at 1; fails in its data segment if asked.
    private func client(failing: Bool) -> TestModule {
        var module = TestModule()
        let plain = module.type([], [i32])
        _ = module.importTable("library", "table", 4)
        let answer = module.function(plain, TestModule.const32(42))
        module.element(at: TestModule.const32(1), [answer])
        if failing {
            _ = module.memory(1)
            module.data(at: TestModule.const32(70000), [1])
        }
        return module
    }

    private func owners(_ bench: Workbench, _ wanted: OwnerKind) -> Int {
        var count = 0
        bench.runtime.forEachOwner { kind, _, _ in if kind == wanted { count += 1 } }
        return count
    }

    @Test func `unloading with live instances is put off, and says so`() throws {
        let bench = try Workbench()
        let module = try bench.load(library())
        let instance = try bench.instantiate(module)
        #expect(!module.unload())
        #expect(owners(bench, .module) == 1)
        #expect(throws: EngineError.self) { try bench.instantiate(module) }
        #expect(instance.destroy())
        #expect(owners(bench, .module) == 0)
    }

    @Test func `an instance that gave a reference away stays until its group has no live member`() throws {
        let bench = try Workbench()
        let library = try bench.instantiate(library())
        let client = try bench.instantiate(client(failing: false), ["library.table": library.value("table")!])
        #expect(!client.destroy())
        #expect(owners(bench, .instance) == 2)
        #expect(try library.call("call", 1) == [42])
        #expect(library.destroy())
        #expect(owners(bench, .instance) == 0)
    }

    @Test func `an instance that others import from stays as long as they live`() throws {
        let bench = try Workbench()
        let library = try bench.instantiate(library())
        var module = TestModule()
        let type = module.type([i32], [i32])
        _ = module.importFunction("library", "call", type)
        _ = module.importMemory("library", "memory", 1)
        let other = try bench.instantiate(
            module,
            ["library.call": library.value("call")!, "library.memory": library.value("memory")!]
        )
        let another = try bench.instantiate(
            module,
            ["library.call": library.value("call")!, "library.memory": library.value("memory")!]
        )
        #expect(!library.destroy())
        // Only numbers pass between them, so these go at once.
        #expect(other.destroy())
        #expect(owners(bench, .instance) == 2)
        #expect(another.destroy())
        #expect(owners(bench, .instance) == 0)
    }

    @Test func `a failed instantiation that published a function leaves it callable`() throws {
        let bench = try Workbench()
        let library = try bench.instantiate(library())
        #expect(throws: EngineError.self) {
            try bench.instantiate(client(failing: true), ["library.table": library.value("table")!])
        }
        #expect(owners(bench, .instance) == 2)
        #expect(try library.call("call", 1) == [42])
        #expect(library.destroy())
        #expect(owners(bench, .instance) == 0)
    }

    @Test func `what lies in the store's own table goes with the store`() throws {
        let bench = try Workbench()
        let store = try bench.runtime.createStore()
        let table = try store.makeTable(
            type: TableType(
                limits: Limits(minimum: 4, maximum: nil),
                elementType: .funcref,
                initializer: .empty
            )
        )
        let module = try bench.load(client(failing: false))
        let instance = try EngineInstance.instantiate(module, in: store) { _ in .table(table) }
        #expect(!instance.destroy())
        #expect(owners(bench, .instance) == 1)
        store.destroy()
        #expect(owners(bench, .instance) == 0)
        #expect(module.unload())
    }

    @Test func `groups survive the loss of any member`() throws {
        let bench = try Workbench()
        var instances: [EngineInstance] = []
        for first in 0..<4 {
            let library = try bench.instantiate(library())
            instances = [library]
            for _ in 0..<3 {
                instances.append(
                    try bench.instantiate(client(failing: false), ["library.table": library.value("table")!])
                )
            }
            for offset in 0..<4 { instances[(first + offset) % 4].destroy() }
            #expect(owners(bench, .instance) == 0)
        }
    }
}
