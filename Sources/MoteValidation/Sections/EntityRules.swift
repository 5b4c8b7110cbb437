internal import MoteMemory
internal import MoteModule

/// Functions, tables, memories, globals, tags, imports and the start function (spec 3.5).
extension Validator {
    /// Every function, imported ones included, has a function type.
    ///
    /// What runs later relies on it.
    mutating func validateFunctionTypes() throws(Stop) {
        var index = 0
        while let function = functions.pointer(at: index) {
            guard let type = types.pointer(at: Int(function.pointee.typeIndex)),
                type.pointee.kind == .function
            else { throw fail(.unknownType) }
            index &+= 1
        }
    }

    mutating func validateTables() throws(Stop) {
        let tables = module.pointee.tables
        if tables.count > 1 { try require(.referenceTypes) }
        // Only imported globals exist before tables do.
        visibleGlobalCount = module.pointee.importedGlobalCount
        var index = 0
        while let table = tables.pointer(at: index) {
            let limits = table.pointee.limits
            try validateLimits(limits)
            if limits.isShared { throw fail(.featureUnsupported, feature: .threads) }
            let bound = limits.is64 ? UInt64.max : UInt64(UInt32.max)
            guard limits.minimum <= bound, limits.maximum ?? 0 <= bound else { throw fail(.tableTooLarge) }
            let type = table.pointee.elementType
            // WebAssembly 1.0 had tables of functions.
            if type != .funcref { try requireFeatures(of: type) }
            if !table.pointee.initializer.isEmpty {
                try require(.typedFunctionReferences)
                try validateConstant(table.pointee.initializer, type)
            } else if index >= module.pointee.importedTableCount, !type.isDefaultable {
                throw fail(.typeMismatch)
            }
            index &+= 1
        }
    }

    mutating func validateMemories() throws(Stop) {
        let memories = module.pointee.memories
        if memories.count > 1 { try require(.multiMemory) }
        var index = 0
        while let memory = memories.pointer(at: index) {
            try validateMemory(memory.pointee)
            index &+= 1
        }
    }

    private mutating func validateMemory(_ memory: MemoryType) throws(Stop) {
        let limits = memory.limits
        if memory.pageSizeLog2 != 16 {
            try require(.customPageSizes)
            guard memory.pageSizeLog2 == 0 else { throw fail(.invalidPageSize) }
        }
        if limits.isShared {
            try require(.threads)
            guard limits.maximum != nil else { throw fail(.sharedMemoryWithoutMaximum) }
        }
        // 2^32 bytes, or 2^64 bytes, in pages; but the count of pages must be an address too, so that of pages of
        // one byte there is one less.
        let largest = limits.is64 ? UInt64.max : UInt64(UInt32.max)
        let bound = memory.pageSizeLog2 == 0 ? largest : (largest &>> UInt64(memory.pageSizeLog2)) &+ 1
        guard limits.minimum <= bound, limits.maximum ?? 0 <= bound else {
            throw fail(limits.is64 ? .memory64TooLarge : .memoryTooLarge)
        }
        try validateLimits(limits)
    }

    private mutating func validateLimits(_ limits: Limits) throws(Stop) {
        if limits.is64 { try require(.memory64) }
        guard limits.minimum <= limits.maximum ?? .max else { throw fail(.minimumGreaterThanMaximum) }
    }

    mutating func validateTags() throws(Stop) {
        let tags = module.pointee.tags
        if tags.count > 0 { try require(.exceptions) }
        var index = 0
        while let typeIndex = tags[checked: index] {
            guard let type = types.pointer(at: Int(typeIndex)), type.pointee.kind == .function else {
                throw fail(.unknownType)
            }
            guard type.pointee.resultCount == 0 else { throw fail(.nonEmptyTagResult) }
            index &+= 1
        }
    }

    /// An initialiser may read the globals before its own.
    mutating func validateGlobals() throws(Stop) {
        var index = 0
        while let global = globals.pointer(at: index) {
            try requireFeatures(of: global.pointee.type.valueType)
            if index >= module.pointee.importedGlobalCount {
                visibleGlobalCount = index
                try validateConstant(global.pointee.initializer, global.pointee.type.valueType)
            } else if global.pointee.type.isMutable {
                try require(.mutableGlobals)
            }
            index &+= 1
        }
        visibleGlobalCount = globals.count
    }

    mutating func validateStart() throws(Stop) {
        guard let start = module.pointee.startFunction else { return }
        guard let type = module.pointee.functionType(of: start) else { throw fail(.unknownFunction) }
        guard type.pointee.values.count == 0 else { throw fail(.startFunction) }
    }

    /// Their types were checked with the index spaces; here, that the spaces have them.
    mutating func validateImports() throws(Stop) {
        let imports = module.pointee.imports
        var index = 0
        while let item = imports.pointer(at: index) {
            try requireEntity(item.pointee.kind, item.pointee.index)
            index &+= 1
        }
    }

    /// Ends the validation unless the index space of a kind has an index.
    mutating func requireEntity(_ kind: ExternalKind, _ index: UInt32) throws(Stop) {
        let (spaceCount, error): (Int, ValidationError.Kind) =
            switch kind {
            case .function: (functions.count, .unknownFunction)
            case .table: (module.pointee.tables.count, .unknownTable)
            case .memory: (memoryCount, .unknownMemory)
            case .global: (globals.count, .unknownGlobal)
            case .tag: (module.pointee.tags.count, .unknownTag)
            }
        guard Int(index) < spaceCount else { throw fail(error) }
    }
}
