internal import MoteBinary
internal import MoteEngine
internal import MoteMemory
internal import MoteModule
internal import MoteValidation

extension RuntimeError {
    /// The public form of an engine's error that has nothing to do with imports or traps.
    init(_ error: EngineError, isPool: Bool) {
        switch error {
        case .memory(let error): self = .memory(MemoryFailure(error, isPool: isPool))
        case .usage(let fault): self = .usage(UsageFailure(fault))
        case .trap(let code): self = .trap(Trap(code, backtrace: [], memory: nil, stack: nil))
        case .link(let error): self = .link(LinkFailure(error, module: nil, given: nil))
        case .decode(let error): self.init(error)
        case .unsupported(let feature, let byteOffset):
            self.init(off: feature, functionIndex: nil, byteOffset: byteOffset)
        case .validation(let error):
            if let feature = error.feature {
                self.init(
                    off: feature,
                    functionIndex: error.functionIndex.map { Int($0) },
                    byteOffset: Int(error.byteOffset)
                )
                return
            }
            self = .validation(
                message: error.kind.text.description,
                functionIndex: error.functionIndex.map { Int($0) },
                byteOffset: Int(error.byteOffset)
            )
        }
    }
}

extension RuntimeError {
    init(_ error: DecodeError) {
        if let feature = error.unsupportedFeature {
            self.init(off: feature, functionIndex: nil, byteOffset: error.byteOffset)
        } else {
            self = .decode(message: error.kind.text.description, byteOffset: error.byteOffset)
        }
    }

    private init(off feature: EngineFeature, functionIndex: Int?, byteOffset: Int) {
        guard let known = Feature(feature) else {
            self = .decode(message: "unsupported feature: \(feature.name)", byteOffset: byteOffset)
            return
        }
        self = .featureOff(known, functionIndex: functionIndex, byteOffset: byteOffset)
    }
}

extension MemoryFailure {
    init(_ error: EngineMemoryError, isPool: Bool) {
        switch error.kind {
        case .exhausted: kind = .exhausted
        case .invalidPlan: kind = .invalidPlan
        case .corrupted: kind = .corrupted
        }
        region = MemoryRegion(error.region)
        requestedInBytes = error.requestedInBytes
        availableInBytes = error.availableInBytes >= 0 ? error.availableInBytes : nil
        reason = error.kind == .invalidPlan ? error.reason.text.description : ""
        self.isPool = isPool
    }
}

extension MemoryRegion {
    init(_ region: EngineRegion) { self = MemoryRegion(rawValue: region.name.description) ?? .structures }
}

extension UsageFailure {
    init(_ fault: UsageFault) {
        switch fault {
        case .moduleUnloaded: self = .moduleUnloaded
        case .environmentBusy: self = .environmentBusy
        case .foreignStore: self = .foreignStore
        case .functionTypeTooLarge: self = .functionTypeTooLarge
        case .unsupported: self = .unsupported
        }
    }
}

extension LinkFailure {
    init(_ error: LinkError, module: Module?, given: ExternalType?) {
        let declared = module.flatMap { module in
            module.importType(at: Int(error.importIndex))
        }
        self.init(
            kind: error.kind == .unknownImport ? .unknownImport : .incompatibleType,
            module: declared?.module ?? "",
            name: declared?.name ?? "",
            wanted: declared?.type,
            found: given
        )
    }
}

extension Trap {
    init(_ code: EngineTrapCode, backtrace: [Frame], memory: MemoryFailure?, stack: StackFailure?) {
        self.init(
            code: Code(code) ?? .hostError,
            message: code.text.description,
            backtrace: backtrace,
            memory: memory,
            stack: stack
        )
    }
}
