package import CPlatform
package import MoteMemory
package import MoteModule

/// What one runtime is made of: the heap, the plan, and lists of what was created.
///
/// Lies in its own heap, so that a pool holds it too. `lock` orders the lists, the types and loads.
package struct RuntimeState {
    /// First: its address is the structure's.
    var lock: MoteLock
    package var heap: GlobalHeap.Pointer
    package var plan: MemoryPlan
    package var arena: Arena
    /// Code that functions run until they are translated.
    package var stub: UnsafeMutablePointer<MoteCode>
    /// The types of all modules and host functions.
    package var types: TypeRegistry.Pointer
    /// Released address space, kept for the next memory.
    var reservations: ReservationCache.Pointer
    /// Locks and queues of shared memories.
    var sharedMemories: SharedMemories.Pointer
    var firstModule: UnsafeMutablePointer<ModuleState>?
    var firstStore: UnsafeMutablePointer<StoreState>?
    /// The shared heaps, newest first.
    var firstSharedHeap: SharedHeap.Pointer?
    /// Told of memories that did not grow.
    var growthFailure: MoteGrowthFailureFunction?
    var growthFailureData: UnsafeMutableRawPointer?
    /// Relaxed vector instructions give the results of the spec's deterministic profile.
    var isDeterministic = false
    /// Some vector instructions use what the processor has beyond the build's baseline.
    var usesProcessorExtensions = true
}

extension UnsafeMutablePointer where Pointee == RuntimeState {
    /// The heap that everything of the runtime comes from.
    @inline(__always)
    package var heap: GlobalHeap.Pointer { pointee.heap }

    /// The lock inside, at its stable address.
    @inline(__always)
    var lock: UnsafeMutablePointer<MoteLock> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteLock.self)
    }
}
