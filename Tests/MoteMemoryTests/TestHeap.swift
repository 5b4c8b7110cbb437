import MoteMemory
import Testing

/// A site for whatever tests ask.
extension AllocationSite {
    static var test: Self { .init(rawValue: 0xF00) }
}

/// A heap in a buffer of its own, destroyed with the value.
final class TestHeap {
    let heap: GlobalHeap.Pointer
    private let buffer: UnsafeMutableRawPointer?

    /// A pool of `bytes` in a buffer that is zero, or full of a pattern.
    init(pool bytes: Int, isZeroed: Bool = true) throws(MemoryError) {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: isZeroed ? 0 : 0xA5, count: bytes)
        self.buffer = buffer
        heap = try GlobalHeap.create(
            source: .pool(base: UInt(bitPattern: buffer), sizeInBytes: bytes, isZeroed: isZeroed)
        )
    }

    init(_ source: HeapSource) throws(MemoryError) {
        buffer = nil
        heap = try GlobalHeap.create(source: source)
    }

    deinit {
        // Blocks that a test left, or took without an owner, are no concern; a pool's own rules are.
        if !heap.pointee.isCorrupted { #expect(GlobalHeap.checkPoolInvariants(heap)) }
        GlobalHeap.destroy(heap)
        buffer?.deallocate()
    }

    var statistics: HeapStatistics { GlobalHeap.statistics(heap) }
    var isSound: Bool { GlobalHeap.checkInvariants(heap) }

    func allocate(_ sizeInBytes: Int) throws(MemoryError) -> UnsafeMutableRawPointer {
        try GlobalHeap.allocate(heap, sizeInBytes: sizeInBytes, region: .scratch, site: .test)
    }

    func resize(
        _ block: UnsafeMutableRawPointer,
        from old: Int,
        to new: Int
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try GlobalHeap.resize(heap, block, from: old, to: new, region: .scratch, site: .test)
    }

    func free(_ block: UnsafeMutableRawPointer, _ sizeInBytes: Int) {
        GlobalHeap.free(heap, block, sizeInBytes: sizeInBytes, region: .scratch)
    }
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
