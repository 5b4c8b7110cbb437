import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Sizes of operand stacks, and what the trap says when one is too small.
@Suite struct OperandStackTests {
    private static let text = """
        (module (memory 1)
          (func $f (export "f") (param i32) (result i32) (local i64 i64 i64)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
              (else (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
          (func (export "wide") (param i32 i64 f64 v128) (result i32 i64 v128)
            local.get 0 local.get 1 local.get 3))
        """

    /// A bench whose memories have a pair of backing and bounds.
    private static func bench(_ backing: LinearMemoryBacking, _ bounds: BoundsChecks) throws -> Workbench {
        var plan = MemoryPlan()
        plan.linearMemory = backing
        plan.bounds = bounds
        return try Workbench(plan)
    }

    @Test(arguments: AuxiliaryStackTests.pairs)
    func `a stack of the size that the trap asks for lets that frame in, and one slot pair less does not`(
        backing: LinearMemoryBacking,
        bounds: BoundsChecks
    ) throws {
        let bench = try Self.bench(backing, bounds)
        let instance = try bench.instantiate(text: Self.text)
        for (name, arguments) in [("f", [7]), ("f", [0]), ("wide", [1, 2, 3, 4, 5])] as [(String, [UInt64])] {
            // From the least size on, always as much as the last trap asked for.
            var size = OperandStack.leastSizeInBytes
            var asked = 0
            for step in 0... {
                let environment = try EngineEnvironment.create(in: bench.store, operandStackSizeInBytes: size)
                defer { environment.destroy() }
                let trap: TrapCode?
                do {
                    _ = try instance.call(in: environment, name, arguments)
                    trap = nil
                } catch { trap = error as? TrapCode }
                guard trap != nil else {
                    #expect(environment.stackShortage == nil)
                    #expect(environment.operandStackPeakInBytes <= size)
                    // Exact: what was asked for last is the peak.
                    if asked > 0 { #expect(environment.operandStackPeakInBytes == asked) }
                    break
                }
                #expect(trap == .callStackExhausted)
                let shortage = try #require(environment.stackShortage)
                #expect(shortage.stack == .operand && shortage.sizeInBytes == UInt64(size))
                #expect(shortage.neededInBytes > UInt64(size) && shortage.neededInBytes < UInt64(size) + 512)
                asked = Int(shortage.neededInBytes)
                size = (asked + 15) & ~15
                try #require(step < 20)
            }
        }
    }

    @Test func `every size from the least on works or says what is missing; a smaller one is no plan`() throws
    {
        let bench = try Workbench()
        let instance = try bench.instantiate(text: Self.text)
        #expect(throws: EngineError.self) {
            try EngineEnvironment.create(
                in: bench.store,
                operandStackSizeInBytes: OperandStack.leastSizeInBytes - 1
            )
        }
        var works = false
        for size in stride(from: OperandStack.leastSizeInBytes, through: 2048, by: 16) {
            let environment = try EngineEnvironment.create(in: bench.store, operandStackSizeInBytes: size)
            defer { environment.destroy() }
            do {
                #expect(try instance.call(in: environment, "f", [10]) == [10])
                works = true
            } catch {
                #expect(!works, "a larger stack fails where a smaller one was enough")
                #expect(environment.stackShortage?.sizeInBytes == UInt64(size))
            }
            // The trap left it as it was.
            #expect(throws: Never.self) { try instance.call(in: environment, "wide", [1, 2, 3, 4, 5]) }
        }
        #expect(works)
    }

    @Test func `half a gibibyte of stack takes no memory before frames reach it`() throws {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 512 << 20
        let bench = try Workbench(plan)
        let instance = try bench.instantiate(text: Self.text)
        let environment = try bench.store.defaultEnvironment()
        let before = try Self.residentPages(of: environment)
        #expect(before <= 1)
        #expect(try instance.call("f", 10) == [10])
        #expect(try Self.residentPages(of: environment) <= 2)
        #expect(try instance.call("f", 10_000) == [10_000])
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let peak = environment.operandStackPeakInBytes
        #expect(peak > 10_000 * 8 && peak < 10_000 * 128)
        #expect(try Self.residentPages(of: environment) <= peak / page + 2)
    }

    /// Pages of an environment's stack that have memory.
    private static func residentPages(of environment: EngineEnvironment) throws -> Int {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let base = try #require(environment.base.pointee.stackBase)
        let limit = try #require(environment.base.pointee.stackLimit)
        let start = try #require(
            UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: base) + UInt(page) - 1) & ~UInt(page - 1))
        )
        let count = (UnsafeMutableRawPointer(limit) - start) / page
        var map = [UInt8](repeating: 0, count: count)
        try #require(mincore(start, count * page, &map) == 0)
        return map.reduce(0) { $0 + Int($1 & 1) }
    }
}
