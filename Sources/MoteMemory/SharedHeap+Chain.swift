internal import CPlatform

// Chains and counts. All of it under the lock of who owns the heaps; nothing here is reached from guest code.
extension SharedHeap {
    /// Puts `body`, with what follows it, behind `head`, which then lies just below it.
    ///
    /// Both are detached, `body` is nobody's body yet, `head` neither head nor body, and the whole has at most one heap
    /// that hands out memory.
    package static func chain(_ head: Pointer, _ body: Pointer) throws(SharedHeapError) {
        guard head != body else { throw .fault(.chainOfItself) }
        guard head.pointee.attachCount == 0, body.pointee.attachCount == 0 else { throw .fault(.attached) }
        guard !head.pointee.isBody, !body.pointee.isBody else { throw .fault(.alreadyBody) }
        guard head.pointee.next == nil else { throw .fault(.alreadyHead) }
        var allocators = head.pointee.origin == .buffer ? 0 : 1
        var next: Pointer? = body
        while let heap = next {
            if heap.pointee.origin != .buffer { allocators &+= 1 }
            next = heap.pointee.next
        }
        guard allocators <= 1 else { throw .fault(.secondAllocator) }
        // Address 0 is never in a heap.
        guard body.pointee.start32 > head.pointee.sizeInBytes else { throw .fault(.chainTooLong) }
        head.pointee.next = body
        body.pointee.isBody = true
        head.pointee.start32 = body.pointee.start32 &- head.pointee.sizeInBytes
        head.pointee.start64 = body.pointee.start64 &- head.pointee.sizeInBytes
    }

    /// Takes the head off its chain, or all links apart; the heap that begins the rest, nil where there is none.
    ///
    /// Who is taken off lies at the top of the address space again.
    package static func unchain(_ head: Pointer, all: Bool) throws(SharedHeapError) -> Pointer? {
        guard !head.pointee.isBody else { throw .fault(.alreadyBody) }
        var next: Pointer? = head
        while let heap = next {
            guard heap.pointee.attachCount == 0 else { throw .fault(.attached) }
            next = all ? heap.pointee.next : nil
        }
        var rest: Pointer? = head
        while let heap = rest {
            rest = heap.pointee.next
            heap.pointee.next = nil
            heap.pointee.start32 = end32 &- heap.pointee.sizeInBytes
            heap.pointee.start64 = 0 &- heap.pointee.sizeInBytes
            rest?.pointee.isBody = false
            if !all { break }
        }
        return rest
    }

    /// Counts one instance more or less at a heap and all that follow it.
    package static func countAttachment(_ head: Pointer, isAttached: Bool) {
        var next: Pointer? = head
        while let heap = next {
            heap.pointee.attachCount &+= isAttached ? 1 : .max
            next = heap.pointee.next
        }
    }

    /// Forgets what was handed out in a detached chain, and makes all of its bytes zero.
    package static func reset(_ head: Pointer) throws(SharedHeapError) {
        var next: Pointer? = head
        while let heap = next {
            guard heap.pointee.attachCount == 0 else { throw .fault(.attached) }
            next = heap.pointee.next
        }
        next = head
        while let heap = next {
            next = heap.pointee.next
            if let allocator = heap.pointee.allocator { AppHeap.reset(allocator) }
            clear(heap)
        }
    }

    /// Makes all bytes zero; pages of the system are given back, and come again when they are touched.
    private static func clear(_ heap: Pointer) {
        let size = Int(truncatingIfNeeded: heap.pointee.sizeInBytes)
        if heap.pointee.origin == .mapped, mote_discard(heap.pointee.base, size) { return }
        memset(heap.pointee.base, 0, size)
    }
}
