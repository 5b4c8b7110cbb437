internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform
internal import MoteWASI

/// A directory of the host that a guest finds open.
public struct Preopen: Sendable {
    /// Its path on the host.
    public var hostPath: String
    /// The name by which the guest finds it.
    public var guestPath: String

    /// A directory under another name; the guest cannot leave it.
    public init(_ hostPath: String, as guestPath: String? = nil) {
        self.hostPath = hostPath
        self.guestPath = guestPath ?? hostPath
    }
}

/// What one guest program sees of the world: WASI preview 1.
///
/// Holds its runtime; instances that import its functions hold it. Its memory comes from the runtime's heap.
public final class WASI {
    /// The module name under which guests import it.
    public static let moduleName = WASIFunctions.moduleName.description

    /// The runtime whose heap it lives in.
    public let runtime: Runtime
    private let context: WASIContext.Pointer

    /// Opens the directories and copies arguments (the program's name first) and variables (`NAME=VALUE`).
    ///
    /// The streams are descriptors of the host, which stay the caller's; -1 for none.
    /// - Throws: ``RuntimeError/wasi(message:)`` for a directory that cannot be opened, ``RuntimeError/memory(_:)``.
    public init(
        in runtime: Runtime,
        arguments: [String] = [],
        environment: [String] = [],
        preopens: [Preopen] = [],
        standardInput: Int32 = 0,
        standardOutput: Int32 = 1,
        standardError: Int32 = 2
    ) throws(RuntimeError) {
        self.runtime = runtime
        let strings = CStrings()
        defer { strings.release() }
        var argumentPointers = arguments.map { strings.add($0) }
        var variablePointers = environment.map { strings.add($0) }
        var directories: [WASIPreopen] = []
        for preopen in preopens {
            guard let host = strings.add(preopen.hostPath), let guest = strings.add(preopen.guestPath) else {
                throw .wasi(message: "no memory for the names of directories")
            }
            directories.append(WASIPreopen(hostPath: host, guestPath: guest))
        }
        let made: Result<WASIContext.Pointer, WASISetupError> =
            argumentPointers.withUnsafeMutableBufferPointer {
                arguments in
                variablePointers.withUnsafeMutableBufferPointer { variables in
                    directories.withUnsafeMutableBufferPointer { directories in
                        var options = WASIOptions()
                        options.arguments = UnsafePointer(arguments.baseAddress)
                        options.argumentCount = arguments.count
                        options.environment = UnsafePointer(variables.baseAddress)
                        options.environmentCount = variables.count
                        options.preopens = UnsafePointer(directories.baseAddress)
                        options.preopenCount = directories.count
                        options.standardInput = standardInput
                        options.standardOutput = standardOutput
                        options.standardError = standardError
                        do throws(WASISetupError) {
                            return .success(
                                try WASIContext.create(heap: runtime.engine.heap, options: options)
                            )
                        } catch {
                            return .failure(error)
                        }
                    }
                }
            }
        switch made {
        case .success(let context): self.context = context
        case .failure(let error): throw Self.error(error, preopens, isPool: runtime.plan.isPool)
        }
    }

    deinit { WASIContext.destroy(context) }

    /// What the guest gave `proc_exit`; 0 before.
    public var exitCode: UInt32 { context.pointee.exitCode }

    /// Its functions as imports.
    public var imports: Imports { Imports(self) }

    var contextAddress: UnsafeMutableRawPointer { UnsafeMutableRawPointer(context) }

    /// Makes the store hold it as long as its functions may be called.
    func attach(to store: Store) throws(RuntimeError) {
        guard store.runtime === runtime else { throw .usage(.foreignStore) }
        store.keep(self)
    }

    var functions: [String: any Importable] {
        var functions: [String: any Importable] = [:]
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            let type = FunctionType(
                parameters: Self.types(entry.parameters),
                results: Self.types(entry.results)
            )
            functions[entry.name.description] = Function(
                storage: .wasi(WASIFunction(wasi: self, type: type, target: entry.function))
            )
        }
        return functions
    }

    private static func types(_ letters: Text) -> [ValueType] {
        letters.description.map { $0 == "I" ? .i64 : .i32 }
    }

    private static func error(_ error: WASISetupError, _ preopens: [Preopen], isPool: Bool) -> RuntimeError {
        switch error {
        case .memory(let error): return .memory(MemoryFailure(error, isPool: isPool))
        case .preopen(let index, let number):
            let path = preopens.indices.contains(index) ? preopens[index].hostPath : "?"
            return .wasi(message: "directory \(path): \(ModuleBytes.reason(-number))")
        case .stringsTooLarge: return .wasi(message: "the arguments or variables are too large")
        case .tooManyDescriptors: return .wasi(message: "too many directories")
        }
    }
}

/// One function of a WASI.
final class WASIFunction {
    let wasi: WASI
    let type: FunctionType
    let target: MoteHostFunction

    init(wasi: WASI, type: FunctionType, target: @escaping MoteHostFunction) {
        self.wasi = wasi
        self.type = type
        self.target = target
    }
}

/// C strings until they are released.
private final class CStrings {
    private var strings: [UnsafeMutablePointer<CChar>] = []

    func add(_ string: String) -> UnsafePointer<CChar>? {
        guard let copy = strdup(string) else { return nil }
        strings.append(copy)
        return UnsafePointer(copy)
    }

    func release() {
        for string in strings { free(string) }
        strings = []
    }
}
