import Testing

import MoteMemory

/// An app heap in a global heap of its own.
private final class TestAppHeap {
    let global: TestHeap
    let arena: Arena
    let heap: AppHeap.Pointer
    /// What the ledger had before and after the heap was made.
    let ledgerBefore: Int
    let ledgerAfter: Int

    init(_ offset: UInt64, _ sizeInBytes: UInt64, source: HeapSource = .system, pool: Int? = nil) throws {
        global = try pool.map { try TestHeap(pool: $0) } ?? TestHeap(source)
        arena = try Arena.create(in: global.heap, owner: .instance)
        ledgerBefore = arena.accountSnapshot.current[Int(Region.appHeap.rawValue)]
        heap = try AppHeap.create(offset: offset, sizeInBytes: sizeInBytes, in: arena)
        ledgerAfter = arena.accountSnapshot.current[Int(Region.appHeap.rawValue)]
    }

    deinit {
        AppHeap.destroy(heap)
        assert(arena.accountSnapshot.current[Int(Region.appHeap.rawValue)] == ledgerBefore)
        arena.destroy()
    }

    var ledger: Int { arena.accountSnapshot.current[Int(Region.appHeap.rawValue)] }
    var isSound: Bool { AppHeap.checkInvariants(heap) }
    var used: UInt64 { heap.pointee.usedInBytes }
    var largest: UInt64 { AppHeap.largestFreeInBytes(heap) }

    func allocate(_ size: UInt64) throws(MemoryError) -> UInt64 { try AppHeap.allocate(heap, size) }
    func free(_ address: UInt64) -> Bool { AppHeap.free(heap, address) }
}

@Suite struct AppHeapTests {
    @Test func `blocks are multiples of eight bytes without headers, and a block of no bytes is one too`()
        throws
    {
        let test = try TestAppHeap(65536, 4096)
        let sizes: [UInt64] = [0, 1, 7, 8, 9, 12, 16, 17, 0]
        var expected: UInt64 = 65536
        for size in sizes {
            #expect(try test.allocate(size) == expected)
            expected += max((size + 7) / 8 * 8, 8)
        }
        #expect(test.used == expected - 65536)
        #expect(test.heap.pointee.blockCount == sizes.count)
        #expect(test.isSound)
    }

    @Test func `all can be had, and one byte more can not`() throws {
        let test = try TestAppHeap(4096, 1000)
        #expect(test.largest == 1000)
        for size in [1001, 1 << 40, UInt64.max - 7, UInt64.max] as [UInt64] {
            #expect(
                throws: MemoryError.exhausted(
                    .appHeap,
                    requested: Int(clamping: size),
                    available: 1000,
                    site: .appHeapRecord
                )
            ) { try test.allocate(size) }
        }
        #expect(test.used == 0)
        let block = try test.allocate(1000)
        #expect(block == 4096 && test.largest == 0 && test.used == 1000)
        #expect(throws: MemoryError.self) { try test.allocate(0) }
        #expect(test.isSound)
        #expect(test.free(block))
        #expect(test.largest == 1000 && test.used == 0 && test.heap.pointee.peakInBytes == 1000)
    }

    @Test(
        arguments: [
            (0, 16, 8, 8), (0, 8, 0, 0), (0, 7, 0, 0), (1, 16, 8, 8), (5, 23, 8, 16), (5, 3, 0, 0),
            (UInt64.max - 15, 16, UInt64.max - 15, 16), (UInt64.max - 15, UInt64.max, UInt64.max - 15, 16),
            (UInt64.max, UInt64.max, 0, 0), (0, UInt64.max, 8, UInt64.max - 15), (7, 0, 0, 0), (8, 0, 0, 0),
        ] as [(UInt64, UInt64, UInt64, UInt64)]
    )
    func `ranges of any place and size give what whole units they hold, but never address 0`(
        offset: UInt64,
        size: UInt64,
        first: UInt64,
        largest: UInt64
    ) throws {
        let test = try TestAppHeap(offset, size)
        #expect(test.largest == largest)
        if largest > 0 {
            #expect(try test.allocate(largest) == first)
            #expect(test.largest == 0 && test.used == largest)
            #expect(test.free(first))
        }
        #expect(throws: MemoryError.self) { try test.allocate(largest + 1) }
        #expect(test.isSound)
    }

    @Test func `what is not the start of a block is not freed`() throws {
        let test = try TestAppHeap(1024, 1024)
        #expect(!test.free(1024))
        let block = try test.allocate(64)
        for address in [0, 8, 1016, block + 1, block + 8, block + 63, block + 64, 2047, 2048, .max, .max - 7]
            as [UInt64]
        {
            #expect(!test.free(address))
            #expect(AppHeap.sizeOfBlock(test.heap, address) == nil)
            guard case .notABlock = try AppHeap.resize(test.heap, address, to: 8) else {
                Issue.record("resized \(address)")
                continue
            }
        }
        #expect(AppHeap.sizeOfBlock(test.heap, block) == 64)
        #expect(test.free(block))
        #expect(!test.free(block))
        #expect(test.isSound && test.used == 0)
    }

    @Test func `the smallest range that suffices is taken, and neighbours are joined at once`() throws {
        let test = try TestAppHeap(8, 8000)
        let blocks = try [32, 8, 24, 8, 48, 8].map { try test.allocate($0) }
        #expect(test.free(blocks[0]) && test.free(blocks[2]) && test.free(blocks[4]))
        #expect(try test.allocate(17) == blocks[2])
        #expect(try test.allocate(40) == blocks[4])
        #expect(try test.allocate(40) == blocks[5] + 8)
        #expect(test.free(blocks[1]))
        #expect(try test.allocate(40) == blocks[0])
        #expect(test.isSound)
    }

    @Test func `a block grows into what is free behind it and shrinks in place`() throws {
        let test = try TestAppHeap(800, 800)
        let block = try test.allocate(80)
        func resize(_ size: UInt64) throws -> UInt64? {
            switch try AppHeap.resize(test.heap, block, to: size) {
            case .inPlace: nil
            case .mustMove(let copying): copying
            case .notABlock: 0
            }
        }
        #expect(try resize(800) == nil && test.used == 800 && test.largest == 0)
        #expect(try resize(801) == 800)
        #expect(try resize(UInt64.max) == 800)
        #expect(try resize(0) == nil && test.used == 8 && test.largest == 792)
        #expect(try resize(3) == nil && test.used == 8)
        let second = try test.allocate(8)
        #expect(second == 808)
        #expect(try resize(9) == 8)
        #expect(test.free(second))
        #expect(try resize(16) == nil && test.largest == 784 && test.heap.pointee.peakInBytes == 800)
        #expect(test.isSound)
    }

    @Test func `records grow with the blocks, not with the heap, and go with them`() throws {
        let test = try TestAppHeap(1 << 20, 1 << 45)
        #expect(test.ledgerAfter - test.ledgerBefore < 300)
        var blocks: [UInt64] = []
        for _ in 0..<10_000 { blocks.append(try test.allocate(100)) }
        #expect((10_000 * 24...10_000 * 30 + 1000).contains(test.ledger - test.ledgerAfter))
        #expect(AppHeap.depth(test.heap) < 60)
        for block in blocks { #expect(test.free(block)) }
        #expect(test.ledger - test.ledgerAfter < 1000)
        #expect(AppHeap.recordCounts(test.heap).count == 1)
        #expect(test.isSound)
        _ = try test.allocate(1)
        AppHeap.reset(test.heap)
        #expect(test.ledger == test.ledgerAfter && test.used == 0 && test.largest == 1 << 45)
    }

    /// Every operation against a list of blocks.
    @Test(arguments: [(1, 1 << 12, 64), (2, 1 << 16, 300), (3, 1 << 14, 4096), (4, 1 << 40, 1 << 30)])
    func `random operations agree with a model`(seed: UInt64, sizeInBytes: Int, most: Int) throws {
        let test = try TestAppHeap(0, UInt64(sizeInBytes))
        var random = SplitMix64(state: seed)
        var live: [(address: UInt64, size: UInt64)] = []
        var isGrowing = true
        func rounded(_ size: UInt64) -> UInt64 { max((size + 7) / 8 * 8, 8) }
        for step in 0..<40_000 {
            if step % 500 == 0 { isGrowing = UInt64.random(in: 0..<3, using: &random) > 0 }
            let size = UInt64.random(in: 0...UInt64(most), using: &random)
            switch UInt64.random(in: 0..<10, using: &random) {
            case 0..<(isGrowing ? 6 : 3):
                let largest = test.largest
                do {
                    let address = try test.allocate(size)
                    #expect(address > 0 && address % 8 == 0 && rounded(size) <= largest)
                    live.append((address, rounded(size)))
                } catch {
                    #expect(rounded(size) > largest)
                }
            case 9 where !live.isEmpty:
                let index = Int.random(in: 0..<live.count, using: &random)
                let old = live[index]
                switch try AppHeap.resize(test.heap, old.address, to: size) {
                case .inPlace: live[index].size = rounded(size)
                case .mustMove(let copying): #expect(copying == old.size && rounded(size) > old.size)
                case .notABlock: Issue.record("a live block is none")
                }
            default:
                guard !live.isEmpty else { continue }
                let index = Int.random(in: 0..<live.count, using: &random)
                let block = live.swapRemove(at: index)
                #expect(test.free(block.address))
                #expect(!test.free(block.address))
            }
            if step % 97 == 0 { try check(test, live) }
        }
        try check(test, live)
    }

    private func check(_ test: TestAppHeap, _ live: [(address: UInt64, size: UInt64)]) throws {
        try #require(test.isSound)
        let sorted = live.sorted { $0.address < $1.address }
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            try #require(left.address + left.size <= right.address)
        }
        var largest: UInt64 = 0
        var end: UInt64 = 8
        for block in sorted {
            largest = max(largest, block.address - end)
            end = block.address + block.size
            try #require(AppHeap.sizeOfBlock(test.heap, block.address) == block.size)
        }
        largest = max(largest, test.heap.pointee.sizeInBytes - end)
        try #require(test.largest == largest)
        try #require(test.used == live.reduce(0) { $0 + $1.size })
        try #require(test.heap.pointee.blockCount == live.count)
    }

    @Test func `a record that cannot be had leaves the heap as it was`() throws {
        let test = try TestAppHeap(64, 1 << 20)
        var blocks: [UInt64] = []
        var failures = 0
        for _ in 0..<2_000 {
            test.global.heap.pointee.failureCountdown = 0
            let before = (test.used, test.largest, test.ledger, test.heap.pointee.blockCount)
            do {
                blocks.append(try test.allocate(24))
            } catch {
                failures += 1
                #expect(error.site == .appHeapExtents || error.site == .appHeapGrowth)
                #expect(test.isSound)
                #expect(before == (test.used, test.largest, test.ledger, test.heap.pointee.blockCount))
                blocks.append(try test.allocate(24))
            }
            test.global.heap.pointee.failureCountdown = -1
        }
        #expect((10...40).contains(failures))
        #expect(Set(blocks).count == blocks.count)
        for block in blocks { #expect(test.free(block)) }
        #expect(test.isSound && test.used == 0)
    }

    @Test func `a pool that is full gives an error, and freeing still works`() throws {
        let test = try TestAppHeap(64, 1 << 30, pool: 16 * 1024)
        var blocks: [UInt64] = []
        while let block = try? test.allocate(8) { blocks.append(block) }
        #expect(blocks.count > 300)
        #expect(test.isSound)
        for block in blocks where block % 16 == 0 { #expect(test.free(block)) }
        #expect(test.isSound)
        for block in blocks where block % 16 != 0 { #expect(test.free(block)) }
        #expect(test.isSound && test.used == 0 && test.largest == 1 << 30)
    }
}
