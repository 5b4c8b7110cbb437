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
        let parameters = type.pointee.parameters
        let arguments = (0..<parameters.count).map { text(of: slots[$0], parameters[checked: $0] ?? .i32) }
        log.add("host \(name)(\(arguments.joined(separator: " ")))")
        for index in 0..<type.pointee.resultCount { slots[index] = 0 }
    }
}

/// A value as both engines print it: every NaN is the same, and a reference only null or not.
func text(of bits: UInt64, _ type: ValueType) -> String {
    switch type {
    case .i32: "i32:\(UInt32(truncatingIfNeeded: bits))"
    case .i64: "i64:\(bits)"
    case .f32:
        Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isNaN
            ? "f32:nan" : "f32:\(UInt32(truncatingIfNeeded: bits))"
    case .f64: Double(bitPattern: bits).isNaN ? "f64:nan" : "f64:\(bits)"
    default: bits == 0 ? "ref:null" : "ref:some"
    }
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
