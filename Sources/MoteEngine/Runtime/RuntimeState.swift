internal import CPlatform
package import MoteMemory

/// What one runtime is made of: the heap, the plan, and lists of what was created.
///
/// Lies in its own heap, so that a pool holds it too. `lock` orders the lists, the types and loads.
package struct RuntimeState {
    package var heap: GlobalHeap
    package var plan: MemoryPlan
    var arena: Arena
    var lock: MoteLock
    var stub: UnsafeMutablePointer<MoteCode>
    var firstModule: UnsafeMutablePointer<ModuleState>?
    var firstStore: UnsafeMutablePointer<StoreState>?
}

extension UnsafeMutablePointer where Pointee == RuntimeState {
    /// The heap inside, at its stable address.
    @inline(__always)
    var heap: GlobalHeap.Pointer {
        let offset = MemoryLayout<RuntimeState>.offset(of: \.heap) ?? 0
        return (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: GlobalHeap.self)
    }

    /// The lock inside, at its stable address.
    @inline(__always)
    var lock: UnsafeMutablePointer<MoteLock> {
        let offset = MemoryLayout<RuntimeState>.offset(of: \.lock) ?? 0
        return (UnsafeMutableRawPointer(self) + offset).assumingMemoryBound(to: MoteLock.self)
    }
}
