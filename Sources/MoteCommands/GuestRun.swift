internal import Mote

/// One run of a guest: load, link, call; errors become messages and exit codes.
final class GuestRun {
    private let runtime: Runtime
    private let path: String
    private let arguments: [String]
    private let preopens: [Preopen]
    private let variables: [String]
    private let fuel: Int64?
    private let timeout: TimeSpan?
    /// Kept until the report is made.
    private var instance: Instance?

    init(
        runtime: Runtime,
        path: String,
        arguments: [String],
        preopens: [Preopen],
        variables: [String],
        fuel: Int64?,
        timeout: TimeSpan?
    ) {
        self.runtime = runtime
        self.path = path
        self.arguments = arguments
        self.preopens = preopens
        self.variables = variables
        self.fuel = fuel
        self.timeout = timeout
    }

    /// Lets the instance go.
    func release() { instance = nil }

    /// Runs the program, or one function; answers the exit code.
    func run(_ function: String?) throws(CommandFailure) -> Int32 {
        var watch: GuestWatch?
        do {
            let module = try ModuleFile.load(path, into: runtime)
            var imports = Imports()
            if module.imports.contains(where: { $0.module == WASI.moduleName }) {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                let wasi = try WASI(
                    in: runtime,
                    arguments: [name] + (function == nil ? arguments : []),
                    environment: variables,
                    preopens: preopens
                )
                imports = wasi.imports
            }
            // Programs without a C library have the host's.
            if module.imports.contains(where: { $0.module == "env" }) { imports.add(.libcBuiltin) }
            let store = try Store(runtime)
            // Guests that never end may do so in their start function already.
            let watching = try GuestWatch(store.environment.interruptHandle, timeout: timeout)
            watch = watching
            var limits = InstanceLimits()
            limits.fuel = fuel
            let instance = try module.instantiate(limits: limits, imports: imports, in: store)
            self.instance = instance
            for warning in instance.memoryWarnings { Output.error("mote: warning: \(warning)\n") }
            watching.watch(instance.environment.interruptHandle)
            guard let function else { return try Self.command(instance, path: path, arguments) }
            return try Self.invoke(function, arguments, in: instance) { Output.standard($0) }
        } catch {
            if watch?.wasInterrupted == true {
                throw CommandFailure("interrupted", exitCode: 130)
            }
            throw Self.failure(error, path: path)
        }
    }

    /// Runs a program; answers its exit code.
    static func command(_ instance: Instance, path: String, _ arguments: [String] = []) throws -> Int32 {
        guard instance.module.exports.contains(where: { $0.name == "_start" }) else {
            if instance.module.exports.contains(where: { Instance.mainNames.contains($0.name) }) {
                let name = path.split(separator: "/").last.map(String.init) ?? path
                return Int32(truncatingIfNeeded: try instance.runMain([name] + arguments) & 0xFF)
            }
            let functions = instance.module.exports.compactMap { export in
                if case .function(let type) = export.type {
                    "\(DisplayName.text(export.name)) \(type)"
                } else {
                    nil
                }
            }
            let known =
                functions.isEmpty
                ? "it exports no functions" : "it exports " + functions.joined(separator: ", ")
            throw CommandFailure("\(path) has no _start; --invoke calls a function: \(known)", exitCode: 2)
        }
        return Int32(truncatingIfNeeded: try instance.runCommand() & 0xFF)
    }

    /// Runs one function and writes its results, a line each.
    static func invoke(
        _ name: String,
        _ arguments: [String],
        in instance: Instance,
        write: (String) -> Void
    ) throws -> Int32 {
        let function = try instance.function(name)
        let values = try Invocation.values(arguments, for: function.type, name: name)
        do {
            try instance.initializeReactor()
            let results = try function.call(values)
            for result in results { write("\(result)\n") }
            return 0
        } catch RuntimeError.exit(let code) {
            return Int32(truncatingIfNeeded: code & 0xFF)
        }
    }

    /// What the user reads, and the exit code.
    static func failure(_ error: any Error, path: String) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: return failure
        case RuntimeError.trap(let trap):
            let kind: String
            switch trap.code {
            case .fuelExhausted: kind = "ended: "
            case .deadline: kind = "ended: timeout, "
            default: kind = "trap: "
            }
            var hint = trap.memory.map(MemoryOptions.hint) ?? ""
            switch trap.code {
            case .callStackExhausted: hint = " (option: --stack-size)"
            case .auxiliaryStackUnderflow: hint = " (option: --no-aux-stack-check)"
            default: break
            }
            if trap.code == .fuelExhausted { hint = " (option: --fuel)" }
            let lines = trap.description.split(separator: "\n", omittingEmptySubsequences: false)
            let rest = lines.dropFirst().map { "\n" + $0 }.joined()
            return CommandFailure(kind + (lines.first ?? "") + hint + rest, exitCode: 134)
        case RuntimeError.guestHeap: return CommandFailure("\(error) (option: --heap-size)")
        case RuntimeError.abort: return CommandFailure("\(error)", exitCode: 134)
        case RuntimeError.exception(let exception):
            return CommandFailure(exception.description, exitCode: 134)
        case RuntimeError.exit(let code):
            return CommandFailure("", exitCode: Int32(truncatingIfNeeded: code & 0xFF))
        case RuntimeError.memory(let failure):
            return CommandFailure("\(failure.description)\(MemoryOptions.hint(for: failure))")
        case RuntimeError.featureOff(let feature, let functionIndex, let byteOffset):
            let text = RuntimeError.featureOff(
                feature,
                remedy: "--enable \(feature.rawValue)",
                functionIndex,
                byteOffset
            )
            return CommandFailure("\(path): \(text)")
        case RuntimeError.decode, RuntimeError.validation, RuntimeError.link, RuntimeError.export:
            return CommandFailure("\(InputFile.name(path)): \(error)")
        default: return CommandFailure("\(error)")
        }
    }
}
