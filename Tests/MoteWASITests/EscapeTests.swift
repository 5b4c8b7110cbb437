import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Synchronization
import Testing

/// A directory with a secret beside the one that the guest gets.
struct EscapeTests {
    let outside: ScratchDirectory
    let guest: WASIGuest

    init() throws {
        outside = try ScratchDirectory()
        try outside.write("secret", "SECRET")
        outside.make("inside")
        outside.make("inside/dir")
        try outside.write("inside/dir/plain", "plain")
        outside.make("other")
        try outside.write("other/plain", "SECRET")
        guest = try WASIGuest(preopens: [(outside.path("inside"), "/")])
    }

    static let targets = [
        "../secret", "dir/../../secret", "./../secret", "dir/./../../secret", "dir//..//..//secret",
        "..", "dir/../..", "../inside/../secret",
    ]

    @Test(arguments: targets) func `no path and no link leads out`(target: String) throws {
        #expect(guest.open(target).1 == .notPermitted)
        outside.link(target, "inside/link")
        for path in ["link", "dir/../link", "link/", "link/secret"] {
            #expect(guest.open(path).1 == .notPermitted)
        }
        outside.link(outside.path("secret"), "inside/absolute")
        #expect(guest.open("absolute").1 == .notPermitted)
        outside.link("/", "inside/root")
        #expect(guest.open("root" + outside.path("secret")).1 == .notPermitted)
        outside.link("../..", "inside/dir/up")
        #expect(guest.open("dir/up/secret").1 == .notPermitted)
    }

    @Test func `every path function refuses to leave`() throws {
        for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
            #expect(guest.path(name, "../x") == .notPermitted)
        }
        for name in ["path_rename", "path_link"] {
            #expect(guest.paths(name, "../secret", "x") == .notPermitted)
            #expect(guest.paths(name, "dir/plain", "../x") == .notPermitted)
        }
        #expect(guest.paths("path_symlink", "x", "../x") == .notPermitted)
        #expect(guest.paths("path_symlink", "/", "x") == .notPermitted)
        let path = guest.text("../secret", at: 0x1000)
        #expect(guest("path_filestat_get", 3, 1, path.address, path.count, 0x400) == .notPermitted)
        #expect(guest("path_filestat_set_times", 3, 1, path.address, path.count, 0, 0, 10) == .notPermitted)
        #expect(guest("path_readlink", 3, path.address, path.count, 0x400, 10, 0x100) == .notPermitted)
    }

    @Test func `a link outside is not written through`() throws {
        outside.link("../new", "inside/link")
        #expect(
            guest.open("link") {
                $0.flags = 1; $0.rights = WASIGuest.allRights
            }.1 == .notPermitted
        )
        #expect(access(outside.path("new"), F_OK) == -1)
    }

    @Test func `a directory that was moved away does not open its new parents`() throws {
        let (directory, errno) = guest.open("dir") { $0.flags = 2 }
        #expect(errno == .success)
        #expect(rename(outside.path("inside/dir"), outside.path("other/dir")) == 0)
        #expect(guest.open("../plain") { $0.directory = directory }.1 == .notPermitted)
        #expect(guest.open("plain") { $0.directory = directory }.1 == .success)
    }

    /// Runs one closure in a thread of its own while the test calls another for a while.
    private func hammer(_ swap: @Sendable @escaping () -> Void, _ attempt: () -> Void) {
        let flag = Flag()
        let thread = Thread {
            while !flag.isStopping.load(ordering: .relaxed) { swap() }
            flag.isDone.store(true, ordering: .releasing)
        }
        thread.start()
        let end = Date(timeIntervalSinceNow: 1)
        while Date() < end { for _ in 0..<50 { attempt() } }
        flag.isStopping.store(true, ordering: .relaxed)
        while !flag.isDone.load(ordering: .acquiring) { usleep(1000) }
    }

    @Test func `a directory swapped for a link never leads out`() throws {
        outside.link("../other", "inside/link")
        let first = outside.path("inside/dir")
        let second = outside.path("inside/link")
        var answers: Set<String> = []
        var refusals = 0
        hammer({ _ = exchange(first, second) }) {
            let (file, errno) = guest.open("dir/plain")
            if errno == .success {
                answers.insert(guest.read(file).0)
                guest("fd_close", UInt64(file))
            } else {
                refusals += 1
            }
        }
        #expect(answers == ["plain"])
        #expect(refusals > 0)
    }

    @Test func `a file swapped for a link never leads out`() throws {
        outside.link("../../secret", "inside/dir/link")
        let first = outside.path("inside/dir/plain")
        let second = outside.path("inside/dir/link")
        var answers: Set<String> = []
        hammer({ _ = exchange(first, second) }) {
            if let text = guest.contents("dir/plain") { answers.insert(text) }
            if let text = guest.contents("dir/plain", follow: false) { answers.insert(text) }
            let path = guest.text("dir/plain", at: 0x1000)
            if guest("path_filestat_get", 3, 1, path.address, path.count, 0x400) == .success {
                // A link may be seen for what it is, its target may not: the secret has 6 bytes, like no other file.
                if guest.get(UInt8.self, at: 0x410) == 4 {
                    answers.insert(guest.get(UInt64.self, at: 0x420) == 6 ? "SIZE" : "plain")
                }
            }
        }
        #expect(answers == ["plain"])
    }

    @Test func `the way back is the way that was come`() throws {
        outside.make("inside/dir/deep")
        let first = outside.path("inside/dir/deep")
        let second = outside.path("other/deep")
        var answers: Set<String> = []
        hammer({
            rename(first, second)
            rename(second, first)
        }) {
            if let text = guest.contents("dir/deep/../plain") { answers.insert(text) }
        }
        #expect(answers == ["plain"])
    }

    @Test func `making files through swapped links stays inside`() throws {
        outside.link("../other", "inside/link")
        let first = outside.path("inside/dir")
        let second = outside.path("inside/link")
        hammer({ _ = exchange(first, second) }) {
            let (file, errno) = guest.open("dir/new") {
                $0.flags = 1; $0.rights = WASIGuest.allRights
            }
            if errno == .success { guest("fd_close", UInt64(file)) }
            _ = guest.paths("path_symlink", "x", "dir/made")
            _ = guest.path("path_create_directory", "dir/sub")
            _ = guest.paths("path_rename", "dir/sub", "dir/sub2")
            _ = guest.path("path_remove_directory", "dir/sub2")
        }
        let others = try FileManager.default.contentsOfDirectory(atPath: outside.path("other"))
        #expect(others == ["plain"])
    }
}

private final class Flag: Sendable {
    let isStopping = Atomic(false)
    let isDone = Atomic(false)
}

/// Exchanges two names in one step, as no other thread can see half of.
private func exchange(_ first: String, _ second: String) -> Bool {
    systemRename(AT_FDCWD, first, AT_FDCWD, second, 2) == 0
}

/// Declared in `<stdio.h>` for GNU programs only, so that Swift does not see it.
@_silgen_name("renameat2")
private func systemRename(
    _ firstDirectory: Int32,
    _ first: UnsafePointer<CChar>,
    _ secondDirectory: Int32,
    _ second: UnsafePointer<CChar>,
    _ flags: UInt32
) -> Int32
