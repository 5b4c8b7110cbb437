internal import Mote
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
        var signals = Self.signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 128 * 1024)
        var thread = pthread_t()
        let me = Unmanaged.passRetained(self).toOpaque()
        let result = pthread_create(&thread, &attributes, GuestWatch.enter, me)
        guard result == 0 else {
            Unmanaged<GuestWatch>.fromOpaque(me).release()
            throw CommandFailure("no thread for signals and timeout: \(String(cString: strerror(result)))")
        }
    }

    /// Stops this environment too.
    func watch(_ handle: InterruptHandle) { handles.withLock { $0.append(handle) } }

    private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        data in
        guard let data else { return nil }
        Unmanaged<GuestWatch>.fromOpaque(data).takeRetainedValue().wait()
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
        var rest = timeoutInMilliseconds
        while true {
            var signals = Self.signals
            let signal: Int32
            if let milliseconds = rest {
                var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
                signal = sigtimedwait(&signals, nil, &time)
                if signal < 0, errno == EAGAIN {
                    handles.withLock { for handle in $0 { handle.expire() } }
                    rest = nil
                    continue
                }
            } else {
                signal = sigwaitinfo(&signals, nil)
            }
            guard signal == SIGINT || signal == SIGTERM else { continue }
            if interrupted.exchange(true, ordering: .acquiringAndReleasing) { _exit(128 + signal) }
            handles.withLock { for handle in $0 { handle.interrupt() } }
        }
    }
}
