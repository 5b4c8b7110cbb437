import Foundation
import MoteModule
import MoteTestSupport

/// The modules that are cut and changed.
enum Subjects {
    static let names = ["hello", "heap", "quicksort", "trap", "everything", "proposals"]

    static func bytes(_ name: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        switch name {
        case "everything": return everything
        case "proposals": return try proposals()
        case "quicksort":
            return [UInt8](try Data(contentsOf: root.appending(path: "Benchmarks/wasm/quicksort.wasm")))
        default:
            return [UInt8](try Data(contentsOf: root.appending(path: "Tests/Fixtures/wasm/\(name).wasm")))
        }
    }

    /// Something of every section and of every family of instructions, in few bytes, so that most changes matter.
    static var everything: [UInt8] {
        var module = ModuleBuilder()
        let nothing = module.functionType()
        let answer = module.functionType([], [.i32])
        let unary = module.functionType([.i32], [.i32])
        let pair = module.functionType([.i32, .i64], [.i64, .i32])
        let floats = module.functionType([.f32, .f64], [.f64])
        let reference = module.functionType([.externref], [.externref])
        let host = module.importFunction("env", "host", type: unary)
        module.importTable("env", "table", .externref, ModuleBuilder.limits(3))
        module.importGlobal("env", "base", .i32)
        module.importGlobal("env", "state", .i64, isMutable: true)
        module.table(.funcref, ModuleBuilder.limits(8, 40))
        module.memory(ModuleBuilder.limits(1, 3))
        module.global(.i32, isMutable: true, ModuleBuilder.constant(7))
        module.global(.funcref, [0xD2, 1, 0x0B])
        // base * 3 + 1
        module.global(.i32, [0x23, 0, 0x41, 3, 0x6C, 0x41, 1, 0x6A, 0x0B])
        // Counts down in a loop, with a call of the host in it.
        let loop = module.function(
            type: unary,
            locals: [(1, .i32)],
            [
                0x03, 0x40, 0x20, 1, 0x20, 0, 0x10, UInt8(host), 0x6A, 0x21, 1, 0x20, 0, 0x41, 1, 0x6B, 0x22,
                0, 0x0D, 0,
            ]
                + [0x0B, 0x20, 1]
        )
        // Several results, a block with results, a branch table.
        let several = module.function(
            type: pair,
            locals: [(2, .i64), (1, .i32)],
            [
                0x02, UInt8(answer), 0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0E, 2, 0, 1, 1, 0x0B, 0x41, 10, 0x0C,
                1, 0x0B,
            ]
                + [0x41, 20, 0x0B, 0x21, 4, 0x20, 1, 0x42, 2, 0x7E, 0x20, 4]
        )
        // Tail calls: itself and through the table.
        _ = module.function(
            type: unary,
            [0x20, 0, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x12, UInt8(loop + 2), 0x0B, 0x20, 0]
        )
        let through = module.function(
            type: unary,
            [0x20, 0, 0x20, 0, 0x41, 3, 0x71, 0x13, UInt8(unary), 1]
        )
        // Memory: loads, stores, bulk, growth.
        let bytes = module.function(
            type: unary,
            [0x20, 0, 0x41, 0x11, 0x41, 0x20, 0xFC, 11, 0]  // fill
                + [0x20, 0, 0x41, 4, 0x41, 8, 0xFC, 10, 0, 0]  // copy
                + [0x41, 0, 0x41, 1, 0x41, 2, 0xFC, 8, 1, 0]  // init of segment 1
                + [0xFC, 9, 1]  // drop it
                + [0x20, 0, 0x20, 0, 0x28, 2, 8, 0x41, 3, 0x74, 0x36, 2, 16]
                + [0x20, 0, 0x29, 3, 0, 0xA7, 0x41, 1, 0x40, 0, 0x6A, 0x3F, 0, 0x6A]
        )
        // Tables of both kinds.
        let tables = module.function(
            type: unary,
            [0x20, 0, 0x20, 0, 0x25, 1, 0x26, 1, 0x41, 0, 0xD2, UInt8(loop), 0x41, 2, 0xFC, 17, 1]
                + [0x41, 2, 0x41, 0, 0x41, 1, 0xFC, 12, 1, 1, 0xFC, 13, 1]
                + [0x41, 1, 0x41, 0, 0x20, 0, 0xFC, 14, 1, 1]
                + [0xD0, 0x6F, 0x41, 2, 0xFC, 15, 0, 0xFC, 16, 1, 0x6A]
        )
        let number = module.function(
            type: floats,
            [0x20, 0, 0x91, 0xBB, 0x20, 1, 0xA3, 0x20, 0, 0xA8, 0xB7, 0xA0, 0x20, 1, 0xFC, 6, 0xB9, 0xA4]
        )
        let keeper = module.function(
            type: reference,
            locals: [(2, .externref)],
            [
                0x20, 0, 0x22, 1, 0x21, 2, 0x41, 0, 0x20, 2, 0x26, 0, 0x41, 0, 0x25, 0, 0x20, 1, 0x20, 0,
                0xD1, 0x1C, 1,
            ]
                + [0x6F]
        )
        let state = module.function(
            type: nothing,
            [0x23, 1, 0x42, 1, 0x7C, 0x24, 1, 0x23, 2, 0x23, 4, 0x6C, 0x24, 2]
        )
        let divide = module.function(
            type: unary,
            [0x41, 0xE4, 0, 0x20, 0, 0x6D, 0x41, 7, 0x20, 0, 0x70, 0x73, 0x67, 0xC0, 0xC1]
        )
        let choose = module.function(
            type: unary,
            [0x20, 0, 0x41, 5, 0x20, 0, 0x1B, 0x20, 0, 0x45, 0x04, 0x40, 0x00, 0x0B, 0x0F]
        )
        for (name, index) in [
            ("loop", loop), ("several", several), ("tail", loop + 2), ("through", through), ("bytes", bytes),
            ("tables", tables), ("number", number), ("keeper", keeper), ("state", state), ("divide", divide),
            ("choose", choose),
        ] { module.export(name, .function, index) }
        module.export("memory", .memory, 0)
        module.export("table", .table, 1)
        module.export("global", .global, 2)
        module.start = state
        // Table 1: an active segment names its table.
        module.elements.append(
            [2, 1] + ModuleBuilder.constant(0) + [0]
                + ModuleBuilder.vector([[UInt8(loop)], [UInt8(loop + 2)], [UInt8(through)], [UInt8(several)]])
        )
        module.elements.append(
            [5, 0x70] + ModuleBuilder.vector([[0xD2, UInt8(host), 0x0B], [0xD0, 0x70, 0x0B]])
        )
        module.elements.append([3, 0] + ModuleBuilder.vector([[1], [UInt8(divide)]]))
        module.data(at: 64, Array("active".utf8))
        module.passiveData(Array("passive".utf8))
        module.dataCount = 2
        module.names(module: "everything", functions: [(loop, "loop"), (several, "several")])
        return module.build()
    }
}
