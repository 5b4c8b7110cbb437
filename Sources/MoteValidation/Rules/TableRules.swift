internal import MoteMemory
internal import MoteModule

/// Tables and element segments (spec 3.4 "Table Instructions").
extension Validator {
    /// Reads a table index.
    mutating func readTable() -> UnsafeMutablePointer<TableType>? {
        table(readU32())
    }

    @inline(never)
    mutating func table(_ index: UInt32) -> UnsafeMutablePointer<TableType>? {
        if let table = module.pointee.tables.pointer(at: Int(index)) { return table }
        fail(.unknownTable)
        return nil
    }

    mutating func readElementSegment() -> UnsafeMutablePointer<ElementSegment>? {
        elementSegment(readU32())
    }

    @inline(never)
    private mutating func elementSegment(_ index: UInt32) -> UnsafeMutablePointer<ElementSegment>? {
        if let segment = module.pointee.elements.pointer(at: Int(index)) { return segment }
        fail(.unknownElementSegment)
        return nil
    }

    /// `table.get`, `set`, `size`, `grow` and `fill`: operands are the table's addresses and its elements.
    mutating func validateTableAccess(_ opcode: Opcode) {
        guard let table = readTable() else { return }
        let (address, element) = (table.pointee.addressType, table.pointee.elementType)
        switch opcode {
        case .tableGet: break
        case .tableSet: pop(element)
        case .tableSize: return push(address)
        case .tableGrow:
            pop(address)
            pop(element)
            return push(address)
        default:
            pop(address)
            pop(element)
        }
        pop(address)
        if opcode == .tableGet { push(element) }
    }

    mutating func validateTableCopy() {
        guard let destination = readTable(), let source = readTable() else { return }
        requireMatch(source.pointee.elementType, destination.pointee.elementType)
        popCopy(destination.pointee.addressType, source.pointee.addressType)
    }

    /// The operands of a copy from one table or memory to another, by the types of their addresses.
    mutating func popCopy(_ destination: ValueType, _ source: ValueType) {
        // The length fits the smaller of the two.
        pop(destination == .i64 ? source : .i32)
        pop(source)
        pop(destination)
    }

    mutating func validateTableInit() {
        let segmentIndex = readU32()
        guard let table = readTable(), let segment = elementSegment(segmentIndex) else { return }
        requireMatch(segment.pointee.elementType, table.pointee.elementType)
        pop(.i32)
        pop(.i32)
        pop(table.pointee.addressType)
    }
}

extension TableType {
    var addressType: ValueType { limits.is64 ? .i64 : .i32 }
}
