internal import CPlatform

/// The clocks of WASI preview 1, `clockid`.
enum ClockID: UInt32 {
    case realtime = 0
    case monotonic = 1
    case processTime = 2
    case threadTime = 3

    /// The operating system's name of it.
    var system: Int32 {
        switch self {
        case .realtime: CLOCK_REALTIME
        case .monotonic: CLOCK_MONOTONIC
        case .processTime: CLOCK_PROCESS_CPUTIME_ID
        case .threadTime: CLOCK_THREAD_CPUTIME_ID
        }
    }
}

/// Nanoseconds of a clock of the operating system.
func systemTime(_ clock: ClockID) throws(WASIFault) -> UInt64 {
    var time: UInt64 = 0
    try check(mote_clock(clock.system, &time))
    return time
}

extension WASICall {
    /// Nanoseconds of a clock as the guest sees it: the embedder's, if it gave one.
    func guestTime(_ clock: ClockID) throws(WASIFault) -> UInt64 {
        if let function = context.pointee.clock { return function(context.pointee.userData, clock.rawValue) }
        return try systemTime(clock)
    }

    func clockResGet() throws(WASIFault) {
        let place = try memory.place(of: UInt64.self, at: word(1))
        guard let clock = ClockID(rawValue: word(0)) else { throw .errno(.invalid) }
        var resolution: UInt64 = 1
        if context.pointee.clock == nil { try check(mote_clock_resolution(clock.system, &resolution)) }
        place.put(resolution)
    }

    func clockTimeGet() throws(WASIFault) {
        let place = try memory.place(of: UInt64.self, at: word(2))
        guard let clock = ClockID(rawValue: word(0)) else { throw .errno(.invalid) }
        place.put(try guestTime(clock))
    }
}
