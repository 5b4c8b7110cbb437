public import Mote
import MoteTestSupport
public import Testing

/// Fixtures of the repository, and the shortest ways to run them.
enum Fixture {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    static func path(_ name: String) -> String { "\(root)/Tests/Fixtures/wasm/\(name).wasm" }

    static func instance(
        _ name: String,
        _ plan: MemoryPlan = MemoryPlan(),
        limits: InstanceLimits = InstanceLimits(),
        imports: Imports = Imports()
    ) throws -> Instance {
        let module = try Runtime(plan).load(contentsOf: path(name))
        return try module.instantiate(limits: limits, imports: imports)
    }

    static func hostImports(
        callback: @escaping (Caller, Int32) throws -> Int32 = { _, value in value }
    ) -> Imports {
        hostImports(callback: callback, log: { _ in })
    }

    /// The imports of the fixture `hostcalls`, with a callback and a logger of the test's.
    static func hostImports(
        callback: @escaping (Caller, Int32) throws -> Int32 = { _, value in value },
        log: @escaping (String) -> Void
    ) -> Imports {
        [
            "env": [
                "log": Function { (caller: Caller, pointer: UInt32, count: UInt32) in
                    log(try caller.string(at: pointer, count: count))
                },
                "add": Function { (one: Int32, other: Int32) in one &+ other },
                "scale": Function { (integer: Int64, factor: Float, offset: Double) in
                    Double(integer) * Double(factor) + offset
                },
                "callback": Function { (caller: Caller, value: Int32) in try callback(caller, value) },
            ]
        ]
    }
}

/// An error of the host's that the library knows nothing about.
struct HostFailure: Error, Equatable {
    var number: Int
}

/// The plans that execution is tried under.
enum Plans {
    static let all: [MemoryPlan] = {
        var pool = MemoryPlan()
        pool.globalHeap = .pool(bytes: 4 << 20)
        pool.operandStack = 64 * 1024
        var heap = MemoryPlan()
        heap.linearMemory = .heap
        var checked = MemoryPlan()
        checked.linearMemory = .reserved
        checked.bounds = .checked
        return [MemoryPlan(), pool, heap, checked]
    }()
}

extension Instance {
    /// Looks a function up and calls it.
    func call<each Parameter: WasmValue, each Result: WasmValue>(
        _ name: String,
        _ type: ((repeat each Parameter) -> (repeat each Result)).Type,
        _ arguments: repeat each Parameter
    ) throws -> (repeat each Result) {
        let function = try function(name, as: type)
        return try function(repeat each arguments)
    }
}

extension MemoryPlan: CustomTestStringConvertible {
    /// What tells the plans apart in the names of test cases.
    public var testDescription: String {
        switch (linearMemory, "\(self)".contains("pool")) {
        case (_, true): "pool"
        case (.heap, false): "heap"
        case (.reserved, false): "reserved, checked"
        default: "default"
        }
    }
}
