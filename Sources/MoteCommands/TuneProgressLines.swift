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
        let me = TuneSignals(control, folder: copies.root)
        UserInterrupt.block()
        let result = DetachedThread.start { me.wait() }
        guard result == 0 else {
            throw CommandFailure("no thread for signals: \(String(cString: strerror(result)))")
        }
    }

    private func wait() {
        while true {
            guard let signal = UserInterrupt.wait() else { continue }
            if control.isCancelled {
                DirectoryCopies.discard(folder)
                _exit(128 + signal)
            }
            control.cancel()
        }
    }
}
