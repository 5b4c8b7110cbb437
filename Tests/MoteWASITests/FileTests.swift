import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

struct FileTests {
    let scratch: ScratchDirectory
    let guest: WASIGuest

    init() throws {
        scratch = try ScratchDirectory()
        guest = try WASIGuest(preopens: [(scratch.path, "/data")])
    }

    @Test func `a file is written read sought and truncated`() throws {
        let (file, errno) = guest.open("file") {
            $0.flags = 1
            $0.rights = WASIGuest.allRights
        }
        #expect(errno == .success)
        #expect(file == 4)
        #expect(guest.write(file, "hello world") == .success)
        #expect(guest("fd_tell", 4, 0x100) == .success)
        #expect(guest.get(UInt64.self, at: 0x100) == 11)
        #expect(guest("fd_seek", 4, UInt64(bitPattern: -5), 2, 0x100) == .success)
        #expect(guest.read(4).0 == "world")
        #expect(guest.read(4).0 == "")
        #expect(guest("fd_seek", 4, UInt64(bitPattern: -50), 1, 0x100) == .invalid)
        #expect(guest("fd_seek", 4, 0, 9, 0x100) == .invalid)
        #expect(guest("fd_filestat_set_size", 4, 5) == .success)
        #expect(guest("fd_filestat_get", 4, 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x400 + 32) == 5)
        #expect(guest.get(UInt8.self, at: 0x400 + 16) == 4)
        #expect(guest("fd_allocate", 4, 0, 100) == .success)
        #expect(guest("fd_advise", 4, 0, 100, 3) == .success)
        #expect(guest("fd_advise", 4, 0, 100, 6) == .invalid)
        #expect(guest("fd_sync", 4) == .success)
        #expect(guest("fd_datasync", 4) == .success)
        #expect(guest("fd_close", 4) == .success)
        #expect(guest("fd_close", 4) == .badDescriptor)
    }

    @Test func `positioned transfers leave the position alone`() throws {
        try guest.write("file", "0123456789")
        let (file, _) = guest.open("file") { $0.rights = WASIGuest.allRights }
        guest.put(UInt32(0x10000), at: 0x200)
        guest.put(UInt32(3), at: 0x204)
        #expect(guest("fd_pread", UInt64(file), 0x200, 1, 4, 0x100) == .success)
        #expect(guest.string(at: 0x10000, count: 3) == "456")
        _ = guest.text("xyz", at: 0x10000)
        #expect(guest("fd_pwrite", UInt64(file), 0x200, 1, 7, 0x100) == .success)
        #expect(guest.read(file).0 == "0123456xyz")
        #expect(guest("fd_pread", UInt64(file), 0x200, 1, UInt64.max, 0x100) == .invalid)
    }

    @Test(arguments: [1, 15, 16, 17, 100, 1024]) func `many buffers are one transfer`(count: Int) throws {
        let (file, _) = guest.open("file") {
            $0.flags = 1
            $0.rights = WASIGuest.allRights
        }
        for index in 0..<count {
            guest.put(UInt32(0x20000 + index * 3), at: 0x4000 + index * 8)
            guest.put(UInt32(index % 3), at: 0x4000 + index * 8 + 4)
            for byte in 0..<3 { guest.memory[0x20000 + index * 3 + byte] = UInt8(truncatingIfNeeded: index) }
        }
        let total = (0..<count).reduce(0) { $0 + $1 % 3 }
        #expect(guest("fd_write", UInt64(file), 0x4000, UInt64(count), 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == UInt32(total))
        #expect(guest("fd_seek", UInt64(file), 0, 0, 0x100) == .success)
        for index in 0..<count * 3 { guest.memory[0x20000 + index] = 0xff }
        #expect(guest("fd_read", UInt64(file), 0x4000, UInt64(count), 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == UInt32(total))
        for index in 0..<count where index % 3 == 2 {
            #expect(guest.memory[0x20000 + index * 3] == UInt8(truncatingIfNeeded: index))
        }
        #expect(guest("fd_read", UInt64(file), 0x4000, 1025, 0x100) == .invalid)
    }

    @Test func `append mode is switched on and off`() throws {
        let (file, errno) = guest.open("log") {
            $0.flags = 1
            $0.rights = WASIGuest.allRights
            $0.fileFlags = 1
        }
        #expect(errno == .success)
        #expect(guest.write(file, "aaaa") == .success)
        #expect(guest("fd_seek", UInt64(file), 0, 0, 0x100) == .success)
        #expect(guest.write(file, "bbbb") == .success)
        #expect(guest("fd_fdstat_get", UInt64(file), 0x400) == .success)
        #expect(guest.get(UInt16.self, at: 0x402) == 1)
        #expect(guest("fd_fdstat_set_flags", UInt64(file), 0) == .success)
        #expect(guest("fd_seek", UInt64(file), 0, 0, 0x100) == .success)
        #expect(guest.write(file, "cc") == .success)
        #expect(guest.contents("log") == "ccaabbbb")
        #expect(guest("fd_fdstat_set_flags", UInt64(file), 16) == .notSupported)
        #expect(guest("fd_fdstat_set_flags", UInt64(file), 32) == .invalid)
    }

    @Test func `rights are given up and never won back`() throws {
        try guest.write("file", "text")
        let (file, _) = guest.open("file") { $0.rights = 1 << 1 | 1 << 2 }
        #expect(guest.read(file).0 == "text")
        #expect(guest.write(file, "x") == .notCapable)
        #expect(guest("fd_tell", UInt64(file), 0x100) == .notCapable)
        #expect(guest("fd_fdstat_set_rights", UInt64(file), 1 << 2, 0) == .success)
        #expect(guest.read(file).1 == .notCapable)
        #expect(guest("fd_fdstat_set_rights", UInt64(file), 1 << 1 | 1 << 2, 0) == .notCapable)
        #expect(guest("fd_fdstat_get", UInt64(file), 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x408) == 1 << 2)
    }

    @Test func `descendants of a directory get no more than it may give`() throws {
        scratch.make("sub")
        try scratch.write("sub/file", "text")
        let (directory, errno) = guest.open("sub") {
            $0.flags = 2
            $0.inheriting = 1 << 1
        }
        #expect(errno == .success)
        #expect(
            guest.open("file") {
                $0.directory = directory; $0.rights = 1 << 1; $0.inheriting = 0
            }.1 == .success
        )
        #expect(
            guest.open("file") {
                $0.directory = directory; $0.rights = 1 << 6; $0.inheriting = 0
            }.1 == .notCapable
        )
        #expect(guest.open("sub") { $0.rights = UInt64.max & ~(1 << 6 | 1 << 8 | 1 << 22) }.1 == .success)
    }

    @Test func `truncating needs the right of the directory and not of the file`() throws {
        try guest.write("file", "text")
        #expect(
            guest.open("file") {
                $0.flags = 8; $0.rights = 0; $0.inheriting = 0
            }.1 == .success
        )
        #expect(guest.contents("file") == "")
        #expect(guest("fd_fdstat_get", 3, 0x400) == .success)
        let rights = guest.get(UInt64.self, at: 0x408)
        #expect(guest("fd_fdstat_set_rights", 3, rights & ~(1 << 19), WASIGuest.allRights) == .success)
        #expect(
            guest.open("file") {
                $0.flags = 8; $0.rights = 0; $0.inheriting = 0
            }.1 == .notCapable
        )
    }

    @Test func `operations on bytes fail on a directory`() throws {
        #expect(guest.read(3).1 == .isDirectory)
        #expect(guest.write(3, "x") == .isDirectory)
        #expect(guest("fd_seek", 3, 0, 0, 0x100) == .notCapable)
        #expect(guest("fd_tell", 3, 0x100) == .notCapable)
        #expect(guest("fd_allocate", 3, 0, 0) == .notCapable)
        #expect(guest("fd_filestat_set_size", 3, 0) == .notCapable)
        #expect(
            guest.open(".") {
                $0.flags = 2; $0.rights = 1 << 1 | 1 << 6
            }.1 == .isDirectory
        )
        #expect(
            guest.open(".") {
                $0.fileFlags = 4; $0.rights = 0
            }.1 == .success
        )
        #expect(
            guest.open(".") {
                $0.flags = 2; $0.rights = 1 << 1
            }.1 == .success
        )
    }

    @Test func `a preopened directory tells its name and may be closed`() throws {
        #expect(guest("fd_prestat_get", 3, 0x100) == .success)
        #expect(guest.get(UInt8.self, at: 0x100) == 0)
        #expect(guest.get(UInt32.self, at: 0x104) == 5)
        #expect(guest("fd_prestat_dir_name", 3, 0x100, 4) == .nameTooLong)
        #expect(guest("fd_prestat_dir_name", 3, 0x100, 9) == .success)
        #expect(guest.string(at: 0x100, count: 5) == "/data")
        #expect(guest("fd_prestat_get", 4, 0x100) == .badDescriptor)
        #expect(guest("fd_prestat_get", 1, 0x100) == .badDescriptor)
        #expect(guest("fd_close", 3) == .success)
        #expect(guest("fd_prestat_get", 3, 0x100) == .badDescriptor)
    }

    @Test func `renumbering moves a descriptor over an open one`() throws {
        try guest.write("a", "A")
        try guest.write("b", "B")
        let (a, _) = guest.open("a")
        let (b, _) = guest.open("b")
        #expect(guest("fd_renumber", UInt64(a), UInt64(b)) == .success)
        #expect(guest.read(b).0 == "A")
        #expect(guest.read(a).1 == .badDescriptor)
        #expect(guest("fd_renumber", UInt64(b), UInt64(b)) == .success)
        #expect(guest("fd_renumber", UInt64(b), 99) == .badDescriptor)
        #expect(guest("fd_renumber", 99, UInt64(b)) == .badDescriptor)
        #expect(guest("fd_renumber", UInt64(b), 3) == .success)
        #expect(guest("fd_prestat_get", 3, 0x100) == .badDescriptor)
    }

    @Test func `times are set to a value to now or not at all`() throws {
        try guest.write("file", "text")
        let (file, _) = guest.open("file") { $0.rights = WASIGuest.allRights }
        #expect(guest("fd_filestat_set_times", UInt64(file), 5_000_000_007, 9, 1) == .success)
        #expect(guest("fd_filestat_get", UInt64(file), 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x428) == 5_000_000_007)
        let modified = guest.get(UInt64.self, at: 0x430)
        #expect(modified > 1_000_000_000_000_000_000)
        let path = guest.text("file", at: 0x1000)
        #expect(guest("path_filestat_set_times", 3, 1, path.address, path.count, 0, 77, 4) == .success)
        #expect(guest("fd_filestat_get", UInt64(file), 0x400) == .success)
        #expect(guest.get(UInt64.self, at: 0x428) == 5_000_000_007)
        #expect(guest.get(UInt64.self, at: 0x430) == 77)
        #expect(guest("fd_filestat_set_times", UInt64(file), 0, 0, 3) == .invalid)
        #expect(guest("fd_filestat_set_times", UInt64(file), 0, 0, 12) == .invalid)
        #expect(guest("fd_filestat_set_times", UInt64(file), 0, 0, 16) == .invalid)
        #expect(guest("fd_filestat_set_times", UInt64(file), 0, 0, 10) == .success)
    }

    @Test func `standard streams that are closed on the host are bad descriptors`() throws {
        let guest = try WASIGuest(preopens: [(scratch.path, "/")]) {
            $0.standardInput = -1
            $0.standardOutput = -1
        }
        #expect(guest.read(0).1 == .badDescriptor)
        #expect(guest.write(1, "x") == .badDescriptor)
        #expect(guest("fd_prestat_get", 3, 0x100) == .success)
    }
}
