package import CPlatform
internal import MoteMemory
package import MoteModule

/// A memory with its declared type and owner; starts with what hot paths read.
package struct MemoryInstance {
    /// First: its address is the memory's.
    package var memory: MoteMemory
    package var type: MemoryType
    /// Null when the host made it.
    package var owner: UnsafeMutablePointer<MoteInstance>?
    var arena: Arena
}

/// A table with its declared type; starts with what hot paths read.
package struct TableInstance {
    /// First: its address is the table's.
    package var table: MoteTable
    /// With canonical type ids.
    package var type: TableType
    var arena: Arena
}

extension UnsafeMutablePointer where Pointee == MoteMemory {
    /// The memory with its type; every memory of a store has one.
    @inline(__always)
    package var instance: UnsafeMutablePointer<MemoryInstance> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MemoryInstance.self)
    }
}

extension UnsafeMutablePointer where Pointee == MoteTable {
    /// The table with its type; every table of a store has one.
    @inline(__always)
    package var instance: UnsafeMutablePointer<TableInstance> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: TableInstance.self)
    }
}
