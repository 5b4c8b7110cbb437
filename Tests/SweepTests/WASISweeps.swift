import CPlatform
import Foundation
import MoteMemory
import MoteWASI
import Testing

/// WASI contexts and the calls that ask for memory or descriptors.
@Suite(.serialized) struct WASISweeps {
    private static let functions: [String: MoteHostFunction] = {
        var functions: [String: MoteHostFunction] = [:]
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            functions["\(entry.name)"] = entry.function
        }
        return functions
    }()

    /// A context on a directory, forty open files, and calls on them; everything closed again.
    private func scenario(_ heap: GlobalHeap.Pointer, _ directory: String) throws {
        let texts: [String] = ["program", "argument", "NAME=value", directory, "/"]
        let strings: [UnsafeMutablePointer<CChar>?] = texts.map { text in strdup(text) }
        defer { strings.forEach { free($0) } }
        let pointers: [UnsafePointer<CChar>?] = strings.map { string in string.map { UnsafePointer($0) } }
        let context = try pointers.withUnsafeBufferPointer { strings in
            let guestPath = try #require(strings[4])
            let preopens = [WASIPreopen(hostPath: strings[3], guestPath: guestPath)]
            return try preopens.withUnsafeBufferPointer { preopens in
                var options = WASIOptions()
                options.arguments = strings.baseAddress
                options.argumentCount = 2
                options.environment = strings.baseAddress.map { $0 + 2 }
                options.environmentCount = 1
                options.preopens = preopens.baseAddress
                options.preopenCount = 1
                do {
                    return try WASIContext.create(heap: heap, options: options)
                } catch WASISetupError.memory(let error) {
                    throw error
                }
            }
        }
        defer { WASIContext.destroy(context) }
        var memory = [UInt8](repeating: 0, count: 4096)
        memory.replaceSubrange(100..<104, with: Array("file".utf8))
        try memory.withUnsafeMutableBufferPointer { memory in
            var environment = MoteEnvironment()
            environment.wakeDescriptor = -1
            environment.memoryBase = memory.baseAddress
            environment.memorySizeInBytes = UInt64(memory.count)
            func call(_ name: String, _ parameters: UInt64...) throws {
                var slots = parameters + [0]
                let trap = Self.functions[name]?(&environment, context, &slots)
                #expect(trap == 0)
                // 48: no memory.
                if slots[0] == 48 { throw Exhausted() }
                #expect(slots[0] == 0, "\(name)")
            }
            for _ in 0..<40 { try call("path_open", 3, 0, 100, 4, 1, 1 << 1 | 1 << 5, 0, 0, 8) }
            try call("fd_renumber", 10, 11)
            try call("fd_close", 12)
            try call("fd_readdir", 3, 1000, 500, 0, 8)
            try call("fd_prestat_get", 3, 16)
            try call("args_get", 200, 300)
            try call("environ_get", 200, 300)
        }
    }

    /// How many descriptors of the process lead to a directory or into it.
    private static func descriptorCount(in directory: String) throws -> Int {
        let files = FileManager.default
        return try files.contentsOfDirectory(atPath: "/proc/self/fd").count {
            let target = try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            return target?.hasPrefix(directory) == true
        }
    }

    @Test(arguments: [false, true]) func `a context, its files and its end`(inPool: Bool) throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "mote-sweep-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let heap = GlobalHeap.Pointer.allocate(capacity: 1)
        defer { heap.deallocate() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        try GlobalHeap.initialize(
            heap,
            source: inPool
                ? .pool(
                    base: UInt(bitPattern: buffer.baseAddress),
                    sizeInBytes: buffer.count,
                    isZeroed: false
                )
                : .system
        )
        defer { GlobalHeap.destroy(heap) }
        try scenario(heap, directory.path)
        let turns = sweep(heap, "wasi") {
            defer { #expect((try? Self.descriptorCount(in: directory.path)) == 0) }
            try scenario(heap, directory.path)
        }
        #expect(turns >= 10)
    }
}
