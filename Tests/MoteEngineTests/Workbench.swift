import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// A runtime with one store, and the shortest ways to load, link and call.
final class Workbench {
    let runtime: EngineRuntime
    let store: EngineStore
    private var kept: [UnsafeMutableBufferPointer<UInt8>] = []

    init(_ plan: MemoryPlan = MemoryPlan()) throws {
        runtime = try EngineRuntime.create(plan: plan)
        store = try runtime.createStore()
    }

    deinit {
        // Every test ends here: what owners were charged is what the ledger says, and a pool is what its rules say.
        if !runtime.heap.pointee.isCorrupted { #expect(GlobalHeap.checkInvariants(runtime.heap)) }
        runtime.destroy()
        for bytes in kept { bytes.deallocate() }
    }

    /// Loads a module whose bytes stay where they are as long as the workbench.
    func load(_ module: TestModule) throws -> EngineModule { try load(module.bytes) }

    func load(_ binary: [UInt8], features: FeatureSet = .standard) throws -> EngineModule {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: binary.count)
        _ = bytes.initialize(from: binary)
        kept.append(bytes)
        return try runtime.load(
            UnsafePointer(#require(bytes.baseAddress)),
            sizeInBytes: bytes.count,
            ownership: .borrowed,
            features: features
        )
    }

    /// Loads and instantiates; imports are looked up as "module.name".
    func instantiate(
        _ module: TestModule,
        limits: InstanceLimits = InstanceLimits(),
        _ imports: [String: ExternalValue] = [:]
    ) throws -> EngineInstance {
        try instantiate(load(module), limits: limits, imports)
    }

    func instantiate(
        _ module: EngineModule,
        limits: InstanceLimits = InstanceLimits(),
        _ imports: [String: ExternalValue] = [:]
    ) throws -> EngineInstance {
        try EngineInstance.instantiate(module, in: store, limits: limits) { request in
            let key =
                String(decoding: request.moduleName, as: UTF8.self)
                + "." + String(decoding: request.name, as: UTF8.self)
            return imports[key]
        }
    }

    /// A host function; `data` reaches it as its second argument.
    func host(
        _ parameters: [ValueType],
        _ results: [ValueType],
        data: UnsafeMutableRawPointer? = nil,
        _ target: @escaping MoteHostFunction
    ) throws -> ExternalValue {
        var parameters = parameters
        var results = results
        return try parameters.withUnsafeMutableBufferPointer { parameters in
            try results.withUnsafeMutableBufferPointer { results in
                .function(
                    try store.makeHostFunction(
                        parameters: Items(base: parameters.baseAddress, count: parameters.count),
                        results: Items(base: results.baseAddress, count: results.count),
                        target: target,
                        data: data
                    )
                )
            }
        }
    }
}

extension EngineInstance {
    func value(_ name: String) -> ExternalValue? {
        var name = name
        return name.withUTF8 { export(named: $0) }
    }

    func function(_ name: String) -> UnsafeMutablePointer<MoteFunction>? {
        if case .function(let function) = value(name) { return function }
        return nil
    }

    /// Calls an exported function in the instance's environment; the results, or the trap as an error.
    @discardableResult
    func call(_ name: String, _ arguments: UInt64...) throws -> [UInt64] {
        try call(in: environment(), name, arguments)
    }

    func call(in environment: EngineEnvironment, _ name: String, _ arguments: [UInt64]) throws -> [UInt64] {
        guard let function = function(name) else { throw TrapCode.unlinkedFunction }
        var slots = arguments
        let count = max(Int(function.pointee.parameterSlots), Int(function.pointee.resultSlots), 1)
        while slots.count < count { slots.append(0) }
        let trap = slots.withUnsafeMutableBufferPointer {
            environment.call(function, slots: $0.baseAddress, slotCount: $0.count)
        }
        if trap != .none { throw trap }
        return Array(slots.prefix(Int(function.pointee.resultSlots)))
    }
}
