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
    func initialize(
        type: TableType, initial: UInt64, owner: UnsafeMutablePointer<MoteInstance>?, arena: Arena
    ) throws(MemoryError) {
        var table = MoteTable()
        table.maximum = min(type.limits.maximum ?? .max, Self.maximumElementCount)
        table.elementType = type.elementType.rawValue
        table.is64 = type.limits.is64 ? 1 : 0
        table.owner = owner
        initialize(to: TableInstance(table: table, type: type, arena: arena))
        let count = type.limits.minimum
        guard count > 0 else { return }
        guard count <= Self.maximumElementCount else {
            throw .exhausted(.tables, requested: .max, available: -1, site: .tableElements)
        }
        // Safe: at most ten million elements.
        let raw = try arena.allocateGrowable(sizeInBytes: Int(count) &* 8, region: .tables, site: .tableElements)
        let elements = raw.bindMemory(to: UInt64.self, capacity: Int(count))
        elements.initialize(repeating: initial, count: Int(count))
        pointee.table.elements = elements
        pointee.table.count = count
        pointee.table.capacity = count
    }

    /// Adds elements; the count before, or nil past the maximum. The elements may move.
    func grow(by delta: UInt64, filledWith value: UInt64) throws(MemoryError) -> UInt64? {
        let before = pointee.table.count
        let (after, overflow) = before.addingReportingOverflow(delta)
        guard !overflow, after <= pointee.table.maximum else { return nil }
        if after > pointee.table.capacity { try reserve(after) }
        if delta > 0, let elements = pointee.table.elements {
            // Safe: at most ten million elements.
            (elements + Int(before)).initialize(repeating: value, count: Int(delta))
        }
        pointee.table.count = after
        return before
    }

    /// Makes room for `count` elements, and for some more where that is to be had: growing by one is common.
    private func reserve(_ count: UInt64) throws(MemoryError) {
        let generous = min(max(count, count &+ count / 4), max(count, pointee.table.maximum))
        var capacity = generous
        let raw: UnsafeMutableRawPointer
        do throws(MemoryError) {
            raw = try resize(to: generous)
        } catch {
            guard generous > count else { throw error }
            raw = try resize(to: count)
            capacity = count
        }
        pointee.table.elements = raw.bindMemory(to: UInt64.self, capacity: Int(capacity))
        pointee.table.capacity = capacity
    }

    private func resize(to capacity: UInt64) throws(MemoryError) -> UnsafeMutableRawPointer {
        // Safe: at most ten million elements.
        let size = Int(capacity) &* 8
        let arena = pointee.arena
        guard let elements = pointee.table.elements else {
            return try arena.allocateGrowable(sizeInBytes: size, region: .tables, site: .tableElements)
        }
        return try arena.resizeGrowable(UnsafeMutableRawPointer(elements), to: size, site: .tableElements)
    }
}
