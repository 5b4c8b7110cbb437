internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The functions of libc-builtin, for imports of `env` that no native of the host's answers.
enum LibcImports {
    /// The function that an import names, if its type is the import's.
    static func function(
        _ moduleName: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>,
        _ type: UnsafePointer<DefinedType>
    ) -> MoteHostFunction? {
        guard Build.hasLibc, equal(moduleName, LibcFunctions.moduleName),
            let entry = LibcFunctions.entry(named: name),
            fit(type.pointee.parameters, entry.parameters), fit(type.pointee.results, entry.results)
        else { return nil }
        return entry.function
    }

    /// Whether there is a function of these names.
    static func answers(_ moduleName: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool
    {
        equal(moduleName, LibcFunctions.moduleName) && LibcFunctions.entry(named: name) != nil
    }

    /// Whether types are those of letters.
    static func fit(_ types: Items<ValueType>, _ letters: Text) -> Bool {
        guard types.count == letters.count else { return false }
        for index in 0..<types.count {
            let wanted: ValueType = letters.start[index] == UInt8(ascii: "I") ? .i64 : .i32
            guard types[checked: index] == wanted else { return false }
        }
        return true
    }

    /// Where the guest of an environment prints, and how its ends become exceptions with WAMR's texts.
    static func context(standardOutput: Int32) -> LibcContext {
        var context = LibcContext(standardOutput: standardOutput)
        guard Build.hasLibc else { return context }
        context.noteExit = { environment, code in
            LibcImports.instance(environment)?.setException { text in
                text.write("env.exit(")
                text.write(number: Int(code))
                text.write(")")
            }
        }
        context.report = { environment, text in
            LibcImports.instance(environment)?.setException { $0.write(cString: text) }
        }
        return context
    }

    /// Environments that the interface did not make have no handle.
    private static func instance(_ environment: UnsafeMutablePointer<MoteEnvironment>)
        -> UnsafeMutablePointer<InstanceRecord>?
    {
        environment.pointee.userData?.assumingMemoryBound(to: EnvironmentRecord.self).pointee.instance
    }
}

extension UnsafeMutablePointer where Pointee == InstanceRecord {
    @inline(__always)
    var libc: UnsafeMutablePointer<LibcContext> { withUnsafeMutablePointer(to: &pointee.libc) { $0 } }

    /// An import that libc-builtin answers; nil where it does not.
    func makeLibc(
        _ request: ImportRequest,
        _ type: UnsafeMutablePointer<DefinedType>
    ) throws(EngineError) -> UnsafeMutablePointer<MoteFunction>? {
        guard Build.hasLibc, let function = LibcImports.function(request.moduleName, request.name, type)
        else {
            return nil
        }
        return try pointee.store.makeHostFunction(
            parameters: type.pointee.parameters,
            results: type.pointee.results,
            target: function,
            data: UnsafeMutableRawPointer(libc)
        )
    }
}
