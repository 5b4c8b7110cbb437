internal import CPlatform

/// A file that is mapped read-only, until it is released.
package struct MappedFile {
    /// Why there is no mapping.
    package enum Failure: Error {
        /// It could not be opened, or nobody knows what it is.
        case open
        /// It cannot be read as a file.
        case read
    }

    /// Null for an empty file.
    package let bytes: UnsafePointer<UInt8>?
    package let sizeInBytes: Int

    package init(path: UnsafePointer<CChar>) throws(Failure) {
        let descriptor = mote_open_at(Int32(AT_FDCWD), path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw .open }
        defer { _ = mote_close(descriptor) }
        var status = MoteFileStatus()
        guard mote_status(descriptor, &status) >= 0 else { throw .open }
        guard status.kind != UInt32(MOTE_FILE_DIRECTORY), let size = Int(exactly: status.sizeInBytes) else {
            throw .read
        }
        sizeInBytes = size
        guard size > 0 else {
            bytes = nil
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), Int(bitPattern: start) != -1
        else { throw .read }
        bytes = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
    }

    /// One that was made elsewhere.
    package init(bytes: UnsafePointer<UInt8>, sizeInBytes: Int) {
        self.bytes = bytes
        self.sizeInBytes = sizeInBytes
    }

    package func release() {
        if let bytes { munmap(UnsafeMutableRawPointer(mutating: bytes), sizeInBytes) }
    }
}
