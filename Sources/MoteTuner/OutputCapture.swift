internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Takes what a guest writes to its two streams, by pipes that a thread empties; keeps digests alone.
final class OutputCapture {
    private let pipes: [Pipe]
    private let reader: Reader
    private var thread = pthread_t()
    private var isRunning = false

    private struct Pipe {
        var source: Int32
        var sink: Int32
    }

    /// What the thread reads.
    private final class Reader: Sendable {
        let sources: [Int32]
        let digests = Mutex((Digest(), Digest()))

        init(sources: [Int32]) { self.sources = sources }

        func run() {
            var polls = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
            defer { buffer.deallocate() }
            while polls.contains(where: { $0.fd >= 0 }) {
                if poll(&polls, nfds_t(polls.count), -1) < 0, errno != EINTR { return }
                for index in polls.indices where polls[index].fd >= 0 && polls[index].revents != 0 {
                    polls[index].revents = 0
                    let count = read(polls[index].fd, buffer.baseAddress, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else {
                        polls[index].fd = -1
                        continue
                    }
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    digests.withLock { index == 0 ? $0.0.add(bytes) : $0.1.add(bytes) }
                }
            }
        }
    }

    /// Nil where the system has no descriptors or threads left.
    init?() {
        var pipes: [Pipe] = []
        for _ in 0..<2 {
            var ends: (Int32, Int32) = (-1, -1)
            let made = withUnsafeMutableBytes(of: &ends) {
                pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self))
            }
            guard made == 0 else {
                for pipe in pipes {
                    close(pipe.source)
                    close(pipe.sink)
                }
                return nil
            }
            for end in [ends.0, ends.1] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            pipes.append(Pipe(source: ends.0, sink: ends.1))
        }
        self.pipes = pipes
        reader = Reader(sources: pipes.map(\.source))
        let data = Unmanaged.passRetained(reader).toOpaque()
        let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { data in
            guard let data else { return nil }
            Unmanaged<Reader>.fromOpaque(data).takeRetainedValue().run()
            return nil
        }
        guard pthread_create(&thread, nil, enter, data) == 0 else {
            Unmanaged<Reader>.fromOpaque(data).release()
            return nil
        }
        isRunning = true
    }

    deinit {
        if isRunning { finish() }
        for pipe in pipes { close(pipe.source) }
    }

    /// The guest's standard output.
    var standardOutput: Int32 { pipes[0].sink }
    /// The guest's standard error.
    var standardError: Int32 { pipes[1].sink }

    /// What was written, once nobody writes any more.
    var digests: (standard: Digest, error: Digest) {
        if isRunning { finish() }
        let both = reader.digests.withLock { $0 }
        return (both.0, both.1)
    }

    private func finish() {
        for pipe in pipes { close(pipe.sink) }
        pthread_join(thread, nil)
        isRunning = false
    }
}
