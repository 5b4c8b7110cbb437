import CPlatform
import MoteMemory
import Testing

@Suite struct GCHeapTests {
    /// A heap with objects that the test calls live; collecting is marking those.
    private final class Bench {
        let global: TestHeap
        let arena: Arena
        let heap: GCHeap.Pointer

        init(maximum: Int = 1 << 20, _ source: HeapSource = .system) throws(MemoryError) {
            global = try TestHeap(source)
            arena = try Arena.create(in: global.heap, owner: .store)
            heap = try GCHeap.create(in: arena, maximumSizeInBytes: maximum)
        }

        deinit {
            GCHeap.destroy(heap)
            arena.destroy()
        }

        func structure(_ sizeInBytes: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
            try make(GCObject.header(.structure, typeID: 7, sizeInBytes: sizeInBytes))
        }

        func bytes(_ count: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
            let lower = GCObject.arrayHeader(typeID: 9, elementSizeLog2: 0)
            return try make(UInt64(lower) | UInt64(count) << 32)
        }

        private func make(_ header: UInt64) throws(MemoryError) -> UnsafeMutableRawPointer {
            if let object = GCHeap.take(heap, header: header) { return object }
            return try GCHeap.grow(heap, header: header)
        }

        func collect(keeping live: some Sequence<UnsafeMutableRawPointer>) {
            GCHeap.beginMarking(heap)
            for object in live { GCObject.setMark(object, GCObject.header(object), GCObject.black) }
            GCHeap.sweep(heap, rootsInBytes: 0)
        }

        var inRegion: Int { arena.accountSnapshot.current[Int(Region.gcHeap.rawValue)] }
    }

    /// Whether every byte behind an object's header is the same.
    private func isFilled(_ object: UnsafeMutableRawPointer, _ size: Int, _ byte: UInt8) -> Bool {
        var pattern = [UInt8](repeating: byte, count: size - 8)
        return memcmp(object + 8, &pattern, size - 8) == 0
    }

    @Test func `headers tell kind, type, size and number of elements`() {
        let structure = GCObject.header(.structure, typeID: 0x7F_FFFF, sizeInBytes: 160_008)
        #expect(GCObject.kind(structure) == .structure)
        #expect(GCObject.typeID(structure) == 0x7F_FFFF)
        #expect(GCObject.sizeInBytes(structure) == 160_008)
        let vectors = UInt64(GCObject.arrayHeader(typeID: 3, elementSizeLog2: 4)) | 0xFFFF_FFFF << 32
        #expect(GCObject.kind(vectors) == .array)
        #expect(GCObject.count(vectors) == .max)
        #expect(GCObject.sizeInBytes(vectors) == 8 + 0xFFFF_FFFF * 16)
        let empty = UInt64(GCObject.arrayHeader(typeID: 3, elementSizeLog2: 0))
        #expect(GCObject.sizeInBytes(empty) == GCObject.smallestSizeInBytes)
    }

    @Test func `a heap without objects has no chunk, and its first one is small`() throws {
        let bench = try Bench()
        #expect(bench.inRegion == 0)
        _ = try bench.structure(24)
        #expect(bench.inRegion == GCHeap.firstChunkSizeInBytes)
        bench.collect(keeping: [])
        #expect(bench.inRegion == 0)
        #expect(bench.heap.pointee.sizeInBytes == 0)
    }

    @Test func `random objects keep their bytes while they live, and new ones are zero`() throws {
        let bench = try Bench(maximum: 8 << 20)
        bench.heap.pointee.poisonsFreed = true
        var random = SplitMix64(state: 42)
        var live: [UnsafeMutableRawPointer: (size: Int, fill: UInt8)] = [:]
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 1...200, using: &random) {
                let isArray = Bool.random(using: &random)
                let large = Int.random(in: 0..<50, using: &random) == 0
                let limit = large ? 40_000 : 400
                let size = Int.random(in: 16...limit, using: &random) & ~7
                let object = try isArray ? bench.bytes(size - 8) : bench.structure(size)
                #expect(isFilled(object, size, 0))
                let fill = UInt8.random(in: 1...255, using: &random)
                (object + 8).initializeMemory(as: UInt8.self, repeating: fill, count: size - 8)
                #expect(live.updateValue((size, fill), forKey: object) == nil)
            }
            for object in live.keys where Int.random(in: 0..<3, using: &random) == 0 {
                live[object] = nil
            }
            if round % 20 == 19 { live = [:] }
            bench.collect(keeping: live.keys)
            #expect(bench.heap.pointee.liveInBytes == live.values.reduce(0) { $0 + $1.size })
            for (object, (size, fill)) in live {
                try #require(GCObject.sizeInBytes(GCObject.header(object)) == size)
                #expect(isFilled(object, size, fill))
            }
        }
        #expect(bench.inRegion == 0)
    }

    @Test func `neighbours that die become one free block`() throws {
        let bench = try Bench()
        var objects: [UnsafeMutableRawPointer] = []
        for _ in 0..<100 { objects.append(try bench.structure(32)) }
        let before = bench.inRegion
        // Every second dies, then all between the first and the last.
        bench.collect(keeping: stride(from: 0, to: 100, by: 2).map { objects[$0] } + [objects[99]])
        bench.collect(keeping: [objects[0], objects[99]])
        let wide = try bench.structure(2000)
        #expect(wide > objects[0] && wide < objects[99])
        #expect(bench.inRegion == before)
    }

    @Test func `an object that finds no room names the region and what is left`() throws {
        let bench = try Bench(maximum: 16 * 1024)
        #expect(throws: MemoryError.self) { _ = try bench.bytes(1 << 30) }
        do throws(MemoryError) {
            while true { _ = try bench.structure(64) }
        } catch {
            #expect(error.region == .gcHeap && error.kind == .exhausted)
            #expect(error.requestedInBytes == 64)
            #expect(error.availableInBytes < 64)
        }
        #expect(bench.inRegion <= 16 * 1024)
        bench.collect(keeping: [])
        _ = try bench.structure(64)
    }

    @Test func `large objects lie alone, and go alone`() throws {
        let bench = try Bench(maximum: 64 << 20)
        let large = try bench.bytes(5_000_000)
        let small = try bench.structure(16)
        #expect(bench.inRegion > 5_000_000)
        bench.collect(keeping: [small])
        #expect(bench.inRegion == GCHeap.firstChunkSizeInBytes)
        #expect(large != small)
    }

    @Test func `grey objects are found whichever way they were reached`() throws {
        let bench = try Bench(maximum: 8 << 20)
        var objects: [UnsafeMutableRawPointer] = []
        for index in 0..<4000 {
            objects.append(try index % 500 == 3 ? bench.bytes(9000) : bench.structure(24))
        }
        for order in [Array(0..<4000), (0..<4000).reversed(), (0..<4000).map { $0 * 1777 % 4000 }] {
            GCHeap.beginMarking(bench.heap)
            var position = 0
            func makeNextGrey() {
                guard position < order.count else { return }
                let object = objects[order[position]]
                position += 1
                GCHeap.makeGrey(bench.heap, object, GCObject.header(object))
            }
            makeNextGrey()
            var scanned = 0
            GCHeap.scanGrey(bench.heap) { _, _ in
                scanned += 1
                makeNextGrey()
            }
            #expect(scanned == 4000)
            GCHeap.sweep(bench.heap, rootsInBytes: 0)
            #expect(
                bench.heap.pointee.liveInBytes
                    == objects.reduce(0) { $0 + GCObject.sizeInBytes(GCObject.header($1)) }
            )
        }
    }

    @Test func `a pool is as it was when the heap goes`() throws {
        let bench = try TestHeap(pool: 1 << 20)
        let free = bench.statistics.poolFreeInBytes
        let arena = try Arena.create(in: bench.heap, owner: .store)
        let heap = try GCHeap.create(in: arena, maximumSizeInBytes: 1 << 30)
        let header = GCObject.header(.structure, typeID: 1, sizeInBytes: 48)
        #expect(throws: MemoryError.self) {
            while true {
                if GCHeap.take(heap, header: header) == nil { _ = try GCHeap.grow(heap, header: header) }
            }
        }
        GCHeap.destroy(heap)
        arena.destroy()
        #expect(bench.statistics.poolFreeInBytes == free)
        #expect(bench.isSound)
    }
}
