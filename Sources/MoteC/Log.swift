package import CMoteAPI
internal import CPlatform
internal import MotePlatform

@c @implementation
package func wasm_runtime_set_log_level(_ level: log_level_t) {
    door.logLevel = Int32(clamping: level.rawValue)
}

/// How much a line of the log matters; the raw value is the interface's.
enum LogLevel: Int32 {
    case fatal = 0
    case error = 1
    case warning = 2
    case debug = 3
    case verbose = 4
}

/// What the runtime tells on standard output, in lines of WAMR's form: `[HH:MM:SS:mmm - THREAD]: text`.
///
/// A line is one write, so that those of several threads do not mix.
enum Log {
    /// Longer lines are cut.
    private static var lineSizeInBytes: Int { 512 }

    static func isOn(_ level: LogLevel) -> Bool { level.rawValue <= door.logLevel }

    @inline(never)
    static func write(_ level: LogLevel, _ text: Text) { write(level) { $0.write(text) } }

    /// A line whose text a closure writes, if the level is on.
    @inline(never)
    static func write(_ level: LogLevel, _ body: (inout TextWriter) -> Void) {
        guard isOn(level) else { return }
        var line = InlineArray<512, CChar>(repeating: 0)
        withUnsafeMutablePointer(to: &line) {
            let start = UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
            // The last byte stays for the line's end.
            var text = TextWriter(start, sizeInBytes: lineSizeInBytes &- 1)
            writeHead(&text)
            body(&text)
            start[text.count] = CChar(bitPattern: UInt8(ascii: "\n"))
            send(start, text.count &+ 1)
        }
    }

    private static func writeHead(_ text: inout TextWriter) {
        let time = mote_monotonic_ns() / 1_000_000 % 86_400_000
        text.write(byte: UInt8(ascii: "["))
        text.write(number: Int(time / 3_600_000), digits: 2)
        text.write(byte: UInt8(ascii: ":"))
        text.write(number: Int(time / 60_000 % 60), digits: 2)
        text.write(byte: UInt8(ascii: ":"))
        text.write(number: Int(time / 1000 % 60), digits: 2)
        text.write(byte: UInt8(ascii: ":"))
        text.write(number: Int(time % 1000), digits: 3)
        text.write(" - ")
        text.write(hexadecimal: mote_thread_id())
        text.write("]: ")
    }

    @inline(never)
    private static func send(_ start: UnsafeMutablePointer<CChar>, _ count: Int) {
        var sent = 0
        while sent < count {
            let result = CPlatform.write(1, start + sent, count &- sent)
            if result > 0 {
                sent &+= result
            } else if result == 0 || mote_errno() != EINTR {
                // Nobody reads it.
                return
            }
        }
    }
}
