internal import Mote
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Stops the run that is under way: at its deadline, or for good when the user wants no more.
///
/// A thread of its own looks at the clock; any thread, and one that waits for signals, may cancel.
package final class RunControl: Sendable {
    private struct State {
        var handles: [InterruptHandle] = []
        var deadline: Int?
        var expired = false
        var cancelled = false
        var ended = false
    }

    private let state = Mutex(State())
    /// How often the clock is looked at.
    private static let tickInNanoseconds = 5_000_000

    package init() {}

    /// Starts looking at the clock; false if there is no thread to do so.
    package func start() -> Bool { DetachedThread.start { self.watch() } == 0 }

    private func watch() {
        while true {
            var pause = timespec(tv_sec: 0, tv_nsec: Self.tickInNanoseconds)
            nanosleep(&pause, nil)
            let now = Self.milliseconds
            let goesOn = state.withLock { state in
                if let deadline = state.deadline, now >= deadline, !state.expired {
                    state.expired = true
                    for handle in state.handles { handle.expire() }
                }
                return !state.ended
            }
            if !goesOn { return }
        }
    }

    /// Ends the thread.
    package func end() { state.withLock { $0.ended = true } }

    /// No run any more; the one under way is interrupted.
    package func cancel() {
        state.withLock { state in
            state.cancelled = true
            for handle in state.handles { handle.interrupt() }
        }
    }

    /// Whether somebody cancelled.
    package var isCancelled: Bool { state.withLock { $0.cancelled } }

    /// Begins a run with a deadline; false when it was cancelled before.
    func begin(milliseconds: Int) -> Bool {
        state.withLock { state in
            state.handles = []
            state.expired = false
            let (deadline, overflow) = Self.milliseconds.addingReportingOverflow(milliseconds)
            state.deadline = overflow ? nil : deadline
            return !state.cancelled
        }
    }

    /// Stops this environment too; at once where the time is over already.
    func watch(_ handle: InterruptHandle) {
        state.withLock { state in
            state.handles.append(handle)
            if state.expired { handle.expire() }
            if state.cancelled { handle.interrupt() }
        }
    }

    /// Ends the run; whether its time was over.
    func endRun() -> Bool {
        state.withLock { state in
            state.handles = []
            state.deadline = nil
            return state.expired
        }
    }

    /// A clock that only goes on.
    static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) &* 1000 &+ Int(time.tv_nsec) / 1_000_000
    }
}
