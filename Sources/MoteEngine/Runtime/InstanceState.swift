package import CPlatform
package import MoteMemory
internal import MoteModule

/// An instance: what code reads of it, then what only the engine looks at.
///
/// In the instance's arena.
package struct InstanceState {
    /// First: its address is the instance's.
    package var base: MoteInstance
    /// Second: calls from the host that are running in it now (atomic).
    var activeEntries: UInt32
    package var arena: Arena
    package var module: UnsafeMutablePointer<ModuleState>
    package var store: UnsafeMutablePointer<StoreState>
    /// Null where nothing is overridden; `allowsSharedHeaps` overrides it.
    var ownLimits: UnsafeMutablePointer<InstanceLimits>?
    /// Of the embedder.
    package var userData: UnsafeMutableRawPointer?
    var nextInStore: UnsafeMutablePointer<InstanceState>?
    var previousInStore: UnsafeMutablePointer<InstanceState>?
    var link: LinkNode
    /// Set by ``EngineInstance/destroy()``; the arena goes when nothing can reach it any more.
    var isDestroyed: Bool
    /// One of its references lies where it does not own, or another instance imports from it.
    var isEscaped: Bool
    /// Shared heaps were allowed after it was made, whatever its limits said.
    var allowsSharedHeaps = false
    /// Imported globals with type and owner, for exporting them again.
    var importedGlobalCells: UnsafeMutablePointer<GlobalCell>?
    /// Bits of dropped data segments, then of dropped element segments, each from a new word.
    var droppedSegments: UnsafeMutablePointer<UInt64>?
    var ownMemories: UnsafeMutablePointer<MemoryInstance>?
    /// How many of them were made.
    var ownMemoryCount: Int
    var ownTables: UnsafeMutablePointer<TableInstance>?
    /// How many of them were made.
    var ownTableCount = 0
    /// By element segment, the references of those whose expressions make objects; null where none does.
    var elementValues: UnsafeMutablePointer<UnsafeMutablePointer<UInt64>?>?
    var environment: UnsafeMutablePointer<EnvironmentState>?
}

extension UnsafeMutablePointer where Pointee == InstanceState {
    /// The part that code reads: it comes first.
    @inline(__always)
    package var base: UnsafeMutablePointer<MoteInstance> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteInstance.self)
    }

    /// The counter of running calls, for atomic access.
    @inline(__always)
    var activeEntries: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(self) + MemoryLayout<MoteInstance>.size
    }
}

extension UnsafeMutablePointer where Pointee == MoteInstance {
    /// The whole instance that starts here.
    @inline(__always)
    package var state: UnsafeMutablePointer<InstanceState> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: InstanceState.self)
    }
}
