import Mote
import MoteTestSupport
import Testing

struct LinkTests {
    /// Exports a table, a mutable global and `get`, which calls element 0.
    private static let shared: [UInt8] = {
        var builder = ModuleBuilder()
        let type = builder.functionType([], [.i32])
        builder.table(.funcref, ModuleBuilder.limits(2, 4))
        builder.global(.i32, isMutable: true, ModuleBuilder.constant(5))
        // call_indirect element 0
        let get = builder.function(type: type, [0x41, 0, 0x11, UInt8(type), 0])
        builder.export("table", .table, 0)
        builder.export("counter", .global, 0)
        builder.export("get", .function, get)
        return builder.build()
    }()

    /// Imports the table and puts a function of its own there.
    private static let filler: [UInt8] = {
        var builder = ModuleBuilder()
        let type = builder.functionType([], [.i32])
        builder.importTable("shared", "table", .funcref, ModuleBuilder.limits(2, 4))
        let answer = builder.function(type: type, [0x41, 42])
        builder.element(at: 0, [answer])
        builder.export("answer", .function, answer)
        return builder.build()
    }()

    @Test func `an unknown import is named with its type`() throws {
        let error = #expect(throws: RuntimeError.self) { try Fixture.instance("hostcalls") }
        #expect(error?.description == #"unknown import "env" "log": function (i32, i32) -> ()"#)
    }

    @Test func `an import of another type is named with both`() throws {
        var imports = Fixture.hostImports()
        imports["env", "add"] = Function { (one: Int64) in one }
        let error = #expect(throws: RuntimeError.self) { try Fixture.instance("hostcalls", imports: imports) }
        #expect(
            error?.description
                == "incompatible import type of \"env\" \"add\": function (i32, i32) -> i32, given function (i64) -> i64"
        )
    }

    @Test(arguments: Plans.all)
    func `instances of one store link, and outlive their handles while referred to`(plan: MemoryPlan) throws {
        let runtime = try Runtime(plan)
        let store = try Store(runtime)
        let shared = try runtime.load(bytes: Self.shared).instantiate(in: store)
        let get = try shared.function("get", as: (() -> Int32).self)
        #expect(throws: RuntimeError.self) { try get() }
        do {
            var imports = Imports()
            imports.add(exportsOf: shared, as: "shared")
            _ = try runtime.load(bytes: Self.filler).instantiate(imports: imports, in: store)
        }
        #expect(try get() == 42)
        guard case .funcref(let function?) = try shared.table("table").element(at: 0) else {
            Issue.record("no function")
            return
        }
        let answer = try function.typed(as: (() -> Int32).self)
        #expect(try answer() == 42)
    }

    @Test func `entities of another store are refused`() throws {
        let runtime = try Runtime()
        let shared = try runtime.load(bytes: Self.shared).instantiate()
        var imports = Imports()
        imports.add(exportsOf: shared, as: "shared")
        let filler = try runtime.load(bytes: Self.filler)
        let error = #expect(throws: RuntimeError.self) { try filler.instantiate(imports: imports) }
        guard case .usage(.foreignStore) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `globals and tables are read and set by type`() throws {
        let runtime = try Runtime()
        let store = try Store(runtime)
        let shared = try runtime.load(bytes: Self.shared).instantiate(in: store)
        let counter = try shared.global("counter")
        guard case .i32(5) = try counter.value else {
            Issue.record("not 5")
            return
        }
        try counter.set(.i32(6))
        guard case .i32(6) = try counter.value else {
            Issue.record("not 6")
            return
        }
        #expect(throws: RuntimeError.self) { try counter.set(.i64(6)) }
        let table = try shared.table("table")
        #expect(table.count == 2)
        let answer = Function { Int32(7) }
        try table.setElement(at: 0, to: .funcref(answer))
        #expect(try shared.call("get", (() -> Int32).self) == 7)
        #expect(throws: RuntimeError.self) { try table.setElement(at: 2, to: .funcref(nil)) }
        #expect(throws: RuntimeError.self) { try table.element(at: 2) }
        #expect(try table.grow(by: 2, filledWith: .funcref(nil)) == 2)
        #expect(throws: RuntimeError.self) { try table.grow(by: 1, filledWith: .funcref(nil)) }
    }

    @Test func `the host makes memories, tables and globals`() throws {
        let store = try Store(Runtime())
        let memory = try Memory(Limits(minimum: 1, maximum: 2), in: store)
        try memory.store(UInt16(3), at: 0)
        #expect(try memory.grow(by: 1) == 1)
        let table = try Table(of: .externref, Limits(minimum: 1), in: store)
        final class Thing {}
        let thing = Thing()
        try table.setElement(at: 0, to: .externref(ExternalReference(thing, in: store)))
        guard case .externref(let reference?) = try table.element(at: 0) else {
            Issue.record("no reference")
            return
        }
        #expect(reference.object === thing)
        let constant = try Global(.f64(2.5), in: store)
        #expect(throws: RuntimeError.self) { try constant.set(.f64(1)) }
        #expect(try constant.value.description == "2.5")
    }
}
