import CPlatform
import Foundation
import Testing

import MoteMemory

/// A legal pair of backing and bounds, and the source it is tried with.
enum MemoryKind: CaseIterable, Sendable {
    case guarded
    case reservedChecked
    case heapSystem
    case heapPool

    var backing: LinearMemoryBacking {
        self == .heapSystem ? .heap : self == .heapPool ? .automatic : .reserved
    }
    var bounds: BoundsChecks { self == .guarded ? .guardPages : self == .heapPool ? .automatic : .checked }
}

/// A heap, an arena and one memory in it.
final class TestMemory {
    let test: TestHeap
    let arena: Arena
    let cache: ReservationCache.Pointer
    let memory = LinearMemory.Pointer.allocate(capacity: 1)
    private var isMade = false

    init(
        _ kind: MemoryKind,
        initial: UInt64,
        maximum: UInt64? = nil,
        poolSizeInBytes: Int = 4 << 20,
        change: (inout LinearMemoryRequest) -> Void = { _ in }
    ) throws {
        test = kind == .heapPool ? try TestHeap(pool: poolSizeInBytes) : try TestHeap(.system)
        arena = try Arena.create(in: test.heap, owner: .instance)
        cache = try ReservationCache.create(in: arena, capacity: 2)
        var request = LinearMemoryRequest(initialPageCount: initial, maximumPageCount: maximum)
        request.backing = kind.backing
        request.bounds = kind.bounds
        change(&request)
        do {
            try LinearMemory.create(at: memory, request, in: arena, cache: cache)
        } catch {
            ReservationCache.destroy(cache)
            arena.destroy()
            throw error
        }
        isMade = true
    }

    var view: LinearMemoryView { LinearMemoryView(base: memory.pointee.memory.base, sizeInBytes: size) }
    var size: UInt64 { memory.pointee.memory.sizeInBytes }

    deinit {
        guard isMade else {
            memory.deallocate()
            return
        }
        LinearMemory.destroy(memory)
        ReservationCache.destroy(cache)
        #expect(GlobalHeap.checkInvariants(test.heap))
        #expect(arena.accountSnapshot.current[Int(Region.linearMemory.rawValue)] == 0)
        arena.destroy()
        #expect(test.statistics.askedInBytes == 0)
        #expect(test.statistics.overheadInBytes == 0)
        memory.deallocate()
    }
}

@Suite struct LinearMemoryTests {
    static let page: UInt64 = 65536

    @Test(arguments: MemoryKind.allCases)
    func `a memory is zero, and grows with its bytes kept and zero pages behind`(
        _ kind: MemoryKind
    ) throws {
        let test = try TestMemory(kind, initial: 2, maximum: 20)
        let memory = test.memory
        #expect((memory.pointee.memory.bounds == 1) == (kind == .guarded))
        #expect((memory.pointee.memory.backing == 1) == (kind == .guarded || kind == .reservedChecked))
        #expect(!memory.pointee.isFallback)
        #expect(test.size == 2 * Self.page)
        for pages in 2..<UInt64(20) {
            let view = test.view
            let last = view.sizeInBytes - 8
            #expect(view.load(UInt64.self, at: last) == 0)
            #expect(view.store(pages, at: last))
            #expect(LinearMemory.grow(memory, by: 1) == pages)
            #expect(memory.pointee.memory.pageCount == pages + 1)
            #expect(test.size == (pages + 1) * Self.page)
            let grown = test.view
            #expect(grown.load(UInt64.self, at: last) == pages)
            let fresh = try #require(grown.bytes(at: last + 8, count: Self.page))
            #expect(fresh.allSatisfy { $0 == 0 })
            for earlier in 2...pages {
                #expect(grown.load(UInt64.self, at: earlier * Self.page - 8) == earlier)
            }
            #expect(test.arena.accountSnapshot.current[7] == Int(test.size))
        }
        #expect(LinearMemory.grow(memory, by: 1) == nil)
        #expect(LinearMemory.grow(memory, by: 0) == 20)
        for delta: UInt64 in [.max, .max - 19, 1 << 48, 1 << 32, 65536] {
            #expect(LinearMemory.grow(memory, by: delta) == nil)
        }
        #expect(test.size == 20 * Self.page)
    }

    @Test(arguments: MemoryKind.allCases) func `a memory of no pages is a memory`(_ kind: MemoryKind) throws {
        let test = try TestMemory(kind, initial: 0, maximum: 1)
        #expect(test.size == 0)
        #expect(test.view.load(UInt8.self, at: 0) == nil)
        #expect(test.view.bytes(at: 0, count: 0)?.count == 0)
        #expect(LinearMemory.grow(test.memory, by: 1) == 0)
        #expect(test.view.load(UInt8.self, at: 65535) == 0)
        #expect(test.view.load(UInt8.self, at: 65536) == nil)
    }

    @Test func `illegal pairs are refused by name`() throws {
        let cases: [(MemoryKind, LinearMemoryBacking, BoundsChecks, PlanFault)] = [
            (.heapSystem, .heap, .guardPages, .guardPagesNeedReservation),
            (.heapPool, .reserved, .automatic, .reservationInPool),
            (.heapPool, .reserved, .guardPages, .reservationInPool),
            (.heapPool, .automatic, .guardPages, .guardPagesNeedReservation),
        ]
        for (kind, backing, bounds, fault) in cases {
            #expect(throws: MemoryError.invalidPlan(fault, region: .linearMemory)) {
                _ = try TestMemory(kind, initial: 1) {
                    $0.backing = backing
                    $0.bounds = bounds
                }
            }
        }
    }

    @Test func `the system gives guard pages by default, but to none that they cannot protect`() throws {
        func bounds(_ change: @escaping (inout LinearMemoryRequest) -> Void) throws -> UInt8 {
            try TestMemory(.heapSystem, initial: 1, maximum: 4) {
                $0.backing = .automatic
                $0.bounds = .automatic
                change(&$0)
            }.memory.pointee.memory.bounds
        }
        #expect(try bounds { _ in } == 1)
        #expect(try bounds { $0.is64 = true } == 0)
        #expect(try bounds { $0.isFirst = false } == 0)
        #expect(try bounds { $0.pageSizeLog2 = 0 } == 0)
        #expect(try bounds { $0.bounds = .checked } == 0)
    }

    @Test func `maxima are those of the index type, the declaration and the plan`() {
        var request = LinearMemoryRequest(initialPageCount: 0)
        #expect(request.effectiveMaximumPageCount == 65536)
        request.is64 = true
        #expect(request.effectiveMaximumPageCount == 1 << 46)
        request.pageCountCap = 10
        #expect(request.effectiveMaximumPageCount == 10)
        request.maximumPageCount = 7
        #expect(request.effectiveMaximumPageCount == 7)
        request = LinearMemoryRequest(initialPageCount: 0)
        request.pageSizeLog2 = 0
        #expect(request.effectiveMaximumPageCount == UInt64(UInt32.max))
    }

    @Test func `a memory larger than a pool says what it wanted, and leaves the pool as it was`() throws {
        let test = try TestHeap(pool: 256 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let free = test.statistics.poolFreeInBytes
        let place = LinearMemory.Pointer.allocate(capacity: 1)
        defer { place.deallocate() }
        do {
            try LinearMemory.create(at: place, LinearMemoryRequest(initialPageCount: 4), in: arena)
            Issue.record("created")
        } catch {
            #expect(error.kind == .exhausted)
            #expect(error.region == .linearMemory)
            #expect(error.requestedInBytes == 4 * 65536)
            #expect((200_000..<256 * 1024).contains(error.availableInBytes))
        }
        #expect(test.statistics.poolFreeInBytes == free)
        try LinearMemory.create(at: place, LinearMemoryRequest(initialPageCount: 3), in: arena)
        var failure: MemoryError?
        #expect(LinearMemory.grow(place, by: 1, failure: &failure) == nil)
        #expect(failure?.kind == .exhausted)
        #expect(place.pointee.memory.pageCount == 3)
        LinearMemory.destroy(place)
        #expect(test.statistics.poolFreeInBytes == free)
        arena.destroy()
    }

    @Test func `growing 100,000 times in a pool leaks nothing`() throws {
        let test = try TestMemory(.heapPool, initial: 0, poolSizeInBytes: 1 << 20) { $0.pageSizeLog2 = 0 }
        let block = try test.test.allocate(64)
        for count in 0..<UInt64(100_000) where LinearMemory.grow(test.memory, by: 1) != count {
            Issue.record("grow")
        }
        test.test.free(block, 64)
        #expect(test.size == 100_000)
        #expect(try #require(test.view.bytes(at: 0, count: 100_000)).allSatisfy { $0 == 0 })
        #expect(test.test.statistics.overheadInBytes < 1000)
    }

    @Test func `released reservations come back, and come back zero`() throws {
        let test = try TestHeap(.system)
        let arena = try Arena.create(in: test.heap, owner: .runtime)
        let cache = try ReservationCache.create(in: arena, capacity: 1)
        let place = LinearMemory.Pointer.allocate(capacity: 2)
        defer { place.deallocate() }
        let request = LinearMemoryRequest(initialPageCount: 2)
        try LinearMemory.create(at: place, request, in: arena, cache: cache)
        let first = place.pointee.memory.base
        first?.initialize(repeating: 0xFF, count: 2 * 65536)
        LinearMemory.destroy(place)
        #expect(cache.pointee.count == 1)
        try LinearMemory.create(at: place, request, in: arena, cache: cache)
        #expect(place.pointee.memory.base == first)
        #expect(cache.pointee.count == 0)
        let view = LinearMemoryView(base: place.pointee.memory.base, sizeInBytes: 2 * 65536)
        #expect(try #require(view.bytes(at: 0, count: 2 * 65536)).allSatisfy { $0 == 0 })
        try LinearMemory.create(at: place + 1, request, in: arena, cache: cache)
        LinearMemory.destroy(place)
        LinearMemory.destroy(place + 1)
        #expect(cache.pointee.count == 1)
        ReservationCache.destroy(cache)
        arena.destroy()
        #expect(test.statistics.askedInBytes == 0)
    }

    @Test func `without address space the heap stands in, and says so`() async throws {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 6 << 30, rlim_max: 6 << 30)
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            let test = try TestMemory(.guarded, initial: 1, maximum: 2)
            #expect(test.memory.pointee.isFallback)
            #expect(test.memory.pointee.memory.backing == 0)
            #expect(test.memory.pointee.memory.bounds == 0)
            #expect(LinearMemory.grow(test.memory, by: 1) == 1)
        }
    }

    @Test(arguments: MemoryKind.allCases) func `failing each request in turn leaves everything as before`(
        _ kind: MemoryKind
    ) throws {
        let test = kind == .heapPool ? try TestHeap(pool: 1 << 20) : try TestHeap(.system)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let before = test.statistics
        let place = LinearMemory.Pointer.allocate(capacity: 1)
        defer { place.deallocate() }
        var request = LinearMemoryRequest(initialPageCount: 1, maximumPageCount: 4)
        request.backing = kind.backing
        request.bounds = kind.bounds
        let isReserved = kind.backing == .reserved
        for turn in 0..<3 {
            test.heap.pointee.failureCountdown = turn
            do {
                try LinearMemory.create(at: place, request, in: arena)
                #expect(turn > 0)
            } catch {
                #expect(turn == 0 && error.site == (isReserved ? .linearMemoryCommit : .linearMemoryBlock))
                #expect(test.statistics.askedInBytes == before.askedInBytes)
                #expect(test.statistics.overheadInBytes == before.overheadInBytes)
                continue
            }
            var failure: MemoryError?
            #expect(LinearMemory.grow(place, by: 2, failure: &failure) == (turn == 1 ? nil : 1))
            let site: AllocationSite = isReserved ? .linearMemoryCommitGrowth : .linearMemoryGrowth
            #expect((failure?.site == site) == (turn == 1))
            #expect(place.pointee.memory.sizeInBytes == (turn == 1 ? 1 : 3) * 65536)
            LinearMemory.destroy(place)
            #expect(test.statistics.askedInBytes == before.askedInBytes)
        }
        test.heap.pointee.failureCountdown = -1
        arena.destroy()
    }
}
