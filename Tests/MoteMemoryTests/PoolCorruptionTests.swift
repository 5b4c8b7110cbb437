import Testing

import MoteMemory

/// A word of a header, and a plausible wrong value made from the right one.
struct Corruption: Sendable, CustomStringConvertible {
    var field: String
    var offset: Int
    var change: @Sendable (UInt32) -> UInt32
    var name: String
    var description: String { "\(field) \(name)" }
}

@Suite struct PoolCorruptionTests {
    static let changes: [(String, @Sendable (UInt32) -> UInt32)] = [
        ("zero", { $0 == 0 ? 1 : 0 }), ("one more", { $0 &+ 1 }), ("one less", { $0 &- 1 }),
        ("doubled", { $0 == 0 ? 4 : $0 &* 2 }), ("one bit", { $0 ^ 0x10 }), ("used bit", { $0 ^ 1 }),
    ]

    static func corruptions(_ fields: [(String, Int)]) -> [Corruption] {
        fields.flatMap { field in
            changes.map { Corruption(field: field.0, offset: field.1, change: $0.1, name: $0.0) }
        }
    }

    static let header = corruptions([("size", -16), ("previous size", -12), ("flags", -8), ("check", -4)])
    static let links = corruptions([("next", 0), ("previous", 4), ("link check", 8)])

    func apply(_ corruption: Corruption, to block: UnsafeMutableRawPointer) {
        let word = block.load(fromByteOffset: corruption.offset, as: UInt32.self)
        let wrong = corruption.change(word)
        #expect(wrong != word)
        block.storeBytes(of: wrong, toByteOffset: corruption.offset, as: UInt32.self)
    }

    func expectCorrupted(_ test: TestHeap) {
        #expect(test.statistics.isCorrupted)
        #expect(throws: MemoryError.corrupted(.scratch, site: .test)) { _ = try test.allocate(16) }
        let free = test.statistics.poolFreeInBytes
        #expect(test.statistics.poolFreeInBytes == free)
    }

    @Test(arguments: header) func `an overwritten header of a used block is noticed when it is freed`(
        _ corruption: Corruption
    ) throws {
        let test = try TestHeap(pool: 32 * 1024)
        let blocks = try (0..<3).map { _ in try test.allocate(200) }
        apply(corruption, to: blocks[1])
        test.free(blocks[1], 200)
        expectCorrupted(test)
    }

    @Test(arguments: header) func `an overwritten header is noticed when a neighbour is freed or grown`(
        _ corruption: Corruption
    ) throws {
        for neighbour in [0, 2] {
            let test = try TestHeap(pool: 32 * 1024)
            let blocks = try (0..<4).map { _ in try test.allocate(200) }
            apply(corruption, to: blocks[1])
            test.free(blocks[neighbour], 200)
            expectCorrupted(test)
        }
        let test = try TestHeap(pool: 32 * 1024)
        let blocks = try (0..<4).map { _ in try test.allocate(200) }
        apply(corruption, to: blocks[1])
        #expect(throws: MemoryError.corrupted(.scratch, site: .test)) {
            _ = try test.resize(blocks[0], from: 200, to: 400)
        }
        expectCorrupted(test)
    }

    @Test(arguments: header + links) func `an overwritten free block is noticed when it is allocated`(
        _ corruption: Corruption
    ) throws {
        let test = try TestHeap(pool: 32 * 1024)
        let blocks = try (0..<7).map { _ in try test.allocate(200) }
        for index in [1, 3, 5] { test.free(blocks[index], 200) }
        // The list now is 5, 3, 1: the one in the middle has both links.
        apply(corruption, to: blocks[3])
        #expect(throws: MemoryError.corrupted(.scratch, site: .test)) {
            for _ in 0..<3 { _ = try test.allocate(200) }
        }
        expectCorrupted(test)
    }

    static let growable = corruptions([
        ("growable next", -32), ("growable previous", -24), ("growable size", -16), ("growable check", -8),
        ("growable region", -4),
    ])
    static let chunk = corruptions([
        ("chunk next", 0), ("chunk next, high", 4), ("chunk sizes", 8), ("chunk check", 12),
    ])

    @Test(arguments: growable) func `an overwritten header of a growable block is noticed`(
        _ corruption: Corruption
    ) throws {
        for victim in 0..<3 {
            let test = try TestHeap(pool: 32 * 1024)
            let arena = try Arena.create(in: test.heap, owner: .instance)
            let blocks = try (0..<3).map { _ in
                try arena.allocateGrowable(sizeInBytes: 200, region: .scratch, site: .test)
            }
            apply(corruption, to: blocks[victim])
            #expect(throws: MemoryError.self) {
                _ = try arena.resizeGrowable(blocks[victim], to: 400, site: .test)
            }
            expectCorrupted(test)
        }
        // The neighbour in the list, when the one in the middle goes.
        let test = try TestHeap(pool: 32 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let blocks = try (0..<3).map { _ in
            try arena.allocateGrowable(sizeInBytes: 200, region: .scratch, site: .test)
        }
        apply(corruption, to: blocks[0])
        arena.freeGrowable(blocks[1])
        expectCorrupted(test)
    }

    @Test(arguments: chunk) func `an overwritten header of an arena's chunk is noticed`(
        _ corruption: Corruption
    ) throws {
        for isDestroyed in [false, true] {
            let test = try TestHeap(pool: 32 * 1024)
            let arena = try Arena.create(in: test.heap, owner: .instance)
            let first = try arena.allocateBytes(32, alignment: 8, region: .scratch, site: .test)
            apply(corruption, to: first - 16)
            if isDestroyed {
                arena.destroy()
            } else {
                #expect(throws: MemoryError.corrupted(.scratch, site: .test)) {
                    _ = try arena.allocateBytes(32, region: .scratch, site: .test)
                }
            }
            expectCorrupted(test)
        }
    }

    @Test func `a block of another arena or heap is no growable block of this one`() throws {
        let test = try TestHeap(pool: 32 * 1024)
        let arena = try Arena.create(in: test.heap, owner: .instance)
        let other = try Arena.create(in: test.heap, owner: .module)
        let block = try arena.allocateGrowable(sizeInBytes: 200, region: .scratch, site: .test)
        #expect(throws: MemoryError.self) { _ = try other.resizeGrowable(block, to: 400, site: .test) }
        expectCorrupted(test)
    }

    @Test func `a block freed twice is noticed`() throws {
        let test = try TestHeap(pool: 32 * 1024)
        let blocks = try (0..<3).map { _ in try test.allocate(200) }
        test.free(blocks[1], 200)
        test.free(blocks[1], 200)
        expectCorrupted(test)
    }

    @Test func `a block freed again after it was merged is noticed`() throws {
        let test = try TestHeap(pool: 32 * 1024)
        let blocks = try (0..<3).map { _ in try test.allocate(200) }
        test.free(blocks[0], 200)
        test.free(blocks[1], 200)
        test.free(blocks[1], 200)
        expectCorrupted(test)
    }

    @Test func `foreign pointers and wrong sizes are noticed`() throws {
        for wrong in [-16, 16, 8, 1, 1 << 30, -(1 << 30)] {
            let test = try TestHeap(pool: 32 * 1024)
            let block = try test.allocate(200)
            test.free(block + wrong, 200)
            expectCorrupted(test)
        }
        let test = try TestHeap(pool: 32 * 1024)
        let block = try test.allocate(200)
        test.free(block, 199)
        expectCorrupted(test)
    }
}
