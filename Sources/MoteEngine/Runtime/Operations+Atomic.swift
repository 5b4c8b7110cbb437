internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// Notify and wait of the threads proposal. Addresses are slots as they are.
extension Operations {
    /// Brings the cached size of memory 0 up to date where other threads may grow it; whether it has changed.
    @inline(never)
    static func refreshSharedSize(_ environment: Environment) -> Bool {
        guard Build.hasThreads, let memory = environment.pointee.instance?.pointee.memories?[0],
            memory.pointee.isShared != 0
        else { return false }
        let size = EffectiveAddress.currentSize(of: memory)
        guard size != environment.pointee.memorySizeInBytes else { return false }
        environment.pointee.memorySizeInBytes = size
        return true
    }

    /// An aligned place in a memory or a shared heap, whether others may wait there, or the trap.
    @inline(__always)
    private static func place(
        _ environment: Environment,
        _ memoryIndex: UInt32,
        _ address: UInt64,
        _ offset: UInt64,
        sizeInBytes: UInt64
    ) -> (UnsafeMutableRawPointer?, isShared: Bool, TrapCode) {
        guard (address &+ offset) & (sizeInBytes &- 1) == 0 else { return (nil, false, .unalignedAtomic) }
        if let place = EffectiveAddress.resolve(
            environment,
            memoryIndex: memoryIndex,
            address: address,
            offset: offset,
            sizeInBytes: sizeInBytes
        ) {
            return (place, memory(environment, memoryIndex).pointee.isShared != 0, .none)
        }
        // A shared heap is shared with other instances, whatever the memory is.
        let place = SharedHeapAccess.place(
            environment,
            memoryIndex: memoryIndex,
            address: address,
            offset: offset,
            sizeInBytes: sizeInBytes
        )
        return (place, place != nil, place == nil ? .memoryOutOfBounds : .none)
    }

    private static func sharedMemories(_ environment: Environment) -> SharedMemories.Pointer {
        environment.state.pointee.store.pointee.runtime.pointee.sharedMemories
    }

    /// Wakes threads that wait at an address; in a memory that is not shared there are none.
    @inline(never)
    static func atomicNotify(
        _ environment: Environment,
        _ memoryIndex: UInt32,
        _ address: UInt64,
        _ offset: UInt64,
        _ count: UInt32
    ) -> (woken: UInt64, trap: UInt32) {
        let (place, isShared, trap) = place(environment, memoryIndex, address, offset, sizeInBytes: 4)
        guard let place else { return (0, UInt32(trap.rawValue)) }
        guard isShared else { return (0, 0) }
        return (UInt64(SharedMemories.notify(sharedMemories(environment), at: place, count: count)), 0)
    }

    /// Waits at an address of a shared memory or a shared heap: 0 woken, 1 another value, 2 timed out.
    @inline(never)
    static func atomicWait(
        _ environment: Environment,
        _ memoryIndex: UInt32,
        _ address: UInt64,
        _ offset: UInt64,
        _ expected: UInt64,
        _ timeoutInNanoseconds: Int64,
        isWide: Bool
    ) -> (result: UInt64, trap: UInt32) {
        let (place, isShared, trap) = place(
            environment,
            memoryIndex,
            address,
            offset,
            sizeInBytes: isWide ? 8 : 4
        )
        guard isShared || memory(environment, memoryIndex).pointee.isShared != 0 else {
            return (0, UInt32(TrapCode.expectedSharedMemory.rawValue))
        }
        guard let place else { return (0, UInt32(trap.rawValue)) }
        let result = SharedMemories.wait(
            sharedMemories(environment),
            at: place,
            isWide: isWide,
            expected: expected,
            timeoutInNanoseconds: timeoutInNanoseconds,
            as: environment.state.waiter,
            interrupt: environment.interrupt
        )
        guard result == .interrupted else { return (UInt64(result.rawValue), 0) }
        let word = mote_load_acquire_u32(environment.interrupt)
        let reason: TrapCode = word & UInt32(MOTE_INTERRUPT_DEADLINE) != 0 ? .deadline : .interrupted
        return (0, UInt32(reason.rawValue))
    }
}
