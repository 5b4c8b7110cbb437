import Foundation
import MoteMemory

/// Random operations on a pool, all invariants of headers, lists and ledger checked as they go, and the contents of
/// every block before it changes.
struct RandomRun {
    struct Block {
        var address: UnsafeMutableRawPointer
        var sizeInBytes: Int
        var pattern: UInt8
    }

    private let heap: GlobalHeap.Pointer
    private let buffer: UnsafeMutableRawBufferPointer
    private var blocks: [Block] = []
    private var random: SplitMix64
    private(set) var refusals = 0

    /// Half of all in a pool of 24 KiB with every invariant checked after each operation, the others in larger ones
    /// where that is done less often.
    static func run(count: Int, seed: Int) throws {
        let shapes = [(24 << 10, 1, 2), (256 << 10, 16, 4), (4 << 20, 256, 4)]
        for (index, (size, interval, share)) in shapes.enumerated() {
            var run = try RandomRun(poolSizeInBytes: size, seed: UInt64(bitPattern: Int64(seed + index)))
            let refusals = try run.run(count: count / share, checkingEvery: interval)
            print(
                "\(count / share) operations in a pool of \(size >> 10) KiB, checked every \(interval):",
                "sound; \(refusals) were refused for want of room"
            )
        }
    }

    init(poolSizeInBytes: Int, seed: UInt64) throws {
        buffer = .allocate(byteCount: poolSizeInBytes, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        random = SplitMix64(state: seed)
        heap = try GlobalHeap.create(
            source: .pool(
                base: UInt(bitPattern: buffer.baseAddress),
                sizeInBytes: poolSizeInBytes,
                isZeroed: true
            )
        )
    }

    /// How many were refused.
    mutating func run(count: Int, checkingEvery interval: Int) throws -> Int {
        for step in 0..<count {
            try operate()
            if step % interval == 0, !GlobalHeap.checkPoolInvariants(heap) {
                throw Failure("invariants broken after operation \(step)")
            }
        }
        while !blocks.isEmpty { try free(at: blocks.count - 1) }
        let statistics = GlobalHeap.statistics(heap)
        guard GlobalHeap.checkInvariants(heap), statistics.poolFreeInBytes == statistics.poolTotalInBytes
        else {
            throw Failure("the empty pool is not empty")
        }
        buffer.deallocate()
        return refusals
    }

    private mutating func operate() throws {
        let size = randomSize()
        switch random.next() % 8 {
        case 0...2: try allocate(size, isZeroed: false)
        case 3: try allocate(size, isZeroed: true)
        case 4, 5: if !blocks.isEmpty { try free(at: Int(random.next() % UInt64(blocks.count))) }
        default: if !blocks.isEmpty { try resize(at: Int(random.next() % UInt64(blocks.count)), to: size) }
        }
    }

    /// Mostly small, seldom a good part of the pool.
    private mutating func randomSize() -> Int {
        let limit = UInt64(buffer.count)
        switch random.next() % 16 {
        case 0...9: return Int(random.next() % 200)
        case 10...14: return Int(random.next() % max(limit / 40, 1))
        default: return Int(random.next() % max(limit / 4, 1))
        }
    }

    private mutating func allocate(_ size: Int, isZeroed: Bool) throws {
        let pattern = UInt8(truncatingIfNeeded: random.next()) | 1
        do throws(MemoryError) {
            let address =
                isZeroed
                ? try GlobalHeap.allocateZeroed(heap, sizeInBytes: size, region: .scratch, site: .measured)
                : try GlobalHeap.allocate(heap, sizeInBytes: size, region: .scratch, site: .measured)
            let bytes = UnsafeRawBufferPointer(start: address, count: size)
            if isZeroed, bytes.contains(where: { $0 != 0 }) {
                throw MemoryError.corrupted(.scratch, site: .measured)
            }
            memset(address, Int32(pattern), size)
            blocks.append(Block(address: address, sizeInBytes: size, pattern: pattern))
        } catch {
            guard error.kind == .exhausted else { throw error }
            refusals += 1
        }
    }

    private mutating func free(at index: Int) throws {
        let block = blocks[index]
        try check(block, block.sizeInBytes)
        GlobalHeap.free(heap, block.address, sizeInBytes: block.sizeInBytes, region: .scratch)
        blocks.swapAt(index, blocks.count - 1)
        blocks.removeLast()
    }

    private mutating func resize(at index: Int, to size: Int) throws {
        var block = blocks[index]
        do throws(MemoryError) {
            block.address = try GlobalHeap.resize(
                heap,
                block.address,
                from: block.sizeInBytes,
                to: size,
                region: .scratch,
                site: .measured
            )
        } catch {
            guard error.kind == .exhausted else { throw error }
            refusals += 1
            return
        }
        try check(block, min(size, block.sizeInBytes))
        block.sizeInBytes = size
        memset(block.address, Int32(block.pattern), size)
        blocks[index] = block
    }

    /// Whether a block still has what was written there.
    private func check(_ block: Block, _ count: Int) throws {
        let bytes = UnsafeRawBufferPointer(start: block.address, count: count)
        if bytes.contains(where: { $0 != block.pattern }) { throw Failure("a block's bytes changed") }
    }
}

extension AllocationSite {
    /// Whatever this program asks for itself.
    static var measured: Self { .init(rawValue: 0xF01) }
}

/// Reproducible random numbers.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
