import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import MoteTestSupport

/// How far the bytes of one case came.
struct Outcome {
    var loaded = 0
    var instantiated = 0
    var calls = 0
    var traps = 0
    var outOfFuel = 0

    static func += (left: inout Outcome, right: Outcome) {
        left.loaded += right.loaded
        left.instantiated += right.instantiated
        left.calls += right.calls
        left.traps += right.traps
        left.outOfFuel += right.outOfFuel
    }
}

/// What a case left behind that it should not have.
struct Leftover: Error, CustomStringConvertible {
    var description: String
}

/// A runtime in which case after case is loaded, instantiated with stubs and called.
final class Subject {
    let runtime: EngineRuntime
    private let buffer: UnsafeMutableRawBufferPointer?
    private let fuelPerCall: Int64
    private let limits: InstanceLimits

    /// In a pool of `poolSizeInBytes`, or on the system with guard pages where the module allows them.
    init(poolSizeInBytes: Int?, fuelPerCall: Int64) throws {
        var plan = MemoryPlan()
        plan.operandStackSizeInBytes = 8 * 1024
        // A mutated number of pages must not take gigabytes.
        plan.maximumMemoryPageCount = 64
        if let poolSizeInBytes {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: poolSizeInBytes, alignment: 16)
            plan.globalHeap = .pool(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: buffer.count,
                isZeroed: false
            )
            self.buffer = buffer
        } else {
            buffer = nil
        }
        runtime = try EngineRuntime.create(plan: plan)
        self.fuelPerCall = fuelPerCall
        var limits = InstanceLimits()
        limits.isMetered = true
        self.limits = limits
    }

    deinit {
        runtime.destroy()
        buffer?.deallocate()
    }

    /// Everything that can be done with the bytes; throws only when something is left behind.
    func run(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) throws -> Outcome {
        var outcome = Outcome()
        if let base = bytes.baseAddress,
            let module = try? runtime.load(
                base,
                sizeInBytes: bytes.count,
                ownership: seed & 1 == 0 ? .borrowed : .copied,
                eager: seed & 6 == 6
            )
        {
            outcome.loaded = 1
            if let store = try? runtime.createStore() {
                instantiate(module, store, seed, &outcome)
                store.destroy()
            }
            module.unload()
        }
        try checkNothingIsLeft()
        return outcome
    }

    private func instantiate(
        _ module: EngineModule,
        _ store: EngineStore,
        _ seed: UInt64,
        _ outcome: inout Outcome
    ) {
        guard let environment = try? EngineEnvironment.create(in: store) else { return }
        environment.fuel = fuelPerCall
        let instance = try? EngineInstance.instantiate(
            module,
            in: store,
            limits: limits,
            environment: environment
        ) { stub(for: $0, in: store) }
        guard let instance else { return }
        outcome.instantiated = 1
        var random = Random(seed: seed)
        let exports = module.module.pointee.exports
        // Mutation can repeat an export often.
        for index in 0..<min(exports.count, 40) {
            guard let export = exports[checked: index], export.kind == .function,
                case .function(let function) = instance.export(export),
                let type = module.module.pointee.functionType(of: export.index)
            else { continue }
            let count = Int(max(function.pointee.parameterSlots, function.pointee.resultSlots))
            var slots = [UInt64](repeating: 0, count: count + 1)
            var slot = 0
            for place in 0..<type.pointee.parameters.count {
                guard let kind = type.pointee.parameters[checked: place] else { continue }
                if !kind.isReference { slots[slot] = Self.argument(kind, &random) }
                slot += kind.slotCount
            }
            environment.fuel = fuelPerCall
            outcome.calls += 1
            switch environment.call(function, slots: &slots, slotCount: slots.count) {
            case .none: break
            case .fuelExhausted: outcome.outOfFuel += 1
            default: outcome.traps += 1
            }
        }
    }

    private static func argument(_ type: ValueType, _ random: inout Random) -> UInt64 {
        let bits = random.next()
        let value: UInt64 =
            switch bits & 7 {
            case 0...3: UInt64(random.below(64))
            case 4: .max
            case 5: 0x8000_0000
            default: random.next()
            }
        return type == .i32 || type == .f32 ? value & 0xFFFF_FFFF : value
    }

    private func stub(for request: ImportRequest, in store: EngineStore) -> ExternalValue? {
        let module = request.module
        let index = Int(request.declaration.index)
        switch request.declaration.kind {
        case .function:
            guard let type = request.functionType else { return nil }
            let made = try? store.makeHostFunction(
                parameters: type.pointee.parameters,
                results: type.pointee.results,
                target: { environment, data, slots in
                    guard let environment, let slots else { return 14 }
                    // Some progress, but not for ever.
                    environment.pointee.fuel -= 100
                    // Only who has a result may write one.
                    if data != nil { slots[0] = 0 }
                    return 0
                },
                data: type.pointee.resultSlots > 0 ? UnsafeMutableRawPointer(bitPattern: 1) : nil
            )
            guard let made, type.pointee.resultSlots <= 1,
                type.pointee.results[checked: 0]?.isReference != true
            else { return .unlinkedFunction }
            return .function(made)
        case .table:
            guard let type = module.pointee.tables[checked: index] else { return nil }
            return (try? store.makeTable(type: type)).map { .table($0) }
        case .memory:
            guard let type = module.pointee.memories[checked: index] else { return nil }
            return (try? store.makeMemory(type: type)).map { .memory($0) }
        case .global:
            guard let global = module.pointee.globals[checked: index] else { return nil }
            return (try? store.makeGlobal(type: global.type, low: 0)).map { .global($0) }
        case .tag:
            guard let type = request.tagType else { return nil }
            return (try? store.makeTag(parameters: type.pointee.parameters)).map { .tag($0) }
        }
    }

    private func checkNothingIsLeft() throws {
        var owners = 0
        runtime.forEachOwner { kind, _, _ in if kind != .runtime { owners += 1 } }
        if owners > 0 { throw Leftover(description: "\(owners) owners are left") }
        let types = runtime.state.pointee.types.pointee.groupCount
        if types > 0 { throw Leftover(description: "\(types) types are left") }
        if GlobalHeap.sumOfAccounts(runtime.heap).total != runtime.ledger.total {
            throw Leftover(description: "the ledger is not the sum of its accounts")
        }
        let scratch = runtime.ledger.current[Int(Region.scratch.rawValue)]
        if scratch != 0 { throw Leftover(description: "\(scratch) bytes of scratch are left") }
        if !GlobalHeap.checkInvariants(runtime.heap) { throw Leftover(description: "the heap is damaged") }
    }
}
