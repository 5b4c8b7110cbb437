internal import CMoteAPI

/// The ways to what only instances with threads take, open once a host asks for the first; others do not link it.
struct ThreadSystem {
    /// Given an `InstanceRecord`.
    typealias End = @convention(c) (UnsafeMutableRawPointer) -> Bool
    typealias SpreadException = @convention(c) (UnsafeMutableRawPointer) -> Void

    fileprivate var end: End?
    fileprivate var spread: SpreadException?

    /// From now on instances may have threads.
    static func open() {
        door.threads.end = { $0.assumingMemoryBound(to: InstanceRecord.self).endThreadsNow() }
        door.threads.spread = { $0.assumingMemoryBound(to: InstanceRecord.self).spreadExceptionNow() }
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    /// Stops the threads and waits for those that the runtime made; false while a host's own is inside.
    func endThreads() -> Bool {
        pointee.firstThread == nil || door.threads.end?(self) ?? true
    }

    /// Ends what the instance's other threads do, with its exception: they may wait for the one that has it.
    func spreadException() {
        if pointee.firstThread != nil || pointee.thread != nil { door.threads.spread?(self) }
    }
}
