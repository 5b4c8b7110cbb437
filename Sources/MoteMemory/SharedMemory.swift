package import CPlatform
internal import MotePlatform

// What shared memories need beyond other linear memories: growth by one thread at a time, published so that others
// may read the size meanwhile, and waiting on an address. Their base never moves: in a reservation, or in a block of
// the heap that has room for the maximum.

/// What the shared memories of a runtime have in common: the lock of growth, and the queues of waiting threads.
///
/// In the runtime's arena; ``destroy(_:)`` before the arena goes. May be used from several threads.
package struct SharedMemories {
    /// Threads that wait on addresses of one remainder, the first to be woken first.
    struct Bucket {
        var lock: MoteLock
        var first: UnsafeMutablePointer<Waiter>?
        var last: UnsafeMutablePointer<Waiter>?
    }

    var growth: MoteLock
    var buckets: UnsafeMutablePointer<Bucket>

    package typealias Pointer = UnsafeMutablePointer<SharedMemories>

    static var bucketCount: Int { 8 }

    /// The queues of a runtime, all empty.
    package static func create(in arena: Arena) throws(MemoryError) -> Pointer {
        let size = MemoryLayout<SharedMemories>.stride
        let raw = try arena.allocateBytes(
            size &+ bucketCount &* MemoryLayout<Bucket>.stride,
            region: .structures,
            site: .sharedMemories
        )
        let place = raw.bindMemory(to: SharedMemories.self, capacity: 1)
        let buckets = (raw + size).bindMemory(to: Bucket.self, capacity: bucketCount)
        place.initialize(to: SharedMemories(growth: MoteLock(), buckets: buckets))
        mote_lock_init(&place.pointee.growth)
        for index in 0..<bucketCount {
            (buckets + index).initialize(to: Bucket(lock: MoteLock(), first: nil, last: nil))
            mote_lock_init(&buckets[index].lock)
        }
        return place
    }

    package static func destroy(_ place: Pointer) {
        for index in 0..<bucketCount { mote_lock_destroy(&place.pointee.buckets[index].lock) }
        mote_lock_destroy(&place.pointee.growth)
    }

    private static func bucket(_ place: Pointer, _ address: UInt) -> UnsafeMutablePointer<Bucket> {
        // Words that lie together are waited on together: their bits are mixed.
        let mixed = UInt64(address &>> 2) &* 0x9E37_79B9_7F4A_7C15
        return place.pointee.buckets + Int(truncatingIfNeeded: mixed &>> 61)
    }
}

/// A thread that waits, or does not: a part of its execution environment.
package struct Waiter {
    enum State {
        static var waiting: UInt32 { 0 }
        /// Not in a queue: woken, or not waiting at all.
        static var idle: UInt32 { 1 }
        /// Asked to give up; leaves its queue by itself.
        static var abandoned: UInt32 { 2 }
    }

    /// First: its address is the structure's (atomic).
    var state: UInt32
    var address: UInt
    var next: UnsafeMutablePointer<Waiter>?
    var previous: UnsafeMutablePointer<Waiter>?

    package typealias Pointer = UnsafeMutablePointer<Waiter>

    package init() {
        state = State.idle
        address = 0
        next = nil
        previous = nil
    }
}

/// How a wait ended.
package enum WaitResult: UInt8 {
    case woken = 0
    case notEqual = 1
    case timedOut = 2
    /// The interrupt word was set.
    case interrupted = 3
}

extension SharedMemories {
    /// Waits at an aligned address that holds `expected`, of four bytes or of eight, until notified.
    ///
    /// At most `timeoutInNanoseconds`, without end where it is negative. `interrupt` is the word that ends it too,
    /// once ``abandon(_:)`` was called. Allocates nothing.
    package static func wait(
        _ place: Pointer,
        at address: UnsafeMutableRawPointer,
        isWide: Bool,
        expected: UInt64,
        timeoutInNanoseconds: Int64,
        as waiter: Waiter.Pointer,
        interrupt: UnsafeRawPointer
    ) -> WaitResult {
        let bucket = bucket(place, UInt(bitPattern: address))
        var deadline = UInt64.max
        if timeoutInNanoseconds >= 0 {
            // Safe: half of the range each.
            deadline = Platform.monotonicTimeInNanoseconds &+ UInt64(timeoutInNanoseconds)
        }
        mote_lock_acquire(&bucket.pointee.lock)
        let value = isWide ? mote_guest_load_64(address) : UInt64(mote_guest_load_32(address))
        guard value == (isWide ? expected : expected & 0xFFFF_FFFF) else {
            mote_lock_release(&bucket.pointee.lock)
            return .notEqual
        }
        enqueue(waiter, UInt(bitPattern: address), in: bucket)
        mote_lock_release(&bucket.pointee.lock)

        // Whoever interrupts sets the interrupt word before the state; here it is the other way round, so that one of
        // the two is seen.
        while mote_load_seq_u32(waiter) == Waiter.State.waiting, mote_load_seq_u32(interrupt) == 0 {
            if !mote_word_wait(waiter, Waiter.State.waiting, deadline) { break }
        }

        // Who notifies holds the lock until it needs the waiter no more.
        mote_lock_acquire(&bucket.pointee.lock)
        defer { mote_lock_release(&bucket.pointee.lock) }
        let state = mote_load_acquire_u32(waiter)
        if state == Waiter.State.idle { return .woken }
        dequeue(waiter, from: bucket)
        mote_store_release_u32(waiter, Waiter.State.idle)
        return state == Waiter.State.abandoned || mote_load_acquire_u32(interrupt) != 0
            ? .interrupted : .timedOut
    }

    /// Wakes at most `count` threads that wait at an address, those first that came first; how many it were.
    package static func notify(
        _ place: Pointer,
        at address: UnsafeMutableRawPointer,
        count: UInt32
    ) -> UInt32 {
        let bucket = bucket(place, UInt(bitPattern: address))
        mote_lock_acquire(&bucket.pointee.lock)
        defer { mote_lock_release(&bucket.pointee.lock) }
        var woken: UInt32 = 0
        var next = bucket.pointee.first
        while let waiter = next, woken < count {
            next = waiter.pointee.next
            guard waiter.pointee.address == UInt(bitPattern: address),
                mote_compare_exchange_seq_u32(waiter, Waiter.State.waiting, Waiter.State.idle)
            else { continue }
            dequeue(waiter, from: bucket)
            mote_word_wake(waiter)
            woken &+= 1
        }
        return woken
    }

    /// Lets a thread that waits look at its interrupt word, which was set before.
    ///
    /// From any thread, or a signal handler; nothing happens where none waits.
    package static func abandon(_ waiter: Waiter.Pointer) {
        if mote_compare_exchange_seq_u32(waiter, Waiter.State.waiting, Waiter.State.abandoned) {
            mote_word_wake(waiter)
        }
    }

    private static func enqueue(
        _ waiter: Waiter.Pointer,
        _ address: UInt,
        in bucket: UnsafeMutablePointer<Bucket>
    ) {
        waiter.pointee.address = address
        waiter.pointee.next = nil
        waiter.pointee.previous = bucket.pointee.last
        if let last = bucket.pointee.last {
            last.pointee.next = waiter
        } else {
            bucket.pointee.first = waiter
        }
        bucket.pointee.last = waiter
        mote_exchange_u32(waiter, Waiter.State.waiting)
    }

    private static func dequeue(_ waiter: Waiter.Pointer, from bucket: UnsafeMutablePointer<Bucket>) {
        let (next, previous) = (waiter.pointee.next, waiter.pointee.previous)
        if let previous { previous.pointee.next = next } else { bucket.pointee.first = next }
        if let next { next.pointee.previous = previous } else { bucket.pointee.last = previous }
        waiter.pointee.next = nil
        waiter.pointee.previous = nil
    }
}
