internal import CPlatform
package import MoteMemory
internal import MoteModule

// What a report looks at: each walk holds the lock of the list it walks, so that nothing in it goes meanwhile.

/// Visits a list from its first record on, under the lock that orders it.
private func walk<Record>(
    _ lock: UnsafeMutablePointer<MoteLock>,
    _ first: @autoclosure () -> UnsafeMutablePointer<Record>?,
    next: (UnsafeMutablePointer<Record>) -> UnsafeMutablePointer<Record>?,
    _ visit: (UnsafeMutablePointer<Record>) -> Void
) {
    mote_lock_acquire(lock)
    defer { mote_lock_release(lock) }
    var record = first()
    while let current = record {
        visit(current)
        record = next(current)
    }
}

extension EngineRuntime {
    /// Calls `visit` with every module that is loaded or still in use, newest first; it must not use the runtime.
    package func forEachModule(_ visit: (EngineModule) -> Void) {
        walk(state.lock, state.pointee.firstModule, next: { $0.pointee.next }) {
            visit(EngineModule(state: $0))
        }
    }

    /// Calls `visit` with every store, newest first; it must not use the runtime.
    package func forEachStore(_ visit: (EngineStore) -> Void) {
        walk(state.lock, state.pointee.firstStore, next: { $0.pointee.next }) {
            visit(EngineStore(state: $0))
        }
    }

    /// Calls `visit` with every shared heap, newest first; it must not use the runtime.
    package func forEachSharedHeap(_ visit: (SharedHeap.Pointer) -> Void) {
        walk(state.lock, state.pointee.firstSharedHeap, next: { $0.pointee.nextInRuntime }, visit)
    }
}

extension EngineStore {
    /// Calls `visit` with every instance, newest first; it must not use the store.
    package func forEachInstance(_ visit: (EngineInstance) -> Void) {
        walk(state.lock, state.pointee.firstInstance, next: { $0.pointee.nextInStore }) {
            visit(EngineInstance(state: $0))
        }
    }

    /// Calls `visit` with every environment, newest first; it must not use the store.
    package func forEachEnvironment(_ visit: (EngineEnvironment) -> Void) {
        walk(state.lock, state.pointee.firstEnvironment, next: { $0.pointee.next }) {
            visit(EngineEnvironment(state: $0))
        }
    }

    /// Calls `visit` with every memory that the host made, newest first; it must not use the store.
    package func forEachHostMemory(_ visit: (UnsafeMutablePointer<MemoryInstance>) -> Void) {
        walk(state.lock, state.pointee.firstHostMemory, next: { $0.pointee.next }, visit)
    }

    /// The owner's identity in the ledger.
    package var identity: UInt32 { state.pointee.arena.header.pointee.identity }

    /// Numbers of the store's garbage-collected heap, in bytes; nil before its first object.
    package var collectedHeap:
        (sizeInBytes: Int, maximumSizeInBytes: Int, liveInBytes: Int, collectionCount: Int)?
    {
        mote_lock_acquire(state.collectorLock)
        defer { mote_lock_release(state.collectorLock) }
        return state.pointee.collector.heap.map {
            (
                $0.pointee.sizeInBytes, $0.pointee.maximumSizeInBytes, $0.pointee.liveInBytes,
                $0.pointee.collectionCount
            )
        }
    }

    /// The environment of instances that have none of their own; nil before its first need.
    package var existingDefaultEnvironment: EngineEnvironment? {
        state.pointee.defaultEnvironment.map { EngineEnvironment(state: $0) }
    }
}

extension EngineInstance {
    /// The owner's identity in the ledger.
    package var identity: UInt32 { state.pointee.arena.header.pointee.identity }

    /// How many memories it imports.
    package var importedMemoryCount: Int {
        min(state.pointee.module.pointee.module.pointee.importedMemoryCount, memoryCount)
    }

    /// How many memories it has, imported ones included.
    package var memoryCount: Int { state.pointee.module.pointee.module.pointee.memories.count }
}

extension EngineEnvironment {
    /// The owner's identity in the ledger.
    package var identity: UInt32 { state.pointee.arena.header.pointee.identity }

    /// The instance that alone uses it; nil for others.
    package var owner: EngineInstance? { state.pointee.ownerInstance.map { EngineInstance(state: $0) } }

    /// Bytes of the operand stack.
    package var operandStackSizeInBytes: Int {
        guard let base = state.base.pointee.stackBase, let limit = state.base.pointee.stackLimit else {
            return 0
        }
        return max(limit - base, 0) &* 8
    }

    /// Bytes of the operand stack that calls hold now: those that are inside, or stopped in a host function.
    ///
    /// Exact only while no guest code runs in it.
    package var stackInUseInBytes: Int {
        guard let base = state.base.pointee.stackBase, let activation = state.base.pointee.activation,
            let top = Operations.top(of: activation)
        else { return 0 }
        return max(top - base, 0) &* 8
    }
}

extension EngineModule {
    /// The owner's identity in the ledger.
    package var identity: UInt32 { module.pointee.arena.header.pointee.identity }

    /// What is translated of a module, all variants together.
    package struct Translation {
        /// Functions that were translated, once for each variant.
        package var functionCount = 0
        /// Bytes of their bodies in the module.
        package var bodySizeInBytes = 0
        /// Bytes of their code.
        package var codeSizeInBytes = 0
    }

    /// Counts what is translated now; O(functions).
    package var translation: Translation {
        var translation = Translation()
        mote_lock_acquire(state.lock)
        defer { mote_lock_release(state.lock) }
        let stub = state.pointee.runtime.pointee.stub
        let imported = module.pointee.importedFunctionCount
        for variant in 0..<4 {
            guard let words = state.pointee.codeWords[variant] else { continue }
            for index in 0..<state.pointee.definedFunctionCount {
                // Translation publishes a word while others read it.
                guard let loaded = mote_load_acquire_pointer(UnsafeMutableRawPointer(words + index)),
                    loaded != UnsafeMutableRawPointer(stub)
                else { continue }
                let code = loaded.assumingMemoryBound(to: MoteCode.self)
                translation.functionCount &+= 1
                translation.codeSizeInBytes &+= Int(code.pointee.sizeInBytes)
                if let function = module.pointee.functions[checked: imported &+ index] {
                    translation.bodySizeInBytes &+= Int(function.body.sizeInBytes)
                }
            }
        }
        return translation
    }
}
