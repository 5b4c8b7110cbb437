internal import CPlatform

/// Facts about the operating system.
package enum Platform {
    /// Bytes of an operating-system page: a power of two.
    package static var pageSizeInBytes: Int {
        let size = sysconf(Int32(_SC_PAGESIZE))
        return size > 0 ? Int(size) : 4096
    }

    /// Nanoseconds of a clock that never goes back; its start means nothing.
    package static var monotonicTimeInNanoseconds: UInt64 { mote_monotonic_ns() }

    /// Nanoseconds since 1970, as the system's clock is set.
    package static var realTimeInNanoseconds: UInt64 { mote_realtime_ns() }
}
