// poll_oneoff: waits for clocks and descriptors at the same time.
internal import CPlatform

/// One subscription, copied out of guest memory, and what came of it.
private struct Subscription {
    enum Kind: UInt8 {
        case clock = 0
        case read = 1
        case write = 2
    }

    var userData: UInt64 = 0
    var kind = Kind.clock
    var error = WASIErrno.success
    var isDue = false
    /// Time of the host's monotonic clock at which a clock is due.
    var deadline = UInt64.max
    /// The file of a read or write, with a reference; nil otherwise.
    var file: DescriptorTable.Record?
}

/// The subscriptions of one call.
///
/// References to files are given back when it ends.
private struct Poll: ~Copyable {
    /// Like the operating system, which refuses more than the process may have files open.
    static var limit: Int { 256 }

    let context: WASIContext.Pointer
    var subscriptions = InlineArray<256, Subscription>(repeating: Subscription())
    var waits = InlineArray<257, pollfd>(repeating: pollfd(fd: -1, events: 0, revents: 0))
    var count = 0
    var dueCount = 0
    var deadline = UInt64.max

    init(_ context: WASIContext.Pointer) { self.context = context }

    deinit {
        for index in 0..<count {
            guard let file = subscriptions[index].file else { continue }
            mote_lock_acquire(&context.pointee.lock)
            let closing = context.pointee.descriptors.release(file)
            mote_lock_release(&context.pointee.lock)
            if closing >= 0 { _ = mote_close(closing) }
        }
    }

    /// Reports a subscription with this error, or as ready.
    mutating func report(_ index: Int, _ error: WASIErrno = .success) {
        guard !subscriptions[index].isDue else { return }
        subscriptions[index].isDue = true
        subscriptions[index].error = error
        dueCount &+= 1
    }

    /// Waits for the descriptors at most that long, the wake descriptor among them.
    mutating func wait(_ timeout: Int64) -> Int32 {
        let slots = count &+ 1
        return withUnsafeMutableBytes(of: &waits) { bytes in
            mote_poll(bytes.baseAddress?.assumingMemoryBound(to: pollfd.self), slots, timeout)
        }
    }
}

extension WASICall {
    func pollOneoff() throws(WASIFault) {
        let count = word(2)
        guard count > 0, Int(count) <= Poll.limit else { throw .errno(.invalid) }
        let input = try memory.bytes(at: word(0), count: UInt64(count) &* 48)
        let output = try memory.bytes(at: word(1), count: UInt64(count) &* 32)
        let place = try memory.place(of: UInt32.self, at: word(3))
        var poll = Poll(context)
        for index in 0..<Int(count) { try subscribe(&poll, input + index &* 48) }
        try wait(&poll)
        var written = 0
        for index in 0..<poll.count where poll.subscriptions[index].isDue {
            writeEvent(poll.subscriptions[index], poll.waits[index], to: output + written &* 32)
            written &+= 1
        }
        place.put(UInt32(truncatingIfNeeded: written))
    }

    /// Layout of `subscription`: userdata u64 at 0, tag u8 at 8; clock: id u32 at 16, timeout u64 at 24, flags u16 at
    /// 40 (1: absolute); read and write: descriptor u32 at 16.
    private func subscribe(_ poll: inout Poll, _ source: UnsafeMutableRawPointer) throws(WASIFault) {
        guard let kind = Subscription.Kind(rawValue: source.get(UInt8.self, at: 8)) else {
            throw .errno(.invalid)
        }
        let index = poll.count
        poll.count &+= 1
        poll.subscriptions[index].userData = source.get(UInt64.self)
        poll.subscriptions[index].kind = kind
        switch kind {
        case .clock:
            let isAbsolute = source.get(UInt16.self, at: 40) & 1 != 0
            do {
                let deadline = try deadline(
                    clock: source.get(UInt32.self, at: 16),
                    timeout: source.get(UInt64.self, at: 24),
                    isAbsolute: isAbsolute
                )
                poll.subscriptions[index].deadline = deadline
                poll.deadline = min(poll.deadline, deadline)
            } catch {
                guard case .errno(let number) = error else { throw error }
                poll.report(index, number)
            }
        case .read, .write:
            subscribe(&poll, index, to: source.get(UInt32.self, at: 16), for: kind)
        }
    }

    private func subscribe(
        _ poll: inout Poll,
        _ index: Int,
        to descriptor: UInt32,
        for kind: Subscription.Kind
    ) {
        mote_lock_acquire(&context.pointee.lock)
        defer { mote_lock_release(&context.pointee.lock) }
        guard let file = context.pointee.descriptors.file(descriptor), file.pointee.host >= 0 else {
            poll.report(index, .badDescriptor)
            return
        }
        guard file.pointee.rights.meets(.poll | (kind == .read ? .read : .write)) else {
            poll.report(index, .notCapable)
            return
        }
        file.pointee.referenceCount &+= 1
        poll.subscriptions[index].file = file
        poll.waits[index].fd = file.pointee.host
        poll.waits[index].events = Int16(truncatingIfNeeded: kind == .read ? POLLIN : POLLOUT)
    }

    /// When a clock is due, by the host's monotonic clock.
    ///
    /// CPU time cannot be waited for.
    private func deadline(clock: UInt32, timeout: UInt64, isAbsolute: Bool) throws(WASIFault) -> UInt64 {
        guard let clock = ClockID(rawValue: clock) else { throw .errno(.invalid) }
        guard clock == .realtime || clock == .monotonic else { throw .errno(.notSupported) }
        var left = timeout
        if isAbsolute {
            let now = try guestTime(clock)
            left = timeout > now ? timeout &- now : 0
        }
        let (deadline, overflow) = try systemTime(.monotonic).addingReportingOverflow(left)
        return overflow ? .max : deadline
    }

    /// Returns when something is due; traps when interrupted.
    private func wait(_ poll: inout Poll) throws(WASIFault) {
        let last = poll.count
        poll.waits[last] = pollfd(fd: -1, events: Int16(truncatingIfNeeded: POLLIN), revents: 0)
        while true {
            let now = try systemTime(.monotonic)
            var timeout: Int64 = 0
            if poll.dueCount == 0, poll.deadline > now {
                poll.waits[last].fd = wakeDescriptor()
                // Negative waits for ever.
                timeout = poll.deadline == .max ? -1 : Int64(clamping: poll.deadline &- now)
                if poll.waits[last].fd < 0 {
                    timeout = timeout < 0 ? Self.pieceInNanoseconds : min(timeout, Self.pieceInNanoseconds)
                }
            }
            try checkInterruptOrdered()
            let ready = poll.wait(timeout)
            try checkInterruptOrdered()
            if ready < 0, ready != 0 &- EINTR { throw .system(ready) }
            if ready > 0, poll.waits[last].revents != 0 { mote_drain_wake_descriptor(poll.waits[last].fd) }
            let then = try systemTime(.monotonic)
            for index in 0..<poll.count {
                let isReady = ready > 0 && poll.waits[index].revents != 0
                if isReady || poll.subscriptions[index].deadline <= then { poll.report(index) }
            }
            if poll.dueCount > 0 { return }
        }
    }

    /// Layout of `event`: userdata u64 at 0, error u16 at 8, type u8 at 10; for descriptors bytes that can be read
    /// u64 at 16 and flags u16 at 24 (1: the other side hung up).
    private func writeEvent(
        _ subscription: Subscription,
        _ wait: pollfd,
        to place: UnsafeMutableRawPointer
    ) {
        memset(place, 0, 32)
        place.put(subscription.userData)
        place.put(subscription.error.rawValue, at: 8)
        place.put(subscription.kind.rawValue, at: 10)
        guard let file = subscription.file, subscription.error == .success else { return }
        let happened = Int32(wait.revents)
        if happened & POLLNVAL != 0 { place.put(WASIErrno.badDescriptor.rawValue, at: 8) }
        if subscription.kind == .read {
            place.put(readableBytes(file.pointee.host, file.pointee.kind), at: 16)
        }
        if happened & (POLLHUP | POLLERR) != 0 { place.put(UInt16(1), at: 24) }
    }

    private func readableBytes(_ host: Int32, _ kind: FileKind) -> UInt64 {
        guard kind == .regular else { return mote_readable_bytes(host) }
        var status = MoteFileStatus()
        let position = mote_seek(host, 0, SEEK_CUR)
        guard mote_status(host, &status) == 0, position >= 0, status.sizeInBytes > UInt64(position) else {
            return 0
        }
        return status.sizeInBytes &- UInt64(position)
    }
}
