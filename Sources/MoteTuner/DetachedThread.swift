#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A thread with a small stack, for something that waits most of its time.
package enum DetachedThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts one that ends when `run` does; 0, or the system's error number.
    package static func start(_ run: @escaping @Sendable () -> Void) -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 128 * 1024)
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        let result = pthread_create(&thread, &attributes, enter, body)
        if result != 0 { Unmanaged<Body>.fromOpaque(body).release() }
        return result
    }

    private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        body in
        guard let body else { return nil }
        Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
        return nil
    }
}

/// What users end programs with, taken by a thread that waits for it: no code runs in a handler.
package enum UserInterrupt {
    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// Keeps interrupts from ending the process, in this thread and those that it starts.
    package static func block() {
        var signals = signals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// The number of the next one; nil when the time is over first.
    package static func wait(forMilliseconds milliseconds: Int? = nil) -> Int32? {
        var signals = signals
        while true {
            let signal: Int32
            if let milliseconds {
                var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
                signal = sigtimedwait(&signals, nil, &time)
                if signal < 0, errno == EAGAIN { return nil }
            } else {
                signal = sigwaitinfo(&signals, nil)
            }
            if signal > 0 { return signal }
        }
    }
}
