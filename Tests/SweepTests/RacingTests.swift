import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// First calls of one module from several threads: whoever comes first translates, all get the same code.
@Suite(.serialized) struct RacingTests {
    static let threadCount = 8
    static let functionCount = 120

    /// Function k is (x + k) * 3 and then, in turn, itself, a call of function k / 2, the same through the table.
    private static var module: [UInt8] {
        var module = ModuleBuilder()
        let unary = module.functionType([.i32], [.i32])
        module.table(.funcref, ModuleBuilder.limits(UInt64(functionCount)))
        var all: [UInt32] = []
        for index in 0..<functionCount {
            let own =
                [0x20, 0, 0x41] + ModuleBuilder.signed(Int64(index)) + [0x6A, 0x41, 3, 0x6C] as [UInt8]
            let half = ModuleBuilder.unsigned(index / 2)
            let rest: [UInt8] =
                switch index % 3 {
                case 0: []
                case 1: [0x10] + half
                default:
                    [0x41] + ModuleBuilder.signed(Int64(index / 2)) + [0x11] + ModuleBuilder.unsigned(unary)
                        + [0]
                }
            all.append(module.function(type: unary, own + rest))
            module.export("f\(index)", .function, all[index])
        }
        module.element(at: 0, all)
        return module.build()
    }

    private static func expected(_ index: Int, _ value: UInt32) -> UInt32 {
        let own = (value &+ UInt32(index)) &* 3
        return index % 3 == 0 ? own : expected(index / 2, own)
    }

    /// What threads share; each writes to its own count only.
    private final class Race: @unchecked Sendable {
        let environments: [EngineEnvironment]
        let functions: [UnsafeMutablePointer<MoteFunction>]
        let wrong: UnsafeMutablePointer<Int>
        private let ready = NSCondition()
        private var arrived = 0

        init(_ environments: [EngineEnvironment], _ functions: [UnsafeMutablePointer<MoteFunction>]) {
            self.environments = environments
            self.functions = functions
            wrong = .allocate(capacity: environments.count)
            wrong.initialize(repeating: 0, count: environments.count)
        }

        deinit { wrong.deallocate() }

        /// Comes back in all threads at once.
        private func meet() {
            ready.lock()
            arrived += 1
            if arrived == environments.count { ready.broadcast() }
            while arrived < environments.count { ready.wait() }
            ready.unlock()
        }

        /// Half of the threads go up, half go down, each from a place of its own.
        func run(_ thread: Int) {
            meet()
            let count = functions.count
            for step in 0..<count {
                let place = (thread / 2 * 7 + (thread & 1 == 0 ? step : count - 1 - step)) % count
                let value = UInt32(thread * 1000 + step)
                var slot = UInt64(value)
                let trap = environments[thread].call(functions[place], slots: &slot, slotCount: 1)
                let result = RacingTests.expected(place % RacingTests.functionCount, value)
                if trap != .none || slot != UInt64(result) { wrong[thread] += 1 }
            }
        }
    }

    @Test(arguments: [false, true])
    func `eight threads, one module, first calls racing: right results`(inPool: Bool) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 16)
        defer { buffer.deallocate() }
        for _ in 0..<10 {
            var plan = MemoryPlan()
            plan.operandStackSizeInBytes = 16 * 1024
            if inPool {
                plan.globalHeap = .pool(
                    base: UInt(bitPattern: buffer.baseAddress),
                    sizeInBytes: buffer.count,
                    isZeroed: false
                )
            }
            let runtime = try EngineRuntime.create(plan: plan)
            defer { runtime.destroy() }
            let store = try runtime.createStore()
            let loaded = try runtime.load(Self.module)
            // Two instances of one code, and one whose code is another variant.
            var functions: [UnsafeMutablePointer<MoteFunction>] = []
            for isMetered in [false, true, false] {
                var limits = InstanceLimits()
                limits.isMetered = isMetered
                let instance = try EngineInstance.instantiate(loaded, in: store, limits: limits) { _ in nil }
                for index in 0..<Self.functionCount {
                    guard case .function(let function) = instance.value("f\(index)") else { continue }
                    functions.append(function)
                }
            }
            #expect(functions.count == 3 * Self.functionCount)
            let environments = try (0..<Self.threadCount).map { _ in try EngineEnvironment.create(in: store) }
            let race = Race(environments, functions)
            let group = DispatchGroup()
            for index in 0..<Self.threadCount {
                group.enter()
                Thread.detachNewThread {
                    race.run(index)
                    group.leave()
                }
            }
            group.wait()
            for index in 0..<Self.threadCount { #expect(race.wrong[index] == 0) }
            #expect(GlobalHeap.sumOfAccounts(runtime.heap).total == runtime.ledger.total)
            #expect(GlobalHeap.checkInvariants(runtime.heap))
        }
    }
}
