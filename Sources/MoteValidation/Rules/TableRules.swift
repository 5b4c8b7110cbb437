internal import MoteMemory
internal import MoteModule

/// Tables and element segments (spec 3.4 "Table Instructions").
extension Validator {
    /// Reads a table index.
    mutating func readTable() throws(Stop) -> UnsafeMutablePointer<TableType> {
        guard let table = module.pointee.tables.pointer(at: Int(try readU32())) else {
            throw fail(.unknownTable)
        }
        return table
    }

    mutating func readElementSegment() throws(Stop) -> UnsafeMutablePointer<ElementSegment> {
        guard let segment = module.pointee.elements.pointer(at: Int(try readU32())) else {
            throw fail(.unknownElementSegment)
        }
        return segment
    }

    mutating func validateTableGet() throws(Stop) {
        try require(.referenceTypes)
        let table = try readTable()
        try pop(table.pointee.addressType)
        try push(table.pointee.elementType)
    }

    mutating func validateTableSet() throws(Stop) {
        try require(.referenceTypes)
        let table = try readTable()
        try pop(table.pointee.elementType)
        try pop(table.pointee.addressType)
    }

    mutating func validateTableSize() throws(Stop) {
        try require(.referenceTypes)
        try push(readTable().pointee.addressType)
    }

    mutating func validateTableGrow() throws(Stop) {
        try require(.referenceTypes)
        let table = try readTable()
        try pop(table.pointee.addressType)
        try pop(table.pointee.elementType)
        try push(table.pointee.addressType)
    }

    mutating func validateTableFill() throws(Stop) {
        try require(.referenceTypes)
        let table = try readTable()
        try pop(table.pointee.addressType)
        try pop(table.pointee.elementType)
        try pop(table.pointee.addressType)
    }

    mutating func validateTableCopy() throws(Stop) {
        try require(.bulkMemory)
        let destination = try readTable()
        let source = try readTable()
        guard matches(source.pointee.elementType, destination.pointee.elementType) else {
            throw fail(.typeMismatch)
        }
        // The length fits the smaller of the two address types.
        let areBoth64 = destination.pointee.limits.is64 && source.pointee.limits.is64
        try pop(areBoth64 ? .i64 : .i32)
        try pop(source.pointee.addressType)
        try pop(destination.pointee.addressType)
    }

    mutating func validateTableInit() throws(Stop) {
        try require(.bulkMemory)
        let segmentIndex = try readU32()
        let table = try readTable()
        guard let segment = module.pointee.elements.pointer(at: Int(segmentIndex)) else {
            throw fail(.unknownElementSegment)
        }
        guard matches(segment.pointee.elementType, table.pointee.elementType) else {
            throw fail(.typeMismatch)
        }
        try pop(.i32)
        try pop(.i32)
        try pop(table.pointee.addressType)
    }

    mutating func validateElementDrop() throws(Stop) {
        try require(.bulkMemory)
        _ = try readElementSegment()
    }
}

extension TableType {
    var addressType: ValueType { limits.is64 ? .i64 : .i32 }
}
