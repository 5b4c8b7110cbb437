import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct CallTests {
    let i32 = TestModule.i32

    @Test func `a host function is called with its data and answers over its parameters`() throws {
        let bench = try Workbench()
        let data = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        defer { data.deallocate() }
        data.pointee = 1000
        let value = try bench.host([.i32, .i32], [.i32], data: data) { _, data, slots in
            slots![0] = slots![0] &+ slots![1] &+ data!.assumingMemoryBound(to: UInt64.self).pointee
            return 0
        }
        guard case .function(let function) = value else { return }
        var slots: [UInt64] = [1, 2]
        let environment = try bench.store.defaultEnvironment()
        #expect(environment.call(function, slots: &slots, slotCount: 2) == .none)
        #expect(slots[0] == 1003)
        #expect(environment.call(function, slots: &slots, slotCount: 1) == .hostError)
    }

    @Test func `guest, host and guest call each other until the depth is used up`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([i32], [i32])
        let up = module.importFunction("env", "up", type)
        // down(n) = n == 0 ? 0 : up(n - 1) + 1
        let body: [UInt8] =
            [0x20, 0, 0x45, 0x04, i32] + TestModule.const32(0) + [0x05, 0x20, 0] + TestModule.const32(1)
            + [0x6B, 0x10, UInt8(up)] + TestModule.const32(1) + [0x6A, 0x0B]
        let down = module.function(type, body)
        module.export("down", 0, down)
        let cell = UnsafeMutablePointer<UnsafeMutablePointer<MoteFunction>?>.allocate(capacity: 1)
        defer { cell.deallocate() }
        let host = try bench.host([.i32], [.i32], data: cell) { environment, data, slots in
            let cell = data!.assumingMemoryBound(to: UnsafeMutablePointer<MoteFunction>?.self)
            let trap = EngineEnvironment(environment!).call(cell.pointee!, slots: slots, slotCount: 1)
            return UInt32(trap.rawValue)
        }
        let instance = try bench.instantiate(module, ["env.up": host])
        cell.initialize(to: instance.function("down"))
        #expect(try instance.call("down", 0) == [0])
        #expect(try instance.call("down", 20) == [20])
        // The thread's stack is bound elsewhere: NativeStackTests.
        try bench.store.defaultEnvironment().nativeStackBoundary = 0
        #expect(throws: TrapCode.hostDepthExceeded) { try instance.call("down", 100_000) }
        #expect(try instance.call("down", 5) == [5])
    }

    @Test func `several environments run in one instance, each on its own stack`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([i32], [i32])
        // Recursion n deep: f(n) = n == 0 ? 0 : f(n - 1) + 1
        let body: [UInt8] =
            [0x20, 0, 0x45, 0x04, i32] + TestModule.const32(0) + [0x05, 0x20, 0] + TestModule.const32(1)
            + [0x6B, 0x10, 0] + TestModule.const32(1) + [0x6A, 0x0B]
        module.export("deep", 0, module.function(type, body))
        let instance = try bench.instantiate(module)
        let small = try EngineEnvironment.create(in: bench.store, operandStackSizeInBytes: 1024)
        let large = try EngineEnvironment.create(in: bench.store, operandStackSizeInBytes: 1 << 20)
        #expect(throws: TrapCode.callStackExhausted) { try instance.call(in: small, "deep", [1000]) }
        #expect(try instance.call(in: large, "deep", [1000]) == [1000])
        #expect(try instance.call(in: small, "deep", [3]) == [3])
        #expect(small.operandStackPeakInBytes <= 1024 && large.operandStackPeakInBytes > 8000)
        #expect(small.destroy() && large.destroy())
    }

    @Test func `a trap in the start function is the error and frees the instance`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [])
        module.start(module.function(type, [0x00]))
        let loaded = try bench.load(module)
        _ = try bench.store.defaultEnvironment()
        do {
            _ = try bench.instantiate(loaded)
            Issue.record("the start function did not trap")
        } catch EngineError.trap(let code) {
            #expect(code == .unreachable)
        }
        #expect(loaded.unload())
    }

    @Test func `an import left open traps only when it is called`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [])
        let missing = module.importFunction("env", "missing", type)
        module.export("try", 0, module.function(type, [0x10, UInt8(missing)]))
        let instance = try bench.instantiate(module, ["env.missing": .unlinkedFunction])
        #expect(throws: TrapCode.unlinkedFunction) { try instance.call("try") }
    }

    @Test func `an interrupt stops a loop and is in force until it is cleared`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [])
        module.export("forever", 0, module.function(type, [0x03, 0x40, 0x0C, 0, 0x0B]))
        module.export("nothing", 0, module.function(type, []))
        let instance = try bench.instantiate(module)
        let environment = try instance.environment()
        environment.interrupt()
        #expect(throws: TrapCode.interrupted) { try instance.call("forever") }
        environment.interrupt(.deadline)
        #expect(throws: TrapCode.deadline) { try instance.call("forever") }
        environment.clearInterrupt()
        try instance.call("nothing")
    }

    @Test func `a metered instance stops when its fuel is used up`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [])
        module.export("forever", 0, module.function(type, [0x03, 0x40, 0x0C, 0, 0x0B]))
        var limits = InstanceLimits()
        limits.isMetered = true
        let instance = try bench.instantiate(module, limits: limits)
        try instance.environment().fuel = 10_000
        #expect(throws: TrapCode.fuelExhausted) { try instance.call("forever") }
    }

    @Test func `a host function may destroy the instance that called it`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [i32])
        let drop = module.importFunction("env", "drop", type)
        module.export("run", 0, module.function(type, [0x10, UInt8(drop)] + TestModule.const32(1) + [0x6A]))
        let host = try bench.host([], [.i32]) { environment, _, slots in
            EngineInstance(state: environment!.pointee.instance.state).destroy()
            slots![0] = 41
            return 0
        }
        let loaded = try bench.load(module)
        let instance = try bench.instantiate(loaded, ["env.drop": host])
        #expect(try instance.call("run") == [42])
        #expect(loaded.unload())
    }
}
