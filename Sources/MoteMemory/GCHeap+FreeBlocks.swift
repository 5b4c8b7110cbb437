// Free blocks, by size. A free block has a header of kind free, and behind it the address of the next of its list.

extension GCHeap {
    /// Makes `size` bytes a free block, and lists it unless it is a mere filler of 8 bytes.
    static func put(_ heap: Pointer, _ address: UInt, _ size: Int) {
        guard size >= 8, let block = UnsafeMutableRawPointer(bitPattern: address) else { return }
        let units = UInt64(truncatingIfNeeded: size &>> 3)
        let header = 1 | UInt64(GCObject.Kind.free.rawValue) &<< 3 | units &<< 32
        block.storeBytes(of: header, as: UInt64.self)
        guard size >= GCObject.smallestSizeInBytes else { return }
        let row = size &>> 3
        if row < 64 {
            block.storeBytes(of: heap.pointee.exact[row], toByteOffset: 8, as: UInt.self)
            heap.pointee.exact[row] = address
            heap.pointee.exactMask |= 1 &<< UInt64(truncatingIfNeeded: row)
        } else {
            let row = roughRow(size)
            block.storeBytes(of: heap.pointee.rough[row], toByteOffset: 8, as: UInt.self)
            heap.pointee.rough[row] = address
            heap.pointee.roughMask |= 1 &<< UInt64(truncatingIfNeeded: row)
        }
    }

    @inline(__always)
    private static func roughRow(_ size: Int) -> Int { min(63 &- size.leadingZeroBitCount, 39) }

    private static func link(_ block: UInt) -> UInt {
        UnsafeRawPointer(bitPattern: block)?.load(fromByteOffset: 8, as: UInt.self) ?? 0
    }

    private static func sizeOfBlock(_ block: UInt) -> Int {
        UnsafeRawPointer(bitPattern: block).map { GCObject.sizeInBytes(GCObject.header($0)) } ?? 0
    }

    /// Takes the first block of a row that is not empty.
    @inline(__always)
    static func popExact(_ heap: Pointer, _ row: Int) -> UnsafeMutableRawPointer? {
        let block = heap.pointee.exact[row]
        let next = link(block)
        heap.pointee.exact[row] = next
        if next == 0 { heap.pointee.exactMask &= ~(1 &<< UInt64(truncatingIfNeeded: row)) }
        return UnsafeMutableRawPointer(bitPattern: block)
    }

    /// Takes a block of at least `size` bytes out of the lists, of the smallest that are quickly found.
    static func largerBlock(_ heap: Pointer, _ size: Int) -> (UnsafeMutableRawPointer, Int)? {
        let row = size &>> 3
        if row < 64 {
            let larger = heap.pointee.exactMask & ~((1 &<< UInt64(truncatingIfNeeded: row)) &- 1)
            if larger != 0 {
                let found = larger.trailingZeroBitCount
                return popExact(heap, found).map { ($0, found &<< 3) }
            }
        }
        var at = row < 64 ? 9 : roughRow(size)
        // Blocks of the request's own row may be too small: a few of them are looked at.
        if row >= 64 {
            if let found = firstFit(heap, size, at) { return found }
            at &+= 1
        }
        let larger = heap.pointee.roughMask & ~((1 &<< UInt64(truncatingIfNeeded: at)) &- 1)
        guard larger != 0 else { return nil }
        return firstFit(heap, size, larger.trailingZeroBitCount)
    }

    private static func firstFit(_ heap: Pointer, _ size: Int, _ row: Int) -> (UnsafeMutableRawPointer, Int)?
    {
        var previous: UInt = 0
        var block = heap.pointee.rough[row]
        var remaining = 16
        while block != 0, remaining > 0 {
            let next = link(block)
            let blockSize = sizeOfBlock(block)
            if blockSize >= size {
                if previous != 0 {
                    UnsafeMutableRawPointer(bitPattern: previous)?
                        .storeBytes(of: next, toByteOffset: 8, as: UInt.self)
                } else {
                    heap.pointee.rough[row] = next
                    if next == 0 { heap.pointee.roughMask &= ~(1 &<< UInt64(truncatingIfNeeded: row)) }
                }
                return UnsafeMutableRawPointer(bitPattern: block).map { ($0, blockSize) }
            }
            previous = block
            block = next
            remaining &-= 1
        }
        return nil
    }

    /// Makes the rest of the current block a listed one, so that the chunk can be walked.
    static func closeCurrent(_ heap: Pointer) {
        let (next, end) = (heap.pointee.next, heap.pointee.end)
        heap.pointee.next = 0
        heap.pointee.end = 0
        if end > next { put(heap, next, Int(bitPattern: end &- next)) }
    }
}
