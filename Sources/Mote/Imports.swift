/// Something that an instance exports, and that another may import.
public enum ExternalValue {
    /// A function.
    case function(Function)
    /// A linear memory.
    case memory(Memory)
    /// A table.
    case table(Table)
    /// A global.
    case global(Global)
    /// An exception tag.
    case tag(Tag)

    /// Its type.
    public var type: ExternalType {
        switch self {
        case .function(let function): .function(function.type)
        case .memory(let memory): .memory(memory.limits)
        case .table(let table): .table(table.elementType, table.limits)
        case .global(let global): .global(global.valueType, isMutable: global.isMutable)
        case .tag(let tag): .tag(parameters: tag.parameters)
        }
    }
}

/// What can stand in ``Imports``: ``Function``, ``Memory``, ``Table``, ``Global``, ``Tag``.
public protocol Importable {
    /// The same as one of the five kinds.
    var externalValue: ExternalValue { get }
}

extension ExternalValue: Importable {
    /// Itself.
    public var externalValue: ExternalValue { self }
}

extension Function: Importable {
    /// The function.
    public var externalValue: ExternalValue { .function(self) }
}

extension Memory: Importable {
    /// The memory.
    public var externalValue: ExternalValue { .memory(self) }
}

extension Table: Importable {
    /// The table.
    public var externalValue: ExternalValue { .table(self) }
}

extension Global: Importable {
    /// The global.
    public var externalValue: ExternalValue { .global(self) }
}

extension Tag: Importable {
    /// The tag.
    public var externalValue: ExternalValue { .tag(self) }
}

/// What a module's imports are looked up in: names of modules, and names within them.
public struct Imports: ExpressibleByDictionaryLiteral {
    private var modules: [String: [String: any Importable]] = [:]
    /// The WASI that some of the functions belong to: where an exit code is to be found.
    private(set) var wasi: WASI?

    /// Nothing.
    public init() {}

    /// The entities of some modules, by name.
    public init(dictionaryLiteral elements: (String, [String: any Importable])...) {
        for (module, entities) in elements { add(entities, to: module) }
    }

    /// WASI's functions, under the module name that guests look for.
    public init(_ wasi: WASI) {
        modules[WASI.moduleName] = wasi.functions
        self.wasi = wasi
    }

    /// What is given under two names; setting nil takes it away.
    public subscript(module: String, name: String) -> (any Importable)? {
        get { modules[module]?[name] }
        set { modules[module, default: [:]][name] = newValue }
    }

    /// Adds entities under a module name; what is there under the same name is replaced.
    public mutating func add(_ entities: [String: any Importable], to module: String) {
        modules[module, default: [:]].merge(entities) { $1 }
    }

    /// Adds everything that an instance exports under a module name.
    public mutating func add(exportsOf instance: Instance, as module: String) {
        for (name, value) in instance.exports { self[module, name] = value }
    }

    /// Adds all of another; what is there under the same names is replaced.
    public mutating func add(_ other: Imports) {
        for (module, entities) in other.modules { add(entities, to: module) }
        wasi = other.wasi ?? wasi
    }

    /// Both; where both have a name, the right one's.
    public static func + (left: Imports, right: Imports) -> Imports {
        var sum = left
        sum.add(right)
        return sum
    }
}
