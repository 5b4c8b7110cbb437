package import Mote

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Directories that each run finds as they were, whatever the runs before did: copies of the user's.
///
/// The user's own are never written. A copy that a run left as it was is used again.
package final class DirectoryCopies {
    /// Where the copies are; goes with this object.
    package let root: String
    private let originals: [Preopen]
    private let limit: Int
    /// What each copy held when it was made; nil before.
    private var contents: [[String: FileRecord]?]

    /// Makes the place for copies of directories that have at most `limit` bytes together.
    package init(of originals: [Preopen], limit: Int) throws(CopyFailure) {
        self.originals = originals
        self.limit = limit
        contents = Array(repeating: nil, count: originals.count)
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((folder + "/mote-tune-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return nil }
            return String(cString: start)
        }
        guard let made else { throw CopyFailure(path: folder, errno) }
        root = made
    }

    deinit { Self.discard(root) }

    /// Removes the place of copies; for a process that ends at once.
    package static func discard(_ root: String) { FileTree.remove(root) }

    /// The directories for the next run.
    package func prepare() throws(CopyFailure) -> [Preopen] {
        var result: [Preopen] = []
        var rest = limit
        for (index, original) in originals.enumerated() {
            let copy = "\(root)/\(index)"
            if let known = contents[index] {
                if try FileTree.records(of: copy) == known {
                    result.append(Preopen(copy, as: original.guestPath))
                    continue
                }
                FileTree.remove(copy)
                contents[index] = nil
            }
            try FileTree.copy(original.hostPath, to: copy, rest: &rest)
            contents[index] = try FileTree.records(of: copy)
            result.append(Preopen(copy, as: original.guestPath))
        }
        return result
    }

    /// What a run made, changed and removed.
    package func changes() throws(CopyFailure) -> Digest {
        var digest = Digest()
        for (index, known) in contents.enumerated() {
            guard let known else { continue }
            let copy = "\(root)/\(index)"
            let now = try FileTree.records(of: copy)
            for path in Set(known.keys).union(now.keys).sorted() where known[path] != now[path] {
                digest.add("\(index)/\(path)\n")
                guard let record = now[path] else { continue }
                digest.add("\(record.kind)\n")
                if record.isFile { FileTree.add("\(copy)/\(path)", to: &digest) }
            }
        }
        return digest
    }
}

/// Why a directory could not be copied.
package struct CopyFailure: Error {
    package let path: String
    package let reason: String

    init(path: String, _ number: Int32) {
        self.path = path
        reason = String(cString: strerror(number))
    }

    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}

/// What tells whether a file was written.
struct FileRecord: Equatable {
    var kind: UInt32
    var mode: UInt32
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
    var identity: UInt64

    var isFile: Bool { kind == UInt32(S_IFREG) }
}
