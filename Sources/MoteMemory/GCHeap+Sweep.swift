internal import CPlatform

// One collection: the engine calls `beginMarking`, marks what it reaches, asks for grey objects until there are
// none, and calls `sweep`.

extension GCHeap {
    /// Makes the chunks walkable; all objects are white.
    package static func beginMarking(_ heap: Pointer) {
        closeCurrent(heap)
        heap.pointee.lowestGrey = .max
        heap.pointee.hasGreyLarge = false
    }

    /// Makes an object grey: it was reached while the mark stack was full.
    package static func makeGrey(_ heap: Pointer, _ object: UnsafeMutableRawPointer, _ header: UInt64) {
        GCObject.setMark(object, header, GCObject.grey)
        if GCObject.sizeInBytes(header) >= largeSizeInBytes {
            heap.pointee.hasGreyLarge = true
        } else {
            heap.pointee.lowestGrey = min(heap.pointee.lowestGrey, UInt(bitPattern: object))
        }
    }

    /// Calls `scan` with each grey object, which is black then, until there are none.
    ///
    /// `scan` may make further ones grey. The walk goes upwards and steps back only where one lies below, so chains
    /// in either direction cost about one walk.
    package static func scanGrey(_ heap: Pointer, _ scan: (UnsafeMutableRawPointer, UInt64) -> Void) {
        while heap.pointee.lowestGrey != .max || heap.pointee.hasGreyLarge {
            scanGreySmall(heap, scan)
            guard heap.pointee.hasGreyLarge else { continue }
            heap.pointee.hasGreyLarge = false
            var next = heap.pointee.firstLarge
            while let chunk = next {
                next = chunk.pointee.next
                scanIfGrey(chunk.start, scan)
            }
        }
    }

    private static func scanGreySmall(_ heap: Pointer, _ scan: (UnsafeMutableRawPointer, UInt64) -> Void) {
        var at = heap.pointee.lowestGrey
        guard at != .max else { return }
        var chunk = chunk(of: at, heap)
        while let current = chunk {
            at = max(at, current.start)
            var goesBack = false
            while at < current.end {
                heap.pointee.lowestGrey = .max
                let size = scanIfGrey(at, scan)
                // What is grey above is found as the walk goes on.
                goesBack = heap.pointee.lowestGrey < at
                if goesBack || size == 0 { break }
                at &+= UInt(bitPattern: size)
            }
            if goesBack { at = heap.pointee.lowestGrey }
            chunk = goesBack ? self.chunk(of: at, heap) : current.pointee.next
        }
        heap.pointee.lowestGrey = .max
    }

    private static func chunk(of address: UInt, _ heap: Pointer) -> UnsafeMutablePointer<GCChunk>? {
        var chunk = heap.pointee.firstChunk
        while let candidate = chunk, candidate.end <= address { chunk = candidate.pointee.next }
        return chunk
    }

    /// Bytes of the block at an address.
    @discardableResult
    private static func scanIfGrey(
        _ address: UInt,
        _ scan: (UnsafeMutableRawPointer, UInt64) -> Void
    ) -> Int {
        guard let object = UnsafeMutableRawPointer(bitPattern: address) else { return 0 }
        let header = GCObject.header(object)
        let size = GCObject.sizeInBytes(header)
        if header & GCObject.markMask == GCObject.grey {
            GCObject.setMark(object, header, GCObject.black)
            scan(object, header)
        }
        return size
    }

    /// Frees what is white, makes the rest white again, and gives chunks back that are not needed.
    ///
    /// The next collection is due when as much was allocated as lives now and `rootsInBytes`, what the marking had
    /// to look at besides: so collecting costs a constant part of allocating.
    package static func sweep(_ heap: Pointer, rootsInBytes: Int) {
        heap.pointee.exact = .init(repeating: 0)
        heap.pointee.exactMask = 0
        heap.pointee.rough = .init(repeating: 0)
        heap.pointee.roughMask = 0
        var live = sweepLarge(heap)
        var next = heap.pointee.firstChunk
        while let chunk = next {
            next = chunk.pointee.next
            sweep(chunk, heap)
            live &+= chunk.pointee.liveInBytes
        }
        releaseEmpty(heap, live: live)
        heap.pointee.liveInBytes = live
        heap.pointee.allocatedInBytes = 0
        heap.pointee.threshold = max(smallestThreshold, live &+ rootsInBytes)
        heap.pointee.collectionCount &+= 1
    }

    private static func sweepLarge(_ heap: Pointer) -> Int {
        var live = 0
        var next = heap.pointee.firstLarge
        while let chunk = next {
            next = chunk.pointee.next
            guard let object = UnsafeMutableRawPointer(bitPattern: chunk.start) else { continue }
            let header = GCObject.header(object)
            if GCObject.isWhite(header) {
                remove(chunk, isLarge: true, heap)
            } else {
                GCObject.setMark(object, header, 0)
                live &+= GCObject.sizeInBytes(header)
            }
        }
        return live
    }

    /// Lists the free blocks of a chunk, neighbours as one; of an empty chunk only once it is known to stay.
    private static func sweep(_ chunk: UnsafeMutablePointer<GCChunk>, _ heap: Pointer) {
        let end = chunk.end
        var at = chunk.start
        var free = at
        var live = 0
        while at < end, let object = UnsafeMutableRawPointer(bitPattern: at) {
            let header = GCObject.header(object)
            let size = GCObject.sizeInBytes(header)
            // What no allocation wrote would end the walk: the chunk is left as it is.
            guard size >= 8 else { break }
            if GCObject.kind(header) != .free, !GCObject.isWhite(header) {
                GCObject.setMark(object, header, 0)
                live &+= size
                release(heap, free, at)
                free = at &+ UInt(bitPattern: size)
            }
            at &+= UInt(bitPattern: size)
        }
        chunk.pointee.liveInBytes = live
        if live > 0 { release(heap, free, at) }
    }

    private static func release(_ heap: Pointer, _ start: UInt, _ end: UInt) {
        guard end > start else { return }
        if heap.pointee.poisonsFreed, let base = UnsafeMutableRawPointer(bitPattern: start) {
            memset(base, 0xDA, Int(bitPattern: end &- start))
        }
        put(heap, start, Int(bitPattern: end &- start))
    }

    /// Keeps empty chunks only up to twice what lives.
    private static func releaseEmpty(_ heap: Pointer, live: Int) {
        var next = heap.pointee.firstChunk
        while let chunk = next {
            next = chunk.pointee.next
            guard chunk.pointee.liveInBytes == 0 else { continue }
            if heap.pointee.sizeInBytes &- chunk.pointee.sizeInBytes >= live &* 2 {
                remove(chunk, isLarge: false, heap)
            } else {
                release(heap, chunk.start, chunk.end)
            }
        }
    }
}
