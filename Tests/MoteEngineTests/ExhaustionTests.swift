import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct ExhaustionTests {
    /// Something of everything that loading, instantiating, calling and growing allocate for.
    static func busyModule() -> TestModule {
        let i32 = TestModule.i32
        var module = TestModule()
        let plain = module.type([], [i32])
        let unary = module.type([i32], [i32])
        let twice = module.importFunction("env", "twice", unary)
        _ = module.importFunction("env", "open", plain)
        let base = module.importGlobal("env", "base", i32, mutable: false)
        _ = module.table(2, 5000)
        _ = module.memory(1, 4)
        _ = module.global(i32, mutable: true, [0x23, UInt8(base)] + TestModule.const32(1) + [0x6A])
        // run() = twice(global 1) + table.grow(null, 100) + memory.grow(1)
        let body: [UInt8] =
            [0x23, 1, 0x10, UInt8(twice), 0xD0, 0x70] + TestModule.const32(100) + [0xFC, 15, 0]
            + [0x6A] + TestModule.const32(1) + [0x40, 0, 0x6A]
        let run = module.function(plain, body)
        let start = module.function(module.type([], []), [])
        module.export("run", 0, run)
        module.export("memory", 2, 0)
        module.start(start)
        module.element(at: TestModule.const32(0), [run, twice])
        module.data(at: TestModule.const32(100), [1, 2, 3])
        return module
    }

    /// Everything once; throws at the first thing that fails.
    ///
    /// Results only where all went well.
    private func scenario(_ runtime: EngineRuntime, _ bytes: UnsafeBufferPointer<UInt8>) throws -> UInt64 {
        let store = try runtime.createStore()
        defer { store.destroy() }
        let module = try runtime.load(
            #require(bytes.baseAddress),
            sizeInBytes: bytes.count,
            ownership: .copied
        )
        defer { module.unload() }
        var types: [ValueType] = [.i32, .i32]
        let twice = try types.withUnsafeMutableBufferPointer { types in
            try store.makeHostFunction(
                parameters: Items(base: types.baseAddress, count: 1),
                results: Items(base: types.baseAddress.map { $0 + 1 }, count: 1),
                target: { _, _, slots in
                    if let slots { slots[0] = slots[0] &* 2 }
                    return 0
                },
                data: nil
            )
        }
        let base = try store.makeGlobal(type: GlobalType(valueType: .i32, isMutable: false), low: 20)
        _ = try store.makeTable(
            type: TableType(
                limits: Limits(minimum: 1, maximum: nil),
                elementType: .funcref,
                initializer: .empty
            )
        )
        _ = try store.makeMemory(
            type: MemoryType(limits: Limits(minimum: 1, maximum: nil), pageSizeLog2: 16)
        )
        _ = try store.makeExternalReference(nil, finalizer: nil)
        let instance = try EngineInstance.instantiate(module, in: store) { request in
            switch request.importIndex {
            case 0: .function(twice)
            case 1: .unlinkedFunction
            default: .global(base)
            }
        }
        let environment = try EngineEnvironment.create(in: store, operandStackSizeInBytes: 2048)
        return try instance.call(in: environment, "run", [])[0]
    }

    @Test func `whatever allocation fails, the heap is as before and the next try works`() throws {
        let module = Self.busyModule().bytes
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 2048
        plan.linearMemory = .heap
        plan.bounds = .checked
        let runtime = try EngineRuntime.create(plan: plan)
        defer { runtime.destroy() }
        try module.withUnsafeBufferPointer { bytes in
            // Types stay registered, so the first run is not counted.
            let first = try scenario(runtime, bytes)
            #expect(first == 42 + 2 + 1)
            let before = runtime.ledger.total
            var failures = 0
            var isDone = false
            while !isDone, failures < 2000 {
                runtime.heap.pointee.failureCountdown = failures
                do {
                    // Growing answers -1 where memory is out; the scenario then goes on.
                    _ = try scenario(runtime, bytes)
                    isDone = runtime.heap.pointee.failureCountdown >= 0
                } catch let error as EngineError {
                    guard case .memory(let reason) = error else {
                        Issue.record("allocation \(failures): \(error)")
                        return
                    }
                    #expect(reason.kind == .exhausted)
                } catch {
                    #expect(error as? TrapCode == .memoryExhausted)
                }
                runtime.heap.pointee.failureCountdown = -1
                #expect(runtime.ledger.total == before, "allocation \(failures)")
                #expect(GlobalHeap.sumOfAccounts(runtime.heap).total == runtime.ledger.total)
                failures += 1
            }
            #expect(isDone && failures > 20)
        }
    }

    @Test func `a pool of 128 KiB holds a runtime, a module and its page of memory`() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var plan = MemoryPlan()
        plan.globalHeap = .pool(
            base: UInt(bitPattern: buffer.baseAddress),
            sizeInBytes: buffer.count,
            isZeroed: false
        )
        plan.operandStackSizeInBytes = 4096
        let bench = try Workbench(plan)
        var module = TestModule()
        let i32 = TestModule.i32
        _ = module.memory(1, 1)
        let type = module.type([i32], [i32])
        // f(n) = load(store(n, 65532)) + 1
        module.export(
            "f",
            0,
            module.function(
                type,
                TestModule.const32(65532) + [0x20, 0, 0x36, 2, 0] + TestModule.const32(65532) + [0x28, 2, 0]
                    + TestModule.const32(1) + [0x6A]
            )
        )
        let instance = try bench.instantiate(module)
        #expect(try instance.call("f", 6) == [7])
        let heap = bench.runtime.heap
        #expect(GlobalHeap.sumOfAccounts(heap).total == bench.runtime.ledger.total)
        do {
            _ = try bench.instantiate(module)
            Issue.record("a second page fits into 128 KiB")
        } catch EngineError.memory(let error) {
            #expect(error.region == .linearMemory && error.availableInBytes >= 0)
        }
    }
}
