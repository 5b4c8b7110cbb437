internal import MoteBinary
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MotePlatform
internal import MoteValidation
internal import MoteWASI

extension TextWriter {
    /// One sentence that says what failed; `module` gives the names of imports.
    mutating func write(_ error: EngineError, in module: Module.Pointer? = nil) {
        switch error {
        case .decode(let error):
            if let feature = error.unsupportedFeature {
                write(feature)
            } else {
                write(error.kind.text)
            }
            write(byteOffset: error.byteOffset)
        case .validation(let error):
            write(error.kind.text)
            if let feature = error.feature {
                write(": ")
                write(feature.name)
            }
            if let index = error.functionIndex {
                write(" in function ")
                write(number: Int(index))
            }
            write(byteOffset: Int(error.byteOffset))
        case .unsupported(let feature, let byteOffset):
            write(feature)
            write(byteOffset: byteOffset)
        case .link(let error):
            guard let module, let declaration = module.pointee.imports[checked: Int(error.importIndex)] else {
                return write(error.kind.text)
            }
            if error.kind == .unknownImport {
                write("failed to link import ")
                write(declaration.kind.name)
            } else {
                write(error.kind.text)
            }
            write(" (")
            write(module.pointee.text(declaration.moduleName))
            write(", ")
            write(module.pointee.text(declaration.name))
            write(")")
        case .memory(let error): write(error)
        case .trap(let trap): write(trap.wamrText)
        case .usage(let fault): write(fault.text)
        }
    }

    /// Why modules with a feature are refused.
    private mutating func write(_ feature: Feature) {
        write(feature.refusal)
        write(": ")
        write(feature.name)
    }

    private mutating func write(byteOffset: Int) {
        write(" (at offset ")
        write(number: byteOffset)
        write(")")
    }

    /// `allocate memory failed`, then which region wanted what.
    mutating func write(_ error: MemoryError) {
        switch error.kind {
        case .exhausted:
            write(
                error.region == .linearMemory ? "allocate linear memory failed: " : "allocate memory failed: "
            )
            write("region ")
            write(error.region.name)
            write(" wanted ")
            if error.requestedInBytes == .max {
                write("too many")
            } else {
                write(number: error.requestedInBytes)
            }
            write(" bytes")
            guard error.availableInBytes >= 0 else { return }
            write(", at most ")
            write(number: error.availableInBytes)
            write(" are to be had")
        case .invalidPlan where error.reason == .appHeapDoesNotFit:
            write("failed to insert app heap into linear memory, try using `--heap-size=0` option")
        case .invalidPlan:
            write(error.reason.text)
        case .corrupted:
            write("memory of the global heap was overwritten")
        }
    }

    mutating func write(_ error: WASISetupError) {
        write("Init wasi environment failed: ")
        switch error {
        case .memory(let error): write(error)
        case .preopen(let index, let errno):
            write("error while pre-opening directory ")
            write(number: index)
            write(": ")
            write(number: Int(errno))
        case .stringsTooLarge: write("arguments or variables are too large")
        case .tooManyDescriptors: write("too many directories")
        }
    }
}
