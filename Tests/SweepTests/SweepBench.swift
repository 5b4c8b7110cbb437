import CPlatform
import MoteEngine
import MoteMemory
import MoteModule

/// Where a runtime's memory comes from.
enum Mode: CaseIterable {
    case system, checked, pool

    func plan(_ buffer: UnsafeMutableRawBufferPointer) -> MemoryPlan {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 8192
        switch self {
        case .system: break
        case .checked:
            plan.linearMemory = .heap
            plan.bounds = .checked
        case .pool:
            plan.globalHeap = .pool(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: buffer.count,
                isZeroed: false
            )
        }
        return plan
    }
}

/// A runtime of its own, with what most sweeps do in it.
final class SweepBench {
    let runtime: EngineRuntime
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 20, alignment: 16)

    init(_ mode: Mode) throws { runtime = try EngineRuntime.create(plan: mode.plan(buffer)) }

    /// One under a plan that lies elsewhere.
    init(_ plan: MemoryPlan) throws { runtime = try EngineRuntime.create(plan: plan) }

    deinit {
        runtime.destroy()
        buffer.deallocate()
    }

    var heap: GlobalHeap.Pointer { runtime.heap }
}

extension EngineRuntime {
    func load(_ bytes: [UInt8], _ ownership: ModuleBytesOwnership = .copied, eager: Bool = false) throws
        -> EngineModule
    {
        try bytes.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else { throw Exhausted() }
            return try load(base, sizeInBytes: $0.count, ownership: ownership, eager: eager)
        }
    }
}

extension EngineStore {
    /// A host function of one i32 that answers twice its argument.
    func makeTwice() throws -> UnsafeMutablePointer<MoteFunction> {
        var types: [ValueType] = [.i32, .i32]
        return try types.withUnsafeMutableBufferPointer { types in
            try makeHostFunction(
                parameters: Items(base: types.baseAddress, count: 1),
                results: Items(base: types.baseAddress.map { $0 + 1 }, count: 1),
                target: { _, _, slots in
                    if let slots { slots[0] = slots[0] &* 2 }
                    return 0
                },
                data: nil
            )
        }
    }

    func makeTable(_ count: UInt64) throws -> UnsafeMutablePointer<MoteTable> {
        try makeTable(
            type: TableType(
                limits: Limits(minimum: count, maximum: nil),
                elementType: .externref,
                initializer: .empty
            )
        )
    }

    /// An instance of the busy module.
    func instantiateBusy(
        _ module: EngineModule,
        metered: Bool = false,
        environment: EngineEnvironment? = nil
    ) throws -> EngineInstance {
        let twice = try makeTwice()
        let table = try makeTable(1)
        let base = try makeGlobal(type: GlobalType(valueType: .i32, isMutable: false), low: 20)
        var limits = InstanceLimits()
        limits.isMetered = metered
        return try EngineInstance.instantiate(module, in: self, limits: limits, environment: environment) {
            request in
            switch request.importIndex {
            case 0: .function(twice)
            case 1: .unlinkedFunction
            case 2: .global(base)
            default: .table(table)
            }
        }
    }
}

extension EngineInstance {
    func value(_ name: String) -> ExternalValue? {
        var name = name
        return name.withUTF8 { export(named: $0) }
    }

    /// Calls a function without parameters that answers an i32.
    func run(_ name: String, in environment: EngineEnvironment) throws -> UInt64 {
        guard case .function(let function) = value(name) else { throw TrapCode.unlinkedFunction }
        var slots: [UInt64] = [0]
        let trap = environment.call(function, slots: &slots, slotCount: 1)
        if trap != .none { throw trap }
        return slots[0]
    }
}
