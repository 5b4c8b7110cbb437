internal import CPlatform

extension WASICall {
    /// Ends the call with a trap if somebody asked the environment to stop.
    @inline(__always)
    func checkInterrupt() throws(WASIFault) {
        let word = mote_interrupt_hint(environment)
        guard word == 0 else { throw .interrupt(word) }
    }

    /// The same around a wait: ordered after the wake descriptor was published, so that an interrupt is either seen
    /// here or wakes the descriptor.
    func checkInterruptOrdered() throws(WASIFault) {
        let word = mote_interrupt_word(environment)
        guard word == 0 else { throw .interrupt(word) }
    }

    /// The environment's wake descriptor, made at first use; -1 when the host has no descriptor left, and then the
    /// caller waits in short pieces instead.
    ///
    /// Only the thread that runs in the environment makes it; others read it after they stored the interrupt word,
    /// and the caller looks at that word after this, so one of the two always sees the other.
    func wakeDescriptor() -> Int32 {
        let existing = mote_load_seq_i32(&environment.pointee.wakeDescriptor)
        guard existing < 0 else { return existing }
        let made = mote_make_wake_descriptor()
        guard made >= 0 else { return -1 }
        mote_store_seq_i32(&environment.pointee.wakeDescriptor, made)
        return made
    }

    /// Longest piece of waiting, in nanoseconds, when there is no wake descriptor.
    static var pieceInNanoseconds: Int64 { 20_000_000 }

    /// Returns once the host descriptor can be read or written without waiting, or has an error to report.
    ///
    /// `again` when the guest set it non-blocking and it is not ready; a trap when interrupted.
    func waitUntilReady(_ file: borrowing PinnedFile, events: Int32) throws(WASIFault) {
        guard file.kind.canBlock else { return }
        let wanted = Int16(truncatingIfNeeded: events)
        var both: (pollfd, pollfd) = (
            pollfd(fd: file.host, events: wanted, revents: 0),
            pollfd(fd: -1, events: Int16(truncatingIfNeeded: POLLIN), revents: 0)
        )
        var timeout: Int64 = 0
        while true {
            let ready = withUnsafeMutableBytes(of: &both) { bytes in
                mote_poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, timeout)
            }
            if ready < 0, ready != 0 &- EINTR { throw .system(ready) }
            try checkInterruptOrdered()
            if ready > 0 {
                if both.0.revents != 0 { return }
                mote_drain_wake_descriptor(both.1.fd)
            } else if file.flags & FileFlags.nonblocking != 0 {
                throw .errno(.again)
            }
            if both.1.fd < 0 {
                both.1.fd = wakeDescriptor()
                try checkInterruptOrdered()
            }
            timeout = both.1.fd < 0 ? Self.pieceInNanoseconds : -1
        }
    }
}

/// `fdflags` of WASI preview 1.
enum FileFlags {
    static var append: UInt16 { 1 }
    static var syncData: UInt16 { 2 }
    static var nonblocking: UInt16 { 4 }
    static var syncReads: UInt16 { 8 }
    static var sync: UInt16 { 16 }
    static var all: UInt16 { 31 }
}
