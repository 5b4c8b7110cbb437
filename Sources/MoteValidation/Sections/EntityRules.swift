internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// Functions, tables, memories, globals, tags, imports and the start function (spec 3.5).
extension Validator {
    /// Every function, imported ones included, has a function type.
    ///
    /// What runs later relies on it.
    mutating func validateFunctionTypes() {
        var index = 0
        while let function = functions.pointer(at: index) {
            guard let type = types.pointer(at: Int(function.pointee.typeIndex)),
                type.pointee.kind == .function
            else { return fail(.unknownType) }
            index &+= 1
        }
    }

    mutating func validateTables() {
        let tables = module.pointee.tables
        if tables.count > 1 { require(.referenceTypes) }
        // Only imported globals exist before tables do.
        visibleGlobalCount = module.pointee.importedGlobalCount
        var index = 0
        while let table = tables.pointer(at: index) {
            validateLimits(&table.pointee.limits)
            if table.pointee.limits.isShared { fail(.featureUnsupported, .threads) }
            let bound = table.pointee.limits.is64 ? UInt64.max : UInt64(UInt32.max)
            requireLimits(&table.pointee.limits, atMost: bound, .tableTooLarge)
            let type = table.pointee.elementType
            // WebAssembly 1.0 had tables of functions.
            if type != .funcref { requireFeatures(of: type) }
            if !table.pointee.initializer.isEmpty {
                require(.typedFunctionReferences)
                validateConstant(table.pointee.initializer, type)
            } else if index >= module.pointee.importedTableCount, !type.isDefaultable {
                fail(.typeMismatch)
            }
            index &+= 1
        }
    }

    mutating func validateMemories() {
        let memories = module.pointee.memories
        if memories.count > 1 { require(.multiMemory) }
        var index = 0
        while let memory = memories.pointer(at: index) {
            validateMemory(memory)
            index &+= 1
        }
    }

    private mutating func validateMemory(_ memory: UnsafeMutablePointer<MemoryType>) {
        if memory.pointee.pageSizeLog2 != 16 {
            require(.customPageSizes)
            if memory.pointee.pageSizeLog2 != 0 { fail(.invalidPageSize) }
        }
        if memory.pointee.limits.isShared {
            require(.threads)
            if memory.pointee.limits.maximum == nil { fail(.sharedMemoryWithoutMaximum) }
        }
        // 2^32 bytes, or 2^64 bytes, in pages; but the count of pages must be an address too, so that of pages of
        // one byte there is one less.
        let is64 = memory.pointee.limits.is64
        var bound = is64 ? UInt64.max : UInt64(UInt32.max)
        if memory.pointee.pageSizeLog2 != 0 {
            bound = (bound &>> UInt64(memory.pointee.pageSizeLog2)) &+ 1
        }
        requireLimits(&memory.pointee.limits, atMost: bound, is64 ? .memory64TooLarge : .memoryTooLarge)
        validateLimits(&memory.pointee.limits)
    }

    private mutating func validateLimits(_ limits: UnsafeMutablePointer<Limits>) {
        if limits.pointee.is64 { require(.memory64) }
        requireLimits(limits, atMost: limits.pointee.maximum ?? .max, .minimumGreaterThanMaximum)
    }

    /// Ends the validation when one of the two is above a bound.
    @inline(never)
    private mutating func requireLimits(
        _ limits: UnsafeMutablePointer<Limits>,
        atMost bound: UInt64,
        _ error: ValidationError.Kind
    ) {
        if limits.pointee.minimum > bound || limits.pointee.maximum ?? 0 > bound { fail(error) }
    }

    mutating func validateTags() {
        let tags = module.pointee.tags
        if tags.count > 0 { require(.exceptions) }
        guard Build.hasExceptions else { return }
        var index = 0
        while let typeIndex = tags[checked: index] {
            guard let type = types.pointer(at: Int(typeIndex)), type.pointee.kind == .function else {
                return fail(.unknownType)
            }
            if type.pointee.resultCount != 0 { fail(.nonEmptyTagResult) }
            index &+= 1
        }
    }

    /// An initialiser may read the globals before its own.
    mutating func validateGlobals() {
        var index = 0
        while let global = globals.pointer(at: index) {
            requireFeatures(of: global.pointee.type.valueType)
            if index >= module.pointee.importedGlobalCount {
                visibleGlobalCount = index
                validateConstant(global.pointee.initializer, global.pointee.type.valueType)
            } else if global.pointee.type.isMutable {
                require(.mutableGlobals)
            }
            index &+= 1
        }
        visibleGlobalCount = globals.count
    }

    mutating func validateStart() {
        guard let start = module.pointee.startFunction else { return }
        guard let type = functionType(start) else { return }
        if type.pointee.values.count != 0 { fail(.startFunction) }
    }

    /// Their types were checked with the index spaces; here, that the spaces have them.
    mutating func validateImports() {
        let imports = module.pointee.imports
        var index = 0
        while let item = imports.pointer(at: index) {
            requireEntity(item.pointee.kind, item.pointee.index)
            index &+= 1
        }
    }

    /// Ends the validation unless the index space of a kind has an index.
    @inline(never)
    mutating func requireEntity(_ kind: ExternalKind, _ index: UInt32) {
        let (spaceCount, error): (Int, ValidationError.Kind) =
            switch kind {
            case .function: (functions.count, .unknownFunction)
            case .table: (module.pointee.tables.count, .unknownTable)
            case .memory: (module.pointee.memories.count, .unknownMemory)
            case .global: (globals.count, .unknownGlobal)
            case .tag: (module.pointee.tags.count, .unknownTag)
            }
        if Int(index) >= spaceCount { fail(error) }
    }
}
