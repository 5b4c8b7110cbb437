internal import CPlatform

/// Facts about the operating system.
package enum Platform {
    /// Bytes of an operating-system page.
    package static var pageSizeInBytes: Int {
        let size = sysconf(Int32(_SC_PAGESIZE))
        return size > 0 ? Int(size) : 4096
    }
}
