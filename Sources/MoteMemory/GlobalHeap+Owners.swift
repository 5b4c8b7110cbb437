internal import CPlatform

extension GlobalHeap {
    /// Calls `visit` with kind, identity and account of every owner, newest first; it must not use the heap.
    package static func forEachOwner(_ heap: Pointer, _ visit: (OwnerKind, UInt32, MemoryAccount) -> Void) {
        mote_lock_acquire(&heap.pointee.lock)
        defer { mote_lock_release(&heap.pointee.lock) }
        var arena = heap.pointee.firstArena
        while let header = arena {
            visit(header.pointee.kind, header.pointee.identity, header.pointee.account.expanded)
            arena = header.pointee.nextArena
        }
    }
}
