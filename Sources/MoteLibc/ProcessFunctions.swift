internal import CPlatform
internal import MotePlatform

// How a guest ends itself, and clocks.
extension LibcCall {
    func exit() throws(LibcFault) -> UInt32 {
        context.pointee.noteExit?(environment, Int32(bitPattern: word(0)))
        throw .exit
    }

    /// Ends the guest with `PREFIX(N)`, N the first parameter, as the reason.
    func stop(_ prefix: Text) throws(LibcFault) -> UInt32 {
        var text = InlineArray<48, CChar>(repeating: 0)
        var count = 0
        // The longest prefix is 22 bytes, a number 11.
        for index in 0..<min(prefix.count, 32) {
            text[count] = CChar(bitPattern: prefix.start[index])
            count &+= 1
        }
        let value = Int32(bitPattern: word(0))
        text[count] = CChar(bitPattern: UInt8(ascii: "("))
        count &+= 1
        if value < 0 {
            text[count] = CChar(bitPattern: UInt8(ascii: "-"))
            count &+= 1
        }
        var unit: UInt32 = 1
        while value.magnitude / unit >= 10 { unit = unit &* 10 }
        while unit > 0 {
            text[count] = CChar(truncatingIfNeeded: value.magnitude / unit % 10 &+ 48)
            count &+= 1
            unit /= 10
        }
        text[count] = CChar(bitPattern: UInt8(ascii: ")"))
        withUnsafePointer(to: &text) { report(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)) }
        throw .host
    }

    func throwException() throws(LibcFault) -> UInt32 {
        let text: Text = "exception thrown by stdc++"
        report(text.cString)
        throw .host
    }

    private func report(_ text: UnsafePointer<CChar>) { context.pointee.report?(environment, text) }

    /// Seconds as 64 bits and nanoseconds as 32, in 16 bytes.
    func clockTime() throws(LibcFault) -> UInt32 {
        let place = try bytes(word(1), 16)
        var nanoseconds: UInt64 = 0
        let clock = Int32(bitPattern: word(0))
        guard
            clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_PROCESS_CPUTIME_ID
                || clock == CLOCK_THREAD_CPUTIME_ID, mote_clock(clock, &nanoseconds) == 0
        else { return .max }
        let raw = UnsafeMutableRawPointer(place)
        raw.storeBytes(of: nanoseconds / 1_000_000_000, as: UInt64.self)
        raw.storeBytes(of: nanoseconds % 1_000_000_000, toByteOffset: 8, as: UInt64.self)
        return 0
    }

    /// Microseconds of processor time.
    func processorTime() -> UInt64 {
        var nanoseconds: UInt64 = 0
        guard mote_clock(CLOCK_PROCESS_CPUTIME_ID, &nanoseconds) == 0 else { return .max }
        return nanoseconds / 1000
    }
}
