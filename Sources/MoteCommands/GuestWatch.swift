internal import Mote
internal import MoteTuner
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A thread that stops the guest when its time is over or the user interrupts it.
///
/// It takes the signals itself, so no code runs in a handler. A second interrupt ends the process at once.
final class GuestWatch: Sendable {
    private let handles: Mutex<[InterruptHandle]>
    private let interrupted = Atomic<Bool>(false)
    private let timeoutInMilliseconds: Int?

    /// Whether the user interrupted the guest.
    var wasInterrupted: Bool { interrupted.load(ordering: .acquiring) }

    init(_ handle: InterruptHandle, timeout: TimeSpan?) throws(CommandFailure) {
        handles = Mutex([handle])
        timeoutInMilliseconds = timeout?.milliseconds
        UserInterrupt.block()
        let result = DetachedThread.start { self.wait() }
        guard result == 0 else {
            throw CommandFailure("no thread for signals and timeout: \(String(cString: strerror(result)))")
        }
    }

    /// Stops this environment too.
    func watch(_ handle: InterruptHandle) { handles.withLock { $0.append(handle) } }

    private func wait() {
        var rest = timeoutInMilliseconds
        while true {
            guard let signal = UserInterrupt.wait(forMilliseconds: rest) else {
                handles.withLock { for handle in $0 { handle.expire() } }
                rest = nil
                continue
            }
            if interrupted.exchange(true, ordering: .acquiringAndReleasing) { _exit(128 + signal) }
            handles.withLock { for handle in $0 { handle.interrupt() } }
        }
    }
}
