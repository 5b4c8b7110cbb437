internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MotePlatform

/// What the functions of libc-builtin of one ``Imports`` share; held by them and by the stores that know them.
final class LibcLibrary {
    fileprivate let context: UnsafeMutablePointer<LibcContext>

    init(standardOutput: Int32) {
        context = .allocate(capacity: 1)
        context.initialize(to: LibcContext(standardOutput: standardOutput))
        context.pointee.noteExit = { environment, code in
            EnvironmentCore.of(environment)?.libcExitCode = UInt32(bitPattern: code)
        }
        context.pointee.report = { environment, text in
            EnvironmentCore.of(environment)?.parkedError = RuntimeError.abort(
                message: String(cString: text)
            )
        }
    }

    deinit { context.deallocate() }

    /// Its functions, by name.
    var functions: [String: any Importable] {
        var functions: [String: any Importable] = [:]
        for index in 0..<LibcFunctions.count {
            let entry = LibcFunctions.entry(at: index)
            let type = FunctionType(
                parameters: Self.types(entry.parameters),
                results: Self.types(entry.results)
            )
            functions[entry.name.description] = Function(
                storage: .libc(LibcFunction(library: self, type: type, target: entry.function))
            )
        }
        return functions
    }

    private static func types(_ letters: Text) -> [ValueType] {
        letters.description.map { $0 == "I" ? .i64 : .i32 }
    }
}

/// One function of libc-builtin.
final class LibcFunction {
    let type: FunctionType
    let target: MoteHostFunction
    private let library: LibcLibrary

    init(library: LibcLibrary, type: FunctionType, target: @escaping MoteHostFunction) {
        self.library = library
        self.type = type
        self.target = target
    }

    var contextAddress: UnsafeMutableRawPointer { UnsafeMutableRawPointer(library.context) }
}

extension Imports {
    /// The functions of WAMR's libc-builtin under `env`, for programs built without a C library: `printf`, `malloc`,
    /// `memcpy`, `strlen` and 45 more.
    ///
    /// What they print goes to the process's standard output at once. `malloc` takes from the guest's heap: the app
    /// heap, where the plan has one. `exit` throws ``RuntimeError/exit(code:)``, `abort` ``RuntimeError/abort(message:)``.
    public static var libcBuiltin: Imports { libcBuiltin(standardOutput: 1) }

    /// The same with a descriptor of the host's to print to, which stays the caller's.
    public static func libcBuiltin(standardOutput: Int32) -> Imports {
        var imports = Imports()
        imports.add(
            LibcLibrary(standardOutput: standardOutput).functions,
            to: LibcFunctions.moduleName.description
        )
        return imports
    }
}

extension EnvironmentCore {
    fileprivate static func of(_ environment: UnsafeMutablePointer<MoteEnvironment>) -> EnvironmentCore? {
        environment.pointee.userData.map { Unmanaged<EnvironmentCore>.fromOpaque($0).takeUnretainedValue() }
    }
}
