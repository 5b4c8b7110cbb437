internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// The type of a WebAssembly value.
public enum ValueType: Hashable, Sendable {
    /// 32-bit integer.
    case i32
    /// 64-bit integer.
    case i64
    /// 32-bit floating point.
    case f32
    /// 64-bit floating point.
    case f64
    /// 128-bit vector.
    case v128
    /// Nullable reference to a function.
    case funcref
    /// Nullable reference to something of the host.
    case externref
    /// Nullable reference to anything of the guest's: a struct, an array, a small integer, or what was external.
    case anyref
    /// Nullable reference to a struct, an array or a small integer.
    case eqref
    /// Nullable reference that is a small integer.
    case i31ref
    /// Nullable reference to a struct.
    case structref
    /// Nullable reference to an array.
    case arrayref
    /// Nullable reference to an exception.
    case exnref
    /// Another reference type: one that is never null, or refers to one of a module's types.
    case otherReference
}

extension ValueType: CustomStringConvertible {
    /// The spelling of the text format.
    public var description: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .funcref: "funcref"
        case .externref: "externref"
        case .anyref: "anyref"
        case .eqref: "eqref"
        case .i31ref: "i31ref"
        case .structref: "structref"
        case .arrayref: "arrayref"
        case .exnref: "exnref"
        case .otherReference: "ref"
        }
    }
}

extension ValueType {
    init(_ type: EngineValueType) {
        self =
            switch type {
            case .i32: .i32
            case .i64: .i64
            case .f32: .f32
            case .f64: .f64
            case .v128: .v128
            case .funcref: .funcref
            case .externref: .externref
            case .reference(.any, isNullable: true): .anyref
            case .reference(.eq, isNullable: true): .eqref
            case .reference(.i31, isNullable: true): .i31ref
            case .reference(.structure, isNullable: true): .structref
            case .reference(.array, isNullable: true): .arrayref
            case .reference(.exception, isNullable: true): .exnref
            default: .otherReference
            }
    }

    var engineType: EngineValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .funcref: .funcref
        case .externref: .externref
        case .anyref, .otherReference: .reference(.any, isNullable: true)
        case .eqref: .reference(.eq, isNullable: true)
        case .i31ref: .reference(.i31, isNullable: true)
        case .structref: .reference(.structure, isNullable: true)
        case .arrayref: .reference(.array, isNullable: true)
        case .exnref: .reference(.exception, isNullable: true)
        }
    }
}

/// The parameters and results of a function.
public struct FunctionType: Hashable, Sendable {
    /// In the order of the call.
    public var parameters: [ValueType]
    /// In the order of the return.
    public var results: [ValueType]

    /// A function type.
    public init(parameters: [ValueType], results: [ValueType] = []) {
        self.parameters = parameters
        self.results = results
    }

    init(_ type: DefinedType) {
        parameters = Array(type.parameters)
        results = Array(type.results)
    }
}

extension FunctionType: CustomStringConvertible {
    /// As `(i32, i32) -> i64`.
    public var description: String {
        let left = parameters.map(\.description).joined(separator: ", ")
        let right = results.map(\.description).joined(separator: ", ")
        return "(\(left)) -> \(results.count == 1 ? right : "(\(right))")"
    }
}

extension Array where Element == ValueType {
    init(_ items: Items<EngineValueType>) {
        self = (0..<items.count).compactMap { items[checked: $0].map { ValueType($0) } }
    }
}

/// The smallest and largest size of a memory, in pages, or of a table, in elements.
public struct Limits: Hashable, Sendable {
    /// Size when it is made.
    public var minimum: UInt64
    /// Nil: none declared.
    public var maximum: UInt64?
    /// Whether addresses, or indices, are i64.
    public var is64: Bool
    /// Memories: whether several threads may use it at once; then it has a maximum.
    public var isShared: Bool
    /// Memories: bytes of a page, 65,536 or 1.
    public var pageSizeInBytes: UInt64

    /// Limits of a memory or table.
    public init(
        minimum: UInt64,
        maximum: UInt64? = nil,
        is64: Bool = false,
        isShared: Bool = false,
        pageSizeInBytes: UInt64 = 65536
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.is64 = is64
        self.isShared = isShared
        self.pageSizeInBytes = pageSizeInBytes
    }
}

extension Limits: CustomStringConvertible {
    /// As `1` or `1 to 16`.
    public var description: String { maximum.map { "\(minimum) to \($0)" } ?? "\(minimum) or more" }
}

/// The type of something that is imported or exported.
public enum ExternalType: Hashable, Sendable {
    /// A function.
    case function(FunctionType)
    /// A linear memory; sizes in pages.
    case memory(Limits)
    /// A table of references.
    case table(ValueType, Limits)
    /// A global variable or constant.
    case global(ValueType, isMutable: Bool)
    /// An exception tag, and what its exceptions carry.
    case tag(parameters: [ValueType])
}

extension ExternalType: CustomStringConvertible {
    /// A phrase such as `function (i32) -> i32` or `memory of 1 to 16 pages`.
    public var description: String {
        switch self {
        case .function(let type): "function \(type)"
        case .memory(let limits):
            "\(limits.kind)memory of \(limits) \(limits.pageSizeInBytes == 1 ? "bytes" : "pages")"
        case .table(let type, let limits): "\(limits.kind)table of \(limits) \(type)"
        case .global(let type, let isMutable): isMutable ? "mutable global \(type)" : "global \(type)"
        case .tag(let parameters): "tag (\(parameters.map(\.description).joined(separator: ", ")))"
        }
    }
}

extension ExternalType {
    /// What a module declares at an index of an index space; nil outside of it.
    init?(_ kind: EngineExternalKind, _ index: UInt32, in module: EngineModuleTables.Pointer) {
        switch kind {
        case .function:
            guard let type = module.pointee.functionType(of: index) else { return nil }
            self = .function(FunctionType(type.pointee))
        case .memory:
            guard let type = module.pointee.memories[checked: Int(index)] else { return nil }
            self = .memory(Limits(type))
        case .table:
            guard let type = module.pointee.tables[checked: Int(index)] else { return nil }
            self = .table(ValueType(type.elementType), Limits(type.limits))
        case .global:
            guard let global = module.pointee.globals[checked: Int(index)] else { return nil }
            self = .global(ValueType(global.type.valueType), isMutable: global.type.isMutable)
        case .tag:
            guard let type = module.pointee.tagType(of: index) else { return nil }
            self = .tag(parameters: [ValueType](type.pointee.parameters))
        }
    }
}

extension Limits {
    init(_ limits: EngineLimits) {
        self.init(
            minimum: limits.minimum,
            maximum: limits.maximum,
            is64: limits.is64,
            isShared: limits.isShared
        )
    }

    init(_ type: EngineMemoryType) {
        self.init(type.limits)
        pageSizeInBytes = 1 << UInt64(type.pageSizeLog2)
    }

    /// What the engine calls them.
    var engineLimits: EngineLimits {
        EngineLimits(minimum: minimum, maximum: maximum, is64: is64, isShared: isShared)
    }

    /// Adjectives for a phrase.
    fileprivate var kind: String { (is64 ? "64-bit " : "") + (isShared ? "shared " : "") }
}
