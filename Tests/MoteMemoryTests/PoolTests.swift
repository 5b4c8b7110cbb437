import Foundation
import Testing

import MoteMemory

@Suite struct PoolTests {
    @Test func `a buffer too small for the bookkeeping is an invalid plan, and every larger one works`()
        throws
    {
        var first: Int?
        for bytes in stride(from: 0, through: 20_000, by: 8) {
            let buffer = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 1), alignment: 16)
            defer { buffer.deallocate() }
            let source = HeapSource.pool(
                base: UInt(bitPattern: buffer) + 8,
                sizeInBytes: bytes - 8,
                isZeroed: false
            )
            do {
                let heap = try GlobalHeap.create(source: source)
                first = first ?? bytes
                let block = try GlobalHeap.allocate(heap, sizeInBytes: 16, region: .scratch, site: .test)
                GlobalHeap.free(heap, block, sizeInBytes: 16, region: .scratch)
                #expect(GlobalHeap.checkPoolInvariants(heap))
                GlobalHeap.destroy(heap)
            } catch {
                #expect(error == .invalidPlan(.poolTooSmall))
                #expect(first == nil)
            }
        }
        #expect((500...2048).contains(try #require(first)))
    }

    @Test func `blocks are aligned to 16 and cost one header of 16 bytes`() throws {
        let test = try TestHeap(pool: 64 * 1024)
        let before = test.statistics.poolFreeInBytes
        let block = try test.allocate(1000)
        #expect(UInt(bitPattern: block) % 16 == 0)
        #expect(before - test.statistics.poolFreeInBytes == 1008 + 16)
        test.free(block, 1000)
        #expect(test.statistics.poolFreeInBytes == before)
        #expect(test.isSoundButForLedger)
    }

    @Test func `the largest available block can be had, and one byte more can not`() throws {
        let test = try TestHeap(pool: 64 * 1024)
        let before = test.statistics
        let largest = before.poolLargestAvailableInBytes
        #expect(
            throws: MemoryError.exhausted(.scratch, requested: largest + 1, available: largest, site: .test)
        ) {
            _ = try test.allocate(largest + 1)
        }
        #expect(test.statistics.poolFreeInBytes == before.poolFreeInBytes)
        let block = try test.allocate(largest)
        #expect(test.statistics.poolFreeInBytes == 0)
        test.free(block, largest)
        #expect(test.statistics.poolFreeInBytes == before.poolFreeInBytes)
        for size in [-1, Int.max, Int.max - 15, 1 << 40] {
            #expect(throws: MemoryError.self) { _ = try test.allocate(size) }
        }
        #expect(test.isSoundButForLedger)
    }

    @Test func `a block grows in place into free space behind it`() throws {
        let test = try TestHeap(pool: 64 * 1024)
        let block = try test.allocate(100)
        block.storeBytes(of: 42, as: UInt64.self)
        var size = 100
        for _ in 0..<500 {
            #expect(try test.resize(block, from: size, to: size + 100) == block)
            size += 100
        }
        #expect(block.load(as: UInt64.self) == 42)
        let small = try test.resize(block, from: size, to: 10)
        #expect(small == block)
        #expect(test.statistics.poolLargestAvailableInBytes > 60_000)
        #expect(test.isSoundButForLedger)
    }

    @Test func `a block grows down into free space before it when there is none behind`() throws {
        let test = try TestHeap(pool: 8 * 1024)
        let first = try test.allocate(2000)
        let second = try test.allocate(500)
        let size = test.statistics.poolLargestAvailableInBytes
        _ = try test.allocate(size)
        for at in 0..<500 { second.storeBytes(of: UInt8(at & 255), toByteOffset: at, as: UInt8.self) }
        test.free(first, 2000)
        let moved = try test.resize(second, from: 500, to: 2400)
        #expect(moved == first)
        for at in 0..<500 { #expect(moved.load(fromByteOffset: at, as: UInt8.self) == UInt8(at & 255)) }
        #expect(test.isSoundButForLedger)
        // Nothing is left anywhere: the refusal leaves the block as it was.
        #expect(throws: MemoryError.self) { _ = try test.resize(moved, from: 2400, to: 6000) }
        for at in 0..<500 { #expect(moved.load(fromByteOffset: at, as: UInt8.self) == UInt8(at & 255)) }
        #expect(test.isSoundButForLedger)
    }

    @Test(arguments: [true, false]) func `zeroed blocks are zero wherever they come from`(isZeroed: Bool)
        throws
    {
        let test = try TestHeap(pool: 256 * 1024, isZeroed: isZeroed)
        var random = SplitMix64(state: 7)
        var blocks: [(UnsafeMutableRawPointer, Int)] = []
        for _ in 0..<20_000 {
            if blocks.count < 60, Bool.random(using: &random) {
                let size = Int.random(in: 0...3000, using: &random)
                let block = try GlobalHeap.allocateZeroed(
                    test.heap,
                    sizeInBytes: size,
                    region: .scratch,
                    site: .test
                )
                let bytes = UnsafeRawBufferPointer(start: block, count: size)
                if !bytes.allSatisfy({ $0 == 0 }) { Issue.record("not zero") }
                memset(block, 0xFF, size)
                blocks.append((block, size))
            } else if let index = blocks.indices.randomElement(using: &random) {
                let (block, size) = blocks.swapRemove(at: index)
                test.free(block, size)
            }
        }
        for (block, size) in blocks { test.free(block, size) }
        #expect(test.isSoundButForLedger)
    }

    @Test func `a million random operations leave a sound pool and no leak`() throws {
        let environment = ProcessInfo.processInfo.environment["MOTE_POOL_OPERATIONS"]
        let operations = environment.flatMap { Int($0) } ?? 1_000_000
        let test = try TestHeap(pool: 1024 * 1024)
        let empty = test.statistics.poolFreeInBytes
        var random = SplitMix64(state: 1)
        var blocks: [(UnsafeMutableRawPointer, Int, UInt8)] = []
        var refused = 0
        func mark(_ block: UnsafeMutableRawPointer, _ size: Int, _ tag: UInt8) {
            guard size > 0 else { return }
            block.storeBytes(of: tag, as: UInt8.self)
            block.storeBytes(of: ~tag, toByteOffset: size - 1, as: UInt8.self)
        }
        func isMarked(_ block: UnsafeMutableRawPointer, _ size: Int, _ tag: UInt8) -> Bool {
            guard size > 1 else { return true }
            return block.load(as: UInt8.self) == tag
                && block.load(fromByteOffset: size - 1, as: UInt8.self) == ~tag
        }
        for operation in 0..<operations {
            let kind = random.next() & 7
            let large = random.next() & 63 == 0
            let size = Int(random.next() % (large ? 60_000 : 600))
            if kind < 3 {
                do {
                    let block = try test.allocate(size)
                    mark(block, size, UInt8(truncatingIfNeeded: operation))
                    blocks.append((block, size, UInt8(truncatingIfNeeded: operation)))
                } catch { refused += 1 }
            } else if let index = blocks.indices.randomElement(using: &random) {
                let (block, old, tag) = blocks[index]
                if kind < 5 {
                    do {
                        let moved = try test.resize(block, from: old, to: size)
                        if old > 1, size > 0, moved.load(as: UInt8.self) != tag {
                            Issue.record("moved bytes")
                        }
                        mark(moved, size, tag)
                        blocks[index] = (moved, size, tag)
                    } catch { refused += 1 }
                } else {
                    if !isMarked(block, old, tag) { Issue.record("overwritten") }
                    blocks.swapRemove(at: index)
                    test.free(block, old)
                }
            }
            if operation % 20_000 == 0, !test.isSoundButForLedger { Issue.record("invariants") }
        }
        #expect(refused < operations / 2)
        for (block, size, tag) in blocks {
            #expect(isMarked(block, size, tag))
            test.free(block, size)
        }
        #expect(test.isSoundButForLedger)
        #expect(test.statistics.poolFreeInBytes == empty)
        #expect(test.statistics.askedInBytes == 0)
    }
}

extension TestHeap {
    /// These tests ask without an arena, so no account has their bytes.
    var isSoundButForLedger: Bool { GlobalHeap.checkPoolInvariants(heap) }
}

extension Array {
    @discardableResult
    mutating func swapRemove(at index: Int) -> Element {
        swapAt(index, count - 1)
        return removeLast()
    }
}
