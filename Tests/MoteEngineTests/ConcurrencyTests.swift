import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct ConcurrencyTests {
    /// What threads share; each touches its own slot only.
    private final class Board: @unchecked Sendable {
        let environments: [EngineEnvironment]
        let functions: [UnsafeMutablePointer<MoteFunction>]
        var results: [UInt64]
        init(_ environments: [EngineEnvironment], _ functions: [UnsafeMutablePointer<MoteFunction>]) {
            self.environments = environments
            self.functions = functions
            results = [UInt64](repeating: 0, count: environments.count)
        }
    }

    @Test func `eight threads make the first calls of one module at once`() throws {
        for _ in 0..<20 {
            let bench = try Workbench()
            var module = TestModule()
            let i32 = TestModule.i32
            let type = module.type([i32], [i32])
            // Function k adds 1 and calls function k - 1: everyone's first call translates all of them.
            var last = module.function(type, [0x20, 0])
            for _ in 0..<40 {
                last = module.function(type, [0x20, 0] + TestModule.const32(1) + [0x6A, 0x10, UInt8(last)])
            }
            module.export("last", 0, last)
            let loaded = try bench.load(module)
            let instance = try bench.instantiate(loaded)
            guard let function = instance.function("last") else { return }
            let environments = try (0..<8).map { _ in try EngineEnvironment.create(in: bench.store) }
            let board = Board(environments, Array(repeating: function, count: 8))
            board.results.withUnsafeMutableBufferPointer { results in
                nonisolated(unsafe) let results = results
                DispatchQueue.concurrentPerform(iterations: 8) { index in
                    var slot = UInt64(index)
                    let trap = board.environments[index].call(
                        board.functions[index],
                        slots: &slot,
                        slotCount: 1
                    )
                    results[index] = trap == .none ? slot : .max
                }
            }
            #expect(board.results == (0..<8).map { UInt64($0) + 40 })
        }
    }

    @Test func `an environment in use answers busy to another thread, and can be interrupted from there`()
        throws
    {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [])
        module.export("forever", 0, module.function(type, [0x03, 0x40, 0x0C, 0, 0x0B]))
        let instance = try bench.instantiate(module)
        guard let function = instance.function("forever") else { return }
        let board = Board([try instance.environment()], [function])
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            board.results[0] = UInt64(
                board.environments[0].call(board.functions[0], slots: nil, slotCount: 0).rawValue
            )
            done.signal()
        }
        thread.start()
        let environment = board.environments[0]
        while !environment.isEntered { usleep(100) }
        #expect(environment.call(function, slots: nil, slotCount: 0) == .environmentBusy)
        #expect(!environment.destroy())
        environment.interrupt()
        done.wait()
        #expect(board.results[0] == UInt64(TrapCode.interrupted.rawValue))
    }
}
