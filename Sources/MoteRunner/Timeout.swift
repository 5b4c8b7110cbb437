internal import CMoteAPI
internal import CPlatform
internal import MotePlatform

/// Ends an instance's calls after a time, from a thread of its own.
struct Timeout {
    private let instance: OpaquePointer
    private let milliseconds: UInt32
    /// 0: waiting; 1: stopping the instance; 2: it was stopped; 3: not wanted any more (atomic).
    fileprivate var state: UInt32 = 0

    private init(_ instance: OpaquePointer, _ milliseconds: UInt32) {
        self.instance = instance
        self.milliseconds = milliseconds
    }

    static func run(_ instance: OpaquePointer, _ milliseconds: UInt32, _ body: () -> Int32) -> Int32 {
        var timeout = Timeout(instance, milliseconds)
        return withUnsafeMutablePointer(to: &timeout) { timeout in
            var thread = pthread_t()
            guard pthread_create(&thread, nil, wait, UnsafeMutableRawPointer(timeout)) == 0 else {
                Message.write("Failed to start timeout", nil)
                return -1
            }
            let result = body()
            if !mote_compare_exchange_u32(timeout.state, 0, 3) {
                // The instance goes when nobody stops it.
                while mote_load_acquire_u32(timeout.state) == 1 { sched_yield() }
            }
            pthread_join(thread, nil)
            return result
        }
    }

    /// The thread: looks every tenth of a second at most whether it is still wanted.
    private static let wait: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { data in
        guard let timeout = data?.assumingMemoryBound(to: Timeout.self) else { return nil }
        let end = Platform.monotonicTimeInNanoseconds &+ UInt64(timeout.pointee.milliseconds) &* 1_000_000
        while mote_load_acquire_u32(timeout.state) == 0 {
            let now = Platform.monotonicTimeInNanoseconds
            guard now < end else {
                guard mote_compare_exchange_u32(timeout.state, 0, 1) else { break }
                wasm_runtime_terminate(timeout.pointee.instance)
                mote_store_release_u32(timeout.state, 2)
                break
            }
            var pause = timespec()
            pause.tv_nsec = Int(min(end &- now, 20_000_000))
            nanosleep(&pause, nil)
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == Timeout {
    @inline(__always)
    fileprivate var state: UnsafeMutablePointer<UInt32> {
        withUnsafeMutablePointer(to: &pointee.state) { $0 }
    }
}
