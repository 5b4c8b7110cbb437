internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
package import MoteMemory

/// What the interface knows of its one runtime, in an arena of the runtime's.
///
/// The lock lies first: its address is taken without touching the rest, which other threads may use.
struct DoorState {
    /// Over the lists.
    var lock: MoteLock
    var engine: EngineRuntime
    /// Blocks of the host's, and what was registered.
    var arena: Arena
    var firstNatives: UnsafeMutablePointer<NativeRegistration>?
    var firstInstance: UnsafeMutablePointer<InstanceRecord>?
    /// Most threads of an instance besides the one that calls.
    var maximumThreadCount: UInt32 = 4
    var firstAligned: UnsafeMutablePointer<AlignedBlock>?
    var contexts = ContextKeys()
    var modules = ModuleRegistry()
    var externrefs = Externrefs()
}

extension UnsafeMutablePointer where Pointee == DoorState {
    @inline(__always)
    var lock: UnsafeMutablePointer<MoteLock> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteLock.self)
    }
}

/// The heap of the process's runtime while there is one: tests let its requests fail.
package func heapOfRuntime() -> GlobalHeap.Pointer? { Door.current?.pointee.engine.heap }

/// The one runtime of the process, and what counts its users.
struct Door {
    /// 1 while a thread makes or ends the runtime (atomic).
    var gate: UInt32 = 0
    var userCount: UInt32 = 0
    var state: UnsafeMutablePointer<DoorState>?
    /// What handles are at least: 1 while there is a runtime, else more than any; so that a call from C asks once for a
    /// handle that is null and for a runtime that is not there.
    var leastHandle: UInt = .max
    /// The host's allocator, if memory comes from it.
    var allocator = HostAllocator()
    /// How the next runtime manages memory.
    var plan = HostPlan()
    /// Lines above this level are not written.
    var logLevel = LogLevel.warning.rawValue
    /// What loads the modules that others import from, and takes their bytes back.
    var moduleReader: module_reader?
    var moduleDestroyer: module_destroyer?
    var modules = ModuleSystem()
    var threads = ThreadSystem()
    var sharedHeaps = SharedHeapNatives()
    /// Told of memories that did not grow.
    var growthFailure: enlarge_memory_error_callback_t?
    /// What tells it, where there is one.
    var tellGrowthFailure: MoteGrowthFailureFunction?
    var growthFailureData: UnsafeMutableRawPointer?
    /// What the next runtime begins with.
    var maximumThreadCount: UInt32 = 4

    /// The runtime, if there is one.
    static var current: UnsafeMutablePointer<DoorState>? { door.state }

    /// Runs one thread at a time; waits are short, for nothing blocks inside.
    static func exclusively<Result>(_ body: () -> Result) -> Result {
        while !mote_compare_exchange_u32(&door.gate, 0, 1) { sched_yield() }
        let result = body()
        mote_store_release_u32(&door.gate, 0)
        return result
    }
}

// The interface has no handle for its runtime. `gate` orders what changes it; calls read `state` only, which the host
// keeps from changing while it uses handles.
nonisolated(unsafe) var door = Door()

/// The heap of the one runtime, for tests that let its requests fail.
package var doorHeap: GlobalHeap.Pointer? { door.state?.pointee.engine.heap }
