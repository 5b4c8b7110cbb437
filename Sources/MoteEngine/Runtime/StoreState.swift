package import CPlatform
package import MoteMemory
package import MoteModule

/// What one store owns: everything that can exchange references.
///
/// In the store's arena. `lock` orders its lists and link groups; host entities lie in the arena until the store goes.
package struct StoreState {
    /// First: its address is the structure's.
    var lock: MoteLock
    /// Second: see ``CollectorState``.
    var collectorLock: MoteLock
    package var runtime: UnsafeMutablePointer<RuntimeState>
    package var arena: Arena
    /// Of the embedder.
    package var userData: UnsafeMutableRawPointer?
    var next: UnsafeMutablePointer<StoreState>?
    var previous: UnsafeMutablePointer<StoreState>?
    var firstInstance: UnsafeMutablePointer<InstanceState>?
    var firstEnvironment: UnsafeMutablePointer<EnvironmentState>?
    var firstHostFunction: UnsafeMutablePointer<HostFunctionRecord>?
    var firstHostTag: UnsafeMutablePointer<HostTagRecord>?
    var firstHostMemory: UnsafeMutablePointer<MemoryInstance>?
    var firstHostTable: UnsafeMutablePointer<HostTableRecord>?
    /// Those that hold references.
    var firstHostGlobal: UnsafeMutablePointer<HostGlobalRecord>?
    var collector = CollectorState()
    var externals: ExternalReferences
    /// Some instance had a memory with guard pages, so that calls prepare for faults.
    var hasGuardPages = false
    /// Made at first need; runs start functions and calls that name no environment.
    var defaultEnvironment: UnsafeMutablePointer<EnvironmentState>?
}

extension UnsafeMutablePointer where Pointee == StoreState {
    /// The lock inside, at its stable address.
    @inline(__always)
    var lock: UnsafeMutablePointer<MoteLock> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteLock.self)
    }

    /// The collector's lock, at its stable address; taken before the other one, never after it.
    @inline(__always)
    var collectorLock: UnsafeMutablePointer<MoteLock> { lock + 1 }
}

/// A table of the host's, in the store's list of them.
struct HostTableRecord {
    /// First: its address is the table's.
    var table: TableInstance
    var next: UnsafeMutablePointer<HostTableRecord>?
}

/// A global of the host's that holds a reference, in the store's list of them.
struct HostGlobalRecord {
    /// First: its address is the cell's.
    var value: UInt64
    var next: UnsafeMutablePointer<HostGlobalRecord>?
}

/// A host function: what a funcref points at, then what only the store looks at.
package struct HostFunctionRecord {
    /// First: its address is the reference.
    package var function: MoteFunction
    /// Second: what a call of an import goes on in (`callImported`).
    var handler: Handler
    /// Third: the C function that a handler of ``NativeHandlers`` calls.
    var native: UnsafeMutableRawPointer?
    package var type: DefinedType
    /// What keeps the type's values; null where a module does.
    var typeGroup: TypeGroup.Pointer?
    package var finalizer: HostFinalizer?
    var store: UnsafeMutablePointer<StoreState>
    var next: UnsafeMutablePointer<HostFunctionRecord>?
}

/// Called once with a host function's or externref's data when the store lets go of it.
package typealias HostFinalizer = @convention(c) (UnsafeMutableRawPointer?) -> Void
