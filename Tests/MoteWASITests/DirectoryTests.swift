import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

struct DirectoryTests {
    let scratch: ScratchDirectory
    let guest: WASIGuest

    init() throws {
        scratch = try ScratchDirectory()
        guest = try WASIGuest(preopens: [(scratch.path, "/")])
    }

    struct Entry {
        var name: String
        var next: UInt64
        var inode: UInt64
        var type: UInt8
    }

    /// Whole entries of one call, and whether it was the last.
    private func read(cookie: UInt64, capacity: Int) throws -> ([Entry], Bool) {
        let base = 0x20000
        for index in 0..<capacity + 8 { guest.memory[base + index] = 0xee }
        try #require(guest("fd_readdir", 3, UInt64(base), UInt64(capacity), cookie, 0x100) == .success)
        let used = Int(guest.get(UInt32.self, at: 0x100))
        #expect(used <= capacity)
        #expect(guest.memory[base + capacity] == 0xee)
        var entries: [Entry] = []
        var offset = 0
        while offset + 24 <= used {
            let count = Int(guest.get(UInt32.self, at: base + offset + 16))
            guard offset + 24 + count <= used else { break }
            entries.append(
                Entry(
                    name: guest.string(at: base + offset + 24, count: count),
                    next: guest.get(UInt64.self, at: base + offset),
                    inode: guest.get(UInt64.self, at: base + offset + 8),
                    type: guest.get(UInt8.self, at: base + offset + 20)
                )
            )
            offset += 24 + count
        }
        return (entries, used < capacity)
    }

    @Test func `an empty directory has itself and its parent`() throws {
        let (entries, isLast) = try read(cookie: 0, capacity: 256)
        #expect(isLast)
        #expect(entries.map(\.name).sorted() == [".", ".."])
        #expect(entries.allSatisfy { $0.type == 3 })
        #expect(guest("fd_filestat_get", 3, 0x400) == .success)
        #expect(entries.first { $0.name == "." }?.inode == guest.get(UInt64.self, at: 0x408))
    }

    @Test(arguments: [48, 100, 256, 1000, 65536]) func `every entry comes once whatever the buffer`(
        capacity: Int
    ) throws {
        for index in 0..<300 { try scratch.write("file.\(index)", "") }
        var names: [String] = []
        var cookie: UInt64 = 0
        for _ in 0..<1000 {
            let (entries, isLast) = try read(cookie: cookie, capacity: capacity)
            names += entries.map(\.name)
            if isLast { break }
            cookie = try #require(entries.last).next
        }
        #expect(names.count == 302)
        #expect(Set(names).count == 302)
    }

    @Test func `a cookie continues behind its entry`() throws {
        for name in ["a", "b", "c"] { try scratch.write(name, "") }
        let (all, _) = try read(cookie: 0, capacity: 4096)
        #expect(all.count == 5)
        for (index, entry) in all.enumerated() {
            let (rest, isLast) = try read(cookie: entry.next, capacity: 4096)
            #expect(rest.map(\.name) == all[(index + 1)...].map(\.name))
            #expect(isLast)
        }
    }

    @Test func `types of entries are told`() throws {
        scratch.make("dir")
        try scratch.write("file", "")
        scratch.link("file", "link")
        mkfifo(scratch.path("pipe"), 0o600)
        let (entries, _) = try read(cookie: 0, capacity: 4096)
        let types = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.type) })
        #expect(types["dir"] == 3 && types["file"] == 4 && types["link"] == 7 && types["pipe"] == 0)
    }

    @Test func `a cut off entry fills the buffer to its end`() throws {
        try scratch.write("file", "")
        #expect(guest("fd_readdir", 3, 0x2000, 30, 0, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 30)
        #expect(guest("fd_readdir", 3, 0x2000, 0, 0, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 0)
    }

    @Test func `only directories are listed`() throws {
        try guest.write("file", "")
        let (file, _) = guest.open("file")
        #expect(guest("fd_readdir", UInt64(file), 0x2000, 100, 0, 0x100) == .notDirectory)
        #expect(guest("fd_readdir", 3, 0x2000, 100, UInt64.max, 0x100) == .invalid)
    }
}
