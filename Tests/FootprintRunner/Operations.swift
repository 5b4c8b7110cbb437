import MoteMemory

/// Random operations on a pool, each inside one function with a name of its own, so that a profiler that counts
/// instructions can say what each took.
enum Operations {
    static func run(count: Int) throws {
        let size = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        let heap = try GlobalHeap.create(
            source: .pool(base: UInt(bitPattern: buffer.baseAddress), sizeInBytes: size, isZeroed: true)
        )
        var random = SplitMix64(state: 7)
        var blocks: [(address: UnsafeMutableRawPointer, size: Int)] = []
        func randomSize() -> Int { Int(random.next() % (random.next() % 8 == 0 ? 20000 : 600)) }
        for step in 0..<count {
            let size = randomSize()
            let isEven = random.next() & 1 == 0
            if blocks.isEmpty || step < count / 4 && isEven || isEven && random.next() % 4 != 0 {
                let address = measured_allocate(heap, size)
                measured_end()
                if let address { blocks.append((address, size)) }
            } else if random.next() % 3 == 0 {
                let index = Int(random.next() % UInt64(blocks.count))
                let moved = measured_resize(heap, blocks[index].address, blocks[index].size, size)
                measured_end()
                if let moved { blocks[index] = (moved, size) }
            } else {
                let index = Int(random.next() % UInt64(blocks.count))
                measured_free(heap, blocks[index].address, blocks[index].size)
                measured_end()
                blocks.remove(at: index)
            }
        }
        print("\(ends) operations, \(blocks.count) blocks left, \(GlobalHeap.checkPoolInvariants(heap))")
    }
}

/// Called behind each of the functions below, for the profiler: what it counted so far was the operation.
@inline(never)
func measured_end() { ends += 1 }

/// Keeps the calls above from being left out.
nonisolated(unsafe) private(set) var ends = 0

@inline(never)
func measured_allocate(_ heap: UnsafeMutableRawPointer, _ size: Int) -> UnsafeMutableRawPointer? {
    let heap = heap.assumingMemoryBound(to: GlobalHeap.self)
    return try? GlobalHeap.allocate(heap, sizeInBytes: size, region: .scratch, site: .measured)
}

@inline(never)
func measured_resize(
    _ heap: UnsafeMutableRawPointer,
    _ block: UnsafeMutableRawPointer,
    _ old: Int,
    _ size: Int
) -> UnsafeMutableRawPointer? {
    let heap = heap.assumingMemoryBound(to: GlobalHeap.self)
    return try? GlobalHeap.resize(heap, block, from: old, to: size, region: .scratch, site: .measured)
}

@inline(never)
func measured_free(_ heap: UnsafeMutableRawPointer, _ block: UnsafeMutableRawPointer, _ size: Int) {
    GlobalHeap.free(
        heap.assumingMemoryBound(to: GlobalHeap.self),
        block,
        sizeInBytes: size,
        region: .scratch
    )
}
