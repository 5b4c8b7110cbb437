import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

struct PathTests {
    let scratch: ScratchDirectory
    let guest: WASIGuest

    init() throws {
        scratch = try ScratchDirectory()
        guest = try WASIGuest(preopens: [(scratch.path, "/")])
    }

    @Test func `interesting paths lead where they should`() throws {
        #expect(guest.path("path_create_directory", "dir") == .success)
        #expect(guest.path("path_create_directory", "dir/nested/") == .success)
        try guest.write("dir/nested/file", "text")
        #expect(guest.contents("dir/.//nested/../../dir/nested/../nested///./file") == "text")
        #expect(guest.open("/dir/nested/file").1 == .notPermitted)
        #expect(guest.open("dir/nested/file\0").1 == .invalid)
        #expect(guest.open("dir/nested/file/").1 == .notDirectory)
        #expect(guest.open("dir/nested/file///").1 == .notDirectory)
        #expect(guest.open("dir/nested/file/x").1 == .notDirectory)
        #expect(guest.open("dir/nested/").1 == .success)
        #expect(guest.open("dir/nested///").1 == .success)
        #expect(guest.open("dir/nested/../../../dir/nested/file").1 == .notPermitted)
        #expect(guest.open("..").1 == .notPermitted)
        #expect(guest.open("dir/..").1 == .success)
        #expect(guest.open("").1 == .noEntry)
        #expect(guest.open("missing").1 == .noEntry)
        #expect(guest.open("missing/file").1 == .noEntry)
        #expect(guest.open(String(repeating: "x", count: 256)).1 == .nameTooLong)
        #expect(guest.open(String(repeating: "x", count: 255)).1 == .noEntry)
        #expect(guest.open(String(repeating: "a/", count: 2048)).1 == .nameTooLong)
        #expect(guest.path("path_unlink_file", "dir/nested/file") == .success)
        #expect(guest.path("path_remove_directory", "dir/nested/") == .success)
        #expect(guest.path("path_remove_directory", "dir") == .success)
    }

    @Test func `paths that are not text are refused`() throws {
        for bytes: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xe2, 0x82],
        ] {
            for (index, byte) in bytes.enumerated() { guest.memory[0x1000 + index] = byte }
            #expect(guest("path_create_directory", 3, 0x1000, UInt64(bytes.count)) == .illegalSequence)
        }
        #expect(guest.path("path_create_directory", "größe-日本-🎉") == .success)
    }

    @Test func `links are followed inside and only when asked`() throws {
        scratch.make("dir")
        try scratch.write("dir/file", "text")
        #expect(guest.paths("path_symlink", "dir/file", "link") == .success)
        #expect(guest.paths("path_symlink", "dir", "dirlink") == .success)
        #expect(guest.paths("path_symlink", "../dir/file", "dir/back") == .success)
        #expect(guest.contents("link") == "text")
        #expect(guest.contents("dirlink/file") == "text")
        #expect(guest.contents("dir/back") == "text")
        #expect(guest.contents("dirlink/../dirlink/back") == "text")
        #expect(guest.open("link") { $0.follow = false }.1 == .loop)
        #expect(
            guest.open("dirlink") {
                $0.follow = false; $0.flags = 2
            }.1 == .notDirectory
        )
        #expect(guest.open("dirlink") { $0.flags = 2 }.1 == .success)
        #expect(guest.open("dirlink/") { $0.follow = false }.1 == .success)
        #expect(guest.open("link/").1 == .notDirectory)
        #expect(guest.paths("path_symlink", "link2", "link1") == .success)
        #expect(guest.paths("path_symlink", "link1", "link2") == .success)
        #expect(guest.open("link1").1 == .loop)
        #expect(guest.open("link1/x").1 == .loop)
    }

    @Test func `a chain of forty links is followed and one more is not`() throws {
        try scratch.write("link0", "text")
        for index in 1...41 { scratch.link("link\(index - 1)", "link\(index)") }
        #expect(guest.contents("link40") == "text")
        #expect(guest.open("link41").1 == .loop)
    }

    @Test func `a file is made through a dangling link but not with exclusive`() throws {
        #expect(guest.paths("path_symlink", "target", "link") == .success)
        #expect(guest.open("link") { $0.flags = 1 | 4 }.1 == .exists)
        try guest.write("link", "made")
        #expect(guest.contents("target") == "made")
        #expect(guest.open("target") { $0.flags = 1 | 4 }.1 == .exists)
        #expect(guest.open("fresh/") { $0.flags = 1 }.1 == .isDirectory)
    }

    @Test func `facts are of the link or of its target`() throws {
        try scratch.write("file", "four")
        scratch.link("file", "link")
        let path = guest.text("link", at: 0x1000)
        #expect(guest("path_filestat_get", 3, 0, path.address, path.count, 0x400) == .success)
        #expect(guest.get(UInt8.self, at: 0x410) == 7)
        #expect(guest("path_filestat_get", 3, 1, path.address, path.count, 0x400) == .success)
        #expect(guest.get(UInt8.self, at: 0x410) == 4)
        #expect(guest.get(UInt64.self, at: 0x420) == 4)
        #expect(guest("path_filestat_set_times", 3, 0, path.address, path.count, 0, 1234, 4) == .success)
        #expect(guest("path_filestat_get", 3, 0, path.address, path.count, 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x430) == 1234)
        #expect(guest("path_filestat_get", 3, 1, path.address, path.count, 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x430) != 1234)
    }

    @Test func `a link is read and cut off where the buffer ends`() throws {
        scratch.link("target", "link")
        let path = guest.text("link", at: 0x1000)
        #expect(guest("path_readlink", 3, path.address, path.count, 0x400, 10, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 6)
        #expect(guest.string(at: 0x400, count: 7) == "target\0")
        #expect(guest("path_readlink", 3, path.address, path.count, 0x500, 4, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 4)
        #expect(guest.string(at: 0x500, count: 5) == "targ\0")
        try scratch.write("file", "")
        let file = guest.text("file", at: 0x1000)
        #expect(guest("path_readlink", 3, file.address, file.count, 0x400, 10, 0x100) == .invalid)
    }

    @Test func `hard links are made inside`() throws {
        try scratch.write("file", "text")
        scratch.make("sub")
        #expect(guest.paths("path_link", "file", "sub/link") == .success)
        #expect(guest.contents("sub/link") == "text")
        #expect(guest.paths("path_link", "file", "sub/link") == .exists)
        #expect(guest.paths("path_link", "file", "file") == .exists)
        #expect(guest.paths("path_link", "file", "new/") == .noEntry)
        #expect(guest.paths("path_link", "file", "sub/") == .exists)
        #expect(guest.paths("path_link", "file/", "new") == .notDirectory)
        #expect(guest.paths("path_link", "sub", "new") == .notPermitted)
        #expect(guest.paths("path_link", "file", "../new") == .notPermitted)
        scratch.link("nowhere", "dangling")
        #expect(guest.paths("path_link", "dangling", "copy") == .success)
        let from = guest.text("dangling", at: 0x1000)
        let to = guest.text("again", at: 0x3000)
        #expect(guest("path_link", 3, 1, from.address, from.count, 3, to.address, to.count) == .noEntry)
    }

    @Test func `slashes behind names ask for directories`() throws {
        try scratch.write("file", "")
        scratch.make("dir")
        #expect(guest.path("path_unlink_file", "dir") == .isDirectory)
        #expect(guest.path("path_unlink_file", "dir/") == .isDirectory)
        #expect(guest.path("path_unlink_file", "file/") == .notDirectory)
        #expect(guest.path("path_unlink_file", "none/") == .noEntry)
        #expect(guest.path("path_remove_directory", "file/") == .notDirectory)
        #expect(guest.paths("path_symlink", "source", "target/") == .noEntry)
        #expect(guest.paths("path_symlink", "source", "dir/") == .exists)
        #expect(guest.paths("path_symlink", "source", "file/") == .notDirectory)
        #expect(guest.paths("path_symlink", "source", "file") == .exists)
        #expect(guest.paths("path_rename", "file", "new/") == .notDirectory)
        #expect(guest.paths("path_rename", "file/", "new") == .notDirectory)
        #expect(guest.paths("path_rename", "dir/", "moved/") == .success)
        #expect(guest.path("path_remove_directory", "moved/") == .success)
    }

    @Test func `renaming follows the rules of directories and files`() throws {
        scratch.make("a")
        scratch.make("b")
        try scratch.write("b/file", "text")
        try scratch.write("file", "other")
        #expect(guest.paths("path_rename", "a", "b") == .notEmpty)
        #expect(guest.paths("path_rename", "a", "b/file") == .notDirectory)
        #expect(guest.paths("path_rename", "file", "a") == .isDirectory)
        #expect(guest.paths("path_rename", "file", "b/file") == .success)
        #expect(guest.contents("b/file") == "other")
        #expect(guest.paths("path_rename", "b", "b/inside") == .invalid)
        #expect(guest.paths("path_rename", "b/file", "../out") == .notPermitted)
        #expect(guest.path("path_remove_directory", "b") == .notEmpty)
    }

    @Test func `a descriptor that is no directory leads nowhere`() throws {
        try guest.write("file", "")
        let (file, _) = guest.open("file")
        #expect(guest.open("x") { $0.directory = file }.1 == .notDirectory)
        #expect(guest.path("path_create_directory", "x", in: file) == .notDirectory)
        #expect(guest.open("x") { $0.directory = 77 }.1 == .badDescriptor)
        #expect(guest.open("x") { $0.flags = 16 }.1 == .invalid)
        #expect(guest.open("x") { $0.fileFlags = 32 }.1 == .invalid)
    }

    @Test func `opening a pipe does not wait for its other end`() throws {
        mkfifo(scratch.path("pipe"), 0o600)
        let (reader, errno) = guest.open("pipe") { $0.rights = 1 << 1 }
        #expect(errno == .success)
        #expect(guest.open("pipe") { $0.rights = 1 << 6 }.1 == .success)
        #expect(guest("fd_fdstat_get", UInt64(reader), 0x400) == .success)
        #expect(guest.get(UInt16.self, at: 0x402) == 0)
    }
}
