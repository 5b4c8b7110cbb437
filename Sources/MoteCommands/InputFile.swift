#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file to read, or standard input where the path is `-`.
enum InputFile {
    /// How errors call it.
    static func name(_ path: String) -> String { path == "-" ? "<stdin>" : path }

    /// All bytes of it.
    static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { if path != "-" { close(descriptor) } }
        var status = stat()
        let knownSize = fstat(descriptor, &status) == 0 ? Int(clamping: status.st_size) : 0
        var bytes: [UInt8] = []
        var size = 0
        // One byte more than the file has, so that its end is seen without growing.
        bytes = Array(repeating: 0, count: max(knownSize, 65535) + 1)
        while true {
            let count = bytes[size...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            size += count
            if size == bytes.count { bytes += repeatElement(0, count: bytes.count) }
        }
        bytes.removeSubrange(size...)
        return bytes
    }

    /// The first bytes of a regular file, without taking them; nil where it is none, or cannot be read.
    static func beginning(_ path: String, count: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        let size = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard size >= 0 else { return nil }
        return Array(bytes.prefix(size))
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure("\(name(path)): \(String(cString: strerror(errno)))")
    }
}
