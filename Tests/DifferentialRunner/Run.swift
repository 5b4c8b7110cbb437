import CPlatform
import MoteEngine
import MoteMemory
import MoteModule

/// One call of the list: position of the export, and the bits of the arguments.
struct Call {
    let name: [UInt8]
    let arguments: [UInt64]
}

/// What is to be called, in order.
struct CallList {
    var calls: [Call] = []
    /// An exported global that is set before each call: the fuel that the module itself counts.
    var refill: (name: [UInt8], value: UInt64)?
}

/// One way to run them.
struct Configuration {
    let name: String
    let plan: MemoryPlan
    var isMetered = false
    /// Whether garbage is collected at every allocation.
    var isStressed = false
}

/// Runs the calls in one configuration, and prints what can be seen from outside.
struct Run {
    let bytes: UnsafeBufferPointer<UInt8>
    let list: CallList
    let configuration: Configuration

    func print() throws {
        guard let base = bytes.baseAddress else { return }
        let runtime = try EngineRuntime.create(plan: configuration.plan)
        defer { runtime.destroy() }
        // As the other engine is told, too.
        runtime.isDeterministic = true
        let module = try runtime.load(base, sizeInBytes: bytes.count, ownership: .borrowed)
        let store = try runtime.createStore()
        store.collectsAtEveryAllocation = configuration.isStressed
        var limits = InstanceLimits()
        limits.isMetered = configuration.isMetered
        var host = Host(store: store, limits: limits)
        do {
            let instance = try EngineInstance.instantiate(module, in: store, limits: limits) {
                host.make($0)
            }
            Swift.print("instantiated")
            show(host.log)
            for call in list.calls {
                refill(instance)
                guard try make(call, in: instance) else { return }
                show(host.log)
            }
            try showState(of: instance)
        } catch EngineError.trap(let trap) {
            Swift.print("not instantiated: \(name(trap))")
            show(host.log)
        } catch EngineError.memory(let error) where host.failure == nil {
            Swift.print("not instantiated: memory exhausted, region \(error.region.name)")
        } catch {
            throw host.failure ?? error
        }
    }

    private func refill(_ instance: EngineInstance) {
        guard let refill = list.refill else { return }
        let export = refill.name.withUnsafeBufferPointer { instance.export(named: $0) }
        if case .global(let cell) = export { cell.slots[0] = refill.value }
    }

    /// False once a call used up the stack: how deep that is, is no part of the comparison.
    private func make(_ call: Call, in instance: EngineInstance) throws -> Bool {
        let export = call.name.withUnsafeBufferPointer { instance.export(named: $0) }
        guard case .function(let function) = export, let type = FunctionDescription.type(of: function) else {
            Swift.print("no such function")
            return true
        }
        var slots = call.arguments
        let least = max(Int(type.pointee.parameterSlots), Int(type.pointee.resultSlots), 1)
        while slots.count < least { slots.append(.max) }
        let environment = try instance.environment()
        environment.fuel = .max
        let trap = slots.withUnsafeMutableBufferPointer {
            environment.call(function, slots: $0.baseAddress, slotCount: $0.count)
        }
        guard trap == .none else {
            Swift.print("trap \(name(trap))")
            return trap != .callStackExhausted
        }
        let results = slots.withUnsafeBufferPointer {
            $0.baseAddress.map { texts(of: $0, type.pointee.results) } ?? []
        }
        Swift.print((["return"] + results).joined(separator: " "))
        return true
    }

    /// Calling through a table past its end is one trap elsewhere.
    private func name(_ trap: TrapCode) -> String {
        trap == .undefinedElement ? "\(TrapCode.tableOutOfBounds.text)" : "\(trap.text)"
    }

    private func show(_ log: HostLog) {
        for line in log.lines { Swift.print(line) }
        if log.count > log.lines.count { Swift.print("host calls: \(log.count)") }
        log.clear()
    }

    private func showState(of instance: EngineInstance) throws {
        let module = instance.module.module
        for index in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: index] else { break }
            switch instance.export(export) {
            case .global(let cell):
                Swift.print("export \(index) \(text(of: cell.slots, cell.type.valueType))")
            case .memory(let memory):
                let bytes = UnsafeBufferPointer(
                    start: memory.pointee.base,
                    count: Int(memory.pointee.sizeInBytes)
                )
                Swift.print("export \(index) memory \(memory.pointee.pageCount) \(checksum(bytes))")
            case .table(let table):
                let elements = UnsafeBufferPointer(
                    start: table.pointee.elements,
                    count: Int(table.pointee.count)
                )
                let pattern = elements.map { $0 == 0 ? "-" : "+" }.joined()
                Swift.print("export \(index) table \(table.pointee.count) \(pattern)")
            default: break
            }
        }
    }

    /// CRC-32 as zlib has it.
    private func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes { crc = crc >> 8 ^ checksumTable[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
        return ~crc
    }
}

private let checksumTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
}
