import Foundation
import Mote
import Testing

struct TrapTests {
    private static func trap(_ body: () throws -> Void) throws -> Trap {
        do {
            try body()
        } catch RuntimeError.trap(let trap) {
            return trap
        }
        throw HostFailure(number: 0)
    }

    @Test(arguments: Plans.all)
    func `each trap has its code and words`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("traps", plan)
        let load = try instance.function("load", as: ((Int32) -> Int32).self)
        let indirect = try instance.function("indirect_raw", as: ((Int32, Int32) -> Int32).self)
        let cases: [(Trap.Code, String, () throws -> Void)] = [
            (.unreachable, "unreachable", { _ = try instance.function("unreachable").call([]) }),
            (.memoryOutOfBounds, "out of bounds memory access", { _ = try load(65533) }),
            (.memoryOutOfBounds, "out of bounds memory access", { _ = try load(-4) }),
            (.undefinedElement, "undefined element", { _ = try indirect(1000, 0) }),
            (
                .invalidConversionToInteger, "invalid conversion to integer",
                { _ = try instance.function("truncate").call([.f64(.nan)]) }
            ),
        ]
        for (code, message, body) in cases {
            let trap = try Self.trap(body)
            #expect(trap.code == code)
            #expect(trap.message == message)
            #expect(!trap.backtrace.isEmpty)
        }
        #expect(try load(65532) == 0)
    }

    @Test(arguments: Plans.all)
    func `deep recursion ends at the operand stack's limit`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("traps", plan, limits: InstanceLimits(operandStack: 16384))
        let recurse = try instance.function("recurse")
        let trap = try Self.trap { _ = try recurse.call([.i32(1 << 30)]) }
        #expect(trap.code == .callStackExhausted)
        #expect(trap.backtrace.count == Trap.frameLimit)
        #expect(instance.environment.operandStackPeak <= 16384)
    }

    @Test func `a backtrace has names, innermost first`() throws {
        let runtime = try Runtime()
        let wasi = try WASI(in: runtime, standardOutput: -1)
        let instance = try runtime.load(contentsOf: Fixture.path("trap")).instantiate(imports: wasi.imports)
        let trap = try Self.trap { _ = try instance.runCommand() }
        #expect(trap.code == .unreachable)
        let names = trap.backtrace.compactMap(\.functionName)
        let order = ["innermost", "middle", "outermost"].compactMap { names.firstIndex(of: $0) }
        #expect(order.count == 3)
        #expect(order == order.sorted())
        #expect(trap.backtrace.first?.byteOffset != nil)
        #expect(trap.description.hasPrefix("unreachable\n  #0 innermost (function "))
    }

    @Test(arguments: Plans.all)
    func `fuel ends a loop, and can be refilled`(plan: MemoryPlan) throws {
        let instance = try Fixture.instance("traps", plan, limits: InstanceLimits(fuel: 10_000))
        let spin = try instance.function("spin")
        #expect(try Self.trap { _ = try spin.call([]) }.code == .fuelExhausted)
        instance.environment.fuel = 1_000_000
        let count = try instance.function("count", as: ((Int32) -> Int32).self)
        _ = try count(100)
        #expect(instance.environment.fuel < 1_000_000)
        #expect(instance.environment.fuel > 900_000)
    }

    @Test(arguments: Plans.all)
    func `another thread interrupts a loop`(plan: MemoryPlan) throws {
        let runtime = try Runtime(plan)
        let store = try Store(runtime)
        let handle = try store.environment.interruptHandle
        // A thread of its own: the loop may occupy the last one of the tasks'.
        Thread.detachNewThread {
            usleep(50_000)
            handle.interrupt()
        }
        let instance = try runtime.load(contentsOf: Fixture.path("traps")).instantiate(in: store)
        #expect(try Self.trap { _ = try instance.function("spin").call([]) }.code == .interrupted)
        handle.clear()
        _ = try instance.call("count", ((Int32) -> Int32).self, 10)
        handle.expire()
        #expect(try Self.trap { _ = try instance.function("spin").call([]) }.code == .deadline)
    }

    @Test func `a handle outlives its environment`() throws {
        let handle: InterruptHandle
        do { handle = try Fixture.instance("traps").environment.interruptHandle }
        handle.interrupt()
        handle.clear()
    }
}
