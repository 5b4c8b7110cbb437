import CPlatform
import Foundation
import Testing

import MoteMemory

/// A guarded memory behind an environment, an instance and an activation, as the engine would set them up.
final class FakeGuest {
    let memory: TestMemory
    let environment = UnsafeMutablePointer<MoteEnvironment>.allocate(capacity: 1)
    let instance = UnsafeMutablePointer<MoteInstance>.allocate(capacity: 1)
    let memories = UnsafeMutablePointer<UnsafeMutablePointer<MoteMemory>?>.allocate(capacity: 1)
    let activation = UnsafeMutablePointer<MoteActivation>.allocate(capacity: 1)

    init() throws {
        memory = try TestMemory(.guarded, initial: 1, maximum: 2)
        memories.initialize(
            to: UnsafeMutableRawPointer(memory.memory).assumingMemoryBound(to: MoteMemory.self)
        )
        instance.initialize(to: MoteInstance())
        instance.pointee.memories = memories
        activation.initialize(to: MoteActivation())
        environment.initialize(to: MoteEnvironment())
        environment.pointee.instance = instance
        environment.pointee.activation = activation
    }

    deinit {
        environment.deallocate()
        instance.deallocate()
        memories.deallocate()
        activation.deallocate()
    }

    /// Reads a byte at a distance from the memory's base, as guest code.
    func read(at offset: Int, inGuest: Bool = true) -> UInt32 {
        mote_set_current_environment(environment)
        defer { mote_set_current_environment(nil) }
        activation.pointee.inGuest = inGuest ? 1 : 0
        let address = UnsafeMutableRawPointer(memory.memory.pointee.memory.base).map { $0 + offset }
        return mote_enter({ UInt32($0?.load(as: UInt8.self) ?? 0) + 100 }, address, activation)
    }
}

@Suite struct FaultTests {
    @Test func `a fault in guest code comes back as the trap`() throws {
        let guest = try FakeGuest()
        #expect(guest.read(at: 65535) == 100)
        #expect(guest.environment.pointee.trapCode == 0)
        for offset in [65536, 1 << 20, (8 << 30) + 4095] {
            guest.environment.pointee.trapCode = 0
            #expect(guest.read(at: offset) == UInt32(MOTE_TRAP_MEMORY_OUT_OF_BOUNDS))
            #expect(guest.environment.pointee.trapCode == UInt32(MOTE_TRAP_MEMORY_OUT_OF_BOUNDS))
            #expect(guest.activation.pointee.inGuest == 0)
        }
        // Many times: nothing piles up and signals stay unblocked.
        for _ in 0..<1000 { #expect(guest.read(at: 70_000) == 3) }
        #expect(LinearMemory.grow(guest.memory.memory, by: 1) == 1)
        #expect(guest.read(at: 65536) == 100)
    }

    @Test func `a fault deep inside comes back to the frame that entered`() throws {
        let guest = try FakeGuest()
        mote_set_current_environment(guest.environment)
        defer { mote_set_current_environment(nil) }
        guest.activation.pointee.inGuest = 1
        let code = mote_enter(
            { argument in
                func deep(_ level: UInt32) -> UInt32 {
                    level == 0 ? UInt32(argument?.load(as: UInt8.self) ?? 0) : deep(level - 1) &+ level
                }
                return deep(500)
            },
            guest.memory.memory.pointee.memory.base + 100_000,
            guest.activation
        )
        #expect(code == 3)
    }

    @Test func `a fault outside guest code ends the process as ever`() async throws {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let guest = try FakeGuest()
            _ = guest.read(at: 65536, inGuest: false)
        }
    }

    @Test func `a fault outside the reservation ends the process as ever`() async throws {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let guest = try FakeGuest()
            let base = Int(bitPattern: guest.memory.memory.pointee.memory.base)
            _ = guest.read(at: 8 - base)
        }
    }

    @Test func `a sent signal ends the process as ever`() async throws {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let guest = try FakeGuest()
            guest.activation.pointee.inGuest = 1
            mote_set_current_environment(guest.environment)
            kill(getpid(), SIGSEGV)
            sleep(5)
        }
    }

    @Test func `a fault that is not ours goes to the handler that was there before`() async throws {
        await #expect(processExitsWith: .exitCode(42)) {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in _exit(42) }
            sigaction(SIGSEGV, &action, nil)
            let guest = try FakeGuest()
            if guest.read(at: 65536) != 3 { exit(1) }
            _ = guest.read(at: 65536, inGuest: false)
        }
    }

    @Test func `threads recover from faults of their own`() async throws {
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    guard let guest = try? FakeGuest() else { return 0 }
                    return (0..<500).count { _ in guest.read(at: 65536) == 3 }
                }
            }
            for await count in group { #expect(count == 500) }
        }
    }
}
