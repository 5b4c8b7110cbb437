internal import MoteEngine

extension Instance {
    /// Everything that it exports, by name.
    public var exports: [String: ExternalValue] {
        var values: [String: ExternalValue] = [:]
        for type in module.exports { values[type.name] = export(type.name) }
        return values
    }

    /// What it exports under a name.
    public func export(_ name: String) -> ExternalValue? {
        var name = name
        switch name.withUTF8({ engine.export(named: $0) }) {
        case .function(let pointer): return .function(Function(pointer: pointer, store: store, owner: self))
        case .memory(let pointer):
            let access = MemoryAccess(pointer: pointer, instance: engine.base)
            return .memory(Memory(access: access, store: store, owner: self))
        case .table(let pointer): return .table(Table(pointer: pointer, store: store, owner: self))
        case .global(let cell): return .global(Global(cell: cell, store: store, owner: self))
        case .tag(let pointer): return .tag(Tag(pointer: pointer, store: store, owner: self))
        case .unlinkedFunction, nil: return nil
        }
    }

    /// The function that it exports under a name.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)``.
    public func function(_ name: String) throws(RuntimeError) -> Function {
        guard case .function(let function) = export(name) else {
            throw .export(name: name, wanted: "function")
        }
        return function
    }

    /// The function that it exports under a name, as a Swift function of a type.
    ///
    /// The types are compared once, here. The function holds the instance. It throws what
    /// ``Function/call(_:in:)`` throws.
    /// - Throws: ``RuntimeError/export(name:wanted:)``, ``RuntimeError/signature(function:actual:wanted:)``.
    public func function<each Parameter: WasmValue, each Result: WasmValue>(
        _ name: String,
        as type: ((repeat each Parameter) -> (repeat each Result)).Type,
        in environment: ExecutionEnvironment? = nil
    ) throws(RuntimeError) -> (repeat each Parameter) throws -> (repeat each Result) {
        try function(name).typed(as: type, name: name, in: environment)
    }

    /// The memory that it exports under a name.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)``.
    public func memory(_ name: String = "memory") throws(RuntimeError) -> Memory {
        guard case .memory(let memory) = export(name) else { throw .export(name: name, wanted: "memory") }
        return memory
    }

    /// The tag that it exports under a name.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)``.
    public func tag(_ name: String) throws(RuntimeError) -> Tag {
        guard case .tag(let tag) = export(name) else { throw .export(name: name, wanted: "tag") }
        return tag
    }

    /// The table that it exports under a name.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)``.
    public func table(_ name: String) throws(RuntimeError) -> Table {
        guard case .table(let table) = export(name) else { throw .export(name: name, wanted: "table") }
        return table
    }

    /// The global that it exports under a name.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)``.
    public func global(_ name: String) throws(RuntimeError) -> Global {
        guard case .global(let global) = export(name) else { throw .export(name: name, wanted: "global") }
        return global
    }

    /// Runs it as a WASI command: calls `_start`, and tells its exit code.
    ///
    /// - Throws: what the call throws, but for ``RuntimeError/exit(code:)``.
    public func runCommand(in environment: ExecutionEnvironment? = nil) throws -> UInt32 {
        do {
            _ = try function("_start").call([], in: environment)
            return 0
        } catch RuntimeError.exit(let code) {
            return code
        }
    }

    /// Prepares it as a WASI reactor: calls `_initialize` where it exports one.
    public func initializeReactor(in environment: ExecutionEnvironment? = nil) throws {
        guard case .function(let function) = export("_initialize") else { return }
        _ = try function.call([], in: environment)
    }
}
