import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct NativeStackTests {
    /// down(n) = n == 0 ? 0 : up(n - 1) + 1, where the host's up calls down.
    private static let text = """
        (module
          (import "env" "up" (func $up (param i32) (result i32)))
          (func (export "down") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0))
              (then (i32.const 0))
              (else (i32.add (call $up (i32.sub (local.get 0) (i32.const 1))) (i32.const 1))))))
        """

    private struct Nest {
        let bench: Workbench
        let instance: EngineInstance

        init(_ plan: MemoryPlan = MemoryPlan()) throws {
            bench = try Workbench(plan)
            let cell = UnsafeMutablePointer<UnsafeMutablePointer<MoteFunction>?>.allocate(capacity: 1)
            let host = try bench.host([.i32], [.i32], data: cell) { environment, data, slots in
                guard let environment,
                    let function = data?.load(as: UnsafeMutablePointer<MoteFunction>?.self)
                else { return UInt32(TrapCode.hostError.rawValue) }
                let trap = EngineEnvironment(environment).call(function, slots: slots, slotCount: 1)
                return UInt32(trap.rawValue)
            }
            instance = try bench.instantiate(text: NativeStackTests.text, ["env.up": host])
            cell.initialize(to: instance.function("down"))
        }
    }

    @Test func `host and guest nest as deep as the thread's own stack reaches, past 128 calls`() throws {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 64 << 20
        let nest = try Nest(plan)
        #expect(try nest.instance.call("down", 500) == [500])
        #expect(throws: TrapCode.nativeStackOverflow) { try nest.instance.call("down", 1_000_000) }
        let environment = try nest.bench.store.defaultEnvironment()
        let shortage = try #require(environment.stackShortage)
        #expect(shortage.stack == .native && shortage.sizeInBytes > 0)
        #expect(try nest.instance.call("down", 5) == [5])
        #expect(environment.stackShortage == nil)
    }

    @Test func `the operand stack can end first, and says what one call more would have needed`() throws {
        let nest = try Nest()
        let small = try EngineEnvironment.create(in: nest.bench.store, operandStackSizeInBytes: 4096)
        #expect(throws: TrapCode.callStackExhausted) { try nest.instance.call(in: small, "down", [1000]) }
        let shortage = try #require(small.stackShortage)
        #expect(shortage.stack == .operand && shortage.sizeInBytes == 4096)
        #expect(shortage.neededInBytes > 4096 && shortage.neededInBytes < 4096 + 256)
        #expect(small.destroy())
    }

    @Test func `without a boundary nested calls are counted`() throws {
        let nest = try Nest()
        let environment = try nest.bench.store.defaultEnvironment()
        environment.nativeStackBoundary = 0
        #expect(throws: TrapCode.hostDepthExceeded) { try nest.instance.call("down", 100_000) }
        #expect(try nest.instance.call("down", 100) == [100])
        var plan = MemoryPlan()
        plan.nativeStackReserveInBytes = 0
        let unasked = try Nest(plan)
        #expect(throws: TrapCode.hostDepthExceeded) { try unasked.instance.call("down", 100_000) }
    }

    @Test func `a boundary that the embedder sets is exact, and nothing is entered below it`() throws {
        let nest = try Nest()
        let environment = try nest.bench.store.defaultEnvironment()
        let here = mote_native_stack_pointer()
        environment.nativeStackBoundary = here + 4096
        #expect(throws: TrapCode.nativeStackOverflow) { try nest.instance.call("down", 0) }
        #expect(environment.operandStackPeakInBytes == 0)
        environment.nativeStackBoundary = here - 64 * 1024
        #expect(try nest.instance.call("down", 3) == [3])
        #expect(throws: TrapCode.nativeStackOverflow) { try nest.instance.call("down", 1000) }
        environment.nativeStackBoundary = nil
        #expect(try nest.instance.call("down", 200) == [200])
    }

    @Test func `guest functions that call each other use no native stack`() throws {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 16 << 20
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(
            text: """
                (module (func $f (export "f") (param i32) (result i32)
                  (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
                    (else (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.const 1))))))
                """
        )
        let environment = try bench.store.defaultEnvironment()
        environment.nativeStackBoundary = mote_native_stack_pointer() - 64 * 1024
        #expect(try instance.call("f", 100_000) == [100_000])
    }

    @Test func `threads know where their stacks end`() throws {
        for sizeInBytes in [256 << 10, 1 << 20] {
            let probe = try Self.run(stackSizeInBytes: sizeInBytes) { probe in
                probe.pointee.lowest = mote_native_stack_lowest(&probe.pointee.sizeInBytes)
                probe.pointee.here = mote_native_stack_pointer()
            }
            #expect(probe.lowest > 0 && probe.here > probe.lowest)
            #expect(
                probe.sizeInBytes > sizeInBytes - 64 * 1024 && probe.sizeInBytes <= sizeInBytes + 64 * 1024
            )
            #expect(probe.here - probe.lowest < UInt(probe.sizeInBytes))
        }
    }

    @Test func `a thread with a small stack ends deep nesting with the trap, not with a crash`() throws {
        let probe = try Self.run(stackSizeInBytes: 256 << 10) { probe in
            do {
                let nest = try Nest()
                do { _ = try nest.instance.call("down", 1_000_000) } catch {
                    probe.pointee.trap = (error as? TrapCode) ?? .none
                }
            } catch {}
        }
        #expect(probe.trap == .nativeStackOverflow)
    }

    private struct Probe {
        var lowest: UInt = 0
        var sizeInBytes = 0
        var here: UInt = 0
        var trap = TrapCode.none
        var body: (UnsafeMutablePointer<Probe>) -> Void
    }

    /// Runs a closure on a thread of its own.
    private static func run(
        stackSizeInBytes: Int,
        _ body: @escaping (UnsafeMutablePointer<Probe>) -> Void
    ) throws -> Probe {
        let probe = UnsafeMutablePointer<Probe>.allocate(capacity: 1)
        probe.initialize(to: Probe(body: body))
        defer {
            probe.deinitialize(count: 1)
            probe.deallocate()
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSizeInBytes)
        var thread = pthread_t()
        let error = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let probe = argument?.assumingMemoryBound(to: Probe.self) else { return nil }
                probe.pointee.body(probe)
                return nil
            },
            probe
        )
        try #require(error == 0)
        pthread_join(thread, nil)
        pthread_attr_destroy(&attributes)
        return probe.pointee
    }
}
