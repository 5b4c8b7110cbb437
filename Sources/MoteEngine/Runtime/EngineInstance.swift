package import CPlatform
internal import MoteMemory
package import MoteModule

/// An instance of a module in a store.
///
/// A handle; the instance lives until ``destroy()``, and longer where others may hold its references.
package struct EngineInstance {
    package let state: UnsafeMutablePointer<InstanceState>

    package init(state: UnsafeMutablePointer<InstanceState>) { self.state = state }

    package var store: EngineStore { EngineStore(state: state.pointee.store) }
    package var module: EngineModule { EngineModule(state: state.pointee.module) }
    /// The C structure that code reads.
    package var base: UnsafeMutablePointer<MoteInstance> { state.base }

    /// What the instance exports under a name (UTF-8); nil where it exports nothing of that name.
    ///
    /// O(log exports).
    package func export(named name: UnsafeBufferPointer<UInt8>) -> ExternalValue? {
        ModuleQueries.export(named: name, in: module.module).flatMap { export($0.pointee) }
    }

    /// What a declared export is.
    package func export(_ declaration: ExportDeclaration) -> ExternalValue? {
        let index = declaration.index
        switch declaration.kind {
        case .function: return function(at: index).map { .function($0) }
        case .table: return table(at: index).map { .table($0) }
        case .memory: return memory(at: index).map { .memory($0) }
        case .global: return global(at: index).map { .global($0) }
        case .tag: return tag(at: index).map { .tag($0) }
        }
    }

    /// The function with an index in the module's index space, if it can be referred to.
    package func function(at index: UInt32) -> UnsafeMutablePointer<MoteFunction>? {
        let module = state.pointee.module.pointee.module
        if Int(index) < module.pointee.importedFunctionCount {
            return state.pointee.base.importedFunctions?[Int(index)]
        }
        guard let rank = module.referencedRank(of: index),
            let records = state.pointee.base.functionRecords
        else { return nil }
        return records + rank
    }

    package func table(at index: UInt32) -> UnsafeMutablePointer<MoteTable>? {
        guard Int(index) < state.pointee.module.pointee.module.pointee.tables.count else { return nil }
        return state.pointee.base.tables?[Int(index)]
    }

    package func memory(at index: UInt32) -> UnsafeMutablePointer<MoteMemory>? {
        guard Int(index) < state.pointee.module.pointee.module.pointee.memories.count else { return nil }
        return state.pointee.base.memories?[Int(index)]
    }

    package func tag(at index: UInt32) -> UnsafeMutablePointer<MoteTag>? {
        guard Int(index) < state.pointee.module.pointee.module.pointee.tags.count else { return nil }
        return state.pointee.base.tags?[Int(index)]
    }

    package func global(at index: UInt32) -> GlobalCell? {
        let module = state.pointee.module.pointee.module
        guard let declaration = module.pointee.globals[checked: Int(index)] else { return nil }
        if Int(index) < module.pointee.importedGlobalCount {
            return state.pointee.importedGlobalCells?[Int(index)]
        }
        guard let globals = state.pointee.base.globals else { return nil }
        return GlobalCell(slots: globals + Int(declaration.slot), type: declaration.type, owner: state.base)
    }

    /// The environment that calls use when the caller has none: the instance's own where its limits say a
    /// size, the store's otherwise.
    ///
    /// Made at first need.
    package func environment() throws(EngineError) -> EngineEnvironment {
        if let environment = state.pointee.environment { return EngineEnvironment(state: environment) }
        guard let size = state.pointee.ownLimits?.pointee.operandStackSizeInBytes else {
            return try store.defaultEnvironment()
        }
        let environment = try EngineEnvironment.create(in: store, operandStackSizeInBytes: size)
        state.pointee.environment = environment.state
        environment.state.pointee.ownerInstance = state
        return environment
    }
}
