import Foundation
import Testing

import MoteMemory

/// What a caller's allocator counted; its address is the user data.
struct AllocatorCounts {
    var live = 0
    var calls = 0
}

func functions(_ counts: UnsafeMutablePointer<AllocatorCounts>, reallocates: Bool) -> HeapFunctions {
    HeapFunctions(
        userData: UInt(bitPattern: counts),
        allocate: { data, size in
            let counts = data?.assumingMemoryBound(to: AllocatorCounts.self)
            counts?.pointee.live += 1
            counts?.pointee.calls += 1
            return malloc(size)
        },
        reallocate: reallocates ? { _, block, size in realloc(block, size) } : nil,
        free: { data, block in
            data?.assumingMemoryBound(to: AllocatorCounts.self).pointee.live -= 1
            free(block)
        }
    )
}

@Suite struct GlobalHeapTests {
    static func withHeap(_ kind: Int, _ body: (GlobalHeap.Pointer) throws -> Void) throws {
        switch kind {
        case 0:
            let test = try TestHeap(.system)
            try withExtendedLifetime(test) { try body(test.heap) }
        case 1:
            let test = try TestHeap(pool: 4 * 1024 * 1024)
            try withExtendedLifetime(test) { try body(test.heap) }
        default:
            let counts = UnsafeMutablePointer<AllocatorCounts>.allocate(capacity: 1)
            counts.initialize(to: AllocatorCounts())
            let heap = try GlobalHeap.create(source: .allocator(functions(counts, reallocates: kind == 2)))
            try body(heap)
            GlobalHeap.destroy(heap)
            #expect(counts.pointee.live == 0)
            #expect(counts.pointee.calls > 0)
            counts.deallocate()
        }
    }

    @Test(arguments: 0..<4) func `arenas keep values apart, and the ledger is the sum of their accounts`(
        kind: Int
    ) throws {
        try Self.withHeap(kind) { heap in
            let first = try Arena.create(in: heap, owner: .module)
            let second = try Arena.create(in: heap, owner: .instance)
            var random = SplitMix64(state: 3)
            var numbers: [(UnsafeMutablePointer<UInt32>, Int, UInt32)] = []
            for tag in 0..<2000 {
                let count = Int.random(in: 0...90, using: &random)
                let arena = tag % 3 == 0 ? first : second
                let region: Region = tag % 2 == 0 ? .module : .globals
                let block = try arena.allocate(UInt32.self, count: count, region: region, site: .test)
                block.initialize(repeating: UInt32(tag), count: count)
                numbers.append((block, count, UInt32(tag)))
            }
            for (block, count, tag) in numbers {
                for at in 0..<count where block[at] != tag { Issue.record("overwritten") }
            }
            #expect(GlobalHeap.checkInvariants(heap))
            let asked = numbers.reduce(0) { $0 + $1.1 * 4 }
            #expect(
                heap.pointee.ledger.total == asked + 2 * MemoryLayout<ArenaHeader>.size
            )
            first.destroy()
            #expect(GlobalHeap.checkInvariants(heap))
            second.destroy()
            #expect(heap.pointee.ledger.total == 0)
            #expect(GlobalHeap.statistics(heap).overheadInBytes == 0)
            #expect(GlobalHeap.checkInvariants(heap))
        }
    }

    @Test(arguments: 0..<4) func `growable blocks keep their bytes and zero what is new`(kind: Int) throws {
        try Self.withHeap(kind) { heap in
            let arena = try Arena.create(in: heap, owner: .store)
            var blocks: [(UnsafeMutableRawPointer, Int)] = []
            for _ in 0..<20 {
                let block = try arena.allocateGrowableZeroed(sizeInBytes: 100, region: .tables, site: .test)
                memset(block, 0x55, 100)
                blocks.append((block, 100))
            }
            var random = SplitMix64(state: 5)
            for _ in 0..<3000 {
                let index = Int.random(in: 0..<20, using: &random)
                let (block, old) = blocks[index]
                let size = Int.random(in: 1...4000, using: &random)
                let moved = try arena.resizeGrowableZeroed(block, to: size, site: .test)
                let bytes = UnsafeRawBufferPointer(start: moved, count: size)
                for at in 0..<min(old, size) where bytes[at] != 0x55 { Issue.record("lost a byte") }
                if old < size {
                    for at in old..<size where bytes[at] != 0 { Issue.record("not zero") }
                }
                memset(moved, 0x55, size)
                blocks[index] = (moved, size)
            }
            #expect(GlobalHeap.checkInvariants(heap))
            for (block, _) in blocks.prefix(10) { arena.freeGrowable(block) }
            arena.destroy()
            #expect(heap.pointee.ledger.total == 0)
            #expect(GlobalHeap.statistics(heap).overheadInBytes == 0)
        }
    }

    @Test(arguments: 0..<4) func `every request can be made to fail, and leaves the heap as before`(kind: Int)
        throws
    {
        try Self.withHeap(kind) { heap in
            for turn in 0... {
                heap.pointee.failureCountdown = turn
                var failed: MemoryError?
                do {
                    let arena = try Arena.create(in: heap, owner: .runtime)
                    defer { arena.destroy() }
                    for count in 0..<100 {
                        let before = GlobalHeap.ledger(heap).total
                        do throws(MemoryError) {
                            _ = try arena.allocate(
                                UInt64.self,
                                count: count * 3,
                                region: .module,
                                site: .test
                            )
                        } catch {
                            #expect(GlobalHeap.ledger(heap).total == before)
                            throw error
                        }
                    }
                    let block = try arena.allocateGrowable(sizeInBytes: 10, region: .code, site: .test)
                    _ = try arena.resizeGrowable(block, to: 1000, site: .test)
                } catch let error as MemoryError {
                    failed = error
                }
                #expect(heap.pointee.ledger.total == 0)
                #expect(GlobalHeap.statistics(heap).overheadInBytes == 0)
                guard let failed else {
                    #expect(turn == 103)
                    break
                }
                #expect(failed.kind == .exhausted)
                #expect(failed.site == (turn == 0 ? .arenaHeader : .test))
            }
        }
    }

    @Test func `a growable whose header was overwritten is noticed`() throws {
        for offset in stride(from: -32, to: 0, by: 4) where offset != -2 {
            let test = try TestHeap(pool: 64 * 1024)
            let arena = try Arena.create(in: test.heap, owner: .instance)
            let blocks = try (0..<3).map { _ in
                try arena.allocateGrowable(sizeInBytes: 100, region: .tables, site: .test)
            }
            let word = blocks[1].load(fromByteOffset: offset, as: UInt32.self)
            blocks[1].storeBytes(of: word ^ 0x10, toByteOffset: offset, as: UInt32.self)
            #expect(throws: MemoryError.self) {
                _ = try arena.resizeGrowable(blocks[1], to: 200, site: .test)
            }
            #expect(test.statistics.isCorrupted)
        }
    }

    @Test func `a pool spends at most a tenth on itself for what a runtime asks`() throws {
        let test = try TestHeap(pool: 4 * 1024 * 1024)
        var random = SplitMix64(state: 11)
        var arenas: [Arena] = []
        for _ in 0..<8 {
            let arena = try Arena.create(in: test.heap, owner: .module)
            arenas.append(arena)
            for _ in 0..<400 {
                let count = Int(random.next() % 12) * Int(random.next() % 12)
                _ = try arena.allocate(UInt64.self, count: count, region: .module, site: .test)
            }
            var code = try arena.allocateGrowable(sizeInBytes: 64, region: .code, site: .test)
            for step in 1..<30 {
                code = try arena.resizeGrowable(code, to: 64 + step * 512, site: .test)
            }
        }
        let asked = GlobalHeap.ledger(test.heap).totalPeak
        let ratio = Double(test.statistics.poolPeakInBytes) / Double(asked)
        #expect(ratio <= 1.10)
        for arena in arenas { arena.destroy() }
        #expect(test.isSound)
    }
}
