package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

// A handle is the address of the heap's record; the engine looks it up among the runtime's before it believes it.

private func heap(_ handle: OpaquePointer?) -> SharedHeap.Pointer? { handle.map { SharedHeap.Pointer($0) } }

/// What a closure gives, or nil where a rule forbids it or memory is missing.
private func attempt<Value>(_ body: () throws(SharedHeapError) -> Value) -> Value? {
    do throws(SharedHeapError) { return try body() } catch { return nil }
}

@c @implementation
package func wasm_runtime_create_shared_heap(_ arguments: UnsafeMutablePointer<SharedHeapInitArgs>?)
    -> OpaquePointer?
{
    guard Build.hasSharedHeaps, let state = Door.current, let arguments else { return nil }
    SharedHeapNatives.open()
    return attempt { () throws(SharedHeapError) -> OpaquePointer in
        OpaquePointer(
            try state.pointee.engine.createSharedHeap(
                sizeInBytes: Int(arguments.pointee.size),
                buffer: arguments.pointee.pre_allocated_addr
            )
        )
    }
}

@c @implementation
package func wasm_runtime_chain_shared_heaps(_ head: OpaquePointer?, _ body: OpaquePointer?)
    -> OpaquePointer?
{
    guard let state = Door.current, let first = heap(head), let second = heap(body) else { return nil }
    return attempt { () throws(SharedHeapError) -> OpaquePointer in
        try state.pointee.engine.chain(first, second)
        return OpaquePointer(first)
    }
}

@c @implementation
package func wasm_runtime_unchain_shared_heaps(_ head: OpaquePointer?, _ isEntire: Bool) -> OpaquePointer? {
    guard let state = Door.current, let first = heap(head) else { return nil }
    let rest = attempt { () throws(SharedHeapError) in
        try state.pointee.engine.unchain(first, all: isEntire)
    }
    guard let rest, let rest else { return nil }
    return OpaquePointer(rest)
}

@c @implementation
package func wasm_runtime_reset_shared_heap_chain(_ handle: OpaquePointer?) -> Bool {
    guard let state = Door.current, let first = heap(handle) else { return false }
    return attempt { () throws(SharedHeapError) in try state.pointee.engine.reset(first) } != nil
}

@c @implementation
package func wasm_runtime_attach_shared_heap(_ handle: OpaquePointer?, _ heapHandle: OpaquePointer?) -> Bool {
    guard let instance = record(ofInstance: handle)?.pointee.instance, let first = heap(heapHandle) else {
        return false
    }
    return attempt { () throws(SharedHeapError) -> Bool in
        // Instances here say nothing of shared heaps when they are made.
        try instance.allowSharedHeaps()
        try instance.attach(first)
        return true
    } ?? false
}

@c @implementation
package func wasm_runtime_detach_shared_heap(_ handle: OpaquePointer?) {
    guard let instance = record(ofInstance: handle)?.pointee.instance else { return }
    _ = attempt { () throws(SharedHeapError) in try instance.detach() }
}

@c @implementation
package func wasm_runtime_shared_heap_malloc(
    _ handle: OpaquePointer?,
    _ size: UInt64,
    _ native: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> UInt64 {
    guard let instance = record(ofInstance: handle)?.pointee.instance,
        let made = attempt({ () throws(SharedHeapError) in
            try instance.sharedHeapAllocate(sizeInBytes: size)
        })
    else { return 0 }
    native?.pointee = made.place
    return made.address
}

@c @implementation
package func wasm_runtime_shared_heap_free(_ handle: OpaquePointer?, _ address: UInt64) {
    guard let instance = record(ofInstance: handle)?.pointee.instance else { return }
    _ = attempt { () throws(SharedHeapError) in try instance.sharedHeapFree(address) }
}

/// What guests import to allocate in the heap that they have attached.
///
/// Where no heap was ever created there is none to allocate in, and what does it is not linked.
struct SharedHeapNatives {
    private var allocate: MoteHostFunction?
    private var free: MoteHostFunction?

    /// From now on guests may have heaps attached.
    fileprivate static func open() {
        door.sharedHeaps.allocate = { environment, _, slots in
            guard let instance = environment?.pointee.instance, let slots else {
                return UInt32(TrapCode.hostError.rawValue)
            }
            let size = slots[0] & 0xFFFF_FFFF
            let made = attempt { () throws(SharedHeapError) in
                try EngineInstance(state: instance.state).sharedHeapAllocate(sizeInBytes: size)
            }
            slots[0] = made.map { $0.address & 0xFFFF_FFFF } ?? 0
            return 0
        }
        door.sharedHeaps.free = { environment, _, slots in
            guard let instance = environment?.pointee.instance, let slots else {
                return UInt32(TrapCode.hostError.rawValue)
            }
            _ = attempt { () throws(SharedHeapError) in
                try EngineInstance(state: instance.state).sharedHeapFree(slots[0] & 0xFFFF_FFFF)
            }
            return 0
        }
    }

    private static let askedToAllocate: MoteHostFunction = { environment, data, slots in
        if let allocate = door.sharedHeaps.allocate { return allocate(environment, data, slots) }
        slots?[0] = 0
        return 0
    }

    private static let askedToFree: MoteHostFunction = { environment, data, slots in
        door.sharedHeaps.free?(environment, data, slots) ?? 0
    }

    /// Whether there is a function of these names.
    static func answers(_ moduleName: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool
    {
        equal(moduleName, "env") && (equal(name, "shared_heap_malloc") || equal(name, "shared_heap_free"))
    }

    /// The function that an import of `env` names, if its type is the one that guests declare.
    static func target(
        _ request: ImportRequest,
        _ type: UnsafeMutablePointer<DefinedType>
    ) -> MoteHostFunction? {
        guard equal(request.moduleName, "env"), type.pointee.parameters.count == 1,
            type.pointee.parameters[checked: 0] == .i32
        else { return nil }
        let results = type.pointee.results
        if equal(request.name, "shared_heap_malloc") {
            return results.count == 1 && results[checked: 0] == .i32 ? askedToAllocate : nil
        }
        return equal(request.name, "shared_heap_free") && results.count == 0 ? askedToFree : nil
    }
}
