import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct InstantiationTests {
    let i32 = TestModule.i32

    @Test func `globals, tables, memories and segments are what the module says`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [i32])
        let seven = module.function(type, TestModule.const32(7))
        _ = module.table(4, 9)
        _ = module.memory(1, 3)
        let global = module.global(i32, mutable: true, TestModule.const32(-5))
        module.export("seven", 0, seven)
        module.export("table", 1, 0)
        module.export("memory", 2, 0)
        module.export("global", 3, global)
        module.element(at: TestModule.const32(2), [seven])
        module.data(at: TestModule.const32(65534), [0xAB, 0xCD])
        let instance = try bench.instantiate(module)
        guard case .memory(let memory) = instance.value("memory"),
            case .table(let table) = instance.value("table"),
            case .global(let cell) = instance.value("global")
        else {
            Issue.record("an export is missing")
            return
        }
        #expect(
            memory.pointee.pageCount == 1 && memory.pointee.base[65535] == 0xCD && memory.pointee.base[0] == 0
        )
        #expect(table.pointee.count == 4)
        #expect(EngineStore.element(of: table, at: 1) == 0)
        #expect(EngineStore.element(of: table, at: 2) == UInt64(UInt(bitPattern: instance.function("seven"))))
        #expect(EngineStore.element(of: table, at: 4) == nil)
        #expect(cell.slots[0] == 0xFFFF_FFFB && cell.type.isMutable)
        #expect(instance.value("nothing") == nil)
        #expect(try bench.store.grow(memory, byPages: 2) == 1)
        #expect(try bench.store.grow(memory, byPages: 1) == nil)
        #expect(try bench.store.grow(table, by: 6, filledWith: 0) == nil)
        #expect(try bench.store.grow(table, by: 5, filledWith: 0) == 4)
    }

    @Test func `extended constant expressions are computed without a native stack`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let base = module.importGlobal("env", "base", i32, mutable: false)
        var expression = TestModule.const32(3)
        for _ in 0..<2000 { expression += TestModule.const32(2) }
        expression += [UInt8](repeating: 0x6A, count: 2000)
        let deep = module.global(i32, mutable: false, expression)
        let product = module.global(
            i32,
            mutable: false,
            [0x23, UInt8(base)] + TestModule.const32(-2) + [0x6C]
        )
        module.export("deep", 3, deep)
        module.export("product", 3, product)
        module.export("base", 3, base)
        let given = try bench.store.makeGlobal(
            type: GlobalType(valueType: .i32, isMutable: false),
            low: 21
        )
        let instance = try bench.instantiate(module, ["env.base": .global(given)])
        guard case .global(let first) = instance.value("deep"),
            case .global(let second) = instance.value("product"),
            case .global(let third) = instance.value("base")
        else {
            Issue.record("an export is missing")
            return
        }
        #expect(first.slots[0] == 4003)
        #expect(second.slots[0] == UInt64(UInt32(bitPattern: -42)))
        #expect(third.slots == given.slots)
    }

    @Test func `a missing import and one of another type are told apart, with their position`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([i32], [])
        _ = module.importFunction("env", "log", type)
        _ = module.importMemory("env", "memory", 2, 4)
        let log = try bench.host([.i32], []) { _, _, _ in 0 }
        let other = try bench.host([.i64], []) { _, _, _ in 0 }
        func memory(_ minimum: UInt64, _ maximum: UInt64?) throws -> ExternalValue {
            let limits = Limits(minimum: minimum, maximum: maximum)
            return .memory(try bench.store.makeMemory(type: MemoryType(limits: limits, pageSizeLog2: 16)))
        }
        func error(_ imports: [String: ExternalValue]) -> LinkError? {
            do {
                _ = try bench.instantiate(module, imports)
            } catch EngineError.link(let error) {
                return error
            } catch {}
            return nil
        }
        #expect(error([:]) == LinkError(.unknownImport, importIndex: 0))
        #expect(error(["env.log": other]) == LinkError(.incompatibleImportType, importIndex: 0))
        #expect(error(["env.log": log]) == LinkError(.unknownImport, importIndex: 1))
        let wrong = LinkError(.incompatibleImportType, importIndex: 1)
        #expect(error(["env.log": log, "env.memory": log]) == wrong)
        #expect(error(["env.log": log, "env.memory": try memory(1, 4)]) == wrong)
        #expect(error(["env.log": log, "env.memory": try memory(2, 5)]) == wrong)
        #expect(error(["env.log": log, "env.memory": try memory(2, nil)]) == wrong)
        _ = try bench.instantiate(module, ["env.log": log, "env.memory": try memory(3, 4)])
    }

    @Test func `a segment that does not fit leaves the ones before it and frees the instance`() throws {
        let bench = try Workbench()
        let shared = try bench.store.makeMemory(
            type: MemoryType(limits: Limits(minimum: 1, maximum: nil), pageSizeLog2: 16)
        )
        var module = TestModule()
        _ = module.importMemory("env", "memory", 1)
        module.data(at: TestModule.const32(0), [1, 2, 3])
        module.data(at: TestModule.const32(65535), [4, 5])
        let loaded = try bench.load(module)
        let before = bench.runtime.ledger.total
        #expect(throws: EngineError.self) { try bench.instantiate(loaded, ["env.memory": .memory(shared)]) }
        #expect(shared.pointee.base[2] == 3 && shared.pointee.base[65535] == 0)
        #expect(bench.runtime.ledger.total == before)
        #expect(loaded.unload())
    }
}
