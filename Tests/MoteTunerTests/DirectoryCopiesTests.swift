import Foundation
import Mote
import MoteTuner
import Testing

struct DirectoryCopiesTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("copies-\(UUID().uuidString)")
        let deep = folder.appendingPathComponent("a/b/c")
        try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
        try Data("top".utf8).write(to: folder.appendingPathComponent("top"))
        try Data("deep".utf8).write(to: deep.appendingPathComponent("deep"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.appendingPathComponent("link").path,
            withDestinationPath: "/etc/passwd"
        )
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000), .posixPermissions: 0o640],
            ofItemAtPath: folder.appendingPathComponent("top").path
        )
    }

    private func remove() { try? FileManager.default.removeItem(at: folder) }

    @Test func `copies have files, folders, links, times and rights, and are used again while nobody writes`()
        throws
    {
        defer { remove() }
        var root = ""
        do {
            let copies = try DirectoryCopies(of: [Preopen(folder.path, as: "/")], limit: 1 << 20)
            root = copies.root
            let first = try #require(try copies.prepare().first)
            #expect(first.guestPath == "/" && first.hostPath.hasPrefix(root + "/"))
            let copy = URL(fileURLWithPath: first.hostPath)
            #expect(
                try String(contentsOf: copy.appendingPathComponent("a/b/c/deep"), encoding: .utf8) == "deep"
            )
            let link = copy.appendingPathComponent("link").path
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/etc/passwd")
            let top = try FileManager.default.attributesOfItem(
                atPath: copy.appendingPathComponent("top").path
            )
            #expect(top[.modificationDate] as? Date == Date(timeIntervalSince1970: 1_000_000))
            #expect(top[.posixPermissions] as? Int == 0o640)
            #expect(try copies.changes() == Digest())
            let before = try FileManager.default.attributesOfItem(atPath: link)[.systemFileNumber] as? Int
            _ = try copies.prepare()
            let after = try FileManager.default.attributesOfItem(atPath: link)[.systemFileNumber] as? Int
            #expect(before == after)
        }
        #expect(!FileManager.default.fileExists(atPath: root))
    }

    @Test(arguments: ["write", "grow", "add", "remove", "folder", "replace"])
    func `what a run does to a copy is seen, and gone for the next one`(deed: String) throws {
        defer { remove() }
        let copies = try DirectoryCopies(of: [Preopen(folder.path)], limit: 1 << 20)
        func act() throws -> Digest {
            let copy = URL(fileURLWithPath: try #require(try copies.prepare().first).hostPath)
            let deep = copy.appendingPathComponent("a/b/c/deep")
            #expect(try String(contentsOf: deep, encoding: .utf8) == "deep")
            #expect(try FileManager.default.contentsOfDirectory(atPath: copy.path).count == 3)
            switch deed {
            case "write": try Data("DEEP".utf8).write(to: deep)
            case "grow":
                let file = try FileHandle(forWritingTo: deep)
                try file.seekToEnd()
                try file.write(contentsOf: Data("er".utf8))
            case "add": try Data("new".utf8).write(to: copy.appendingPathComponent("new"))
            case "remove": try FileManager.default.removeItem(at: copy.appendingPathComponent("a"))
            case "folder":
                try FileManager.default.createDirectory(
                    at: copy.appendingPathComponent("more"),
                    withIntermediateDirectories: false
                )
            default:
                try FileManager.default.removeItem(at: deep)
                try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: false)
            }
            return try copies.changes()
        }
        let (first, second) = (try act(), try act())
        #expect(first == second)
        #expect(first != Digest())
        let original = folder.appendingPathComponent("a/b/c/deep")
        #expect(try String(contentsOf: original, encoding: .utf8) == "deep")
    }

    @Test func `too much, nothing and no folder are refused`() throws {
        defer { remove() }
        func reason(_ path: String, limit: Int) -> String? {
            do throws(CopyFailure) {
                _ = try DirectoryCopies(of: [Preopen(path)], limit: limit).prepare()
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(folder.path, limit: 1 << 20) == nil)
        #expect(reason(folder.path, limit: 5000)?.contains("too much") == true)
        #expect(reason(folder.path + "/nothing", limit: 1 << 20) == "No such file or directory")
        #expect(reason(folder.path + "/top", limit: 1 << 20) == "Not a directory")
    }
}
