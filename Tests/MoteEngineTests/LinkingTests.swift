import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct LinkingTests {
    let i32 = TestModule.i32

    /// Has a global counter and a page of memory; `bump(n)` adds n to both and gives the counter.
    private func counter() -> TestModule {
        var module = TestModule()
        let type = module.type([i32], [i32])
        let count = module.global(i32, mutable: true, TestModule.const32(0))
        _ = module.memory(1)
        let body: [UInt8] =
            [0x23, 0, 0x20, 0, 0x6A, 0x24, 0] + TestModule.const32(8) + [0x23, 0, 0x36, 2, 0, 0x23, 0]
        module.export("bump", 0, module.function(type, body))
        module.export("count", 3, count)
        module.export("memory", 2, 0)
        return module
    }

    @Test func `a call into another instance uses that instance's memory and globals, and comes back`() throws
    {
        let bench = try Workbench()
        let counter = try bench.instantiate(counter())
        var module = TestModule()
        let type = module.type([i32], [i32])
        let bump = module.importFunction("counter", "bump", type)
        let own = module.global(i32, mutable: true, TestModule.const32(1000))
        _ = module.memory(1)
        // twice(n) = bump(n) + bump(n) + own global + own memory at 8
        let body: [UInt8] =
            [0x20, 0, 0x10, UInt8(bump), 0x20, 0, 0x10, UInt8(bump), 0x6A, 0x23, UInt8(own), 0x6A]
            + TestModule.const32(8) + [0x28, 2, 0, 0x6A]
        module.export("twice", 0, module.function(type, body))
        module.data(at: TestModule.const32(8), [0x10, 0x27])
        let instance = try bench.instantiate(module, ["counter.bump": counter.value("bump")!])
        #expect(try instance.call("twice", 5) == [5 + 10 + 1000 + 10000])
        #expect(try instance.call("twice", 5) == [15 + 20 + 1000 + 10000])
        guard case .global(let count) = counter.value("count"),
            case .memory(let memory) = counter.value("memory")
        else { return }
        #expect(count.slots[0] == 20 && memory.pointee.base[8] == 20)
        #expect(bench.store.set(count, low: 7))
        #expect(try counter.call("bump", 1) == [8])
    }

    @Test func `an imported memory grows for everyone`() throws {
        let bench = try Workbench()
        for backing in [LinearMemoryBacking.heap, .reserved] {
            var limits = InstanceLimits()
            limits.linearMemory = backing
            let owner = try bench.instantiate(counter(), limits: limits)
            var module = TestModule()
            let type = module.type([i32], [i32])
            let store = module.type([i32], [])
            _ = module.importMemory("owner", "memory", 1)
            module.export("grow", 0, module.function(type, [0x20, 0, 0x40, 0]))
            module.export(
                "touch",
                0,
                module.function(store, [0x20, 0] + TestModule.const32(77) + [0x36, 2, 0])
            )
            let user = try bench.instantiate(module, ["owner.memory": owner.value("memory")!])
            #expect(throws: TrapCode.memoryOutOfBounds) { try user.call("touch", 65536) }
            #expect(try user.call("grow", 2) == [1])
            try user.call("touch", 65536 * 3 - 4)
            #expect(throws: TrapCode.memoryOutOfBounds) { try user.call("touch", 65536 * 3 - 3) }
            #expect(try owner.call("bump", 3) == [3])
            guard case .memory(let memory) = owner.value("memory") else { return }
            #expect(memory.pointee.pageCount == 3 && memory.pointee.base[65536 * 3 - 4] == 77)
        }
    }

    @Test func `a host function that grows the caller's memory is seen by the caller`() throws {
        for backing in [LinearMemoryBacking.heap, .reserved] {
            let bench = try Workbench()
            var limits = InstanceLimits()
            limits.linearMemory = backing
            var module = TestModule()
            let type = module.type([], [])
            let result = module.type([], [i32])
            let grow = module.importFunction("env", "grow", type)
            _ = module.memory(1, 100)
            module.data(at: TestModule.const32(4), [42])
            // Reads below and stores far above the old end, after the host call.
            let body: [UInt8] =
                [0x10, UInt8(grow)] + TestModule.const32(65536 * 50) + TestModule.const32(1) + [0x36, 2, 0]
                + TestModule.const32(4) + [0x2D, 0, 0]
            module.export("run", 0, module.function(result, body))
            let host = try bench.host([], []) { environment, _, _ in
                guard let memory = environment!.pointee.instance.pointee.memories[0] else { return 14 }
                let store = EngineEnvironment(environment!).store
                return (try? store.grow(memory, byPages: 60)) == 1 ? 0 : 14
            }
            let instance = try bench.instantiate(module, limits: limits, ["env.grow": host])
            #expect(try instance.call("run") == [42])
        }
    }

    @Test func `a backtrace names guest and host frames, innermost first, across instances`() throws {
        let bench = try Workbench()
        var inner = TestModule()
        let type = inner.type([], [])
        _ = inner.function(type, [])
        let fail = inner.function(type, [0x01, 0x00])
        inner.export("fail", 0, fail)
        let failing = try bench.instantiate(inner)

        var outer = TestModule()
        let outerType = outer.type([], [])
        let imported = outer.importFunction("inner", "fail", outerType)
        let through = outer.importFunction("env", "through", outerType)
        let middle = outer.function(outerType, [0x10, UInt8(imported)])
        let top = outer.function(outerType, [0x10, UInt8(through)])
        outer.export("middle", 0, middle)
        outer.export("top", 0, top)
        let cell = UnsafeMutablePointer<UnsafeMutablePointer<MoteFunction>?>.allocate(capacity: 1)
        defer { cell.deallocate() }
        let host = try bench.host([], [], data: cell) { environment, data, slots in
            let cell = data!.assumingMemoryBound(to: UnsafeMutablePointer<MoteFunction>?.self)
            return UInt32(
                EngineEnvironment(environment!).call(cell.pointee!, slots: slots, slotCount: 0).rawValue
            )
        }
        let instance = try bench.instantiate(
            outer,
            ["inner.fail": failing.value("fail")!, "env.through": host]
        )
        cell.initialize(to: instance.function("middle"))
        #expect(throws: TrapCode.unreachable) { try instance.call("top") }
        var lines: [String] = []
        Backtrace.walk(try instance.environment()) { frame in
            if frame.hostFunction != nil {
                lines.append("host")
            } else {
                let name = frame.module?.state == failing.module.state ? "inner" : "outer"
                lines.append("\(name) \(frame.functionIndex) \(frame.byteOffset == nil ? "?" : "at")")
            }
            return true
        }
        #expect(
            lines == [
                "inner \(fail) at", "outer \(middle) at", "host", "outer \(top) at",
            ]
        )
    }

    @Test func `references given by the host keep their instance`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [i32])
        let take = module.type([TestModule.funcref], [])
        _ = module.table(1)
        module.export("give", 0, module.function(type, TestModule.const32(9)))
        module.export("take", 0, module.function(take, TestModule.const32(0) + [0x20, 0, 0x26, 0]))
        module.export("call", 0, module.function(type, TestModule.const32(0) + [0x11, 0, 0]))
        let loaded = try bench.load(module)
        let giver = try bench.instantiate(loaded)
        let taker = try bench.instantiate(loaded)
        try taker.call("take", UInt64(UInt(bitPattern: giver.function("give"))))
        #expect(!giver.destroy())
        #expect(try taker.call("call") == [9])
        #expect(taker.destroy())
        #expect(loaded.unload())
    }
}
