import MoteModule
import MoteTestSupport

/// Modules that make the runtime ask for memory wherever it can.
enum SweepModules {
    /// Every section, every kind of import, and functions that are large, deep, wide or full of references.
    static var busy: [UInt8] {
        var module = ModuleBuilder()
        let nothing = module.functionType()
        let answer = module.functionType([], [.i32])
        let unary = module.functionType([.i32], [.i32])
        let twice = module.importFunction("env", "twice", type: unary)
        module.importFunction("env", "open", type: answer)
        module.importGlobal("env", "base", .i32)
        module.importTable("env", "table", .externref, ModuleBuilder.limits(1))
        module.table(.funcref, ModuleBuilder.limits(2, 5000))
        module.table(.funcref, ModuleBuilder.limits(0, 5000))
        module.memory(ModuleBuilder.limits(1, 4))
        module.global(.i32, isMutable: true, [0x23, 0, 0x41, 1, 0x6A, 0x41, 2, 0x6C, 0x0B])
        module.global(.funcref, [0xD2, UInt8(twice), 0x0B])
        let start = module.function(type: nothing, [])
        // Fifty blocks in each other: more than the first room of validator and translator.
        let deep = module.function(
            type: answer,
            [UInt8](repeating: [0x02, 0x40], count: 50) + [UInt8](repeating: 0x0B, count: 50) + [0x41, 1]
        )
        // Two hundred operands at once.
        let wide = module.function(
            type: answer,
            [UInt8](repeating: [0x41, 1], count: 200) + [UInt8](repeating: 0x6A, count: 199)
        )
        // Code that is much larger than its bytes.
        let long = module.function(type: unary, [0x20, 0] + [UInt8](repeating: 0x45, count: 3000))
        // Forty runs of locals.
        let mixed = module.function(
            type: answer,
            locals: (0..<40).map { (1, $0 & 1 == 0 ? .i32 : .i64) },
            [0x20, 38]
        )
        // More references on the operand stack than the first guess, and locals of that kind.
        let references = module.function(
            type: answer,
            locals: [(3, .externref)],
            [UInt8](repeating: [0xD0, 0x6F], count: 10) + [UInt8](repeating: 0x1A, count: 10) + [0x41, 1]
        )
        // Calls everything, and grows.
        let run = module.function(
            type: answer,
            [
                0x23, 1, 0x10, UInt8(twice), 0x10, UInt8(deep), 0x6A, 0x10, UInt8(wide), 0x6A, 0x10,
                UInt8(mixed), 0x6A,
            ]
                + [0x10, UInt8(references), 0x6A, 0x41, 1, 0x10, UInt8(long), 0x6A]
                + [0xD0, 0x70, 0x41, 0x14, 0xFC, 15, 1, 0x6A, 0xD0, 0x70, 0x41, 0x14, 0xFC, 15, 2, 0x6A]
                + [0x41, 1, 0x40, 0, 0x6A]
        )
        module.export("run", .function, run)
        module.export("memory", .memory, 0)
        module.export("table", .table, 1)
        module.export("empty", .table, 2)
        module.start = start
        module.elements.append(
            [2, 1] + ModuleBuilder.constant(0) + [0] + ModuleBuilder.vector([[UInt8(run)], [UInt8(twice)]])
        )
        module.passiveElement([twice])
        module.data(at: 100, [1, 2, 3])
        module.passiveData([4, 5, 6])
        module.dataCount = 2
        module.names(module: "busy", functions: [(run, "run")])
        return module.build()
    }

    /// Two hundred types: more than the registry's first buckets and its first entries hold.
    static var manyTypes: [UInt8] {
        var module = ModuleBuilder()
        for count in 0..<200 { module.functionType([ValueType](repeating: .i32, count: count), [.i64]) }
        return module.build()
    }

    /// Ten blocks that catch: more than the first room for a function's table of them.
    static var catching: [UInt8] {
        var module = ModuleBuilder()
        let type = module.functionType([], [.i32])
        module.tags = [[0, UInt8(module.functionType())]]
        // block; try_table (catch_all 0); throw 0; end; end
        let block: [UInt8] = [0x02, 0x40, 0x1F, 0x40, 1, 2, 0, 0x08, 0, 0x0B, 0x0B]
        let run = module.function(type: type, [UInt8](repeating: block, count: 10) + [0x41, 7])
        module.export("run", .function, run)
        return module.build()
    }

    /// Exceptions and locals without a default, of which there are many: not executable yet, but decoded and checked.
    static var beyond: [UInt8] {
        var module = ModuleBuilder()
        let nothing = module.functionType()
        module.tags = [[0, UInt8(nothing)]]
        func unset(_ count: UInt8) -> (UInt32, [UInt8]) {
            let type = UInt32(module.types.count)
            module.types.append([0x60, 1, 0x64, UInt8(nothing), 0])
            return (type, (1...count).flatMap { [0x20, 0, 0x21, $0] })
        }
        for count in [10, 100] as [UInt8] {
            let (type, body) = unset(count)
            module.functionTypes.append(type)
            module.codes.append(ModuleBuilder.sized([1, count, 0x64, UInt8(nothing)] + body + [0x0B]))
        }
        return module.build()
    }

    /// A function with more parameters than fit in the C door's first room, a native, and WASI.
    static var forHosts: [UInt8] {
        var module = ModuleBuilder()
        let unary = module.functionType([.i32], [.i32])
        let many = module.functionType([ValueType](repeating: .i32, count: 20), [.i32])
        let write = module.functionType([.i32, .i32, .i32, .i32], [.i32])
        let host = module.importFunction("env", "host", type: unary)
        module.importFunction("wasi_snapshot_preview1", "fd_write", type: write)
        module.importFunction("env", "nobody", type: unary)
        module.memory(ModuleBuilder.limits(1, 2))
        let function = module.function(type: many, [0x20, 19, 0x10, UInt8(host)])
        module.export("many", .function, function)
        module.export("memory", .memory, 0)
        return module.build()
    }
}

extension Array where Element == UInt8 {
    /// The same bytes again and again.
    init(repeating bytes: [UInt8], count: Int) { self = (0..<count).flatMap { _ in bytes } }
}
