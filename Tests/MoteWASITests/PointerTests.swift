import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

/// Wrong guest pointers are `fault`, whatever the function and the parameter.
struct PointerTests {
    /// Parameters that work, with a `p` for each that is an address; the function may then end well or not, but
    /// with a wrong address it must answer `fault`.
    static let calls: [(String, String, [UInt64])] = [
        ("args_get", "pp", [0x100, 0x200]), ("args_sizes_get", "pp", [0x100, 0x200]),
        ("environ_get", "pp", [0x100, 0x200]), ("environ_sizes_get", "pp", [0x100, 0x200]),
        ("clock_res_get", ".p", [0, 0x100]), ("clock_time_get", "..p", [0, 0, 0x100]),
        ("fd_fdstat_get", ".p", [3, 0x100]), ("fd_filestat_get", ".p", [3, 0x100]),
        ("fd_prestat_get", ".p", [3, 0x100]), ("fd_prestat_dir_name", ".p.", [3, 0x100, 20]),
        ("fd_read", ".p.p", [4, 0x200, 1, 0x100]), ("fd_write", ".p.p", [4, 0x200, 1, 0x100]),
        ("fd_pread", ".p..p", [4, 0x200, 1, 0, 0x100]), ("fd_pwrite", ".p..p", [4, 0x200, 1, 0, 0x100]),
        ("fd_readdir", ".p..p", [3, 0x400, 0x100, 0, 0x100]), ("fd_seek", "...p", [4, 0, 0, 0x100]),
        ("fd_tell", ".p", [4, 0x100]), ("path_create_directory", ".p.", [3, 0x1000, 4]),
        ("path_filestat_get", "..p.p", [3, 0, 0x1000, 4, 0x100]),
        ("path_filestat_set_times", "..p....", [3, 0, 0x1000, 4, 0, 0, 0]),
        ("path_link", "..p..p.", [3, 0, 0x1000, 4, 3, 0x1100, 4]),
        ("path_open", "..p.....p", [3, 0, 0x1000, 4, 0, 0, 0, 0, 0x100]),
        ("path_readlink", ".p.p.p", [3, 0x1200, 4, 0x400, 10, 0x100]),
        ("path_remove_directory", ".p.", [3, 0x1000, 4]),
        ("path_rename", ".p..p.", [3, 0x1000, 4, 3, 0x1000, 4]),
        ("path_symlink", "p..p.", [0x1000, 4, 3, 0x1100, 4]), ("path_unlink_file", ".p.", [3, 0x1100, 4]),
        ("poll_oneoff", "pp.p", [0x300, 0x600, 1, 0x100]), ("random_get", "p.", [0x100, 10]),
    ]

    /// Addresses at which nothing of the smallest size fits.
    static let addresses: [UInt64] = [
        0xffff_fff0, 0xffff_ffff, UInt64(WASIGuest.memorySize), UInt64(WASIGuest.memorySize) - 1, 0x8000_0000,
    ]

    private func makeGuest(_ scratch: ScratchDirectory) throws -> WASIGuest {
        try scratch.write("file", "text")
        scratch.link("file", "link")
        let guest = try WASIGuest(
            arguments: ["first", "second"],
            variables: ["A=B", "C=D"],
            preopens: [(scratch.path, "/name")]
        )
        let (file, errno) = guest.open("file") { $0.rights = WASIGuest.allRights }
        try #require(file == 4 && errno == .success)
        _ = guest.text("file", at: 0x1000)
        _ = guest.text("gone", at: 0x1100)
        _ = guest.text("link", at: 0x1200)
        guest.put(UInt32(0x10000), at: 0x200)
        guest.put(UInt32(16), at: 0x204)
        return guest
    }

    @Test(arguments: calls.indices) func `a wrong address is a fault`(index: Int) throws {
        let (name, shape, parameters) = Self.calls[index]
        let scratch = try ScratchDirectory()
        let guest = try makeGuest(scratch)
        for (position, letter) in shape.enumerated() where letter == "p" {
            for address in Self.addresses {
                var wrong = parameters
                wrong[position] = address
                let answer = guest.run(name, wrong)
                #expect(answer.errno == .fault, "\(name) parameter \(position) = \(address)")
            }
        }
        #expect(WASIContext.openDescriptorCount(guest.context) == 5)
    }

    @Test(arguments: calls.indices) func `any number in any place is an error and no crash`(index: Int) throws
    {
        let (name, _, parameters) = Self.calls[index]
        let scratch = try ScratchDirectory()
        let guest = try makeGuest(scratch)
        for position in parameters.indices {
            for value in Self.addresses + [
                0, 1, 7, 0x7fff_ffff, 0xffff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
            ] {
                // A large size of an infinite device or a clock that never comes would only take time.
                guard name != "poll_oneoff" || position != 0 || value >= UInt64(WASIGuest.memorySize) else {
                    continue
                }
                var wrong = parameters
                wrong[position] = value
                _ = guest.run(name, wrong)
            }
        }
    }

    @Test func `wrong buffers inside lists are faults before anything is transferred`() throws {
        let scratch = try ScratchDirectory()
        let guest = try makeGuest(scratch)
        for address in Self.addresses {
            guest.put(UInt32(0x10000), at: 0x200)
            guest.put(UInt32(4), at: 0x204)
            guest.put(UInt32(truncatingIfNeeded: address), at: 0x208)
            guest.put(UInt32(16), at: 0x20c)
            for name in ["fd_read", "fd_write"] {
                #expect(guest(name, 4, 0x200, 2, 0x100) == .fault)
            }
            for name in ["fd_pread", "fd_pwrite"] {
                #expect(guest(name, 4, 0x200, 2, 0, 0x100) == .fault)
            }
        }
        guest.put(UInt32(0xffff_ffff), at: 0x204)
        #expect(guest("fd_write", 4, 0x200, 1, 0x100) == .fault)
        #expect(guest("fd_tell", 4, 0x100) == .success)
        #expect(guest.get(UInt64.self, at: 0x100) == 0)
    }

    @Test func `a guest without memory gets faults`() throws {
        let scratch = try ScratchDirectory()
        let guest = try makeGuest(scratch)
        guest.environment.pointee.memoryBase = nil
        guest.environment.pointee.memorySizeInBytes = 0
        for (name, _, parameters) in Self.calls {
            #expect(guest.run(name, parameters).errno == .fault, "\(name)")
        }
    }

    @Test func `structures fit up to the last byte of memory`() throws {
        let scratch = try ScratchDirectory()
        let guest = try makeGuest(scratch)
        let end = UInt64(WASIGuest.memorySize)
        #expect(guest("fd_filestat_get", 4, end - 64) == .success)
        #expect(guest("fd_filestat_get", 4, end - 63) == .fault)
        #expect(guest("fd_fdstat_get", 4, end - 24) == .success)
        #expect(guest("fd_fdstat_get", 4, end - 23) == .fault)
        #expect(guest("clock_time_get", 0, 0, end - 8) == .success)
        #expect(guest("clock_time_get", 0, 0, end - 7) == .fault)
        let path = guest.text("file", at: Int(end) - 4)
        #expect(guest("path_filestat_get", 3, 0, path.address, 4, 0x100) == .success)
        #expect(guest("path_filestat_get", 3, 0, path.address, 5, 0x100) == .fault)
    }
}
