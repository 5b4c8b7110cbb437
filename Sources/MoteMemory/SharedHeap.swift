package import CPlatform
internal import MotePlatform

// Owned by the runtime that made it; lives until the runtime ends or somebody asks for its end while no instance has it
// attached. Instances hold the pointer while it is attached; guests' accesses read it without a lock.

/// One heap at the top of the address space of every instance that attached it.
///
/// ```
/// 32-bit:  [ linear memory ... ]            [ head ][ body ][ its body ] 2^32
/// 64-bit:  the same below 2^64
/// ```
/// Heaps in a chain lie side by side, the head lowest. What accesses read (place, size, addresses, next heap) changes
/// only while no instance has the heap attached; counts and links are under the lock of who owns the heaps.
package struct SharedHeap {
    /// The heap above this one: its body.
    package internal(set) var next: Pointer?
    package let base: UnsafeMutableRawPointer
    /// Whole pages of the operating system.
    package let sizeInBytes: UInt64
    /// Where it begins for guests with 32-bit and with 64-bit memories.
    package internal(set) var start32: UInt64
    package internal(set) var start64: UInt64
    /// Whether a chain leads to it, so that it is nobody else's body.
    package internal(set) var isBody: Bool
    /// Instances that have it attached, themselves or as a part of a chain.
    package internal(set) var attachCount: UInt32
    package let origin: Origin
    let arena: Arena
    /// What hands out its bytes; nil in the caller's buffer.
    var allocator: AppHeap.Pointer?
    /// The runtime's heaps, one behind the other.
    package var nextInRuntime: Pointer?

    package typealias Pointer = UnsafeMutablePointer<SharedHeap>

    /// Whose the bytes are.
    package enum Origin: UInt8, Sendable {
        /// Pages of the system.
        case mapped
        /// A block of the global heap: a pool's or an allocator's.
        case heap
        /// The caller's; nothing is handed out in it.
        case buffer
    }

    /// Smallest and largest size.
    package static var sizeLimits: (least: Int, most: Int) { (256, 1 << 30) }

    /// Where a chain of 32-bit addresses ends.
    static var end32: UInt64 { 1 << 32 }
}

extension SharedHeap {
    /// A heap of `sizeInBytes` rounded up to pages of the operating system, or of a caller's buffer, which must be
    /// aligned to them.
    ///
    /// All zero, but for a buffer. On failure nothing was taken.
    package static func create(
        sizeInBytes: Int,
        buffer: UnsafeMutableRawPointer? = nil,
        in heap: GlobalHeap.Pointer
    ) throws(SharedHeapError) -> Pointer {
        let page = Platform.pageSizeInBytes
        guard sizeInBytes > 0, sizeInBytes <= sizeLimits.most else { throw .fault(.invalidSize) }
        // Safe: at most 1 GiB and a page.
        let size = (sizeInBytes &+ page &- 1) & ~(page &- 1)
        guard size >= sizeLimits.least, size <= sizeLimits.most else { throw .fault(.invalidSize) }
        if let buffer {
            guard size == sizeInBytes, UInt(bitPattern: buffer) % UInt(bitPattern: page) == 0 else {
                throw .fault(.unalignedBuffer)
            }
        }
        do throws(MemoryError) {
            let arena = try Arena.create(in: heap, owner: .sharedHeap)
            do throws(MemoryError) {
                return try create(size, buffer: buffer, in: arena)
            } catch {
                arena.destroy()
                throw error
            }
        } catch {
            throw .memory(error)
        }
    }

    private static func create(
        _ size: Int,
        buffer: UnsafeMutableRawPointer?,
        in arena: Arena
    ) throws(MemoryError) -> Pointer {
        let place = try arena.allocate(
            SharedHeap.self,
            count: 1,
            region: .structures,
            site: .sharedHeapRecord
        )
        var origin = Origin.heap
        if buffer != nil {
            origin = .buffer
        } else if case .system = arena.header.pointee.heap.pointee.source {
            origin = .mapped
        }
        let allocator = buffer == nil ? try makeAllocator(size, in: arena) : nil
        let base: UnsafeMutableRawPointer
        do throws(MemoryError) {
            base = try bytes(size, buffer, origin, in: arena)
        } catch {
            if let allocator { AppHeap.destroy(allocator) }
            throw error
        }
        let length = UInt64(truncatingIfNeeded: size)
        place.initialize(
            to: SharedHeap(
                next: nil,
                base: base,
                sizeInBytes: length,
                start32: end32 &- length,
                start64: 0 &- length,
                isBody: false,
                attachCount: 0,
                origin: origin,
                arena: arena,
                allocator: allocator,
                nextInRuntime: nil
            )
        )
        return place
    }

    /// Takes bytes, all zero, where the heap's source has them.
    private static func bytes(
        _ size: Int,
        _ buffer: UnsafeMutableRawPointer?,
        _ origin: Origin,
        in arena: Arena
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        if let buffer { return buffer }
        guard origin == .mapped else {
            return try arena.allocateGrowable(
                sizeInBytes: size,
                region: .linearMemory,
                site: .sharedHeapBlock,
                zeroed: true,
                high: true
            )
        }
        let header = arena.header
        try GlobalHeap.noteMapping(
            header.pointee.heap,
            size,
            region: .linearMemory,
            site: .sharedHeapPages,
            &header.pointee.account
        )
        if let base = mote_reserve(size) {
            if mote_commit(base, size) { return base }
            mote_release(base, size)
        }
        GlobalHeap.noteUnmapping(header.pointee.heap, size, region: .linearMemory, &header.pointee.account)
        throw .exhausted(.linearMemory, requested: size, available: -1, site: .sharedHeapPages)
    }

    /// Gives a heap that is not attached and in no chain back.
    package static func destroy(_ place: Pointer) {
        let arena = place.pointee.arena
        if let allocator = place.pointee.allocator { AppHeap.destroy(allocator) }
        if place.pointee.origin == .mapped {
            let size = Int(truncatingIfNeeded: place.pointee.sizeInBytes)
            mote_release(place.pointee.base, size)
            let header = arena.header
            GlobalHeap.noteUnmapping(
                header.pointee.heap,
                size,
                region: .linearMemory,
                &header.pointee.account
            )
        }
        arena.destroy()
    }
}

extension SharedHeap {
    /// Where the chain that begins with a heap has `count` bytes at a guest address; nil where one of them lies
    /// elsewhere, or in another heap than the first.
    ///
    /// No bytes count as one.
    package static func place(
        _ first: Pointer,
        at address: UInt64,
        count: UInt64,
        is64: Bool
    ) -> UnsafeMutableRawPointer? {
        guard let (heap, offset) = find(first, address, is64: is64),
            max(count, 1) <= heap.pointee.sizeInBytes &- offset
        else { return nil }
        // Safe: inside the heap.
        return heap.pointee.base + Int(truncatingIfNeeded: offset)
    }

    /// The heap with a guest address, and how far behind its start that is.
    ///
    /// A chain is short and rarely walked: there is nothing to remember from one access to the next, which would have
    /// to be forgotten in all threads when the heap goes.
    package static func find(_ first: Pointer, _ address: UInt64, is64: Bool) -> (Pointer, UInt64)? {
        var next: Pointer? = first
        while let heap = next {
            // Below the start this wraps, to more than any size.
            let offset = address &- (is64 ? heap.pointee.start64 : heap.pointee.start32)
            if offset < heap.pointee.sizeInBytes { return (heap, offset) }
            next = heap.pointee.next
        }
        return nil
    }

    /// The heap with a host address, and how far behind its start that is.
    package static func find(_ first: Pointer, _ pointer: UnsafeRawPointer) -> (Pointer, UInt64)? {
        var next: Pointer? = first
        while let heap = next {
            let offset = UInt64(UInt(bitPattern: pointer) &- UInt(bitPattern: heap.pointee.base))
            if offset < heap.pointee.sizeInBytes { return (heap, offset) }
            next = heap.pointee.next
        }
        return nil
    }

    /// Where a heap begins for guests.
    package static func start(_ heap: Pointer, is64: Bool) -> UInt64 {
        is64 ? heap.pointee.start64 : heap.pointee.start32
    }
}

extension UnsafeMutablePointer where Pointee == MoteInstance {
    /// The first of the shared heaps that the instance has attached; other threads may attach and detach.
    package var sharedHeap: SharedHeap.Pointer? {
        // Offset as mote_layout.h asserts it.
        mote_load_acquire_pointer(UnsafeRawPointer(self) + 96)?.assumingMemoryBound(to: SharedHeap.self)
    }

    /// Attaches, or with nil detaches; who counts attachments is the caller's business.
    package func setSharedHeap(_ heap: SharedHeap.Pointer?) {
        mote_store_release_pointer(UnsafeMutableRawPointer(self) + 96, heap)
    }
}
