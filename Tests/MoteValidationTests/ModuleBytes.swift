/// The bytes of a module, put together section by section for tests.
struct ModuleBytes {
    var types: [[UInt8]] = []
    var imports: [[UInt8]] = []
    var functions: [UInt8] = []
    var tables: [[UInt8]] = []
    var memories: [[UInt8]] = []
    var tags: [[UInt8]] = []
    var globals: [[UInt8]] = []
    var exports: [[UInt8]] = []
    var start: UInt8?
    var elements: [[UInt8]] = []
    var dataCount: UInt8?
    var bodies: [[UInt8]] = []
    var data: [[UInt8]] = []

    static func leb(_ number: Int) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        repeat {
            let low = UInt8(rest & 0x7F)
            rest >>= 7
            bytes.append(rest == 0 ? low : low | 0x80)
        } while rest != 0
        return bytes
    }

    static func name(_ text: String) -> [UInt8] { leb(text.utf8.count) + Array(text.utf8) }

    static func functionType(_ parameters: [UInt8], _ results: [UInt8]) -> [UInt8] {
        [0x60] + leb(parameters.count) + parameters + leb(results.count) + results
    }

    /// A body with its size: locals in groups, then code with its `end`.
    static func body(locals: [(Int, UInt8)] = [], _ code: [UInt8]) -> [UInt8] {
        var contents = leb(locals.count)
        for (count, type) in locals { contents += leb(count) + [type] }
        contents += code + [0x0B]
        return leb(contents.count) + contents
    }

    var bytes: [UInt8] {
        var result: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
        func section(_ id: UInt8, _ contents: [UInt8]) {
            result += [id] + Self.leb(contents.count) + contents
        }
        func vector(_ id: UInt8, _ entries: [[UInt8]]) {
            if !entries.isEmpty { section(id, Self.leb(entries.count) + entries.flatMap { $0 }) }
        }
        vector(1, types)
        vector(2, imports)
        if !functions.isEmpty { section(3, Self.leb(functions.count) + functions) }
        vector(4, tables)
        vector(5, memories)
        vector(13, tags)
        vector(6, globals)
        vector(7, exports)
        if let start { section(8, [start]) }
        vector(9, elements)
        if let dataCount { section(12, [dataCount]) }
        vector(10, bodies)
        vector(11, data)
        return result
    }

    /// What the function cases run in: functions 0 `[i32] -> [i32]` (type 1) and 1 `[i32 i32] -> [i32 i64]` (type 2),
    /// 2 the function under test (type 3); table 0 funcref, 1 externref; a memory; globals 0 `mut i32`, 1 `i64`,
    /// 2 `mut externref`; element segments 0 passive and 1 declarative, both of function 0; one passive data segment.
    static func environment(parameters: [UInt8], results: [UInt8], body: [UInt8]) -> ModuleBytes {
        var module = ModuleBytes()
        module.types = [
            functionType([], []), functionType([0x7F], [0x7F]), functionType([0x7F, 0x7F], [0x7F, 0x7E]),
            functionType(parameters, results), functionType([], [0x7F, 0x7F]), functionType([0x7F], []),
        ]
        module.functions = [1, 2, 3]
        module.tables = [[0x70, 0, 10], [0x6F, 0, 5]]
        module.memories = [[0, 1]]
        module.globals = [
            [0x7F, 1, 0x41, 0, 0x0B], [0x7E, 0, 0x42, 0, 0x0B], [0x6F, 1, 0xD0, 0x6F, 0x0B],
        ]
        module.elements = [[1, 0, 1, 0], [3, 0, 1, 0]]
        module.dataCount = 1
        module.data = [[1, 1, 0xAA]]
        module.bodies = [Self.body([0x20, 0]), Self.body([0x41, 0, 0x42, 0]), body]
        return module
    }
}
