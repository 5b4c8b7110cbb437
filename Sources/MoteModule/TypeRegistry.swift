internal import CPlatform
package import MoteMemory

/// The canonical types of one runtime: equivalent types of all its modules have one id (spec 3.1, "Defined types").
///
/// ```
/// ids     -> chunk of entries (each twice the last, so entries never move) -> type in its group
/// buckets -> group -> next group of the bucket
/// ```
/// At a stable address in an arena of its own. Interning and releasing take the lock; reading what an id stands for
/// does not, because an id is only known to who holds its group.
package struct TypeRegistry {
    package typealias Pointer = UnsafeMutablePointer<TypeRegistry>

    struct Entry {
        /// The type; nil while the id is free.
        var type: UnsafeMutablePointer<DefinedType>?
        /// Free runs: the first id of the next free run of the same length.
        var nextFree: UInt32
    }

    private static var firstChunkCount: UInt32 { 32 }

    var arena: Arena
    var lock: MoteLock
    var chunks: InlineArray<20, UnsafeMutablePointer<Entry>?>
    /// First ids of free runs, by length from 1 to 15; `UInt32.max` for none, and longer runs are not used again.
    var freeRuns: InlineArray<16, UInt32>
    /// Ids at and above this were never given out.
    var nextID: UInt32
    var buckets: UnsafeMutablePointer<TypeGroup.Pointer?>
    var bucketCount: Int
    /// How many groups there are.
    package internal(set) var groupCount: Int

    /// A registry without types; ``destroy(_:)`` gives it back.
    package static func create(in heap: GlobalHeap.Pointer) throws(MemoryError) -> Pointer {
        let arena = try Arena.create(in: heap, owner: .runtime)
        do {
            let registry = try arena.allocate(
                TypeRegistry.self,
                count: 1,
                region: .structures,
                site: .typeRegistry
            )
            let bucketCount = 32
            let buckets = try makeBuckets(bucketCount, in: arena, site: .typeBuckets)
            registry.initialize(
                to: TypeRegistry(
                    arena: arena,
                    lock: MoteLock(),
                    chunks: .init(repeating: nil),
                    freeRuns: .init(repeating: .max),
                    nextID: 0,
                    buckets: buckets,
                    bucketCount: bucketCount,
                    groupCount: 0
                )
            )
            mote_lock_init(&registry.pointee.lock)
            return registry
        } catch {
            arena.destroy()
            throw error
        }
    }

    /// Gives everything back.
    ///
    /// Nobody may hold a group any more.
    package static func destroy(_ registry: Pointer) {
        mote_lock_destroy(&registry.pointee.lock)
        let arena = registry.pointee.arena
        arena.destroy()
    }

    /// The group equal to the candidates, made if there is none, and held until ``release(_:_:)``.
    ///
    /// `values` are those of all candidates one after another, `valueCount` of them, and `mutability` has one for
    /// each. Who interns a group must hold the groups that it refers to. Throws when memory is not to be had; the
    /// registry is as before then.
    package static func intern(
        _ registry: Pointer,
        _ candidates: UnsafePointer<TypeCandidate>,
        count: Int,
        values: UnsafePointer<ValueType>,
        mutability: UnsafePointer<Bool>,
        valueCount: Int
    ) throws(MemoryError) -> TypeGroup.Pointer {
        // The address differs from run to run: modules cannot be made whose types share a bucket.
        let seed = UInt64(UInt(bitPattern: registry)) &>> 4
        let hash = hash(candidates, count: count, values: values, mutability: mutability, seed: seed)
        mote_lock_acquire(&registry.pointee.lock)
        defer { mote_lock_release(&registry.pointee.lock) }
        var next = registry.pointee.buckets[bucket(of: hash, registry)]
        while let group = next {
            if group.pointee.hash == hash,
                TypeGroup.isEqual(group, candidates, count: count, values: values, mutability: mutability)
            {
                group.pointee.holderCount &+= 1
                return group
            }
            next = group.pointee.next
        }
        let group = try insert(registry, count: count, valueCount: valueCount, hash: hash)
        TypeGroup.fill(group, candidates, values: values, mutability: mutability, valueCount: valueCount)
        let types = TypeGroup.types(group)
        for index in 0..<count {
            let id = group.pointee.firstID &+ UInt32(truncatingIfNeeded: index)
            entry(registry, id)?.pointee.type = types + index
        }
        return group
    }

    /// Gives up a hold on a group; the last one frees it and its ids.
    package static func release(_ registry: Pointer, _ group: TypeGroup.Pointer) {
        mote_lock_acquire(&registry.pointee.lock)
        defer { mote_lock_release(&registry.pointee.lock) }
        group.pointee.holderCount &-= 1
        guard group.pointee.holderCount == 0 else { return }
        let row = bucket(of: group.pointee.hash, registry)
        if registry.pointee.buckets[row] == group {
            registry.pointee.buckets[row] = group.pointee.next
        } else {
            var previous = registry.pointee.buckets[row]
            while let candidate = previous, candidate.pointee.next != group {
                previous = candidate.pointee.next
            }
            previous?.pointee.next = group.pointee.next
        }
        registry.pointee.groupCount &-= 1
        freeIDs(registry, first: group.pointee.firstID, count: group.pointee.count)
        registry.pointee.arena.freeGrowable(UnsafeMutableRawPointer(group))
    }

    /// The type of a canonical id, or nil for an id that nobody holds.
    package static func type(_ registry: Pointer, _ id: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        entry(registry, id)?.pointee.type
    }

    /// Whether a type is another one or a declared subtype of it.
    package static func isSubtype(_ registry: Pointer, _ id: UInt32, of ancestor: UInt32) -> Bool {
        var current = id
        // Bounded: a supertype is older than its subtype, so the walk ends; decoding limits its length.
        while current != ancestor {
            guard let type = type(registry, current), type.pointee.supertypeID != .max else { return false }
            current = type.pointee.supertypeID
        }
        return true
    }

    private static func hash(
        _ candidates: UnsafePointer<TypeCandidate>,
        count: Int,
        values: UnsafePointer<ValueType>,
        mutability: UnsafePointer<Bool>,
        seed: UInt64
    ) -> UInt64 {
        var hash = (seed ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash &>> 32
        }
        for index in 0..<count {
            let candidate = candidates[index]
            mix(
                UInt64(candidate.kind.rawValue) | (candidate.isFinal ? 0x100 : 0) | UInt64(
                    candidate.supertype
                ) &<< 32
            )
            mix(UInt64(candidate.parameterCount) | UInt64(truncatingIfNeeded: candidate.valueCount) &<< 32)
            for position in candidate.firstValue..<(candidate.firstValue &+ candidate.valueCount) {
                mix(UInt64(values[position].rawValue) | (mutability[position] ? 1 &<< 63 : 0))
            }
        }
        return hash
    }

    private static func bucket(of hash: UInt64, _ registry: Pointer) -> Int {
        Int(truncatingIfNeeded: hash) & (registry.pointee.bucketCount &- 1)
    }

    private static func makeBuckets(
        _ count: Int,
        in arena: Arena,
        site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<TypeGroup.Pointer?> {
        let size = count &* MemoryLayout<TypeGroup.Pointer?>.stride
        let raw = try arena.allocateGrowable(sizeInBytes: size, region: .structures, site: site)
        let buckets = raw.bindMemory(to: TypeGroup.Pointer?.self, capacity: count)
        buckets.initialize(repeating: nil, count: count)
        return buckets
    }

    /// A block with header, ids and place in the hash table; the types are still to be written.
    private static func insert(
        _ registry: Pointer,
        count: Int,
        valueCount: Int,
        hash: UInt64
    ) throws(MemoryError) -> TypeGroup.Pointer {
        let arena = registry.pointee.arena
        if registry.pointee.groupCount >= registry.pointee.bucketCount &* 2 { try growBuckets(registry) }
        guard let size = TypeGroup.sizeInBytes(count: count, valueCount: valueCount) else {
            throw .exhausted(.structures, requested: .max, available: -1, site: .typeGroup)
        }
        let raw = try arena.allocateGrowable(sizeInBytes: size, region: .structures, site: .typeGroup)
        let firstID: UInt32
        do {
            firstID = try takeIDs(registry, count: count)
        } catch {
            arena.freeGrowable(raw)
            throw error
        }
        let group = raw.bindMemory(to: TypeGroup.self, capacity: 1)
        let row = bucket(of: hash, registry)
        group.initialize(
            to: TypeGroup(
                firstID: firstID,
                count: count,
                holderCount: 1,
                hash: hash,
                next: registry.pointee.buckets[row]
            )
        )
        registry.pointee.buckets[row] = group
        registry.pointee.groupCount &+= 1
        return group
    }

    private static func growBuckets(_ registry: Pointer) throws(MemoryError) {
        let oldCount = registry.pointee.bucketCount
        let old = registry.pointee.buckets
        let count = oldCount &* 2
        let buckets = try makeBuckets(count, in: registry.pointee.arena, site: .typeBucketsGrowth)
        registry.pointee.buckets = buckets
        registry.pointee.bucketCount = count
        for row in 0..<oldCount {
            var next = old[row]
            while let group = next {
                next = group.pointee.next
                let row = bucket(of: group.pointee.hash, registry)
                group.pointee.next = buckets[row]
                buckets[row] = group
            }
        }
        registry.pointee.arena.freeGrowable(UnsafeMutableRawPointer(old))
    }

    /// Consecutive ids, from a free run of that length or from those never used.
    private static func takeIDs(_ registry: Pointer, count: Int) throws(MemoryError) -> UInt32 {
        if count > 0, count < 16, registry.pointee.freeRuns[count] != .max {
            let first = registry.pointee.freeRuns[count]
            if let entry = entry(registry, first) {
                registry.pointee.freeRuns[count] = entry.pointee.nextFree
                return first
            }
        }
        let first = registry.pointee.nextID
        guard count < Int(TypeReference.limit), Int(first) &+ count <= Int(TypeReference.limit) else {
            throw .exhausted(.structures, requested: count, available: 0, site: .typeEntries)
        }
        let end = first &+ UInt32(truncatingIfNeeded: count)
        var chunk = 0
        while chunk < 20 {
            let chunkStart = firstChunkCount &* ((1 &<< UInt32(truncatingIfNeeded: chunk)) &- 1)
            if chunkStart >= end { break }
            if registry.pointee.chunks[chunk] == nil {
                let entryCount = Int(firstChunkCount) &<< chunk
                let entries = try registry.pointee.arena.allocate(
                    Entry.self,
                    count: entryCount,
                    region: .structures,
                    site: .typeEntries
                )
                entries.initialize(repeating: Entry(type: nil, nextFree: .max), count: entryCount)
                registry.pointee.chunks[chunk] = entries
            }
            chunk &+= 1
        }
        registry.pointee.nextID = end
        return first
    }

    private static func freeIDs(_ registry: Pointer, first: UInt32, count: Int) {
        for index in 0..<count {
            entry(registry, first &+ UInt32(truncatingIfNeeded: index))?.pointee.type = nil
        }
        guard count > 0, count < 16, let entry = entry(registry, first) else { return }
        entry.pointee.nextFree = registry.pointee.freeRuns[count]
        registry.pointee.freeRuns[count] = first
    }

    /// Chunk k holds `firstChunkCount << k` ids from `firstChunkCount * (2^k - 1)` on.
    private static func entry(_ registry: Pointer, _ id: UInt32) -> UnsafeMutablePointer<Entry>? {
        guard id < TypeReference.limit else { return nil }
        let scaled = id / firstChunkCount &+ 1
        let chunk = 31 &- scaled.leadingZeroBitCount
        guard let entries = registry.pointee.chunks[chunk] else { return nil }
        let chunkStart = firstChunkCount &* ((1 &<< UInt32(truncatingIfNeeded: chunk)) &- 1)
        return entries + Int(id &- chunkStart)
    }
}
