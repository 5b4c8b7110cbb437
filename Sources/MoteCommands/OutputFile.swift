#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A file that is written piece by piece, or standard output where the path is `-`.
///
/// It is made when the first piece is written, so that a failure before leaves what was there.
final class OutputFile {
    private let path: String
    private var descriptor: Int32
    /// The first error; pieces behind it are dropped.
    private var error: Int32 = 0

    init(_ path: String) {
        self.path = path
        descriptor = path == "-" ? STDOUT_FILENO : -1
    }

    deinit { closeFile() }

    func write(_ bytes: [UInt8]) {
        if descriptor < 0, error == 0 {
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            if descriptor < 0 { error = errno }
        }
        guard error == 0 else { return }
        bytes.withUnsafeBytes { bytes in
            if !Output.write(bytes, to: descriptor) { error = errno }
        }
    }

    /// Ends the file; fails if a piece could not be written.
    func finish() throws(CommandFailure) {
        closeFile()
        // Who reads standard output may have seen enough.
        if error == EPIPE, path == "-" { return }
        guard error == 0 else { throw CommandFailure("\(path): \(String(cString: strerror(error)))") }
    }

    /// Removes what was written so far.
    func discard() {
        guard path != "-", descriptor >= 0 else { return }
        closeFile()
        unlink(path)
    }

    private func closeFile() {
        guard path != "-", descriptor >= 0 else { return }
        if close(descriptor) != 0, error == 0 { error = errno }
        descriptor = -1
    }
}
