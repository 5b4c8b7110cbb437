import Mote
import Testing

struct HostFunctionTests {
    @Test(arguments: Plans.all)
    func `closures get numbers and text, and give results`(plan: MemoryPlan) throws {
        var lines: [String] = []
        let instance = try Fixture.instance(
            "hostcalls",
            plan,
            imports: Fixture.hostImports(log: { lines.append($0) })
        )
        try instance.call("greet", (() -> Void).self)
        #expect(lines == ["hello, host"])
        #expect(try instance.call("sum_to", ((Int32) -> Int32).self, 10) == 55)
        #expect(try instance.call("scaled", ((Int64) -> Double).self, 7) == 3.75)
    }

    @Test func `a pointer outside of memory throws in the host, and out of the call`() throws {
        let instance = try Fixture.instance("hostcalls", imports: Fixture.hostImports())
        let greet = try instance.function("greet_badly", as: (() -> Void).self)
        let error = #expect(throws: RuntimeError.self) { try greet() }
        guard case .outOfBounds(let address, let count, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(address == 0xFFFF_FFF0 && count == 64)
    }

    @Test func `an error of the host comes out unchanged, through nested calls too`() throws {
        let imports = Fixture.hostImports { caller, value in
            guard value > 0 else { throw HostFailure(number: 42) }
            let down = try #require(caller.instance).function("down", as: ((Int32) -> Int32).self)
            return try down(value)
        }
        let instance = try Fixture.instance("hostcalls", imports: imports)
        let down = try instance.function("down", as: ((Int32) -> Int32).self)
        #expect(throws: HostFailure(number: 42)) { try down(5) }
        // And the environment still works.
        #expect(try instance.call("twice", ((Int32) -> Int32).self, 21) == 42)
    }

    @Test func `a host function may catch what a nested call throws`() throws {
        let imports = Fixture.hostImports { caller, value in
            guard value > 0 else { throw HostFailure(number: 1) }
            let through = try #require(caller.instance).function("through_host", as: ((Int32) -> Int32).self)
            do { return try through(0) } catch is HostFailure { return 100 }
        }
        let instance = try Fixture.instance("hostcalls", imports: imports)
        #expect(try instance.call("through_host", ((Int32) -> Int32).self, 1) == 101)
    }

    @Test(arguments: Plans.all)
    func `host and guest may call each other, but not without end`(plan: MemoryPlan) throws {
        let imports = Fixture.hostImports { caller, value in
            try #require(caller.instance).call("down", ((Int32) -> Int32).self, value)
        }
        let instance = try Fixture.instance("hostcalls", plan, imports: imports)
        let down = try instance.function("down", as: ((Int32) -> Int32).self)
        #expect(try down(20) == 20)
        let error = #expect(throws: RuntimeError.self) { try down(100_000) }
        guard case .trap(let trap) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Whichever stack ends first; both say how large they were.
        #expect(trap.code == .nativeStackOverflow || trap.code == .callStackExhausted)
        #expect(trap.stack?.sizeInBytes != nil && trap.description.hasPrefix("\(trap.message): "))
        #expect(try down(3) == 3)
    }

    @Test(arguments: Plans.all)
    func `a host function may grow the caller's memory`(plan: MemoryPlan) throws {
        let imports = Fixture.hostImports { caller, value in
            let memory = try caller.memory
            let before = try memory.grow(by: UInt64(value))
            try memory.store(UInt32(7), at: memory.sizeInBytes - 4)
            return Int32(before)
        }
        let instance = try Fixture.instance("hostcalls", plan, imports: imports)
        let memory = try instance.memory()
        let before = memory.pageCount
        #expect(try instance.call("through_host", ((Int32) -> Int32).self, 2) == Int32(before) + 1)
        #expect(memory.pageCount == before + 2)
        #expect(try memory.load(UInt32.self, at: memory.sizeInBytes - 4) == 7)
    }

    @Test func `a host function may drop the last handle of its instance`() throws {
        final class Holder { var instance: Instance? }
        let holder = Holder()
        let imports = Fixture.hostImports { [holder] _, value in
            holder.instance = nil
            return value
        }
        holder.instance = try Fixture.instance("hostcalls", imports: imports)
        let through = try #require(holder.instance).function("through_host", as: ((Int32) -> Int32).self)
        #expect(try through(3) == 4)
        #expect(holder.instance == nil)
        #expect(try through(4) == 5)
    }

    @Test func `a caller kept beyond its call answers nothing`() throws {
        final class Holder { var caller: Caller? }
        let holder = Holder()
        let imports = Fixture.hostImports { caller, value in
            holder.caller = caller
            return value
        }
        let instance = try Fixture.instance("hostcalls", imports: imports)
        #expect(try instance.call("through_host", ((Int32) -> Int32).self, 1) == 2)
        let caller = try #require(holder.caller)
        #expect(caller.instance == nil)
        #expect(throws: RuntimeError.self) { try caller.string(at: 0, count: 1) }
        #expect(throws: RuntimeError.self) { try caller.memory }
    }

    @Test func `a function with a type of run time checks what it gives`() throws {
        var imports = Fixture.hostImports()
        imports["env", "add"] = Function(type: FunctionType(parameters: [.i32, .i32], results: [.i32])) {
            _,
            values in
            guard case (.i32(let one), .i32(let other)) = (values[0], values[1]) else { return [] }
            return one > 2 ? [.i64(1)] : [.i32(one + other)]
        }
        let instance = try Fixture.instance("hostcalls", imports: imports)
        let sum = try instance.function("sum_to", as: ((Int32) -> Int32).self)
        #expect(try sum(2) == 3)
        #expect(throws: RuntimeError.self) { try sum(10) }
    }
}
