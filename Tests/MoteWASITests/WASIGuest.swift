import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

/// A guest without code: a memory, an environment and a context, whose functions the test calls itself.
final class WASIGuest: @unchecked Sendable {
    static let memorySize = 1 << 20

    let heap: GlobalHeap.Pointer
    let context: WASIContext.Pointer
    let environment: UnsafeMutablePointer<MoteEnvironment>
    let memory: UnsafeMutablePointer<UInt8>
    private let ownsContext: Bool

    /// A context with arguments, variables and preopened directories (host path, guest path).
    init(
        arguments: [String] = [],
        variables: [String] = [],
        preopens: [(String, String)] = [],
        change: (inout WASIOptions) -> Void = { _ in }
    ) throws {
        heap = GlobalHeap.Pointer.allocate(capacity: 1)
        try GlobalHeap.initialize(heap, source: .system)
        context = try Self.withOptions(arguments, variables, preopens) { [heap] options in
            var options = options
            change(&options)
            return try WASIContext.create(heap: heap, options: options)
        }
        ownsContext = true
        memory = .allocate(capacity: Self.memorySize)
        memory.initialize(repeating: 0, count: Self.memorySize)
        environment = Self.makeEnvironment(memory)
    }

    /// Another environment and memory on the same context, as a second thread has.
    init(sharing other: WASIGuest) {
        heap = other.heap
        context = other.context
        ownsContext = false
        memory = .allocate(capacity: Self.memorySize)
        memory.initialize(repeating: 0, count: Self.memorySize)
        environment = Self.makeEnvironment(memory)
    }

    deinit {
        if environment.pointee.wakeDescriptor >= 0 { close(environment.pointee.wakeDescriptor) }
        environment.deallocate()
        memory.deallocate()
        guard ownsContext else { return }
        #expect(GlobalHeap.checkInvariants(heap))
        WASIContext.destroy(context)
        #expect(GlobalHeap.ledger(heap).total == 0)
        GlobalHeap.destroy(heap)
        heap.deallocate()
    }

    private static func makeEnvironment(
        _ memory: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<MoteEnvironment> {
        let environment = UnsafeMutablePointer<MoteEnvironment>.allocate(capacity: 1)
        environment.initialize(to: MoteEnvironment())
        environment.pointee.wakeDescriptor = -1
        environment.pointee.memoryBase = memory
        environment.pointee.memorySizeInBytes = UInt64(memorySize)
        return environment
    }

    static func withOptions<Result>(
        _ arguments: [String],
        _ variables: [String],
        _ preopens: [(String, String)],
        _ body: (WASIOptions) throws -> Result
    ) throws -> Result {
        let strings = (arguments + variables + preopens.flatMap { [$0.0, $0.1] }).map { strdup($0) }
        defer { strings.forEach { free($0) } }
        let pointers = strings.map { UnsafePointer($0) }
        var list: [WASIPreopen] = []
        let first = arguments.count + variables.count
        for index in preopens.indices {
            let guestPath = try #require(pointers[first + index * 2 + 1])
            list.append(WASIPreopen(hostPath: pointers[first + index * 2], guestPath: guestPath))
        }
        return try pointers.withUnsafeBufferPointer { pointers in
            try list.withUnsafeBufferPointer { list in
                var options = WASIOptions()
                options.arguments = pointers.baseAddress
                options.argumentCount = arguments.count
                options.environment = pointers.baseAddress.map { $0 + arguments.count }
                options.environmentCount = variables.count
                options.preopens = list.baseAddress
                options.preopenCount = list.count
                return try body(options)
            }
        }
    }

    /// What a function is called with and what it answers: an error number, or a trap code.
    struct Answer: Equatable {
        var trap: UInt32
        var number: UInt64
        var errno: WASIErrno? { trap == 0 ? WASIErrno(rawValue: UInt16(truncatingIfNeeded: number)) : nil }
    }

    func run(_ name: String, _ parameters: [UInt64]) -> Answer {
        var slots = parameters + [0]
        let trap = slots.withUnsafeMutableBufferPointer { slots in
            Self.functions[name]?(environment, context, slots.baseAddress) ?? 9999
        }
        return Answer(trap: trap, number: slots[0])
    }

    /// Calls a function; nil when it trapped.
    @discardableResult
    func callAsFunction(_ name: String, _ parameters: UInt64...) -> WASIErrno? { run(name, parameters).errno }

    static let functions: [String: MoteHostFunction] = {
        var functions: [String: MoteHostFunction] = [:]
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            functions["\(entry.name)"] = entry.function
        }
        return functions
    }()

    func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at address: Int) {
        UnsafeMutableRawPointer(memory + address).storeBytes(of: value, as: Value.self)
    }

    func get<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at address: Int) -> Value {
        UnsafeRawPointer(memory + address).loadUnaligned(as: Value.self)
    }

    /// Writes text and answers address and length, as path parameters come.
    func text(_ text: String, at address: Int) -> (address: UInt64, count: UInt64) {
        for (index, byte) in text.utf8.enumerated() { memory[address + index] = byte }
        return (UInt64(address), UInt64(text.utf8.count))
    }

    func string(at address: Int, count: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: memory + address, count: count), as: UTF8.self)
    }

    // Addresses that the shortcuts below use.
    static let pathAddress = 0x1000
    static let secondPathAddress = 0x3000
    static let resultAddress = 0x100
    static let vectorAddress = 0x200
    static let bufferAddress = 0x10000

    /// One of the functions whose parameters are a descriptor and a path.
    func path(_ name: String, _ path: String, in directory: UInt32 = 3) -> WASIErrno? {
        let path = text(path, at: Self.pathAddress)
        return self(name, UInt64(directory), path.address, path.count)
    }

    /// One of the functions with two paths in the same directory.
    func paths(_ name: String, _ first: String, _ second: String, in directory: UInt64 = 3) -> WASIErrno? {
        let first = text(first, at: Self.pathAddress)
        let second = text(second, at: Self.secondPathAddress)
        switch name {
        case "path_symlink":
            return self(name, first.address, first.count, directory, second.address, second.count)
        case "path_link":
            return self(
                name,
                directory,
                0,
                first.address,
                first.count,
                directory,
                second.address,
                second.count
            )
        default:
            return self(name, directory, first.address, first.count, directory, second.address, second.count)
        }
    }

    static let allRights: UInt64 = (1 << 30) - 1
    /// Everything a file or a directory can have but what needs it open for writing.
    static let readingRights = allRights & ~(1 << 6 | 1 << 8 | 1 << 22)

    struct OpenOptions {
        var directory: UInt32 = 3
        var follow = true
        var flags: UInt64 = 0
        var rights = WASIGuest.readingRights
        var inheriting = WASIGuest.allRights
        var fileFlags: UInt64 = 0
    }

    /// Opens a file: its descriptor, or the error.
    func open(_ path: String, _ change: (inout OpenOptions) -> Void = { _ in }) -> (UInt32, WASIErrno?) {
        var options = OpenOptions()
        change(&options)
        let path = text(path, at: Self.pathAddress)
        let errno = self(
            "path_open",
            UInt64(options.directory),
            options.follow ? 1 : 0,
            path.address,
            path.count,
            options.flags,
            options.rights,
            options.inheriting,
            options.fileFlags,
            UInt64(Self.resultAddress)
        )
        return (get(UInt32.self, at: Self.resultAddress), errno)
    }

    /// Creates a file with a text, or replaces it.
    func write(_ path: String, _ text: String, in directory: UInt32 = 3) throws {
        let (file, errno) = open(path) {
            $0.directory = directory
            $0.flags = 1 | 8
            $0.rights = WASIGuest.allRights
        }
        try #require(errno == .success)
        #expect(write(file, text) == .success)
        #expect(self("fd_close", UInt64(file)) == .success)
    }

    func write(_ descriptor: UInt32, _ text: String) -> WASIErrno? {
        let text = self.text(text, at: Self.bufferAddress)
        put(UInt32(text.address), at: Self.vectorAddress)
        put(UInt32(text.count), at: Self.vectorAddress + 4)
        return self("fd_write", UInt64(descriptor), UInt64(Self.vectorAddress), 1, UInt64(Self.resultAddress))
    }

    func read(_ descriptor: UInt32, count: Int = 4096) -> (String, WASIErrno?) {
        put(UInt32(Self.bufferAddress), at: Self.vectorAddress)
        put(UInt32(count), at: Self.vectorAddress + 4)
        put(UInt32(0), at: Self.resultAddress)
        let errno = self(
            "fd_read",
            UInt64(descriptor),
            UInt64(Self.vectorAddress),
            1,
            UInt64(Self.resultAddress)
        )
        return (string(at: Self.bufferAddress, count: Int(get(UInt32.self, at: Self.resultAddress))), errno)
    }

    /// The text of a file; nil when it cannot be opened.
    func contents(_ path: String, follow: Bool = true) -> String? {
        let (file, errno) = open(path) { $0.follow = follow }
        guard errno == .success else { return nil }
        defer { self("fd_close", UInt64(file)) }
        return read(file).0
    }
}

/// A directory that is removed with its contents.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mote-wasi-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { path + "/" + name }
    func make(_ name: String) { mkdir(path(name), 0o777) }
    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
    }
    func link(_ target: String, _ name: String) { symlink(target, path(name)) }
}

/// How many descriptors this process has open.
func openHostDescriptors() -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [])
}
