import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule
import MoteWASI

/// A WASI program with its arguments and directories, run in whatever heap is wanted.
struct Guest {
    let bytes: UnsafeBufferPointer<UInt8>
    let name: String
    var arguments: [String]
    var directories: [(host: String, guest: String)] = []
    var stackSizeInBytes = 2048
    var poolSizeInBytes = 1 << 30
    var isShown = false

    /// From the words of a command line.
    init(_ words: [String]) throws {
        var words = words[...]
        while let word = words.first, word.hasPrefix("--") {
            words.removeFirst()
            switch word {
            case "--show": isShown = true
            case "--stack", "--pool":
                guard let size = words.popFirst().flatMap({ Int($0) }) else {
                    throw Failure("\(word): a number of bytes is missing")
                }
                if word == "--stack" { stackSizeInBytes = size } else { poolSizeInBytes = size }
            case "--dir":
                let parts = (words.popFirst() ?? "").components(separatedBy: "::")
                guard parts.count == 2 else { throw Failure("--dir HOST::GUEST") }
                directories.append((parts[0], parts[1]))
            default: throw Failure("unknown option \(word)")
            }
        }
        guard let path = words.popFirst() else { throw Failure("no module") }
        bytes = try moduleBytes(path)
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        arguments = [name] + words
    }

    /// How a run ended; `look` saw the runtime before it went.
    struct Outcome: Equatable {
        var trap: TrapCode
        var exitCode: UInt32
    }

    /// Runs it in a heap; `look` is called while everything still stands.
    func run(in source: HeapSource, look: (EngineRuntime) -> Void = { _ in }) throws -> Outcome {
        var plan = MemoryPlan()
        plan.globalHeap = source
        plan.operandStackSizeInBytes = stackSizeInBytes
        if case .allocator = source { plan.linearMemory = .heap }
        let runtime = try EngineRuntime.create(plan: plan)
        defer { runtime.destroy() }
        guard let base = bytes.baseAddress else { throw Failure("empty module") }
        let module = try runtime.load(base, sizeInBytes: bytes.count, ownership: .borrowed)
        let context = try makeContext(runtime.heap)
        defer { WASIContext.destroy(context) }
        let store = try runtime.createStore()
        defer { store.destroy() }
        let instance = try EngineInstance.instantiate(module, in: store) { request in
            Self.function(for: request, store, context).map { .function($0) }
        }
        let start = "_start"
        let export = start.withCString { text in
            let bytes = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
            return instance.export(named: UnsafeBufferPointer(start: bytes, count: start.utf8.count))
        }
        guard case .function(let function) = export else { throw Failure("\(name) has no _start") }
        let trap = try instance.environment().call(function, slots: nil, slotCount: 0)
        look(runtime)
        guard GlobalHeap.checkInvariants(runtime.heap) else { throw Failure("the heap breaks its own rules") }
        return Outcome(trap: trap, exitCode: context.pointee.exitCode)
    }

    /// Runs it in a fresh zeroed pool.
    func run(inPoolOf size: Int, look: (EngineRuntime) -> Void = { _ in }) throws -> Outcome {
        let pool = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let pool, pool != MAP_FAILED else { throw Failure("no memory for a pool of \(size)") }
        defer { munmap(pool, size) }
        return try run(
            in: .pool(base: UInt(bitPattern: pool), sizeInBytes: size, isZeroed: true),
            look: look
        )
    }

    private static func function(
        for request: ImportRequest,
        _ store: EngineStore,
        _ context: WASIContext.Pointer
    ) -> UnsafeMutablePointer<MoteFunction>? {
        guard let type = request.functionType?.pointee else { return nil }
        let name = String(decoding: request.name, as: UTF8.self)
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            guard entry.name.description == name else { continue }
            return try? store.makeHostFunction(
                parameters: type.parameters,
                results: type.results,
                target: entry.function,
                data: UnsafeMutableRawPointer(context)
            )
        }
        return nil
    }

    private func makeContext(_ heap: GlobalHeap.Pointer) throws -> WASIContext.Pointer {
        let strings = arguments.map { strdup($0) }
        let paths = directories.map { (strdup($0.host), strdup($0.guest)) }
        defer {
            strings.forEach { free($0) }
            paths.forEach {
                free($0.0); free($0.1)
            }
        }
        let preopens = paths.compactMap { host, guest in
            guest.map { WASIPreopen(hostPath: host, guestPath: $0) }
        }
        let pointers: [UnsafePointer<CChar>?] = strings.map { $0.map { UnsafePointer($0) } }
        return try pointers.withUnsafeBufferPointer { pointers in
            try preopens.withUnsafeBufferPointer { preopens in
                var options = WASIOptions()
                options.arguments = pointers.baseAddress
                options.argumentCount = pointers.count
                options.preopens = preopens.baseAddress
                options.preopenCount = preopens.count
                if !isShown {
                    options.standardOutput = nowhere
                    options.standardError = nowhere
                }
                return try WASIContext.create(heap: heap, options: options)
            }
        }
    }
}

/// Where guests print to when nobody wants to see it.
private let nowhere = open("/dev/null", O_WRONLY)
