internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// The host module `spectest` of the specification's tests: its functions print nothing.
struct SpectestModule {
    private(set) var exports: [ScriptName: ExternalValue] = [:]

    /// With a shared memory where `features` has threads.
    init(in store: EngineStore, features: FeatureSet) throws(EngineError) {
        let printed: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]),
            ("print_f64", [.f64]), ("print_i32_f32", [.i32, .f32]), ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, parameters) in printed {
            exports[Array(name.utf8)] = .function(try Self.makeFunction(parameters, in: store))
        }
        let globals: [(String, ValueType, UInt64)] = [
            ("global_i32", .i32, 666), ("global_i64", .i64, 666),
            ("global_f32", .f32, UInt64(Float(666.6).bitPattern)), ("global_f64", .f64, 666.6.bitPattern),
        ]
        for (name, type, bits) in globals {
            exports[Array(name.utf8)] = .global(
                try store.makeGlobal(type: GlobalType(valueType: type, isMutable: false), low: bits)
            )
        }
        for (name, is64) in [("table", false), ("table64", true)] {
            let limits = Limits(minimum: 10, maximum: 20, is64: is64)
            exports[Array(name.utf8)] = .table(
                try store.makeTable(
                    type: TableType(limits: limits, elementType: .funcref, initializer: .empty)
                )
            )
        }
        exports[Array("memory".utf8)] = .memory(
            try store.makeMemory(type: MemoryType(limits: Limits(minimum: 1, maximum: 2), pageSizeLog2: 16))
        )
        guard features.contains(.threads) else { return }
        let limits = Limits(minimum: 1, maximum: 2, isShared: true)
        exports[Array("shared_memory".utf8)] = .memory(
            try store.makeMemory(type: MemoryType(limits: limits, pageSizeLog2: 16))
        )
    }

    private static func makeFunction(
        _ parameters: [ValueType],
        in store: EngineStore
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction> {
        var parameters = parameters
        let made = parameters.withUnsafeMutableBufferPointer { buffer -> Result<_, EngineError> in
            do throws(EngineError) {
                return .success(
                    try store.makeHostFunction(
                        parameters: Items(base: buffer.baseAddress, count: buffer.count),
                        results: .empty,
                        target: { _, _, _ in 0 },
                        data: nil
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        return try made.get()
    }
}
