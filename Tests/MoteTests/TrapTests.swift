import Foundation
import Mote
import MoteText
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
        let stack = try #require(trap.stack)
        #expect(stack.stack == .operand && stack.sizeInBytes == 16384)
        let needed = try #require(stack.neededInBytes)
        #expect(needed > 16384 && needed < 16384 + 1024)
        #expect(trap.description.hasPrefix("call stack exhausted: operand stack of 16 KiB, at least "))
        #expect(trap.description.contains("a larger operandStack helps"))
    }

    private static let stacked = """
        (module (memory (export "memory") 1)
          (global $sp (export "__stack_pointer") (mut i32) (i32.const 4096))
          (global (export "__data_end") i32 (i32.const 1024))
          (global (export "__heap_base") i32 (i32.const 8192))
          (func (export "set") (param i32) (global.set $sp (local.get 0)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
        """

    @Test func `a guest that leaves its own stack is told how large that is and which linker option sets it`()
        throws
    {
        let module = try Runtime().load(bytes: TextModule.assemble(Array(Self.stacked.utf8)))
        let instance = try module.instantiate()
        let set = try instance.function("set", as: ((Int32) -> Void).self)
        try set(2000)
        let report = try #require(instance.auxiliaryStack)
        #expect(report.size == 3072 && report.peak == 2096 && report.isChecked)
        let overflow = try Self.trap { try set(1024) }
        #expect(overflow.code == .auxiliaryStackOverflow && overflow.stack?.neededInBytes == 3072)
        #expect(
            overflow.description.hasPrefix(
                "auxiliary stack overflow: the guest's own stack of 3 KiB, at least 3 KiB needed; the linker's -z "
                    + "stack-size= sets its size"
            )
        )
        let underflow = try Self.trap { try set(5000) }
        #expect(underflow.code == .auxiliaryStackUnderflow && underflow.stack?.neededInBytes == nil)
        var limits = InstanceLimits()
        limits.checksAuxiliaryStack = false
        let free = try module.instantiate(limits: limits)
        _ = try free.function("set").call([.i32(0)])
        #expect(free.auxiliaryStack?.isChecked == false && free.auxiliaryStack?.peak == 4096)
    }

    @Test func `a host is told of memories that did not grow`() throws {
        let runtime = try Runtime()
        let instance = try runtime.load(bytes: TextModule.assemble(Array(Self.stacked.utf8))).instantiate(
            limits: InstanceLimits(maximumPages: 2)
        )
        let grow = try instance.function("grow", as: ((Int32) -> Int32).self)
        let told = Told()
        told.instance = instance
        runtime.onGrowthFailure = { failure in
            told.count += 1
            #expect(failure.reason == .maximumReached && failure.memoryIndex == 0)
            #expect(failure.sizeInBytes == 131_072 && failure.requestedPages == 7)
            #expect(failure.instance === told.instance)
            #expect((failure.environment != nil) == (told.count == 1))
        }
        #expect(try grow(1) == 1)
        #expect(told.count == 0)
        #expect(try grow(7) == -1)
        #expect(throws: RuntimeError.self) { try instance.memory().grow(by: 7) }
        #expect(told.count == 2)
        runtime.onGrowthFailure = nil
        #expect(try grow(7) == -1)
        #expect(told.count == 2)
    }

    private final class Told: @unchecked Sendable {
        // One thread uses it.
        var count = 0
        var instance: Instance?
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
