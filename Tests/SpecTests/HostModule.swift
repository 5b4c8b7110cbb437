import CPlatform
import MoteEngine
import MoteMemory
import MoteModule

/// The host module `spectest` of the specification's tests.
struct HostModule {
    private(set) var exports: [Name: ExternalValue] = [:]

    init(in store: EngineStore) throws {
        let printed: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]),
            ("print_f64", [.f64]), ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, parameters) in printed {
            var parameters = parameters
            exports[Name(name.utf8)] = try parameters.withUnsafeMutableBufferPointer {
                .function(
                    try store.makeHostFunction(
                        parameters: Items(base: $0.baseAddress, count: $0.count),
                        results: .empty,
                        target: { _, _, _ in 0 },
                        data: nil
                    )
                )
            }
        }
        let globals: [(String, ValueType, UInt64)] = [
            ("global_i32", .i32, 666), ("global_i64", .i64, 666),
            ("global_f32", .f32, UInt64(Float(666.6).bitPattern)), ("global_f64", .f64, 666.6.bitPattern),
        ]
        for (name, type, bits) in globals {
            exports[Name(name.utf8)] = .global(
                try store.makeGlobal(type: GlobalType(valueType: type, isMutable: false), low: bits)
            )
        }
        for (name, is64) in [("table", false), ("table64", true)] {
            let limits = Limits(minimum: 10, maximum: 20, is64: is64)
            exports[Name(name.utf8)] = .table(
                try store.makeTable(
                    type: TableType(limits: limits, elementType: .funcref, initializer: .empty)
                )
            )
        }
        exports[Name("memory".utf8)] = .memory(
            try store.makeMemory(type: MemoryType(limits: Limits(minimum: 1, maximum: 2), pageSizeLog2: 16))
        )
    }
}
