internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import Synchronization

/// One heap that several instances see at the top of their address spaces, and the host besides.
///
/// ```
/// instance A:  [ memory of A ]                 [ head ][ body ] 2^32 (or 2^64)
/// instance B:  [ memory of B ]                 [ head ][ body ]
/// ```
/// Instances of all stores of the runtime may attach it, if their limits said so when they were made
/// (``InstanceLimits/attachesSharedHeaps``): what one writes the others read, at the same addresses, with nothing
/// copied. Memories keep their own sizes, and grow no further than to the heap. Several threads may use a heap at once,
/// each with its instances; guests and host order their accesses themselves.
///
/// Heaps can be chained: the head lies just below its body. Holds its runtime and its body; instances hold what they
/// have attached.
public final class SharedHeap: @unchecked Sendable {
    // Sendable: what changes is ordered by the engine's lock, and the body here by a mutex.
    /// The runtime that it is in.
    public let runtime: Runtime
    let pointer: EngineSharedHeap.Pointer
    private let body = Mutex<SharedHeap?>(nil)

    /// A heap of 256 bytes to 1 GiB, rounded up to whole pages of the operating system; all zero.
    ///
    /// It hands out memory, to guests by ``imports`` and to the host by ``Instance/sharedHeapAllocate(_:)``.
    /// - Throws: ``RuntimeError/memory(_:)``, ``UsageFailure/sharedHeap(_:)``.
    public init(_ runtime: Runtime, sizeInBytes: Int) throws(RuntimeError) {
        self.runtime = runtime
        pointer = try runtime.sharing { engine throws(SharedHeapError) in
            try engine.createSharedHeap(sizeInBytes: sizeInBytes)
        }
    }

    /// A heap in a buffer of the host's, which begins and ends with pages of the operating system and stays where it is
    /// until nothing of the runtime is held any more.
    ///
    /// Nothing is handed out in it: host and guests agree on what lies where.
    /// - Throws: ``RuntimeError/memory(_:)``, ``UsageFailure/sharedHeap(_:)``.
    public init(_ runtime: Runtime, buffer: UnsafeMutableRawBufferPointer) throws(RuntimeError) {
        self.runtime = runtime
        pointer = try runtime.sharing { engine throws(SharedHeapError) in
            try engine.createSharedHeap(sizeInBytes: buffer.count, buffer: buffer.baseAddress)
        }
    }

    deinit {
        // Fails while an instance has it attached that nobody holds but its store: then it goes with the runtime.
        _ = try? runtime.engine.unchain(pointer, all: false)
        try? runtime.engine.destroy(pointer)
    }

    /// Its size in bytes.
    public var sizeInBytes: Int { Int(truncatingIfNeeded: pointer.pointee.sizeInBytes) }

    /// Where it begins for guests with 32-bit memories; another place once it is in a chain.
    public var address: UInt64 { pointer.pointee.start32 }

    /// Where it begins for guests with 64-bit memories.
    public var address64: UInt64 { pointer.pointee.start64 }

    /// Whether the host gave its bytes, so that nothing is handed out.
    public var isBuffer: Bool { pointer.pointee.origin == .buffer }

    /// How many instances have it attached.
    public var attachmentCount: Int { Int(pointer.pointee.attachCount) }

    /// Bytes handed out now, in it or what is chained behind it.
    public var usedInBytes: Int { Int(truncatingIfNeeded: EngineSharedHeap.usage(pointer).used) }

    /// Most bytes that were handed out at a time.
    public var peakInBytes: Int { Int(truncatingIfNeeded: EngineSharedHeap.usage(pointer).peak) }

    /// The heap behind it in its chain: just above.
    public var next: SharedHeap? { body.withLock { $0 } }

    /// Puts another heap, with its chain, behind this one, which then lies just below it.
    ///
    /// Both must be detached, the body nobody's body yet, and at most one heap of the chain may hand out memory.
    /// - Throws: ``UsageFailure/sharedHeap(_:)``.
    public func chain(before body: SharedHeap) throws(RuntimeError) {
        try runtime.sharing { engine throws(SharedHeapError) in
            try engine.chain(pointer, body.pointer)
        }
        self.body.withLock { $0 = body }
    }

    /// Takes this heap off the chain that it heads; both parts lie at the top of the address space again.
    ///
    /// - Returns: What began behind it, nil where nothing did.
    /// - Throws: ``UsageFailure/sharedHeap(_:)``.
    @discardableResult
    public func unchain() throws(RuntimeError) -> SharedHeap? {
        try runtime.sharing { engine throws(SharedHeapError) in
            _ = try engine.unchain(pointer, all: false)
        }
        return body.withLock { body in
            defer { body = nil }
            return body
        }
    }

    /// Forgets what was handed out in it and what is chained behind it, and makes all bytes zero; all must be detached.
    ///
    /// - Throws: ``UsageFailure/sharedHeap(_:)``.
    public func reset() throws(RuntimeError) {
        try runtime.sharing { engine throws(SharedHeapError) in
            try engine.reset(pointer)
        }
    }

    /// Lets the closure read and write its bytes in place, guests of other threads beside it.
    public func withBytes<Result>(_ body: (inout MutableRawSpan) throws -> Result) rethrows -> Result {
        var span = UnsafeMutableRawBufferPointer(start: pointer.pointee.base, count: sizeInBytes).mutableBytes
        return try body(&span)
    }

    /// What guests import to allocate in the heap that they have attached: `env.shared_heap_malloc`, of a size to an
    /// address or 0, and `env.shared_heap_free`, of an address.
    public static var imports: Imports {
        [
            "env": [
                "shared_heap_malloc": Function { (caller: Caller, size: UInt32) -> UInt32 in
                    let made = try? caller.engineInstance?.sharedHeapAllocate(sizeInBytes: UInt64(size))
                    return UInt32(truncatingIfNeeded: made?.address ?? 0)
                },
                "shared_heap_free": Function { (caller: Caller, address: UInt32) in
                    try? caller.engineInstance?.sharedHeapFree(UInt64(address))
                },
            ]
        ]
    }
}

extension Instance {
    /// The shared heap that it has attached, the head of a chain; nil where there is none.
    public var sharedHeap: SharedHeap? { attachedHeap }

    /// Lets its code reach a shared heap, and what is chained behind it, at the top of its address space.
    ///
    /// - Throws: ``UsageFailure/sharedHeap(_:)`` where it has one already, where its memory reaches so far, or where its
    ///   limits did not ask for shared heaps.
    public func attach(_ heap: SharedHeap) throws(RuntimeError) {
        try sharing { engine throws(SharedHeapError) in
            try engine.attach(heap.pointer)
        }
        attachedHeap = heap
    }

    /// Takes the shared heap away: accesses there trap again.
    ///
    /// - Throws: ``UsageFailure/sharedHeap(_:)`` where there is none.
    public func detach() throws(RuntimeError) {
        try sharing { engine throws(SharedHeapError) in
            try engine.detach()
        }
        attachedHeap = nil
    }

    /// Hands out bytes in its shared heap, with arbitrary contents: their address for guests.
    ///
    /// - Throws: ``UsageFailure/sharedHeap(_:)`` where it has none, or only buffers of the host's,
    ///   ``RuntimeError/memory(_:)``.
    public func sharedHeapAllocate(_ sizeInBytes: Int) throws(RuntimeError) -> UInt64 {
        let size = UInt64(truncatingIfNeeded: max(0, sizeInBytes))
        return try sharing { engine throws(SharedHeapError) in
            try engine.sharedHeapAllocate(sizeInBytes: size).address
        }
    }

    /// Takes back what was handed out in its shared heap, by it or another instance.
    ///
    /// - Throws: ``UsageFailure/sharedHeap(_:)`` where nothing was handed out at the address.
    public func sharedHeapFree(_ address: UInt64) throws(RuntimeError) {
        try sharing { engine throws(SharedHeapError) in
            try engine.sharedHeapFree(address)
        }
    }

    private func sharing<Value>(
        _ body: (EngineInstance) throws(SharedHeapError) -> Value
    ) throws(RuntimeError) -> Value {
        do throws(SharedHeapError) {
            return try body(engine)
        } catch {
            throw RuntimeError(sharing: error, isPool: store.isPool)
        }
    }
}

extension Runtime {
    fileprivate func sharing<Value>(
        _ body: (EngineRuntime) throws(SharedHeapError) -> Value
    ) throws(RuntimeError) -> Value {
        do throws(SharedHeapError) {
            return try body(engine)
        } catch {
            throw RuntimeError(sharing: error, isPool: plan.isPool)
        }
    }
}
