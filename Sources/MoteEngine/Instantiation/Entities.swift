internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

extension EngineInstance {
    /// Makes the instance's own memories, tables, tags, globals and function records.
    ///
    /// With a peer the memories are the peer's.
    static func makeEntities(
        of state: UnsafeMutablePointer<InstanceState>,
        peer: EngineInstance?
    ) throws(MemoryError) {
        // Not in the store's list yet, so a collection looks here for its globals and tables.
        let store = state.pointee.store
        let outer = store.pointee.collector.initializing
        store.pointee.collector.initializing = state
        defer { store.pointee.collector.initializing = outer }
        let heapBase: UInt64?
        if let peer {
            heapBase = takeMemories(of: peer, for: state)
        } else {
            heapBase = try makeMemories(of: state)
        }
        try makeFunctionRecords(of: state)
        try makeTags(of: state)
        try makeGlobals(of: state, heapBase: heapBase)
        try makeTables(of: state)
        let module = state.pointee.module.pointee.module
        let segments = module.pointee.dataSegments.count &+ module.pointee.elements.count
        if segments > 0 {
            let words =
                UnsafeMutablePointer<InstanceState>.wordCount(module.pointee.dataSegments.count)
                &+ UnsafeMutablePointer<InstanceState>.wordCount(module.pointee.elements.count)
            state.pointee.droppedSegments = try state.pointee.arena.allocateZeroed(
                UInt64.self,
                count: words,
                region: .structures,
                site: .instanceDroppedSegments
            )
        }
        try makeElementValues(of: state)
    }

    /// What the global `__heap_base` is to hold, where an app heap lies there; nil where it keeps its value.
    private static func makeMemories(
        of state: UnsafeMutablePointer<InstanceState>
    ) throws(MemoryError) -> UInt64? {
        let module = state.pointee.module.pointee.module
        let imported = module.pointee.importedMemoryCount
        let count = module.pointee.memories.count &- imported
        guard count > 0 else { return nil }
        let own = try state.pointee.arena.allocate(
            MemoryInstance.self,
            count: count,
            region: .structures,
            site: .instanceOwnMemories
        )
        state.pointee.ownMemories = own
        var heapBase: UInt64?
        for index in 0..<count {
            guard let type = module.pointee.memories.pointer(at: imported &+ index) else { break }
            let isFirst = imported &+ index == 0
            let base = try (own + index).create(
                type: type,
                isFirst: isFirst,
                isChecked: state.pointee.attachesSharedHeaps,
                module: isFirst ? state.pointee.module : nil,
                limits: UnsafePointer(state.pointee.ownLimits),
                store: state.pointee.store,
                owner: state.base,
                arena: state.pointee.arena
            )
            state.pointee.ownMemoryCount &+= 1
            state.pointee.base.memories?[imported &+ index] = (own + index).base
            if isFirst { heapBase = base }
        }
        return heapBase
    }

    /// Whether another thread can have an instance of its own that sees the same memories: there is none, or all are
    /// shared.
    package var canHavePeers: Bool {
        let module = state.pointee.module.pointee.module
        for index in 0..<module.pointee.memories.count
        where module.pointee.memories[checked: index]?.limits.isShared != true { return false }
        return true
    }

    /// The peer's memories in place of own ones; what the peer's `__heap_base` holds.
    private static func takeMemories(
        of peer: EngineInstance,
        for state: UnsafeMutablePointer<InstanceState>
    ) -> UInt64? {
        let module = state.pointee.module.pointee.module
        for index in module.pointee.importedMemoryCount..<module.pointee.memories.count {
            state.pointee.base.memories?[index] = peer.base.pointee.memories?[index]
        }
        let heapBaseIndex = state.pointee.module.pointee.layout.heapBaseGlobalIndex
        return peer.global(at: heapBaseIndex)?.slots.pointee
    }

    /// Chooses the variant of code, and fills the records of functions that may be referred to.
    private static func makeFunctionRecords(of state: UnsafeMutablePointer<InstanceState>) throws(MemoryError)
    {
        let module = state.pointee.module.pointee.module
        let variant = variant(of: state)
        state.pointee.base.variant = UInt32(variant)
        if variant & 1 != 0 { EngineStore(state: state.pointee.store).noteGuardPages() }
        state.pointee.base.codeWords = try EngineModule(state: state.pointee.module).codeWords(
            variant: variant
        )
        let count = module.pointee.referencedFunctionCount
        guard count > 0 else { return }
        let records = try state.pointee.arena.allocateZeroed(
            MoteFunction.self,
            count: count,
            region: .structures,
            site: .instanceFunctionRecords
        )
        state.pointee.base.functionRecords = records
        var rank = 0
        for word in 0..<module.pointee.referencedFunctions.count {
            var bits = module.pointee.referencedFunctions[checked: word] ?? 0
            while bits != 0, rank < count {
                let index = word &* 64 &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                _ = describe(&records[rank], UInt32(truncatingIfNeeded: index), of: state)
                rank &+= 1
            }
        }
    }

    /// Fills the record of an own function; false for an imported one.
    static func describe(
        _ record: inout MoteFunction,
        _ functionIndex: UInt32,
        of state: UnsafeMutablePointer<InstanceState>
    ) -> Bool {
        let module = state.pointee.module.pointee.module
        let defined = Int(functionIndex) &- module.pointee.importedFunctionCount
        guard defined >= 0, let type = module.functionType(of: functionIndex),
            let words = state.pointee.base.codeWords
        else { return false }
        record.instance = state.base
        record.target = UnsafeMutableRawPointer(words + defined)
        record.typeID = type.pointee.canonicalID
        record.functionIndex = functionIndex
        record.parameterSlots = type.pointee.parameterSlots
        record.resultSlots = type.pointee.resultSlots
        record.reserved = MoteFunction.referenceBits(of: type.pointee)
        return true
    }

    /// Bit 0: memory 0 has guard pages, is an ordinary one, and accesses beyond it are traps.
    ///
    /// Bit 1: fuel is charged.
    private static func variant(of state: UnsafeMutablePointer<InstanceState>) -> Int {
        var variant = state.pointee.ownLimits?.pointee.isMetered == true ? 2 : 0
        if !state.pointee.attachesSharedHeaps, let memory = state.pointee.base.memories?[0]?.pointee,
            memory.bounds == 1, memory.is64 == 0,
            memory.pageSizeLog2 == 16
        {
            variant |= 1
        }
        return variant
    }

    /// `heapBase` is what `__heap_base` holds, and what initialisers that read it see.
    private static func makeGlobals(
        of state: UnsafeMutablePointer<InstanceState>,
        heapBase: UInt64?
    ) throws(MemoryError) {
        let module = state.pointee.module.pointee.module
        guard module.pointee.globalSlots > 0 else { return }
        let slots = try state.pointee.arena.allocateZeroed(
            UInt64.self,
            count: module.pointee.globalSlots,
            region: .globals,
            site: .instanceGlobals
        )
        state.pointee.base.globals = slots
        var index = module.pointee.importedGlobalCount
        while let global = module.pointee.globals.pointer(at: index) {
            let value = try ConstantReader.value(of: global.pointee.initializer, in: state)
            let place = slots + Int(global.pointee.slot)
            place.pointee = value.low
            if let heapBase, index == Int(state.pointee.module.pointee.layout.heapBaseGlobalIndex) {
                place.pointee = heapBase
            }
            if global.pointee.type.valueType.slotCount > 1 { place[1] = value.high }
            index &+= 1
        }
    }

    private static func makeTags(of state: UnsafeMutablePointer<InstanceState>) throws(MemoryError) {
        let module = state.pointee.module.pointee.module
        let imported = module.pointee.importedTagCount
        let count = module.pointee.tags.count &- imported
        guard Build.hasExceptions, count > 0 else { return }
        let own = try state.pointee.arena.allocate(
            MoteTag.self,
            count: count,
            region: .structures,
            site: .instanceOwnTags
        )
        for index in 0..<count {
            let tagIndex = UInt32(truncatingIfNeeded: imported &+ index)
            guard let type = module.tagType(of: tagIndex) else { break }
            (own + index).initialize(to: MoteTag(of: type, owner: state.base))
            state.pointee.base.tags?[imported &+ index] = own + index
        }
    }

    private static func makeTables(of state: UnsafeMutablePointer<InstanceState>) throws(MemoryError) {
        let module = state.pointee.module.pointee.module
        let imported = module.pointee.importedTableCount
        let count = module.pointee.tables.count &- imported
        guard count > 0 else { return }
        let own = try state.pointee.arena.allocate(
            TableInstance.self,
            count: count,
            region: .structures,
            site: .instanceOwnTables
        )
        state.pointee.ownTables = own
        for index in 0..<count {
            guard let type = module.pointee.tables.pointer(at: imported &+ index) else { break }
            var initial: UInt64 = 0
            if !type.pointee.initializer.isEmpty {
                initial = try ConstantReader.value(of: type.pointee.initializer, in: state).low
            }
            try (own + index).create(
                type: type,
                initial: initial,
                owner: state.base,
                arena: state.pointee.arena
            )
            state.pointee.ownTableCount &+= 1
            state.pointee.base.tables?[imported &+ index] = (own + index).base
        }
    }
}
