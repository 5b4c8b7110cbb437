/// Builds small modules from sections; the tests' own encoder, so that the engine's tests need no other room's.
struct TestModule {
    static let i32: UInt8 = 0x7F
    static let i64: UInt8 = 0x7E
    static let funcref: UInt8 = 0x70
    static let externref: UInt8 = 0x6F

    private var types: [[UInt8]] = []
    private var imports: [[UInt8]] = []
    private var functions: [[UInt8]] = []
    private var tables: [[UInt8]] = []
    private var memories: [[UInt8]] = []
    private var globals: [[UInt8]] = []
    private var exports: [[UInt8]] = []
    private var start: Int?
    private var elements: [[UInt8]] = []
    private var bodies: [[UInt8]] = []
    private var data: [[UInt8]] = []
    private var counts = [0, 0, 0, 0]

    static func leb(_ value: Int) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        repeat {
            let byte = UInt8(rest & 0x7F)
            rest >>= 7
            bytes.append(rest == 0 ? byte : byte | 0x80)
        } while rest != 0
        return bytes
    }

    static func signed(_ value: Int) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while true {
            let byte = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
                return bytes + [byte]
            }
            bytes.append(byte | 0x80)
        }
    }

    /// `i32.const value`.
    static func const32(_ value: Int) -> [UInt8] { [0x41] + signed(value) }

    private static func name(_ text: String) -> [UInt8] { leb(text.utf8.count) + Array(text.utf8) }
    private static func limits(_ minimum: Int, _ maximum: Int?) -> [UInt8] {
        if let maximum { return [1] + leb(minimum) + leb(maximum) }
        return [0] + leb(minimum)
    }

    mutating func type(_ parameters: [UInt8], _ results: [UInt8]) -> Int {
        types.append([0x60] + Self.leb(parameters.count) + parameters + Self.leb(results.count) + results)
        return types.count - 1
    }

    private mutating func add(_ kind: Int) -> Int {
        counts[kind] += 1
        return counts[kind] - 1
    }

    mutating func importFunction(_ module: String, _ field: String, _ type: Int) -> Int {
        imports.append(Self.name(module) + Self.name(field) + [0] + Self.leb(type))
        return add(0)
    }
    mutating func importTable(_ module: String, _ field: String, _ minimum: Int, _ element: UInt8 = funcref)
        -> Int
    {
        imports.append(Self.name(module) + Self.name(field) + [1, element] + Self.limits(minimum, nil))
        return add(1)
    }
    mutating func importMemory(_ module: String, _ field: String, _ minimum: Int, _ maximum: Int? = nil)
        -> Int
    {
        imports.append(Self.name(module) + Self.name(field) + [2] + Self.limits(minimum, maximum))
        return add(2)
    }
    mutating func importGlobal(_ module: String, _ field: String, _ type: UInt8, mutable: Bool) -> Int {
        imports.append(Self.name(module) + Self.name(field) + [3, type, mutable ? 1 : 0])
        return add(3)
    }

    /// A function; `body` without its `end`.
    mutating func function(_ type: Int, locals: [UInt8] = [], _ body: [UInt8]) -> Int {
        functions.append(Self.leb(type))
        let code = Self.leb(locals.count) + locals.flatMap { [1, $0] } + body + [0x0B]
        bodies.append(Self.leb(code.count) + code)
        return add(0)
    }
    mutating func table(_ minimum: Int, _ maximum: Int? = nil, _ element: UInt8 = funcref) -> Int {
        tables.append([element] + Self.limits(minimum, maximum))
        return add(1)
    }
    mutating func memory(_ minimum: Int, _ maximum: Int? = nil) -> Int {
        memories.append(Self.limits(minimum, maximum))
        return add(2)
    }
    /// Bits of `flags`: 0 maximum (set where there is one), 1 shared, 2 addresses of 64 bits, 3 page size.
    mutating func memory(flags: UInt8, _ minimum: Int, _ maximum: Int? = nil, pageSizeLog2: Int = 16) -> Int {
        var bytes = Self.limits(minimum, maximum)
        bytes[0] |= flags
        memories.append(bytes + (flags & 8 != 0 ? Self.leb(pageSizeLog2) : []))
        return add(2)
    }
    /// With 64-bit indices.
    mutating func table64(_ minimum: Int, _ maximum: Int? = nil) -> Int {
        var bytes = Self.limits(minimum, maximum)
        bytes[0] |= 4
        tables.append([Self.funcref] + bytes)
        return add(1)
    }
    mutating func global(_ type: UInt8, mutable: Bool, _ initializer: [UInt8]) -> Int {
        globals.append([type, mutable ? 1 : 0] + initializer + [0x0B])
        return add(3)
    }
    /// Kinds as in the format: 0 function, 1 table, 2 memory, 3 global.
    mutating func export(_ name: String, _ kind: UInt8, _ index: Int) {
        exports.append(Self.name(name) + [kind] + Self.leb(index))
    }
    mutating func start(_ function: Int) { start = function }
    /// An active segment of function indices for table 0.
    mutating func element(at offset: [UInt8], _ indices: [Int]) {
        elements.append([0] + offset + [0x0B] + Self.leb(indices.count) + indices.flatMap { Self.leb($0) })
    }
    /// Functions that `ref.func` may name.
    mutating func declare(_ indices: [Int]) {
        elements.append([3, 0] + Self.leb(indices.count) + indices.flatMap { Self.leb($0) })
    }
    mutating func data(at offset: [UInt8], _ bytes: [UInt8]) {
        data.append([0] + offset + [0x0B] + Self.leb(bytes.count) + bytes)
    }

    var bytes: [UInt8] {
        func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
            guard !items.isEmpty else { return [] }
            let contents = Self.leb(items.count) + items.flatMap { $0 }
            return [id] + Self.leb(contents.count) + contents
        }
        var all: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
        all += section(1, types) + section(2, imports) + section(3, functions) + section(4, tables)
        all += section(5, memories) + section(6, globals) + section(7, exports)
        if let start {
            let index = Self.leb(start)
            all += [8] + Self.leb(index.count) + index
        }
        all += section(9, elements) + section(10, bodies) + section(11, data)
        return all
    }
}
