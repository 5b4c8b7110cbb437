internal import CPlatform
internal import MoteMemory
internal import MoteModule

/// Whether what is given fits what is declared (spec 3.2.7, "Import Matching").
enum ImportMatching {
    static func matches(
        _ value: ExternalValue,
        _ declaration: ImportDeclaration,
        in module: Module.Pointer,
        _ registry: TypeRegistry.Pointer
    ) -> Bool {
        let index = Int(declaration.index)
        switch (value, declaration.kind) {
        case (.unlinkedFunction, .function):
            return true
        case (.function(let function), .function):
            guard let declared = module.functionType(of: declaration.index) else { return false }
            return TypeRegistry.isSubtype(registry, function.pointee.typeID, of: declared.pointee.canonicalID)
        case (.table(let table), .table):
            guard let declared = module.pointee.tables[checked: index] else { return false }
            return table.instance.pointee.type.elementType == declared.elementType
                && matches(table.pointee.count, table.instance.pointee.type.limits, declared.limits)
        case (.memory(let memory), .memory):
            guard let declared = module.pointee.memories[checked: index] else { return false }
            return memory.pointee.pageSizeLog2 == UInt32(declared.pageSizeLog2)
                && matches(memory.pointee.pageCount, memory.instance.pointee.type.limits, declared.limits)
        case (.global(let cell), .global):
            guard let declared = module.pointee.globals[checked: index] else { return false }
            guard cell.type.isMutable == declared.type.isMutable else { return false }
            if declared.type.isMutable { return cell.type.valueType == declared.type.valueType }
            return TypeMatching.matches(cell.type.valueType, declared.type.valueType, registry)
        case (.tag(let tag), .tag):
            // The same type, not a subtype: the values go both ways.
            return tag.pointee.typeID == module.tagType(of: declaration.index)?.pointee.canonicalID
        default:
            return false
        }
    }

    /// Limits match with the present size as minimum (spec 3.2.7.1).
    private static func matches(_ count: UInt64, _ actual: Limits, _ declared: Limits) -> Bool {
        guard actual.is64 == declared.is64, actual.isShared == declared.isShared else { return false }
        guard count >= declared.minimum else { return false }
        guard let maximum = declared.maximum else { return true }
        guard let actualMaximum = actual.maximum else { return false }
        return actualMaximum <= maximum
    }
}
