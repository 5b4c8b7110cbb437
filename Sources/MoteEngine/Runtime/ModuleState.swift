package import CPlatform
package import MoteMemory
package import MoteModule

/// What the engine keeps of a loaded module: its code tables and how many instances use it.
///
/// In the module's arena; `Module.engineState` points here. `lock` is held by lazy translation and while a code
/// table is made; the counters change under the runtime's lock.
package struct ModuleState {
    /// First: its address is the structure's.
    package var lock: MoteLock
    package var module: Module.Pointer
    package var runtime: UnsafeMutablePointer<RuntimeState>
    /// Code words of defined functions by variant (bit 0 guard bounds, bit 1 fuel); null until an instance wants it.
    package var codeWords: InlineArray<4, UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>?>
    /// Where data, stack and heap lie in memory 0, as far as the module tells.
    package var layout: LinearMemoryLayout
    /// The allocator that the module exports.
    package var guestAllocator: GuestAllocator
    /// Instances whose arenas have not gone.
    var instanceCount: Int
    var isUnloaded: Bool
    var next: UnsafeMutablePointer<ModuleState>?
    var previous: UnsafeMutablePointer<ModuleState>?

    /// How many functions the module defines itself.
    var definedFunctionCount: Int { module.pointee.functions.count &- module.pointee.importedFunctionCount }
}

extension UnsafeMutablePointer where Pointee == ModuleState {
    /// The lock inside, at its stable address.
    @inline(__always)
    package var lock: UnsafeMutablePointer<MoteLock> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: MoteLock.self)
    }
}
