import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

struct BasicsTests {
    @Test func `the table has every function of preview one exactly once`() {
        var names: Set<String> = []
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            names.insert("\(entry.name)")
            #expect("\(entry.parameters)".allSatisfy { $0 == "i" || $0 == "I" })
        }
        #expect(names.count == 46)
        #expect(names.contains("sock_shutdown") && names.contains("poll_oneoff"))
    }

    @Test func `arguments and variables arrive as they were given`() throws {
        let guest = try WASIGuest(
            arguments: ["prog", "", "größe"],
            variables: ["A=1", "LONG=" + String(repeating: "x", count: 300)]
        )
        #expect(guest("args_sizes_get", 0x10, 0x14) == .success)
        #expect(guest.get(UInt32.self, at: 0x10) == 3)
        let size = Int(guest.get(UInt32.self, at: 0x14))
        #expect(size == 5 + 1 + 8)
        #expect(guest("args_get", 0x100, 0x1000) == .success)
        #expect(guest.string(at: 0x1000, count: size) == "prog\0\0größe\0")
        #expect((0..<3).map { guest.get(UInt32.self, at: 0x100 + $0 * 4) } == [0x1000, 0x1005, 0x1006])
        #expect(guest("environ_sizes_get", 0x10, 0x14) == .success)
        #expect(guest.get(UInt32.self, at: 0x10) == 2)
        #expect(guest("environ_get", 0x100, 0x1000) == .success)
        #expect(guest.string(at: 0x1000, count: 4) == "A=1\0")
    }

    @Test func `no arguments are no arguments`() throws {
        let guest = try WASIGuest()
        #expect(guest("args_sizes_get", 0x10, 0x14) == .success)
        #expect(guest.get(UInt64.self, at: 0x10) == 0)
        #expect(guest("args_get", 0x100, 0x1000) == .success)
    }

    @Test(arguments: 0..<4) func `every clock runs and has a resolution`(id: Int) throws {
        let guest = try WASIGuest()
        #expect(guest("clock_res_get", UInt64(id), 0x10) == .success)
        #expect(guest.get(UInt64.self, at: 0x10) > 0)
        #expect(guest("clock_time_get", UInt64(id), 0, 0x10) == .success)
        let first = guest.get(UInt64.self, at: 0x10)
        #expect(guest("clock_time_get", UInt64(id), 0, 0x10) == .success)
        #expect(guest.get(UInt64.self, at: 0x10) >= first)
        #expect(guest("clock_time_get", 4, 0, 0x10) == .invalid)
        #expect(guest("clock_res_get", 0xffff_ffff, 0x10) == .invalid)
    }

    @Test func `clocks and random numbers of the embedder are used`() throws {
        let guest = try WASIGuest {
            $0.clock = { _, id in 1000 + UInt64(id) }
            $0.random = { _, buffer, count in
                memset(buffer, 7, count)
                return true
            }
        }
        #expect(guest("clock_time_get", 3, 0, 0x10) == .success)
        #expect(guest.get(UInt64.self, at: 0x10) == 1003)
        #expect(guest("random_get", 0x100, 5) == .success)
        #expect(guest.get(UInt64.self, at: 0x100) == 0x07_0707_0707)
    }

    @Test func `a large random buffer is filled to its end`() throws {
        let guest = try WASIGuest()
        #expect(guest("random_get", 0x100, 300_000) == .success)
        #expect((0..<16).contains { guest.memory[0x100 + 299_984 + $0] != 0 })
        #expect(guest.memory[0x100 + 300_000] == 0)
        #expect(guest("random_get", 0, UInt64(WASIGuest.memorySize)) == .success)
        #expect(guest("random_get", 1, UInt64(WASIGuest.memorySize)) == .fault)
    }

    @Test func `proc exit ends with the exit trap and leaves the code`() throws {
        let guest = try WASIGuest()
        #expect(guest.run("proc_exit", [42]).trap == WASITrap.exit)
        #expect(guest.context.pointee.exitCode == 42)
        #expect(guest("proc_raise", 6) == .notSupported)
        #expect(guest("sched_yield") == .success)
    }

    @Test func `sockets are refused by name`() throws {
        let scratch = try ScratchDirectory()
        let guest = try WASIGuest(preopens: [(scratch.path, "/")])
        #expect(guest("sock_shutdown", 99, 3) == .badDescriptor)
        #expect(guest("sock_shutdown", 3, 3) == .notSocket)
        #expect(guest("sock_accept", 3, 0, 0x10) == .notSocket)
        #expect(guest("sock_recv", 3, 0, 0, 0, 0, 0) == .notSocket)
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { pair.forEach { close($0) } }
        let withSocket = try WASIGuest { $0.standardInput = pair[0] }
        #expect(withSocket("sock_send", 0, 0, 0, 0, 0) == .notSupported)
        #expect(withSocket("sock_shutdown", 0, 7) == .invalid)
        #expect(withSocket("sock_shutdown", 0, 3) == .success)
        #expect(withSocket.read(0).1 == .success)
    }

    @Test func `a pending interrupt ends calls that could go on`() throws {
        let guest = try WASIGuest()
        guest.environment.pointee.interrupt = 1
        #expect(guest.run("sched_yield", []).trap == WASITrap.interrupted)
        #expect(guest.run("random_get", [0, 100]).trap == WASITrap.interrupted)
    }
}
