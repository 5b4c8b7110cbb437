import Mote
import Testing

struct CallTests {
    @Test(arguments: Plans.all)
    func `typed functions take and give every number type`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("add", plan)
        let add = try instance.function("add", as: ((Int32, Int32) -> Int32).self)
        #expect(try add(2, 3) == 5)
        #expect(try add(.max, 1) == .min)
        let unsigned = try instance.function("add", as: ((UInt32, UInt32) -> UInt32).self)
        #expect(try unsigned(0x8000_0000, 1) == 0x8000_0001)
        let add64 = try instance.function("add64", as: ((Int64, Int64) -> Int64).self)
        #expect(try add64(1 << 40, 1) == (1 << 40) + 1)
        let mean = try instance.function("mean", as: ((Double, Double) -> Double).self)
        #expect(try mean(1, 2) == 1.5)
        let single = try instance.function("meanf", as: ((Float, Float) -> Float).self)
        #expect(try single(1, 4) == 2.5)
    }

    @Test func `values are called by their types`() throws {
        let add = try Fixture.instance("add").function("add")
        #expect(add.type.description == "(i32, i32) -> i32")
        guard case .i32(5) = try add.call([.i32(2), .i32(3)]).first else {
            Issue.record("not 5")
            return
        }
    }

    @Test func `wrong types are refused before anything runs`() throws {
        let instance = try Fixture.instance("add")
        let error = #expect(throws: RuntimeError.self) {
            try instance.function("add", as: ((Int32, Int64) -> Int32).self)
        }
        #expect(error?.description == "add has type (i32, i32) -> i32, not (i32, i64) -> i32")
        #expect(throws: RuntimeError.self) { try instance.function("add").call([.i32(1)]) }
        #expect(throws: RuntimeError.self) { try instance.function("add").call([.i32(1), .f32(1)]) }
        #expect(throws: RuntimeError.self) { try instance.function("subtract") }
    }

    @Test func `an environment of one's own runs calls with its stack`() throws {
        let instance = try Fixture.instance("add")
        let environment = try ExecutionEnvironment(instance, stack: 4096)
        let add = try instance.function("add", as: ((Int32, Int32) -> Int32).self, in: environment)
        #expect(try add(20, 22) == 42)
        #expect(environment.operandStackPeak > 0)
        #expect(environment.operandStackPeak <= 4096)
    }

    @Test func `a module loads from a file, a copy, and borrowed bytes`() throws {
        let runtime = try Runtime()
        let copied = try runtime.load(contentsOf: Fixture.path("add"), copying: true)
        #expect(try copied.instantiate().call("add", ((Int32, Int32) -> Int32).self, 1, 2) == 3)
        #expect(
            runtime.memoryReport.regions.contains {
                $0.region == .moduleBytes && $0.current >= copied.sizeInBytes
            }
        )
        let eager = try runtime.load(contentsOf: Fixture.path("add"), isEager: true)
        #expect(try eager.instantiate().call("add", ((Int32, Int32) -> Int32).self, 1, 2) == 3)
    }

    @Test func `errors name file, place and reason`() throws {
        let runtime = try Runtime()
        let missing = #expect(throws: RuntimeError.self) { try runtime.load(contentsOf: "/nowhere/x.wasm") }
        #expect(missing?.description == "/nowhere/x.wasm: No such file or directory")
        let empty = #expect(throws: RuntimeError.self) { try runtime.load(bytes: []) }
        guard case .decode = empty else {
            Issue.record("\(String(describing: empty))")
            return
        }
        let bad = #expect(throws: RuntimeError.self) {
            try runtime.load(bytes: [0, 0x61, 0x73, 0x6D, 1, 0, 0])
        }
        guard case .decode(_, let offset) = bad else {
            Issue.record("\(String(describing: bad))")
            return
        }
        #expect(offset <= 7)
    }
}
