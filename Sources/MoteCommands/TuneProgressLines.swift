internal import Mote
internal import MoteTuner

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What `mote tune` does, on standard error: one line that changes on a terminal, lines elsewhere.
final class TuneProgressLines {
    private let program: GuestProgram
    private let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var runs = 0

    init(_ program: GuestProgram, isQuiet: Bool) {
        self.program = program
        self.isQuiet = isQuiet
    }

    func show(_ progress: TuneProgress) {
        switch progress {
        case .measuring(let input): write("with plenty: \(label(input))", stays: false)
        case .measured(let input, let run, let isVarying):
            write(
                "with plenty: \(label(input)): \(run.ending.description), \(run.milliseconds) ms"
                    + (isVarying ? ", output varies" : ""),
                stays: true
            )
        case .tried(let region, let sizes, let works, let reason):
            runs += 1
            let what = region.map { "\($0.name) \(Self.bytes(sizes[$0] ?? 0, $0))" } ?? "all regions"
            write("try \(runs): \(what): \(works ? "works" : "fails: \(reason)")", stays: false)
        case .found(let region, let size):
            write("least \(region.name): \(Self.bytes(size, region))", stays: true)
        }
    }

    /// Leaves the terminal's line empty.
    func end() {
        if isTerminal, !isQuiet { Output.error("\r\u{1B}[K") }
    }

    private func write(_ text: String, stays: Bool) {
        guard !isQuiet else { return }
        guard isTerminal else {
            Output.error("tune: \(text)\n")
            return
        }
        Output.error("\r\u{1B}[K" + text.prefix(79) + (stays ? "\n" : ""))
    }

    private func label(_ input: Int) -> String {
        let label = program.inputs.indices.contains(input) ? program.inputs[input].label : ""
        return label.isEmpty ? program.name : "\(program.name) \(label)"
    }

    private static func bytes(_ size: Int, _ region: TunedRegion) -> String {
        let (bytes, overflow) = size.multipliedReportingOverflow(by: region.bytesOfUnit)
        return ByteCount.grouped(overflow ? size : bytes)
    }
}

/// A thread that takes interrupts: the first ends the search, the second the process.
final class TuneSignals: Sendable {
    private let control: RunControl
    private let folder: String

    private init(_ control: RunControl, folder: String) {
        self.control = control
        self.folder = folder
    }

    static func start(_ control: RunControl, _ copies: DirectoryCopies) throws(CommandFailure) {
        var signals = signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 128 * 1024)
        var thread = pthread_t()
        let me = Unmanaged.passRetained(TuneSignals(control, folder: copies.root)).toOpaque()
        let result = pthread_create(&thread, &attributes, TuneSignals.enter, me)
        guard result == 0 else {
            Unmanaged<TuneSignals>.fromOpaque(me).release()
            throw CommandFailure("no thread for signals: \(String(cString: strerror(result)))")
        }
    }

    private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        data in
        guard let data else { return nil }
        Unmanaged<TuneSignals>.fromOpaque(data).takeRetainedValue().wait()
        return nil
    }

    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    private func wait() {
        while true {
            var signals = Self.signals
            let signal = sigwaitinfo(&signals, nil)
            guard signal == SIGINT || signal == SIGTERM else { continue }
            if control.isCancelled {
                DirectoryCopies.discard(folder)
                _exit(128 + signal)
            }
            control.cancel()
        }
    }
}
