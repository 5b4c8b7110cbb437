package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MoteMemory
internal import MotePlatform
internal import MoteWASI

/// Behind a `wasm_store_t`; in the store's arena.
///
/// Lives as long as something holds it: its handle, and references with handles. One thread at a time uses it.
struct StandardStore {
    typealias Pointer = UnsafeMutablePointer<StandardStore>
    typealias Bucket = StandardReference.Pointer?
    static var living: UInt32 { 0x4D6F_5302 }

    var mark: UInt32
    var engine: StandardEngine.Pointer
    var store: EngineStore
    var holderCount: Int
    /// References by kind and identity: a power of two lists, as many as references or more unless memory was short.
    var buckets: UnsafeMutablePointer<Bucket>
    var bucketCount: Int
    var referenceCount: Int
    /// Told apart by a number: references that stand for nothing but themselves.
    var lastNumber: UInt64
    /// What WASI programs see, once one was linked.
    var wasi: WASIContext.Pointer?
    var libc: LibcContext
    /// The trap that is given where there is no memory for one: a call that trapped must not look like a good one.
    var spareTrap: StandardReference.Pointer?
}

@c @implementation
package func wasm_store_new(_ handle: OpaquePointer?) -> OpaquePointer? {
    guard let engine = StandardEngine.behind(handle) else { return nil }
    guard let store = try? engine.pointee.runtime.createStore() else { return nil }
    let arena = store.state.pointee.arena
    do throws(MemoryError) {
        let count = StandardStore.firstBucketCount
        let raw = try arena.allocateGrowableZeroed(
            sizeInBytes: count &* MemoryLayout<StandardStore.Bucket>.stride,
            region: .structures,
            site: .cStandardBuckets
        )
        let record = try arena.allocate(
            StandardStore.self,
            count: 1,
            region: .structures,
            site: .cStandardStore
        )
        record.initialize(
            to: StandardStore(
                mark: StandardStore.living,
                engine: engine,
                store: store,
                holderCount: 1,
                buckets: raw.bindMemory(to: StandardStore.Bucket.self, capacity: count),
                bucketCount: count,
                referenceCount: 0,
                lastNumber: 0,
                wasi: nil,
                libc: StandardNatives.libcContext(),
                spareTrap: nil
            )
        )
        store.state.pointee.userData = UnsafeMutableRawPointer(record)
        StandardEngine.hold(engine)
        guard let spare = StandardStore.makeTrap("allocate memory failed", in: record) else {
            wasm_store_delete(OpaquePointer(record))
            return nil
        }
        record.pointee.spareTrap = spare
        // Without handles for now; it stays for being the spare one.
        StandardReference.release(spare)
        return OpaquePointer(record)
    } catch {
        store.destroy()
        return nil
    }
}

@c @implementation
package func wasm_store_delete(_ handle: OpaquePointer?) {
    guard let store = StandardStore.behind(handle) else { return }
    store.pointee.mark = 0
    StandardStore.release(store)
}

extension StandardStore {
    /// The store behind a handle; nil where it is null or was deleted.
    static func behind(_ handle: OpaquePointer?) -> Pointer? {
        guard let handle else { return nil }
        let store = Pointer(handle)
        return store.pointee.mark == living ? store : nil
    }

    /// The store of an environment that a host function was called with.
    static func of(_ environment: UnsafeMutablePointer<MoteEnvironment>) -> Pointer? {
        EngineEnvironment(environment).store.state.pointee.userData?.assumingMemoryBound(
            to: StandardStore.self
        )
    }

    static func release(_ store: Pointer) {
        store.pointee.holderCount &-= 1
        guard store.pointee.holderCount == 0 else { return }
        let engine = store.pointee.engine
        // Nothing has handles by now; what is left has host info, or the guest has it.
        for index in 0..<store.pointee.bucketCount {
            while let reference = store.pointee.buckets[index] {
                store.pointee.buckets[index] = reference.pointee.next
                StandardReference.end(reference)
                // Otherwise the end of its externref frees the record.
                if reference.pointee.external == 0 {
                    StandardEngine.free(UnsafeMutableRawPointer(reference))
                }
            }
        }
        let wasi = store.pointee.wasi
        store.pointee.store.destroy()
        if Build.hasWASI, let wasi { WASIContext.destroy(wasi) }
        StandardEngine.release(engine)
    }
}

// MARK: the table of references

extension StandardStore {
    static var firstBucketCount: Int { 16 }

    /// Numbers for what has no address of its own.
    static func number(in store: Pointer) -> UInt64 {
        store.pointee.lastNumber &+= 1
        // No address is so large.
        return store.pointee.lastNumber | 1 &<< 63
    }
}

extension UnsafeMutablePointer where Pointee == StandardStore {
    private func bucketIndex(_ kind: UInt32, _ identity: UInt64) -> Int {
        let mixed = (identity ^ UInt64(kind) &<< 56) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> 32) & (pointee.bucketCount &- 1)
    }

    /// The reference of an entity, if there is one; O(1).
    func reference(_ kind: UInt32, _ identity: UInt64) -> StandardReference.Pointer? {
        var next = pointee.buckets[bucketIndex(kind, identity)]
        while let current = next {
            if current.pointee.identity == identity, current.pointee.base.kind == kind { return current }
            next = current.pointee.next
        }
        return nil
    }

    func insert(_ reference: StandardReference.Pointer) {
        if pointee.referenceCount >= pointee.bucketCount { grow() }
        pointee.referenceCount &+= 1
        link(reference)
    }

    private func link(_ reference: StandardReference.Pointer) {
        let index = bucketIndex(reference.pointee.base.kind, reference.pointee.identity)
        reference.pointee.next = pointee.buckets[index]
        pointee.buckets[index] = reference
    }

    func remove(_ reference: StandardReference.Pointer) {
        let index = bucketIndex(reference.pointee.base.kind, reference.pointee.identity)
        var before: StandardReference.Pointer?
        var next = pointee.buckets[index]
        while let current = next, current != reference {
            before = current
            next = current.pointee.next
        }
        guard next != nil else { return }
        pointee.referenceCount &-= 1
        if let before {
            before.pointee.next = reference.pointee.next
        } else {
            pointee.buckets[index] = reference.pointee.next
        }
    }

    /// Twice as many buckets; without memory for them the lists become longer.
    private func grow() {
        let (old, oldCount) = (pointee.buckets, pointee.bucketCount)
        let arena = pointee.store.state.pointee.arena
        let raw = try? arena.allocateGrowableZeroed(
            sizeInBytes: oldCount &* 2 &* MemoryLayout<StandardStore.Bucket>.stride,
            region: .structures,
            site: .cStandardBucketGrowth
        )
        guard let raw else { return }
        pointee.bucketCount = oldCount &* 2
        pointee.buckets = raw.bindMemory(to: StandardStore.Bucket.self, capacity: oldCount &* 2)
        for index in 0..<oldCount {
            var next = old[index]
            while let current = next {
                next = current.pointee.next
                link(current)
            }
        }
        arena.freeGrowable(UnsafeMutableRawPointer(old))
    }
}
