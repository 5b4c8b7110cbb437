import CPlatform
import MoteEngine
import MoteLibc
import MoteMemory

/// A guest without code: a memory and an environment, whose functions of libc-builtin the test calls itself.
final class LibcGuest {
    static let memorySize = 65536

    let environment: UnsafeMutablePointer<MoteEnvironment>
    let memory: UnsafeMutablePointer<UInt8>
    let context: UnsafeMutablePointer<LibcContext>

    init() {
        memory = .allocate(capacity: Self.memorySize)
        memory.initialize(repeating: 0, count: Self.memorySize)
        environment = .allocate(capacity: 1)
        environment.initialize(to: MoteEnvironment())
        environment.pointee.memoryBase = memory
        environment.pointee.memorySizeInBytes = UInt64(Self.memorySize)
        context = .allocate(capacity: 1)
        context.initialize(to: LibcContext())
    }

    deinit {
        environment.deallocate()
        memory.deallocate()
        context.deallocate()
    }

    /// Calls a function by its name; its result, or the trap.
    func call(_ name: String, _ arguments: UInt32...) throws(TrapCode) -> UInt32 {
        UInt32(truncatingIfNeeded: try call64(name, arguments))
    }

    func call64(_ name: String, _ arguments: [UInt32]) throws(TrapCode) -> UInt64 {
        for index in 0..<LibcFunctions.count {
            let entry = LibcFunctions.entry(at: index)
            guard entry.name.description == name else { continue }
            var slots = arguments.map { UInt64($0) } + [0]
            let code = entry.function(environment, context, &slots)
            if code != 0 { throw TrapCode(returned: code) }
            return slots[0]
        }
        throw .unlinkedFunction
    }

    /// Puts a text with its zero into memory.
    func put(_ text: String, at address: UInt32) {
        var at = Int(address)
        for byte in text.utf8 {
            memory[at] = byte
            at += 1
        }
        memory[at] = 0
    }

    func put<Value: BitwiseCopyable>(_ value: Value, at address: UInt32) {
        UnsafeMutableRawPointer(memory).storeBytes(of: value, toByteOffset: Int(address), as: Value.self)
    }

    /// The text up to its zero.
    func text(at address: UInt32) -> String { String(cString: memory + Int(address)) }
}
