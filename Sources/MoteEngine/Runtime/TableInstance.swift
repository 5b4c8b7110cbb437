package import CPlatform
internal import MoteMemory
package import MoteModule

/// A table with its declared type; starts with what hot paths read.
package struct TableInstance {
    /// First: its address is the table's.
    package var table: MoteTable
    /// With canonical type ids.
    package var type: TableType
    var arena: Arena
}

extension UnsafeMutablePointer where Pointee == MoteTable {
    /// The table with its type; every table of a store has one.
    @inline(__always)
    package var instance: UnsafeMutablePointer<TableInstance> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: TableInstance.self)
    }
}

extension UnsafeMutablePointer where Pointee == TableInstance {
    /// Most elements that any table may have, whatever its type says.
    static var maximumElementCount: UInt64 { 10_000_000 }

    /// The part that code reads: it comes first.
    @inline(__always)
    package var base: UnsafeMutablePointer<MoteTable> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteTable.self)
    }

    /// Prepares a table of its minimum size, each element `initial`.
    func create(
        type: UnsafePointer<TableType>,
        initial: UInt64,
        owner: UnsafeMutablePointer<MoteInstance>?,
        arena: Arena
    ) throws(MemoryError) {
        initialize(to: TableInstance(table: MoteTable(), type: type.pointee, arena: arena))
        pointee.table.elementType = type.pointee.elementType.rawValue
        pointee.table.is64 = type.pointee.limits.is64 ? 1 : 0
        pointee.table.owner = owner
        let maximum = min(type.pointee.limits.maximum ?? .max, Self.maximumElementCount)
        try TableSpace.create(base, count: type.pointee.limits.minimum, maximum: maximum, in: arena)
        fill(from: 0, with: initial)
    }

    /// Adds elements; the count before, or nil past the maximum.
    ///
    /// The elements may move.
    func grow(by delta: UInt64, filledWith value: UInt64) throws(MemoryError) -> UInt64? {
        var failure: MemoryError?
        let before = TableSpace.grow(base, by: delta, in: pointee.arena, failure: &failure)
        if let failure { throw failure }
        if let before { fill(from: before, with: value) }
        return before
    }

    /// New elements are null already.
    private func fill(from first: UInt64, with value: UInt64) {
        guard value != 0, let elements = pointee.table.elements, first < pointee.table.count else { return }
        // Safe: a table that exists has fewer elements than an Int can count.
        let count = Int(truncatingIfNeeded: pointee.table.count &- first)
        (elements + Int(truncatingIfNeeded: first)).update(repeating: value, count: count)
    }
}
