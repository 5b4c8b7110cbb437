internal import CPlatform
package import MoteMemory

/// The canonical types of one runtime: equivalent types of all its modules have one id (spec 3.1, "Defined types").
///
/// ```
/// ids     -> chunk of entries (each twice the last, so entries never move) -> type in its group
/// buckets -> group -> next group of the bucket
/// slabs   -> groups one behind the other; freed with the last of them
/// ```
/// At a stable address in its runtime's arena, or in one of its own. Interning and releasing take the lock; reading
/// what an id stands for does not, because an id is only known to who holds its group.
package struct TypeRegistry {
    package typealias Pointer = UnsafeMutablePointer<TypeRegistry>

    /// The type of an id, or, while the id is free, where free runs go on.
    struct Entry {
        /// Address of the type; bit 0 set while the id is free: then the first id of the next free run of the
        /// same length stands above it.
        private var word: UInt

        static var free: Entry { Entry(nextFree: .max) }
        init(type: UnsafeMutablePointer<DefinedType>) { word = UInt(bitPattern: type) }
        init(nextFree: UInt32) { word = UInt(nextFree) &<< 1 | 1 }

        var type: UnsafeMutablePointer<DefinedType>? {
            word & 1 != 0 ? nil : UnsafeMutablePointer(bitPattern: word)
        }
        var nextFree: UInt32 { word & 1 != 0 ? UInt32(truncatingIfNeeded: word &>> 1) : .max }
    }

    private static var firstChunkCount: UInt32 { 8 }
    private static var chunkLimit: Int { 21 }
    private static var firstBucketCount: Int { 8 }

    var arena: Arena
    /// The arena goes with the registry.
    var ownsArena: Bool
    var lock: MoteLock
    var chunks: InlineArray<21, UnsafeMutablePointer<Entry>?>
    /// First ids of free runs, by length from 1 to 15; `UInt32.max` for none, and longer runs are not used again.
    var freeRuns: InlineArray<16, UInt32>
    /// Ids at and above this were never given out.
    var nextID: UInt32
    /// At first the ones behind the registry's own record.
    var buckets: UnsafeMutablePointer<TypeGroup.Pointer?>
    var bucketCount: Int
    /// Where the next group is cut from, if it fits.
    var slab: TypeSlab.Pointer?
    /// How many groups there are.
    package internal(set) var groupCount: Int

    /// A registry without types in an arena of its own; ``destroy(_:)`` gives it back.
    package static func create(in heap: GlobalHeap.Pointer) throws(MemoryError) -> Pointer {
        let arena = try Arena.create(in: heap, owner: .runtime)
        do {
            let registry = try create(in: arena)
            registry.pointee.ownsArena = true
            return registry
        } catch {
            arena.destroy()
            throw error
        }
    }

    /// A registry without types in an arena that outlives it.
    package static func create(in arena: Arena) throws(MemoryError) -> Pointer {
        let recordSize = (MemoryLayout<TypeRegistry>.size &+ 7) & ~7
        let raw = try arena.allocateBytes(
            recordSize &+ firstBucketCount &* MemoryLayout<TypeGroup.Pointer?>.stride,
            alignment: 8,
            region: .structures,
            site: .typeRegistry
        )
        let registry = raw.bindMemory(to: TypeRegistry.self, capacity: 1)
        let buckets = (raw + recordSize).bindMemory(to: TypeGroup.Pointer?.self, capacity: firstBucketCount)
        buckets.initialize(repeating: nil, count: firstBucketCount)
        registry.initialize(
            to: TypeRegistry(
                arena: arena,
                ownsArena: false,
                lock: MoteLock(),
                chunks: .init(repeating: nil),
                freeRuns: .init(repeating: .max),
                nextID: 0,
                buckets: buckets,
                bucketCount: firstBucketCount,
                slab: nil,
                groupCount: 0
            )
        )
        mote_lock_init(&registry.pointee.lock)
        return registry
    }

    /// Gives everything back that does not lie in a given arena.
    ///
    /// Nobody may hold a group any more.
    package static func destroy(_ registry: Pointer) {
        mote_lock_destroy(&registry.pointee.lock)
        let arena = registry.pointee.arena
        if registry.pointee.ownsArena { arena.destroy() }
    }

    /// The group equal to the candidates, made if there is none, and held until ``release(_:_:)``.
    ///
    /// `values` are those of all candidates one after another, `valueCount` of them, and `mutability` has one for
    /// each. Who interns a group must hold the groups that it refers to. `expectedInBytes` is what this group and
    /// those that the caller interns after it would take, by ``TypeGroup/sizeInBytes(count:valueCount:)``: one block
    /// is made for them. Throws when memory is not to be had; the registry is as before then.
    @inline(never)
    package static func intern(
        _ registry: Pointer,
        _ candidates: UnsafePointer<TypeCandidate>,
        count: Int,
        values: UnsafePointer<ValueType>,
        mutability: UnsafePointer<Bool>,
        valueCount: Int,
        expectedInBytes: Int = 0
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
        let group = try insert(
            registry,
            count: count,
            valueCount: valueCount,
            hash: hash,
            expectedInBytes: expectedInBytes
        )
        TypeGroup.fill(group, candidates, values: values, mutability: mutability, valueCount: valueCount)
        let types = TypeGroup.types(group)
        for index in 0..<count {
            let id = group.pointee.firstID &+ UInt32(truncatingIfNeeded: index)
            entry(registry, id)?.pointee = Entry(type: types + index)
        }
        return group
    }

    /// Gives up a hold on a group; the last one frees it and its ids.
    @inline(never)
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
        releaseSpace(registry, of: group)
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
        hash: UInt64,
        expectedInBytes: Int
    ) throws(MemoryError) -> TypeGroup.Pointer {
        if registry.pointee.groupCount >= registry.pointee.bucketCount &* 2 { try growBuckets(registry) }
        guard let size = TypeGroup.sizeInBytes(count: count, valueCount: valueCount) else {
            throw .exhausted(.structures, requested: .max, available: -1, site: .typeGroup)
        }
        let firstID = try takeIDs(registry, count: count)
        let space: (UnsafeMutableRawPointer, TypeSlab.Pointer)
        do {
            space = try takeSpace(registry, size, expectedInBytes: expectedInBytes)
        } catch {
            freeIDs(registry, first: firstID, count: count)
            throw error
        }
        let group = space.0.bindMemory(to: TypeGroup.self, capacity: 1)
        let row = bucket(of: hash, registry)
        group.initialize(
            to: TypeGroup(
                firstID: firstID,
                holderCount: 1,
                count: count,
                hash: hash,
                slab: space.1,
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
        // The first ones lie in the registry's own block.
        if oldCount > firstBucketCount {
            registry.pointee.arena.freeGrowable(UnsafeMutableRawPointer(old))
        }
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
        while chunk < chunkLimit {
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
                entries.initialize(repeating: .free, count: entryCount)
                registry.pointee.chunks[chunk] = entries
            }
            chunk &+= 1
        }
        registry.pointee.nextID = end
        return first
    }

    private static func freeIDs(_ registry: Pointer, first: UInt32, count: Int) {
        for index in 0..<count {
            entry(registry, first &+ UInt32(truncatingIfNeeded: index))?.pointee = .free
        }
        guard count > 0, count < 16, let entry = entry(registry, first) else { return }
        entry.pointee = Entry(nextFree: registry.pointee.freeRuns[count])
        registry.pointee.freeRuns[count] = first
    }

    /// Chunk k holds `firstChunkCount << k` ids from `firstChunkCount * (2^k - 1)` on.
    @inline(never)
    private static func entry(_ registry: Pointer, _ id: UInt32) -> UnsafeMutablePointer<Entry>? {
        guard id < TypeReference.limit else { return nil }
        let scaled = id / firstChunkCount &+ 1
        let chunk = 31 &- scaled.leadingZeroBitCount
        guard chunk < chunkLimit, let entries = registry.pointee.chunks[chunk] else { return nil }
        let chunkStart = firstChunkCount &* ((1 &<< UInt32(truncatingIfNeeded: chunk)) &- 1)
        return entries + Int(id &- chunkStart)
    }
}
