internal import CPlatform

/// The garbage-collected heap of a store: structs, arrays and exceptions, which never move.
///
/// ```
/// record -> chunks by address:  [ GCChunk ][ objects and free blocks, back to back, multiples of 8 bytes ]
///        -> large objects:      [ GCChunk ][ one object ]                       one block of the global heap each
///        -> free blocks by size: 16, 24, ... 504 bytes, then by powers of two
///        -> the free block that objects are cut from one after another
/// ```
/// The chunks are growable blocks of region ``Region/gcHeap`` in the arena of its owner. What can be reached is the
/// engine's business: it marks, ``sweep(_:)`` then frees what is white. The caller holds a lock.
package struct GCHeap {
    package typealias Pointer = UnsafeMutablePointer<GCHeap>

    var arena: Arena
    var firstChunk: UnsafeMutablePointer<GCChunk>?
    var firstLarge: UnsafeMutablePointer<GCChunk>?
    /// Most bytes of chunks.
    package var maximumSizeInBytes: Int
    /// Bytes of all chunks, and of those that are not one large object.
    package internal(set) var sizeInBytes: Int
    var smallSizeInBytes: Int
    /// What objects are cut from: the rest of a free block without a header.
    var next: UInt
    var end: UInt
    /// First free blocks of 8 x index bytes, and which are not empty.
    var exact: InlineArray<64, UInt>
    var exactMask: UInt64
    /// First free blocks of at least 2^index bytes.
    var rough: InlineArray<40, UInt>
    var roughMask: UInt64
    /// Bytes given out since the last collection, and how many of them ask for the next.
    package var allocatedInBytes: Int
    package var threshold: Int
    /// Bytes of objects that the last collection left.
    package internal(set) var liveInBytes: Int
    package internal(set) var collectionCount: Int
    /// Lowest small object that is grey because the mark stack was full; `UInt.max` for none.
    var lowestGrey: UInt
    var hasGreyLarge: Bool
    /// Overwrites what is freed, so that tests see who still reads it.
    package var poisonsFreed: Bool

    /// Bytes of the first chunk.
    package static var firstChunkSizeInBytes: Int { 4096 }
    static var largestChunkSizeInBytes: Int { 1 << 20 }
    /// Objects of at least so many bytes are alone in their chunk.
    static var largeSizeInBytes: Int { 8192 }
    /// Least bytes between two collections.
    static var smallestThreshold: Int { 16 * 1024 }

    /// An empty heap, whose record lies in the arena; chunks come with the first objects.
    package static func create(in arena: Arena, maximumSizeInBytes: Int) throws(MemoryError) -> Pointer {
        let raw = try arena.allocateGrowable(
            sizeInBytes: MemoryLayout<GCHeap>.size,
            region: .structures,
            site: .gcHeapRecord
        )
        let heap = raw.bindMemory(to: GCHeap.self, capacity: 1)
        heap.initialize(
            to: GCHeap(
                arena: arena,
                firstChunk: nil,
                firstLarge: nil,
                maximumSizeInBytes: maximumSizeInBytes,
                sizeInBytes: 0,
                smallSizeInBytes: 0,
                next: 0,
                end: 0,
                exact: .init(repeating: 0),
                exactMask: 0,
                rough: .init(repeating: 0),
                roughMask: 0,
                allocatedInBytes: 0,
                threshold: smallestThreshold,
                liveInBytes: 0,
                collectionCount: 0,
                lowestGrey: .max,
                hasGreyLarge: false,
                poisonsFreed: false
            )
        )
        return heap
    }

    /// Gives all chunks and the record back, whatever lies in them.
    package static func destroy(_ heap: Pointer) {
        let arena = heap.pointee.arena
        while let chunk = heap.pointee.firstChunk {
            heap.pointee.firstChunk = chunk.pointee.next
            arena.freeGrowable(chunk)
        }
        while let chunk = heap.pointee.firstLarge {
            heap.pointee.firstLarge = chunk.pointee.next
            arena.freeGrowable(chunk)
        }
        arena.freeGrowable(heap)
    }

    /// A new white object with every byte behind its header zero, from what the chunks have; nil when nothing fits.
    package static func take(_ heap: Pointer, header: UInt64) -> UnsafeMutableRawPointer? {
        let size = GCObject.sizeInBytes(header)
        guard size < largeSizeInBytes, let object = cut(heap, size) else { return nil }
        heap.pointee.allocatedInBytes &+= size
        clear(object, header, size)
        return object
    }

    /// The same, with a new chunk for it where nothing fits.
    package static func grow(_ heap: Pointer, header: UInt64) throws(MemoryError) -> UnsafeMutableRawPointer {
        let size = GCObject.sizeInBytes(header)
        if size >= largeSizeInBytes {
            let object = try addLarge(heap, size)
            heap.pointee.allocatedInBytes &+= size
            object.storeBytes(of: header, as: UInt64.self)
            return object
        }
        if let object = take(heap, header: header) { return object }
        try addChunk(heap, for: size)
        if let object = take(heap, header: header) { return object }
        throw exhausted(heap, size, .gcHeapChunk)
    }

    @inline(__always)
    private static func clear(_ object: UnsafeMutableRawPointer, _ header: UInt64, _ size: Int) {
        object.storeBytes(of: header, as: UInt64.self)
        if size > 128 {
            memset(object + 8, 0, size &- 8)
            return
        }
        var at = 8
        while at < size {
            object.storeBytes(of: 0, toByteOffset: at, as: UInt64.self)
            at &+= 8
        }
    }

    /// A block of exactly `size` bytes.
    private static func cut(_ heap: Pointer, _ size: Int) -> UnsafeMutableRawPointer? {
        let row = size &>> 3
        if row < 64, heap.pointee.exactMask & (1 &<< UInt64(truncatingIfNeeded: row)) != 0 {
            return popExact(heap, row)
        }
        let next = heap.pointee.next
        if heap.pointee.end &- next >= UInt(bitPattern: size) {
            heap.pointee.next = next &+ UInt(bitPattern: size)
            return UnsafeMutableRawPointer(bitPattern: next)
        }
        guard let (block, blockSize) = largerBlock(heap, size) else { return nil }
        closeCurrent(heap)
        heap.pointee.next = UInt(bitPattern: block) &+ UInt(bitPattern: size)
        heap.pointee.end = UInt(bitPattern: block) &+ UInt(bitPattern: blockSize)
        return block
    }
}

/// Stands before the objects of a chunk.
struct GCChunk {
    var next: UnsafeMutablePointer<GCChunk>?
    var previous: UnsafeMutablePointer<GCChunk>?
    /// Of the chunk, this header included.
    var sizeInBytes: Int
    /// Bytes of live objects at the last sweep.
    var liveInBytes: Int

    static var headerSizeInBytes: Int { MemoryLayout<GCChunk>.size }
}

extension UnsafeMutablePointer where Pointee == GCChunk {
    /// Address of the first object.
    @inline(__always)
    var start: UInt { UInt(bitPattern: self) &+ UInt(bitPattern: GCChunk.headerSizeInBytes) }
    @inline(__always)
    var end: UInt { UInt(bitPattern: self) &+ UInt(bitPattern: pointee.sizeInBytes) }
}
