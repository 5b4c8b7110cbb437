internal import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteWASI

/// What the library itself has for imports that the host gives a placeholder for: WASI and libc-builtin.
enum StandardNatives {
    /// Whether there is a function for an import.
    static func isLinked(_ declaration: ImportDeclaration, in module: Module.Pointer) -> Bool {
        guard declaration.kind == .function, let type = module.functionType(of: declaration.index)
        else { return false }
        let moduleName = module.pointee.text(declaration.moduleName)
        let name = module.pointee.text(declaration.name)
        return wasi(moduleName, name, type) != nil || LibcImports.function(moduleName, name, type) != nil
    }

    /// The function for an import; nil where there is none or no memory for it.
    static func make(
        _ request: ImportRequest,
        in store: StandardStore.Pointer
    ) -> UnsafeMutablePointer<MoteFunction>? {
        guard let type = request.functionType else { return nil }
        let target: MoteHostFunction
        let data: UnsafeMutableRawPointer
        if let function = wasi(request.moduleName, request.name, type) {
            guard let context = store.wasiContext else { return nil }
            (target, data) = (function, UnsafeMutableRawPointer(context))
        } else if let function = LibcImports.function(request.moduleName, request.name, type) {
            (target, data) = (function, store.libcContext)
        } else {
            return nil
        }
        return try? store.pointee.store.makeHostFunction(
            parameters: type.pointee.parameters,
            results: type.pointee.results,
            target: target,
            data: data
        )
    }

    private static func wasi(
        _ moduleName: UnsafeBufferPointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>,
        _ type: UnsafePointer<DefinedType>
    ) -> MoteHostFunction? {
        guard Build.hasWASI, equal(moduleName, WASIFunctions.moduleName) else { return nil }
        for index in 0..<WASIFunctions.count {
            let entry = WASIFunctions.entry(at: index)
            if equal(name, entry.name), LibcImports.fit(type.pointee.parameters, entry.parameters),
                LibcImports.fit(type.pointee.results, entry.results)
            {
                return entry.function
            }
        }
        return nil
    }

    /// Where a store's guests print, and how their ends become traps with WAMR's texts.
    static func libcContext() -> LibcContext {
        var context = LibcContext(standardOutput: 1)
        context.noteExit = { environment, code in
            StandardNatives.park(environment) { text in
                text.write("Exception: env.exit(")
                text.write(number: Int(code))
                text.write(")")
            }
        }
        context.report = { environment, message in
            StandardNatives.park(environment) { text in
                text.write("Exception: ")
                text.write(cString: message)
            }
        }
        return context
    }

    /// A trap that the call which entered the guest hands to the host.
    fileprivate static func park(
        _ environment: UnsafeMutablePointer<MoteEnvironment>,
        _ write: (inout TextWriter) -> Void
    ) {
        guard let store = StandardStore.of(environment) else { return }
        environment.pointee.hostError = StandardStore.makeTrap(in: store, write).map {
            UnsafeMutableRawPointer($0)
        }
    }
}

extension UnsafeMutablePointer where Pointee == StandardStore {
    /// What WASI programs of the store see: the process's streams and nothing else; made at first need.
    fileprivate var wasiContext: WASIContext.Pointer? {
        if let context = pointee.wasi { return context }
        pointee.wasi = try? WASIContext.create(
            heap: pointee.engine.pointee.runtime.heap,
            options: WASIOptions()
        )
        return pointee.wasi
    }

    fileprivate var libcContext: UnsafeMutableRawPointer {
        withUnsafeMutablePointer(to: &pointee.libc) { UnsafeMutableRawPointer($0) }
    }
}
