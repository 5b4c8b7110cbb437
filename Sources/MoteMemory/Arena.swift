internal import CPlatform

/// Head of an arena: the owner's account, the chunks that small blocks were cut from, and the growable blocks.
///
/// ```
/// heap block: [ ArenaHeader ]
/// chunk:      [ ArenaChunk ][ small blocks, bumped ->      free ]
/// growable:   [ GrowableHeader ][ bytes ]        one heap block each, resized and freed alone
/// ```
package struct ArenaHeader {
    package var heap: GlobalHeap.Pointer
    package var kind: OwnerKind
    /// Distinguishes owners of one kind in a report.
    package var identity: UInt32
    package var account: MemoryAccount
    var nextArena: UnsafeMutablePointer<ArenaHeader>?
    var previousArena: UnsafeMutablePointer<ArenaHeader>?
    var firstChunk: UnsafeMutablePointer<ArenaChunk>?
    var firstGrowable: UnsafeMutablePointer<GrowableHeader>?
}

struct ArenaChunk {
    var next: UnsafeMutablePointer<ArenaChunk>?
    var sizeInBytes: Int
    var usedInBytes: Int
    var reserved: Int
}

struct GrowableHeader {
    var next: UnsafeMutablePointer<GrowableHeader>?
    var previous: UnsafeMutablePointer<GrowableHeader>?
    var sizeInBytes: Int
    var region: UInt8
}

/// Typed blocks cut from the global heap for one owner and freed as a whole.
///
/// A handle: copying it copies the reference. Used by one thread at a time, except where its owner's lock says so.
@frozen
package struct Arena {
    package let header: UnsafeMutablePointer<ArenaHeader>

    /// A new arena of the owner's kind; destroyed with ``destroy()``.
    package static func create(in heap: GlobalHeap.Pointer, owner: OwnerKind) throws(MemoryError) -> Arena {
        let raw = try GlobalHeap.allocate(
            heap, sizeInBytes: MemoryLayout<ArenaHeader>.size, region: .structures, site: .arenaHeader)
        let header = raw.bindMemory(to: ArenaHeader.self, capacity: 1)
        header.initialize(
            to: ArenaHeader(
                heap: heap, kind: owner, identity: heap.pointee.nextOwnerID, account: MemoryAccount(),
                nextArena: heap.pointee.firstArena, previousArena: nil, firstChunk: nil, firstGrowable: nil))
        heap.pointee.firstArena?.pointee.previousArena = header
        heap.pointee.firstArena = header
        heap.pointee.nextOwnerID &+= 1
        return Arena(header: header)
    }

    /// `count` values of `Element`, uninitialised; lives until the arena is destroyed. A count of zero gives a
    /// pointer that must not be read.
    package func allocate<Element>(
        _ type: Element.Type, count: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<Element> {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, size >= 0 else {
            throw .exhausted(region, requested: .max, available: -1, site: site)
        }
        let raw = try allocateBytes(size, region: region, site: site)
        return raw.bindMemory(to: Element.self, capacity: count)
    }

    /// The same with every byte zero.
    package func allocateZeroed<Element>(
        _ type: Element.Type, count: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutablePointer<Element> {
        let pointer = try allocate(type, count: count, region: region, site: site)
        memset(pointer, 0, count &* MemoryLayout<Element>.stride)
        return pointer
    }

    /// `sizeInBytes` bytes, aligned to 16, uninitialised.
    package func allocateBytes(
        _ sizeInBytes: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        // First version: every block is a growable one.
        try allocateGrowable(sizeInBytes: sizeInBytes, region: region, site: site)
    }

    /// A block of its own that ``resizeGrowable(_:to:site:)`` and ``freeGrowable(_:)`` take; freed with the arena
    /// at the latest. Uninitialised, aligned to 16.
    package func allocateGrowable(
        sizeInBytes: Int, region: Region, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let headerSize = MemoryLayout<GrowableHeader>.stride
        let (size, overflow) = sizeInBytes.addingReportingOverflow(headerSize)
        guard !overflow, sizeInBytes >= 0 else {
            throw .exhausted(region, requested: .max, available: -1, site: site)
        }
        let raw = try GlobalHeap.allocate(header.pointee.heap, sizeInBytes: size, region: region, site: site)
        let growable = raw.bindMemory(to: GrowableHeader.self, capacity: 1)
        growable.initialize(
            to: GrowableHeader(
                next: header.pointee.firstGrowable, previous: nil, sizeInBytes: sizeInBytes, region: region.rawValue))
        header.pointee.firstGrowable?.pointee.previous = growable
        header.pointee.firstGrowable = growable
        return raw + headerSize
    }

    /// Grows or shrinks a growable block; it may move. On failure it is as before.
    package func resizeGrowable(
        _ block: UnsafeMutableRawPointer, to sizeInBytes: Int, site: AllocationSite
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        let headerSize = MemoryLayout<GrowableHeader>.stride
        let old = (block - headerSize).assumingMemoryBound(to: GrowableHeader.self)
        let region = Region(rawValue: old.pointee.region) ?? .structures
        let (size, overflow) = sizeInBytes.addingReportingOverflow(headerSize)
        guard !overflow, sizeInBytes >= 0 else {
            throw .exhausted(region, requested: .max, available: -1, site: site)
        }
        let raw = try GlobalHeap.resize(
            header.pointee.heap, UnsafeMutableRawPointer(old), from: old.pointee.sizeInBytes + headerSize, to: size,
            region: region, site: site)
        let growable = raw.assumingMemoryBound(to: GrowableHeader.self)
        growable.pointee.sizeInBytes = sizeInBytes
        growable.pointee.next?.pointee.previous = growable
        if let previous = growable.pointee.previous {
            previous.pointee.next = growable
        } else {
            header.pointee.firstGrowable = growable
        }
        return raw + headerSize
    }

    /// Gives a growable block back before the arena goes.
    package func freeGrowable(_ block: UnsafeMutableRawPointer) {
        let headerSize = MemoryLayout<GrowableHeader>.stride
        let growable = (block - headerSize).assumingMemoryBound(to: GrowableHeader.self)
        growable.pointee.next?.pointee.previous = growable.pointee.previous
        if let previous = growable.pointee.previous {
            previous.pointee.next = growable.pointee.next
        } else {
            header.pointee.firstGrowable = growable.pointee.next
        }
        GlobalHeap.free(
            header.pointee.heap, UnsafeMutableRawPointer(growable), sizeInBytes: growable.pointee.sizeInBytes + headerSize)
    }

    /// Gives everything back.
    package func destroy() {
        while let growable = header.pointee.firstGrowable {
            freeGrowable(UnsafeMutableRawPointer(growable) + MemoryLayout<GrowableHeader>.stride)
        }
        header.pointee.nextArena?.pointee.previousArena = header.pointee.previousArena
        if let previous = header.pointee.previousArena {
            previous.pointee.nextArena = header.pointee.nextArena
        } else {
            header.pointee.heap.pointee.firstArena = header.pointee.nextArena
        }
        GlobalHeap.free(
            header.pointee.heap, UnsafeMutableRawPointer(header), sizeInBytes: MemoryLayout<ArenaHeader>.size)
    }
}
