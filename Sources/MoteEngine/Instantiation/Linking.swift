internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

extension EngineInstance {
    /// Asks for each import, checks it and stores it in the instance's tables.
    static func link(
        _ state: UnsafeMutablePointer<InstanceState>,
        resolve: (ImportRequest) -> ExternalValue?
    ) throws(EngineError) {
        let module = state.pointee.module.pointee.module
        do throws(MemoryError) {
            try allocateIndexSpaces(of: state)
        } catch {
            throw .memory(error)
        }
        let imports = module.pointee.imports
        let registry = state.pointee.store.pointee.runtime.pointee.types
        for position in 0..<imports.count {
            guard let declaration = imports[checked: position] else { break }
            let index = UInt32(truncatingIfNeeded: position)
            let request = ImportRequest(module: module, declaration: declaration, importIndex: position)
            guard let value = resolve(request) else {
                throw .link(LinkError(.unknownImport, importIndex: index))
            }
            guard belongs(value, to: state.pointee.store) else { throw .usage(.foreignStore) }
            guard ImportMatching.matches(value, declaration, in: module, registry) else {
                throw .link(LinkError(.incompatibleImportType, importIndex: index))
            }
            do throws(MemoryError) {
                try accept(value, at: Int(declaration.index), in: state)
            } catch {
                throw .memory(error)
            }
        }
    }

    /// Tables of pointers for the module's index spaces, with exactly as many entries.
    private static func allocateIndexSpaces(of state: UnsafeMutablePointer<InstanceState>) throws(MemoryError)
    {
        let module = state.pointee.module.pointee.module
        let arena = state.pointee.arena
        if module.pointee.importedFunctionCount > 0 {
            state.pointee.base.importedFunctions = try arena.allocateZeroed(
                UnsafeMutablePointer<MoteFunction>?.self,
                count: module.pointee.importedFunctionCount,
                region: .structures,
                site: .instanceImportedFunctions
            )
        }
        if module.pointee.tables.count > 0 {
            state.pointee.base.tables = try arena.allocateZeroed(
                UnsafeMutablePointer<MoteTable>?.self,
                count: module.pointee.tables.count,
                region: .structures,
                site: .instanceTables
            )
        }
        if module.pointee.memories.count > 0 {
            state.pointee.base.memories = try arena.allocateZeroed(
                UnsafeMutablePointer<MoteMemory>?.self,
                count: module.pointee.memories.count,
                region: .structures,
                site: .instanceMemories
            )
        }
        if module.pointee.tags.count > 0 {
            state.pointee.base.tags = try arena.allocateZeroed(
                UnsafeMutablePointer<MoteTag>?.self,
                count: module.pointee.tags.count,
                region: .structures,
                site: .instanceTags
            )
        }
        guard module.pointee.importedGlobalCount > 0 else { return }
        state.pointee.base.importedGlobals = try arena.allocateZeroed(
            UnsafeMutablePointer<UInt64>?.self,
            count: module.pointee.importedGlobalCount,
            region: .structures,
            site: .instanceImportedGlobals
        )
        state.pointee.importedGlobalCells = try arena.allocate(
            GlobalCell.self,
            count: module.pointee.importedGlobalCount,
            region: .structures,
            site: .instanceImportedGlobalCells
        )
    }

    /// Whether a value can be used in a store at all.
    @inline(never)
    private static func belongs(_ value: ExternalValue, to store: UnsafeMutablePointer<StoreState>) -> Bool {
        switch value {
        case .function(let function):
            if let instance = function.pointee.instance { return instance.state.pointee.store == store }
            let record = UnsafeMutableRawPointer(function).assumingMemoryBound(to: HostFunctionRecord.self)
            return record.pointee.store == store
        case .table(let table):
            return table.pointee.owner.map { $0.state.pointee.store == store } ?? true
        case .memory(let memory):
            return memory.instance.pointee.owner.map { $0.state.pointee.store == store } ?? true
        case .global(let cell):
            return cell.owner.map { $0.state.pointee.store == store } ?? true
        case .tag(let tag):
            guard Build.hasExceptions else { return false }
            if let owner = tag.pointee.owner { return owner.state.pointee.store == store }
            return UnsafeMutableRawPointer(tag).assumingMemoryBound(to: HostTagRecord.self).pointee.store
                == store
        case .unlinkedFunction:
            return true
        }
    }

    @inline(never)
    private static func accept(
        _ value: ExternalValue,
        at index: Int,
        in state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) {
        switch value {
        case .function(let function): state.pointee.base.importedFunctions?[index] = function
        case .table(let table): state.pointee.base.tables?[index] = table
        case .memory(let memory): state.pointee.base.memories?[index] = memory
        case .global(let cell):
            state.pointee.base.importedGlobals?[index] = cell.slots
            state.pointee.importedGlobalCells?[index] = cell
        case .unlinkedFunction:
            state.pointee.base.importedFunctions?[index] = try makeUnlinked(index, in: state)
        case .tag(let tag): state.pointee.base.tags?[index] = tag
        }
    }

    /// A host function that only traps, with the declared type.
    @inline(never)
    private static func makeUnlinked(
        _ index: Int,
        in state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteFunction>? {
        let module = state.pointee.module.pointee.module
        let functionIndex = UInt32(truncatingIfNeeded: index)
        guard let type = module.functionType(of: functionIndex) else { return nil }
        let record = try state.pointee.arena.allocate(
            HostFunctionRecord.self,
            count: 1,
            region: .structures,
            site: .instanceUnlinkedFunction
        )
        var function = MoteFunction()
        function.typeID = type.pointee.canonicalID
        function.functionIndex = functionIndex
        function.parameterSlots = type.pointee.parameterSlots
        function.resultSlots = type.pointee.resultSlots
        function.isHost = 1
        record.initialize(
            to: HostFunctionRecord(
                function: function,
                handler: callReference,
                native: nil,
                type: type.pointee,
                typeGroup: nil,
                finalizer: nil,
                store: state.pointee.store,
                next: nil
            )
        )
        return UnsafeMutableRawPointer(record).assumingMemoryBound(to: MoteFunction.self)
    }

    /// Keeps alive whatever the instance imports from, and the instance where it can give references away.
    static func joinGroups(of state: UnsafeMutablePointer<InstanceState>) {
        let module = state.pointee.module.pointee.module
        let base = state.base
        for index in 0..<module.pointee.importedFunctionCount {
            if let owner = base.pointee.importedFunctions?[index]?.pointee.instance { join(owner, state) }
        }
        for index in 0..<module.pointee.importedTableCount {
            guard let table = base.pointee.tables?[index] else { continue }
            if let owner = table.pointee.owner { join(owner, state) } else { pin(state) }
        }
        for index in 0..<module.pointee.importedMemoryCount {
            if let owner = base.pointee.memories?[index]?.instance.pointee.owner { join(owner, state) }
        }
        for index in 0..<(Build.hasExceptions ? module.pointee.importedTagCount : 0) {
            if let owner = base.pointee.tags?[index]?.pointee.owner { join(owner, state) }
        }
        for index in 0..<module.pointee.importedGlobalCount {
            guard let cell = state.pointee.importedGlobalCells?[index] else { continue }
            if let owner = cell.owner {
                join(owner, state)
            } else if cell.type.isMutable, cell.type.valueType.isReference {
                pin(state)
            }
        }
    }

    @inline(never)
    private static func join(
        _ owner: UnsafeMutablePointer<MoteInstance>,
        _ state: UnsafeMutablePointer<InstanceState>
    ) {
        let store = state.pointee.store
        mote_lock_acquire(store.lock)
        if owner.state != state { owner.state.pointee.isEscaped = true }
        LinkGroup.join(owner.state, state)
        mote_lock_release(store.lock)
    }

    /// The store's own tables and globals may show its references to anyone: they stay with the store.
    @inline(never)
    private static func pin(_ state: UnsafeMutablePointer<InstanceState>) {
        mote_lock_acquire(state.pointee.store.lock)
        state.pointee.link.leader.pointee.link.isPinned = true
        mote_lock_release(state.pointee.store.lock)
    }
}
