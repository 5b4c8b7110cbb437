import CPlatform
import MoteBinary
import MoteEngine
import MoteMemory
import MoteModule
import MoteValidation
import Testing

/// Everything from load to growth, with every request for memory failing once.
struct EngineSweeps {
    /// 42 by the host, 5 functions that answer 1, 200, 0, 1 and 0 or 1, sizes before growth: 2, 0 and 1.
    static let expected: UInt64 = 84 + 1 + 200 + 0 + 1 + 1 + 2 + 0 + 1

    @Test(arguments: Mode.allCases, [false, true])
    func `a module is loaded, instantiated and called`(_ mode: Mode, metered: Bool) throws {
        let bench = try SweepBench(mode)
        let bytes = SweepModules.busy
        func scenario() throws -> UInt64 {
            let store = try bench.runtime.createStore()
            defer { store.destroy() }
            let module = try bench.runtime.load(bytes)
            defer { module.unload() }
            let environment = try EngineEnvironment.create(in: store)
            let instance = try store.instantiateBusy(module, metered: metered, environment: environment)
            return try instance.run("run", in: environment)
        }
        // Types leave room behind them in the registry.
        #expect(try scenario() == Self.expected)
        #expect(sweep(bench.heap, "call") { _ = try scenario() } > 60)
    }

    @Test(arguments: Mode.allCases)
    func `exceptions are thrown and caught`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        func scenario() throws -> UInt64 {
            let store = try bench.runtime.createStore()
            defer { store.destroy() }
            _ = try store.makeTag(parameters: .empty)
            let module = try bench.runtime.load(SweepModules.catching)
            defer { module.unload() }
            let environment = try EngineEnvironment.create(in: store)
            let instance = try EngineInstance.instantiate(module, in: store, environment: environment) { _ in
                nil
            }
            return try instance.run("run", in: environment)
        }
        #expect(try scenario() == 7)
        #expect(sweep(bench.heap, "exceptions") { _ = try scenario() } > 10)
    }

    @Test(arguments: Mode.allCases)
    func `a module is loaded with all its code`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        for ownership in [ModuleBytesOwnership.borrowed, .copied, .freeable] {
            try bench.runtime.load(SweepModules.busy, ownership, eager: true).unload()
            sweep(bench.heap, "eager load") {
                try bench.runtime.load(SweepModules.busy, ownership, eager: true).unload()
            }
        }
    }

    @Test(arguments: Mode.allCases)
    func `a module of proposals beyond what runs is decoded and checked`(
        _ mode: Mode
    ) throws {
        let bench = try SweepBench(mode)
        let features = FeatureSet(rawValue: (1 << UInt32(Feature.count)) - 1)
        let bytes = SweepModules.beyond
        let types = bench.runtime.state.pointee.types
        func scenario() throws {
            try bytes.withUnsafeBufferPointer { bytes in
                do {
                    let module = try ModuleDecoder.decode(
                        bytes.baseAddress!,
                        sizeInBytes: bytes.count,
                        ownership: .borrowed,
                        heap: bench.heap,
                        registry: types,
                        features: features
                    )
                    defer { Module.destroy(module) }
                    _ = try ModuleValidator.validate(module: module, registry: types, features: features)
                } catch LoadFailure.memory(let error) {
                    throw error
                } catch ValidationFailure.memory(let error) {
                    throw error
                }
            }
        }
        try scenario()
        #expect(sweep(bench.heap, "beyond") { try scenario() } > 10)
    }

    @Test(arguments: Mode.allCases)
    func `steps in a living store leave it as it was`(_ mode: Mode) throws {
        let bench = try SweepBench(mode)
        // Types leave room behind them in the registry.
        try bench.runtime.load(SweepModules.busy).unload()
        let store = try bench.runtime.createStore()
        defer { store.destroy() }
        let heap = bench.heap
        sweep(heap, "store") { try bench.runtime.createStore().destroy() }
        sweep(heap, "environment") { _ = try EngineEnvironment.create(in: store) }
        sweep(heap, "default environment") { _ = try store.defaultEnvironment() }
        sweep(heap, "host function") { _ = try store.makeTwice() }
        sweep(heap, "host global") {
            _ = try store.makeGlobal(type: GlobalType(valueType: .i64, isMutable: true), low: 1)
        }
        var table: UnsafeMutablePointer<MoteTable>?
        sweep(heap, "host table") { table = try store.makeTable(3000) }
        var empty: UnsafeMutablePointer<MoteTable>?
        sweep(heap, "empty host table") { empty = try store.makeTable(0) }
        var memory: UnsafeMutablePointer<MoteMemory>?
        sweep(heap, "host memory") {
            memory = try store.makeMemory(
                type: MemoryType(limits: Limits(minimum: 1, maximum: 8), pageSizeLog2: 16)
            )
        }
        sweep(heap, "shared host memory") {
            var limits = InstanceLimits()
            limits.linearMemory = .heap
            limits.bounds = .checked
            let shared = Limits(minimum: 1, maximum: 2, isShared: true)
            _ = try store.makeMemory(type: MemoryType(limits: shared, pageSizeLog2: 16), limits: limits)
        }
        for count in [5000, 1] as [UInt64] {
            sweep(heap, "table growth") { _ = try store.grow(#require(table), by: count, filledWith: 0) }
        }
        sweep(heap, "first table growth") { _ = try store.grow(#require(empty), by: 5000, filledWith: 0) }
        sweep(heap, "memory growth") { _ = try store.grow(#require(memory), byPages: 2) }
        for _ in 0..<40 {
            sweep(heap, "external reference") { _ = try store.makeExternalReference(nil, finalizer: nil) }
        }
        #expect(EngineStore.element(of: try #require(table), at: 8000) == 0)
        #expect(try #require(memory).pointee.pageCount == 3)
    }

    @Test(arguments: Mode.allCases)
    func `steps of one module and one instance leave them as they were`(
        _ mode: Mode
    ) throws {
        let bench = try SweepBench(mode)
        let store = try bench.runtime.createStore()
        defer { store.destroy() }
        let heap = bench.heap
        let environment = try EngineEnvironment.create(in: store)
        let twice = try store.makeTwice()
        let table = try store.makeTable(1)
        let base = try store.makeGlobal(type: GlobalType(valueType: .i32, isMutable: false), low: 20)
        var module: EngineModule?
        try bench.runtime.load(SweepModules.busy).unload()
        sweep(heap, "load") { module = try bench.runtime.load(SweepModules.busy) }
        let loaded = try #require(module)
        func instantiate() throws -> EngineInstance {
            try EngineInstance.instantiate(loaded, in: store, environment: environment) { request in
                switch request.importIndex {
                case 0: .function(twice)
                case 1: .unlinkedFunction
                case 2: .global(base)
                default: .table(table)
                }
            }
        }
        // Code words and the start function's code stay with the module; afterwards nothing does.
        try instantiate().destroy()
        var instance: EngineInstance?
        sweep(heap, "instantiate") { instance = try instantiate() }
        let living = try #require(instance)
        guard case .memory(let memory) = living.value("memory"),
            case .table(let functions) = living.value("table"),
            case .table(let empty) = living.value("empty")
        else { return }
        sweep(heap, "memory.grow") { _ = try store.grow(memory, byPages: 1) }
        sweep(heap, "table.grow") { _ = try store.grow(functions, by: 100, filledWith: 0) }
        sweep(heap, "table.grow from nothing") { _ = try store.grow(empty, by: 100, filledWith: 0) }
        sweep(heap, "own environment") { _ = try living.environment() }
        // Each first call adds code; what was translated stays, so the heap may only grow by that.
        let code = bench.runtime.ledger.current[Int(Region.code.rawValue)]
        var turn = 0
        while turn < 100 {
            heap.pointee.failureCountdown = turn
            let result = try? living.run("run", in: environment)
            let isDone = heap.pointee.failureCountdown >= 0
            heap.pointee.failureCountdown = -1
            #expect(bench.runtime.ledger.current[Int(Region.scratch.rawValue)] == 0)
            if isDone {
                #expect(result != nil)
                break
            }
            SweepLog.note(heap.pointee.failureSite)
            turn += 1
        }
        #expect(turn < 100)
        #expect(bench.runtime.ledger.current[Int(Region.code.rawValue)] > code)
        // It imports a table, so it lives on until the store goes.
        living.destroy()
        loaded.unload()
    }

    @Test(arguments: [true, false]) func `a runtime is made, used and ended on an allocator that gives out`(
        once: Bool
    ) throws {
        let allocator = FailingAllocator()
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 8192
        plan.globalHeap = allocator.source
        let bytes = SweepModules.busy
        let types = SweepModules.manyTypes
        func scenario() throws {
            let runtime = try EngineRuntime.create(plan: plan)
            defer { runtime.destroy() }
            try runtime.load(types).unload()
            let store = try runtime.createStore()
            let module = try runtime.load(bytes)
            let environment = try EngineEnvironment.create(in: store)
            _ = try store.instantiateBusy(module).run("run", in: environment)
        }
        var turn = 0
        while turn < 2000 {
            allocator.fail(at: turn, once: once)
            do {
                try scenario()
            } catch EngineError.memory(let error) {
                SweepLog.note(error.site)
                #expect(error.kind == .exhausted)
            } catch {
                #expect(error as? TrapCode == .memoryExhausted)
            }
            #expect(allocator.state.pointee.blockCount == 0, "request \(turn)")
            if allocator.state.pointee.failureCount == 0 { break }
            turn += 1
        }
        #expect(turn > 60 && turn < 2000)
    }

    @Test func `a type registry fills up`() throws {
        // Once full of types, it asks for nothing more: each turn needs a runtime of its own.
        for turn in 0..<1000 {
            let bench = try SweepBench(.system)
            bench.heap.pointee.failureCountdown = turn
            _ = try? bench.runtime.load(SweepModules.manyTypes).unload()
            let isDone = bench.heap.pointee.failureCountdown >= 0
            bench.heap.pointee.failureCountdown = -1
            if isDone { return }
            SweepLog.note(bench.heap.pointee.failureSite)
            #expect(bench.runtime.state.pointee.types.pointee.groupCount == 0)
            #expect(GlobalHeap.sumOfAccounts(bench.heap).total == bench.runtime.ledger.total)
        }
        Issue.record("no end")
    }

    @Test func `a runtime is made in a heap`() throws {
        let heap = GlobalHeap.Pointer.allocate(capacity: 1)
        defer { heap.deallocate() }
        try GlobalHeap.initialize(heap, source: .system)
        // What goes through ends the heap, too.
        sweep(heap, "runtime") {
            EngineRuntime(state: try EngineRuntime.create(plan: MemoryPlan(), in: heap)).destroy()
        }
    }

    @Test func `an environment with its stack is made in one step`() throws {
        let bench = try SweepBench(.system)
        sweep(bench.heap, "environment") {
            let arena = try Arena.create(in: bench.heap, owner: .environment)
            defer { arena.destroy() }
            _ = try OperandStack.createEnvironment(in: arena, stackSizeInBytes: 4096)
        }
    }
}
