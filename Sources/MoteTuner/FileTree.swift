#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Folders with all that is in them: copied, listed, removed.
///
/// Links are never followed.
enum FileTree {
    /// Everything below a folder by its path there; folders count only by being there.
    static func records(of root: String) throws(CopyFailure) -> [String: FileRecord] {
        var records: [String: FileRecord] = [:]
        try walk(root) { path, status throws(CopyFailure) in
            var record = FileRecord(status)
            if record.kind == UInt32(S_IFDIR) {
                record = FileRecord(folder: record.mode)
            }
            records[path] = record
        }
        return records
    }

    /// Copies a folder with files, folders and links; `rest` is how many bytes it may still have.
    ///
    /// Sockets and pipes are left out.
    static func copy(_ source: String, to target: String, rest: inout Int) throws(CopyFailure) {
        var status = stat()
        guard stat(source, &status) == 0 else { throw CopyFailure(path: source, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw CopyFailure(path: source, ENOTDIR) }
        guard mkdir(target, 0o700) == 0 else { throw CopyFailure(path: target, errno) }
        var left = rest
        try walk(source) { path, status throws(CopyFailure) in
            let (from, to) = ("\(source)/\(path)", "\(target)/\(path)")
            left -= 4096
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                guard mkdir(to, status.st_mode & 0o777 | 0o700) == 0 else {
                    throw CopyFailure(path: to, errno)
                }
            case S_IFREG:
                left -= min(Int(clamping: status.st_size), 1 << 60)
                guard left >= 0 else {
                    throw CopyFailure(path: source, reason: "has too much in it to be copied for each run")
                }
                try copyFile(from, to, status)
            case S_IFLNK:
                var text = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
                let count = readlink(from, &text, Int(PATH_MAX))
                guard count >= 0, symlink(text, to) == 0 else { throw CopyFailure(path: from, errno) }
            default: break
            }
            guard left >= 0 else {
                throw CopyFailure(path: source, reason: "has too much in it to be copied for each run")
            }
        }
        rest = left
    }

    /// Removes a folder and what is in it, as far as that is possible.
    static func remove(_ root: String) {
        var folders = [root]
        try? walk(root) { path, status in
            let whole = "\(root)/\(path)"
            if status.st_mode & S_IFMT == S_IFDIR {
                chmod(whole, 0o700)
                folders.append(whole)
            } else {
                unlink(whole)
            }
        }
        // A folder comes after the one that it is in.
        for folder in folders.reversed() { rmdir(folder) }
    }

    /// Adds a file's bytes.
    static func add(_ path: String, to digest: inout Digest) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            digest.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Visits everything below a folder, a folder before what is in it, without recursion.
    private static func walk(
        _ root: String,
        _ visit: (_ path: String, _ status: stat) throws(CopyFailure) -> Void
    ) throws(CopyFailure) {
        var folders = [""]
        while let folder = folders.popLast() {
            let place = folder.isEmpty ? root : "\(root)/\(folder)"
            guard let stream = opendir(place) else { throw CopyFailure(path: place, errno) }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                var status = stat()
                guard lstat("\(root)/\(path)", &status) == 0 else { continue }
                try visit(path, status)
                if status.st_mode & S_IFMT == S_IFDIR { folders.append(path) }
            }
        }
    }

    private static func copyFile(_ from: String, _ to: String, _ status: stat) throws(CopyFailure) {
        let source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard source >= 0 else { throw CopyFailure(path: from, errno) }
        defer { close(source) }
        let target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0o777)
        guard target >= 0 else { throw CopyFailure(path: to, errno) }
        defer { close(target) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CopyFailure(path: from, errno) }
            if count == 0 { break }
            var done = 0
            while done < count {
                let written = write(target, buffer.baseAddress?.advanced(by: done), count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw CopyFailure(path: to, errno) }
                done += written
            }
        }
        // Programs may look at the time.
        let record = FileRecord(status)
        let time = timespec(tv_sec: record.seconds, tv_nsec: record.nanoseconds)
        var times = [time, time]
        _ = futimens(target, &times)
    }
}

extension FileRecord {
    init(_ status: stat) {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        self.init(
            kind: UInt32(status.st_mode & S_IFMT),
            mode: UInt32(status.st_mode & 0o7777),
            size: Int64(status.st_size),
            seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec),
            identity: UInt64(status.st_ino)
        )
    }

    /// A folder's time changes with what is in it, which is looked at by itself.
    init(folder mode: UInt32) {
        self.init(kind: UInt32(S_IFDIR), mode: mode, size: 0, seconds: 0, nanoseconds: 0, identity: 0)
    }
}
