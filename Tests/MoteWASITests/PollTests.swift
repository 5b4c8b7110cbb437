import CPlatform
import Foundation
import Glibc
import MoteMemory
import MoteWASI
import Testing

struct PollTests {
    /// The ends of a pipe, closed at the end.
    final class Pipe: Sendable {
        let reader: Int32
        let writer: Int32
        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            (reader, writer) = (ends[0], ends[1])
        }
        deinit {
            close(reader)
            close(writer)
        }
    }

    static let input = 0x2000
    static let output = 0x4000

    private func clock(_ guest: WASIGuest, _ index: Int, id: UInt32 = 1, timeout: UInt64, flags: UInt16 = 0) {
        let at = Self.input + index * 48
        for byte in 0..<48 { guest.memory[at + byte] = 0 }
        guest.put(UInt64(100 + index), at: at)
        guest.put(id, at: at + 16)
        guest.put(timeout, at: at + 24)
        guest.put(flags, at: at + 40)
    }

    private func file(_ guest: WASIGuest, _ index: Int, type: UInt8, _ descriptor: UInt32) {
        let at = Self.input + index * 48
        for byte in 0..<48 { guest.memory[at + byte] = 0 }
        guest.put(UInt64(100 + index), at: at)
        guest.put(type, at: at + 8)
        guest.put(descriptor, at: at + 16)
    }

    /// User data, error and type of each event.
    private func poll(_ guest: WASIGuest, _ count: Int) -> (trap: UInt32, events: [[UInt64]]) {
        let answer = guest.run(
            "poll_oneoff",
            [UInt64(Self.input), UInt64(Self.output), UInt64(count), 0x100]
        )
        guard answer.errno == .success else { return (answer.trap, [[answer.number]]) }
        let events = (0..<Int(guest.get(UInt32.self, at: 0x100))).map { index -> [UInt64] in
            let at = Self.output + index * 32
            return [
                guest.get(UInt64.self, at: at), UInt64(guest.get(UInt16.self, at: at + 8)),
                UInt64(guest.get(UInt8.self, at: at + 10)),
            ]
        }
        return (0, events)
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = Date()
        try body()
        return Date().timeIntervalSince(start)
    }

    @Test func `the earliest clock ends the wait`() throws {
        let guest = try WASIGuest()
        clock(guest, 0, timeout: 10_000_000_000)
        clock(guest, 1, timeout: 30_000_000)
        let time = seconds { #expect(poll(guest, 2).events == [[101, 0, 0]]) }
        #expect(time >= 0.03 && time < 5)
    }

    @Test(arguments: [0, 1] as [UInt32]) func `an absolute time is waited for`(id: UInt32) throws {
        let guest = try WASIGuest()
        #expect(guest("clock_time_get", UInt64(id), 0, 0x100) == .success)
        clock(guest, 0, id: id, timeout: guest.get(UInt64.self, at: 0x100) + 30_000_000, flags: 1)
        let time = seconds { #expect(poll(guest, 1).events == [[100, 0, 0]]) }
        #expect(time >= 0.025 && time < 5)
        clock(guest, 0, id: id, timeout: 1, flags: 1)
        #expect(poll(guest, 1).events == [[100, 0, 0]])
    }

    @Test func `wrong subscriptions are errors in their events`() throws {
        let guest = try WASIGuest()
        clock(guest, 0, timeout: 10_000_000_000)
        clock(guest, 1, id: 9, timeout: 0)
        clock(guest, 2, id: 2, timeout: 0)
        file(guest, 3, type: 1, 55)
        let events = poll(guest, 4).events
        #expect(events == [[101, 28, 0], [102, 58, 0], [103, 8, 1]])
        file(guest, 0, type: 7, 0)
        #expect(guest("poll_oneoff", 0x2000, 0x4000, 1, 0x100) == .invalid)
        #expect(guest("poll_oneoff", 0x2000, 0x4000, 0, 0x100) == .invalid)
        #expect(guest("poll_oneoff", 0x2000, 0x4000, 257, 0x100) == .invalid)
    }

    @Test func `pipes are ready when there is something`() throws {
        let pipe = try Pipe()
        let guest = try WASIGuest {
            $0.standardInput = pipe.reader
            $0.standardOutput = pipe.writer
        }
        file(guest, 0, type: 1, 0)
        file(guest, 1, type: 2, 1)
        clock(guest, 2, timeout: 5_000_000_000)
        #expect(poll(guest, 3).events == [[101, 0, 2]])
        #expect(guest.write(1, "five!") == .success)
        #expect(poll(guest, 1).events == [[100, 0, 1]])
        #expect(guest.get(UInt64.self, at: Self.output + 16) == 5)
        #expect(guest.read(0).0 == "five!")
        clock(guest, 1, timeout: 20_000_000)
        #expect(poll(guest, 2).events == [[101, 0, 0]])
    }

    @Test func `files are always ready and tell what is left`() throws {
        let scratch = try ScratchDirectory()
        let guest = try WASIGuest(preopens: [(scratch.path, "/")])
        try guest.write("file", "0123456789")
        let (descriptor, _) = guest.open("file") { $0.rights = WASIGuest.allRights }
        _ = guest.read(descriptor, count: 4)
        file(guest, 0, type: 1, descriptor)
        file(guest, 1, type: 2, descriptor)
        #expect(poll(guest, 2).events == [[100, 0, 1], [101, 0, 2]])
        #expect(guest.get(UInt64.self, at: Self.output + 16) == 6)
    }

    /// Interrupts after a while from another thread.
    private func interruptSoon(_ guest: WASIGuest, reason: UInt32 = 1) {
        nonisolated(unsafe) let environment = guest.environment
        Thread.detachNewThread {
            usleep(50_000)
            mote_interrupt(environment, reason)
        }
    }

    @Test func `an interrupt from another thread ends a wait for a clock`() throws {
        let guest = try WASIGuest()
        clock(guest, 0, timeout: 30_000_000_000)
        interruptSoon(guest)
        let time = seconds { #expect(poll(guest, 1).trap == WASITrap.interrupted) }
        #expect(time < 10)
    }

    @Test func `an interrupt from another thread ends a read and a write`() throws {
        let pipe = try Pipe()
        let guest = try WASIGuest {
            $0.standardInput = pipe.reader
            $0.standardOutput = pipe.writer
        }
        guest.put(UInt32(0x20000), at: 0x200)
        guest.put(UInt32(0x80000), at: 0x204)
        interruptSoon(guest)
        #expect(guest.run("fd_read", [0, 0x200, 1, 0x100]).trap == WASITrap.interrupted)
        guest.environment.pointee.interrupt = 0
        interruptSoon(guest, reason: 2)
        #expect(guest.run("fd_write", [1, 0x200, 1, 0x100]).trap == WASITrap.deadline)
        guest.environment.pointee.interrupt = 0
        // The wake descriptor is still set from before, and nobody interrupts now.
        clock(guest, 0, timeout: 20_000_000)
        #expect(poll(guest, 1).events == [[100, 0, 0]])
    }

    @Test func `a read without waiting says try again`() throws {
        let pipe = try Pipe()
        let guest = try WASIGuest {
            $0.standardInput = pipe.reader
            $0.standardOutput = pipe.writer
        }
        #expect(guest("fd_fdstat_set_flags", 0, 4) == .success)
        #expect(guest.read(0).1 == .again)
        #expect(fcntl(pipe.reader, F_GETFL) & O_NONBLOCK == 0)
        #expect(guest.read(0, count: 0).1 == .success)
        #expect(guest("fd_fdstat_set_flags", 1, 4) == .success)
        guest.put(UInt32(0x20000), at: 0x200)
        guest.put(UInt32(0x80000), at: 0x204)
        #expect(guest("fd_write", 1, 0x200, 1, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 65536)
        #expect(guest("fd_write", 1, 0x200, 1, 0x100) == .again)
    }

    @Test func `a reader that went away is an error and no signal`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[1]) }
        let guest = try WASIGuest { [ends] in $0.standardOutput = ends[1] }
        close(ends[0])
        #expect(guest.write(1, "x") == .pipe)
        #expect(guest.write(1, "x") == .pipe)
    }

    @Test func `a large write to a pipe arrives whole`() throws {
        let pipe = try Pipe()
        let guest = try WASIGuest { $0.standardOutput = pipe.writer }
        nonisolated(unsafe) var received = 0
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 10_000)
            while received < 0x80000 {
                let count = read(pipe.reader, &buffer, buffer.count)
                if count <= 0 { break }
                received += count
            }
            group.leave()
        }
        guest.put(UInt32(0x20000), at: 0x200)
        guest.put(UInt32(0x80000), at: 0x204)
        #expect(guest("fd_write", 1, 0x200, 1, 0x100) == .success)
        #expect(guest.get(UInt32.self, at: 0x100) == 0x80000)
        group.wait()
        #expect(received == 0x80000)
    }

    @Test func `closing a descriptor under a reader does not take the host descriptor away`() throws {
        let pipe = try Pipe()
        let guest = try WASIGuest(preopens: [("/dev", "/")]) { $0.standardInput = pipe.reader }
        let other = WASIGuest(sharing: guest)
        nonisolated(unsafe) let answer = UnsafeMutablePointer<String>.allocate(capacity: 1)
        answer.initialize(to: "")
        defer { answer.deinitialize(count: 1); answer.deallocate() }
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            answer.pointee = other.read(0).0
            group.leave()
        }
        usleep(50_000)
        #expect(guest("fd_close", 0) == .success)
        #expect(guest.read(0).1 == .badDescriptor)
        _ = "late".withCString { Glibc.write(pipe.writer, $0, 4) }
        group.wait()
        #expect(answer.pointee == "late")
    }
}
