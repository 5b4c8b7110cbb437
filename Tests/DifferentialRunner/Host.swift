import CPlatform
import MoteEngine
import MoteMemory
import MoteModule

/// What host functions saw, in order.
final class HostLog {
    /// The first lines; the rest is only counted.
    private(set) var lines: [String] = []
    private(set) var count = 0

    func add(_ line: String) {
        count += 1
        if lines.count < 200 { lines.append(line) }
    }

    func clear() {
        lines = []
        count = 0
    }
}

/// One imported function: notes its arguments, and answers zeros.
private final class HostFunction {
    let name: String
    let type: UnsafePointer<DefinedType>
    let log: HostLog

    init(name: String, type: UnsafePointer<DefinedType>, log: HostLog) {
        self.name = name
        self.type = type
        self.log = log
    }

    func call(_ slots: UnsafeMutablePointer<UInt64>) {
        let arguments = texts(of: UnsafePointer(slots), type.pointee.parameters)
        log.add("host \(name)(\(arguments.joined(separator: " ")))")
        for index in 0..<Int(type.pointee.resultSlots) { slots[index] = 0 }
    }
}

/// Values in their slots.
func texts(of slots: UnsafePointer<UInt64>, _ types: Items<ValueType>) -> [String] {
    var next = slots
    return (0..<types.count).map { index in
        let type = types[checked: index] ?? .i32
        defer { next += type.slotCount }
        return text(of: next, type)
    }
}

/// A value as both engines print it: every NaN is the same, and a reference only null, a number or something.
func text(of slots: UnsafePointer<UInt64>, _ type: ValueType) -> String {
    let bits = slots.pointee
    switch type {
    case .v128: return "v128:\(bits):\(slots[1])"
    case .i32: return "i32:\(UInt32(truncatingIfNeeded: bits))"
    case .i64: return "i64:\(bits)"
    case .f32:
        return Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isNaN
            ? "f32:nan" : "f32:\(UInt32(truncatingIfNeeded: bits))"
    case .f64: return Double(bitPattern: bits).isNaN ? "f64:nan" : "f64:\(bits)"
    default: break
    }
    if bits == 0 { return "ref:null" }
    // Behind externref nobody can tell what it is.
    let isExternal = type.heapType == .external || type.heapType == .noExternal
    return bits & 1 == 1 && !isExternal ? "i31:\(bits >> 1 & 0x7FFF_FFFF)" : "ref:some"
}

/// Makes what a module imports: functions that answer zeros, and empty memories, tables and globals of the declared
/// types.
struct Host {
    let store: EngineStore
    let log = HostLog()
    let limits: InstanceLimits
    private(set) var failure: (any Error)?

    init(store: EngineStore, limits: InstanceLimits) {
        self.store = store
        self.limits = limits
    }

    mutating func make(_ request: ImportRequest) -> ExternalValue? {
        do {
            return try entity(request)
        } catch {
            failure = error
            return nil
        }
    }

    private func entity(_ request: ImportRequest) throws -> ExternalValue? {
        let module = request.module
        let index = Int(request.declaration.index)
        switch request.declaration.kind {
        case .function:
            guard let type = request.functionType else { return nil }
            let function = HostFunction(name: "\(request.importIndex)", type: UnsafePointer(type), log: log)
            return .function(
                try store.makeHostFunction(
                    parameters: type.pointee.parameters,
                    results: type.pointee.results,
                    target: { _, data, slots in
                        guard let data, let slots else { return 14 }
                        Unmanaged<HostFunction>.fromOpaque(data).takeUnretainedValue().call(slots)
                        return 0
                    },
                    data: Unmanaged.passRetained(function).toOpaque(),
                    finalizer: { data in
                        guard let data else { return }
                        Unmanaged<HostFunction>.fromOpaque(data).release()
                    }
                )
            )
        case .table:
            guard var type = module.pointee.tables[checked: index] else { return nil }
            type.initializer = .empty
            return .table(try store.makeTable(type: type))
        case .memory:
            guard let type = module.pointee.memories[checked: index] else { return nil }
            return .memory(try store.makeMemory(type: type, limits: limits))
        case .global:
            guard let global = module.pointee.globals[checked: index] else { return nil }
            return .global(try store.makeGlobal(type: global.type, low: 0))
        case .tag: return nil
        }
    }
}
