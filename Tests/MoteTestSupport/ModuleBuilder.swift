package import MoteModule

/// Encodes modules for tests: the mirror image of the decoder, section by section.
///
/// Sections appear in the order of the format; what is never added is left out. `raw` sections stand where they are
/// asked for, so that malformed modules can be built too.
package struct ModuleBuilder {
    /// Entries of each section, already encoded.
    package var types: [[UInt8]] = []
    package var imports: [[UInt8]] = []
    package var functionTypes: [UInt32] = []
    package var tables: [[UInt8]] = []
    package var memories: [[UInt8]] = []
    package var tags: [[UInt8]] = []
    package var globals: [[UInt8]] = []
    package var exports: [[UInt8]] = []
    package var start: UInt32?
    package var elements: [[UInt8]] = []
    package var dataCount: UInt32?
    package var codes: [[UInt8]] = []
    package var dataSegments: [[UInt8]] = []
    /// Complete sections behind the others: id, contents.
    package var trailing: [(id: UInt8, contents: [UInt8])] = []

    package init() {}

    // MARK: - Primitives

    package static func unsigned(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        repeat {
            let byte = UInt8(rest & 0x7F)
            rest >>= 7
            bytes.append(rest == 0 ? byte : byte | 0x80)
        } while rest != 0
        return bytes
    }

    package static func unsigned(_ value: UInt32) -> [UInt8] { unsigned(UInt64(value)) }
    package static func unsigned(_ value: Int) -> [UInt8] { unsigned(UInt64(value)) }

    package static func signed(_ value: Int64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while true {
            let byte = UInt8(rest & 0x7F)
            rest >>= 7
            if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
                bytes.append(byte)
                return bytes
            }
            bytes.append(byte | 0x80)
        }
    }

    package static func name(_ text: String) -> [UInt8] { sized(Array(text.utf8)) }
    package static func sized(_ bytes: [UInt8]) -> [UInt8] { unsigned(bytes.count) + bytes }
    package static func vector(_ entries: [[UInt8]]) -> [UInt8] {
        unsigned(entries.count) + entries.flatMap { $0 }
    }

    /// A value type with abstract or concrete heap type (a type index).
    package static func valueType(_ type: ValueType) -> [UInt8] {
        guard type.isReference else { return [type.kind] }
        if type.heapType.isConcrete { return [type.kind] + signed(Int64(type.heapType.rawValue)) }
        let heap = UInt8(truncatingIfNeeded: type.heapType.rawValue)
        return type.isNullable ? [heap] : [0x64, heap]
    }

    /// Flags, least and most.
    package static func limits(
        _ minimum: UInt64,
        _ maximum: UInt64? = nil,
        is64: Bool = false,
        isShared: Bool = false
    ) -> [UInt8] {
        let flags = (maximum == nil ? 0 : 1) | (isShared ? 2 : 0) | (is64 ? 4 : 0)
        return [UInt8(flags)] + unsigned(minimum) + (maximum.map { unsigned($0) } ?? [])
    }

    /// An opcode's bytes.
    package static func opcode(_ opcode: Opcode) -> [UInt8] {
        let raw = opcode.rawValue
        switch raw {
        case ..<0x100: return [UInt8(raw)]
        case ..<0x200: return [0xFB] + unsigned(UInt64(raw - 0x100))
        case ..<0x300: return [0xFC] + unsigned(UInt64(raw - 0x200))
        case ..<0x500: return [0xFD] + unsigned(UInt64(raw - 0x300))
        default: return [0xFE] + unsigned(UInt64(raw - 0x500))
        }
    }

    /// An `i32.const` and its `end`.
    package static func constant(_ value: Int32) -> [UInt8] { [0x41] + signed(Int64(value)) + [0x0B] }

    // MARK: - Entries; each returns its index

    /// A function type, final and without supertype.
    @discardableResult
    package mutating func functionType(_ parameters: [ValueType] = [], _ results: [ValueType] = []) -> UInt32
    {
        types.append(
            [0x60] + Self.vector(parameters.map(Self.valueType)) + Self.vector(results.map(Self.valueType))
        )
        return UInt32(types.count - 1)
    }

    /// Imports must be added before functions, tables, memories and globals are defined.
    @discardableResult
    package mutating func importFunction(_ module: String, _ field: String, type: UInt32) -> UInt32 {
        imports.append(Self.name(module) + Self.name(field) + [0] + Self.unsigned(type))
        return UInt32(imports.count { $0[entityKindOffset($0)] == 0 } - 1)
    }

    package mutating func importTable(
        _ module: String,
        _ field: String,
        _ type: ValueType,
        _ limits: [UInt8]
    ) {
        imports.append(Self.name(module) + Self.name(field) + [1] + Self.valueType(type) + limits)
    }

    package mutating func importMemory(_ module: String, _ field: String, _ limits: [UInt8]) {
        imports.append(Self.name(module) + Self.name(field) + [2] + limits)
    }

    /// Gives the tag's index.
    @discardableResult
    package mutating func importTag(_ module: String, _ field: String, type: UInt32) -> UInt32 {
        imports.append(Self.name(module) + Self.name(field) + [4, 0] + Self.unsigned(type))
        return UInt32(imports.count { $0[entityKindOffset($0)] == 4 } - 1)
    }

    /// Gives the tag's index.
    @discardableResult
    package mutating func tag(type: UInt32) -> UInt32 {
        tags.append([0] + Self.unsigned(type))
        return UInt32(imports.count { $0[entityKindOffset($0)] == 4 } + tags.count - 1)
    }

    package mutating func importGlobal(
        _ module: String,
        _ field: String,
        _ type: ValueType,
        isMutable: Bool = false
    ) {
        imports.append(
            Self.name(module) + Self.name(field) + [3] + Self.valueType(type) + [isMutable ? 1 : 0]
        )
    }

    /// A function: locals as (count, type) and instructions without the last `end`.
    @discardableResult
    package mutating func function(
        type: UInt32,
        locals: [(UInt32, ValueType)] = [],
        _ instructions: [UInt8]
    ) -> UInt32 {
        functionTypes.append(type)
        let declarations = Self.vector(locals.map { Self.unsigned($0.0) + Self.valueType($0.1) })
        codes.append(Self.sized(declarations + instructions + [0x0B]))
        return UInt32(imports.count { $0[entityKindOffset($0)] == 0 } + functionTypes.count - 1)
    }

    package mutating func table(_ type: ValueType, _ limits: [UInt8]) {
        tables.append(Self.valueType(type) + limits)
    }

    package mutating func memory(_ limits: [UInt8]) { memories.append(limits) }

    /// A global with a complete initialiser (its `end` included).
    package mutating func global(_ type: ValueType, isMutable: Bool = false, _ initializer: [UInt8]) {
        globals.append(Self.valueType(type) + [isMutable ? 1 : 0] + initializer)
    }

    package mutating func export(_ name: String, _ kind: ExternalKind, _ index: UInt32) {
        exports.append(Self.name(name) + [kind.rawValue] + Self.unsigned(index))
    }

    /// An active segment of function indices in table 0.
    package mutating func element(at offset: Int32, _ functions: [UInt32]) {
        elements.append([0] + Self.constant(offset) + Self.vector(functions.map { Self.unsigned($0) }))
    }

    /// A passive segment of function indices.
    package mutating func passiveElement(_ functions: [UInt32]) {
        elements.append([1, 0] + Self.vector(functions.map { Self.unsigned($0) }))
    }

    /// An active data segment in memory 0.
    package mutating func data(at offset: Int32, _ bytes: [UInt8]) {
        dataSegments.append([0] + Self.constant(offset) + Self.sized(bytes))
    }

    package mutating func passiveData(_ bytes: [UInt8]) { dataSegments.append([1] + Self.sized(bytes)) }

    package mutating func custom(_ name: String, _ contents: [UInt8]) {
        trailing.append((0, Self.name(name) + contents))
    }

    /// A name section with a module name and functions' names.
    package mutating func names(module: String, functions: [(UInt32, String)]) {
        let map = Self.vector(functions.map { Self.unsigned($0.0) + Self.name($0.1) })
        custom("name", [0] + Self.sized(Self.name(module)) + [1] + Self.sized(map))
    }

    // MARK: - The module

    package static let header: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]

    package static func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] { [id] + sized(contents) }

    /// The encoded module.
    package func build() -> [UInt8] {
        var out = Self.header
        func add(_ id: UInt8, _ entries: [[UInt8]]) {
            if !entries.isEmpty { out += Self.section(id, Self.vector(entries)) }
        }
        add(1, types)
        add(2, imports)
        add(3, functionTypes.map { Self.unsigned($0) })
        add(4, tables)
        add(5, memories)
        add(13, tags)
        add(6, globals)
        add(7, exports)
        if let start { out += Self.section(8, Self.unsigned(start)) }
        add(9, elements)
        if let dataCount { out += Self.section(12, Self.unsigned(dataCount)) }
        add(10, codes)
        add(11, dataSegments)
        for section in trailing { out += Self.section(section.id, section.contents) }
        return out
    }

    /// Where an encoded import has its kind: behind two names of less than 128 bytes.
    private func entityKindOffset(_ entry: [UInt8]) -> Int {
        let second = 1 + Int(entry[0])
        return second + 1 + Int(entry[second])
    }
}
