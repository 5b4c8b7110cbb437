// The bytes of a module: a mapping that this value's holder unmaps, or bytes of the caller's. Held by Module, and by
// Runtime where instances outlive their module.
internal import CPlatform
internal import Synchronization

/// Where a module's bytes lie, and whether they are to be unmapped.
// Sendable: the bytes are only read.
struct ModuleBytes: @unchecked Sendable {
    let buffer: UnsafeRawBufferPointer
    private let isMapping: Bool

    init(borrowing buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
        isMapping = false
    }

    /// Maps a file read-only.
    init(mapping path: String) throws(RuntimeError) {
        let descriptor = mote_open_at(Int32(AT_FDCWD), path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw .file(path: path, reason: Self.reason(descriptor)) }
        defer { _ = mote_close(descriptor) }
        var status = MoteFileStatus()
        let result = mote_status(descriptor, &status)
        guard result >= 0 else { throw .file(path: path, reason: Self.reason(result)) }
        guard status.kind != UInt32(MOTE_FILE_DIRECTORY) else {
            throw .file(path: path, reason: "it is a directory")
        }
        guard status.sizeInBytes > 0, let size = Int(exactly: status.sizeInBytes) else {
            throw .file(path: path, reason: "it is empty, or not a file with a size")
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, Int(bitPattern: start) != -1 else {
            throw .file(path: path, reason: Self.reason(-mote_errno()))
        }
        buffer = UnsafeRawBufferPointer(start: start, count: size)
        isMapping = true
    }

    /// Gives a mapping back.
    func release() {
        guard isMapping else { return }
        munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    }

    static func reason(_ negatedError: some BinaryInteger) -> String {
        guard let text = strerror(Int32(truncatingIfNeeded: 0 - negatedError)) else {
            return "it cannot be read"
        }
        return String(cString: text)
    }
}

/// Mappings that wait for the end of their runtime.
// Sendable: the list is behind a lock.
final class LateBytes: @unchecked Sendable {
    private let list = Mutex<[ModuleBytes]>([])

    func add(_ bytes: ModuleBytes) { list.withLock { $0.append(bytes) } }

    func take() -> [ModuleBytes] {
        list.withLock { list in
            defer { list = [] }
            return list
        }
    }
}
