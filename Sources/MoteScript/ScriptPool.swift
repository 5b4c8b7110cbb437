#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A buffer of zeroes for a pool, mapped so that pages nobody touches cost nothing.
enum ScriptPool {
    static func map(sizeInBytes: Int) -> UnsafeMutableRawBufferPointer? {
        let protection = PROT_READ | PROT_WRITE
        guard sizeInBytes > 0,
            let base = mmap(nil, sizeInBytes, protection, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0),
            base != MAP_FAILED
        else { return nil }
        return UnsafeMutableRawBufferPointer(start: base, count: sizeInBytes)
    }

    static func unmap(_ pool: UnsafeMutableRawBufferPointer) { munmap(pool.baseAddress, pool.count) }

    /// Processor time of the whole process, in milliseconds.
    static func processorMilliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
