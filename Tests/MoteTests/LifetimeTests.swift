import Mote
import Testing

struct LifetimeTests {
    @Test func `a function keeps its instance, store and runtime`() throws {
        weak var runtime: Runtime?
        weak var instance: Instance?
        do {
            let add: (Int32, Int32) throws -> Int32
            do {
                let made = try Fixture.instance("add")
                instance = made
                runtime = made.store.runtime
                add = try made.function("add", as: ((Int32, Int32) -> Int32).self)
            }
            #expect(instance != nil)
            #expect(try add(1, 1) == 2)
        }
        #expect(instance == nil)
        #expect(runtime == nil)
    }

    @Test func `closures go with their instance's own store`() throws {
        final class Token {}
        weak var token: Token?
        do {
            let imports: Imports
            do {
                let made = Token()
                token = made
                imports = Fixture.hostImports(log: { _ in _ = made })
            }
            let instance = try Fixture.instance("hostcalls", imports: imports)
            try instance.call("greet", (() -> Void).self)
            #expect(token != nil)
        }
        #expect(token == nil)
    }

    @Test func `a failed instantiation leaves nothing`() throws {
        let runtime = try Runtime()
        let module = try runtime.load(contentsOf: Fixture.path("hostcalls"))
        let before = runtime.memoryReport.current
        for _ in 0..<3 { #expect(throws: RuntimeError.self) { try module.instantiate() } }
        #expect(runtime.memoryReport.current == before)
    }

    @Test func `many instances of one module run in one store`() throws {
        let runtime = try Runtime()
        let store = try Store(runtime)
        let module = try runtime.load(contentsOf: Fixture.path("grow"))
        let instances = try (0..<20).map { _ in try module.instantiate(in: store) }
        for (index, instance) in instances.enumerated() {
            _ = try instance.call("poke", ((Int32, Int32) -> Void).self, 0, Int32(index))
        }
        for (index, instance) in instances.enumerated() {
            #expect(try instance.memory().load(Int32.self, at: 0) & 0xFF == Int32(index))
        }
    }

    @Test func `two threads load and run in one runtime`() async throws {
        let runtime = try Runtime()
        let module = try runtime.load(contentsOf: Fixture.path("add"))
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let add = try module.instantiate().function("add", as: ((Int32, Int32) -> Int32).self)
                    var sum: Int32 = 0
                    for number in 0..<100 { sum = try add(sum, Int32(number)) }
                    return sum + Int32(index)
                }
            }
            var results: [Int32] = []
            for try await result in group { results.append(result) }
            #expect(results.sorted() == (0..<8).map { 4950 + $0 })
        }
    }
}
