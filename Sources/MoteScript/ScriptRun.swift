internal import CPlatform
internal import MoteEngine
internal import MoteModule

/// Why a command failed.
struct CommandFault: Error {
    var message: String

    init(_ message: String) { self.message = message }
}

/// Runs the commands of one script in a store of its own.
final class ScriptRun {
    /// What became of a module that a script gave a name, or let others import from.
    enum Made {
        case instance(EngineInstance)
        /// Its module failed, which is said once there, and once more by each command that needs it.
        case failed
    }

    let configuration: ScriptConfiguration
    /// What the script asks for.
    let wanted: FeatureSet
    /// Of that, what the engine executes.
    let features: FeatureSet
    let runtime: EngineRuntime
    let store: EngineStore
    let host: SpectestModule
    var definitions: [ScriptName: EngineModule?] = [:]
    var lastDefinition: EngineModule?
    var instances: [ScriptName: Made] = [:]
    var registered: [ScriptName: Made] = [:]
    var current = Made.failed
    /// The host's references, by the script's numbers.
    var externals: [UInt64: UInt64] = [:]
    /// How often garbage was collected, known at the end.
    private(set) var collectionCount = 0
    private var modules: [EngineModule] = []
    /// What modules borrow.
    private var bytes: [UnsafeMutableBufferPointer<UInt8>] = []

    init(
        _ configuration: ScriptConfiguration,
        features: FeatureSet,
        in runtime: EngineRuntime
    ) throws(EngineError) {
        self.configuration = configuration
        wanted = features
        self.features = FeatureSet(rawValue: wanted.rawValue & FeatureSet.executable.rawValue)
        self.runtime = runtime
        store = try runtime.createStore()
        store.collectsAtEveryAllocation = configuration.stressesCollector
        host = try SpectestModule(in: store, features: self.features)
    }

    /// Gives back all that the script made; false where a module stays.
    func end() -> Bool {
        collectionCount = store.objectStatistics.collectionCount
        store.destroy()
        let areGone = modules.allSatisfy { $0.unload() }
        for buffer in bytes { buffer.deallocate() }
        return areGone
    }

    /// Does one command; throws why it failed.
    func run(_ command: ScriptCommand.Kind) throws(CommandFault) {
        switch command {
        case .module(let module):
            try keep(module.name, instantiating: { () throws(CommandFault) in try load(module) })
        case .definition(let module): try define(module)
        case .instance(let name, let definition):
            try keep(name, instantiating: { () throws(CommandFault) in try self.definition(definition) })
        case .register(let name, let instance):
            registered[name] = made(instance)
            _ = try self.instance(instance)
        case .action(let action): _ = try results(of: action)
        case .assertReturn(let action, let expected): try assertReturn(action, expected)
        case .assertTrap(let action, let message): try assertTrap(action, message)
        case .assertModuleTrap(let module, let message): try assertTrap(module, message)
        case .assertExhaustion(let action, let message): try assertExhaustion(action, message)
        case .assertException(let action): try assertException(action)
        case .assertMalformed(let module, let message): try assertMalformed(module, message)
        case .assertInvalid(let module, let message): try assertInvalid(module, message)
        case .assertUnlinkable(let module, let message): try assertUnlinkable(module, message)
        case .assertMalformedCustom(let module, let message), .assertInvalidCustom(let module, let message):
            try assertRefusedCustom(module, message)
        }
    }

    // MARK: Modules

    /// Loads a module that has to be one.
    func load(_ module: ScriptModule) throws(CommandFault) -> EngineModule {
        switch module.content {
        case .failure(let error): throw CommandFault("the text is malformed: \(error.message)")
        case .success(let binary):
            do throws(EngineError) {
                return try load(binary)
            } catch {
                throw CommandFault(ScriptErrorText.of(error))
            }
        }
    }

    /// Decodes and validates a binary.
    func load(_ binary: [UInt8]) throws(EngineError) -> EngineModule {
        // One more, so that an empty file has an address.
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: binary.count + 1)
        buffer.initialize(repeating: 0)
        _ = buffer.update(from: binary)
        guard let base = buffer.baseAddress else { throw .usage(.unsupported) }
        do throws(EngineError) {
            let module = try runtime.load(
                UnsafePointer(base),
                sizeInBytes: binary.count,
                ownership: .borrowed,
                features: features
            )
            modules.append(module)
            bytes.append(buffer)
            return module
        } catch {
            buffer.deallocate()
            throw error
        }
    }

    private func define(_ module: ScriptModule) throws(CommandFault) {
        lastDefinition = nil
        if let name = module.name { definitions[name] = .some(nil) }
        let loaded = try load(module)
        lastDefinition = loaded
        if let name = module.name { definitions[name] = loaded }
    }

    private func definition(_ name: ScriptName?) throws(CommandFault) -> EngineModule {
        guard let name else {
            guard let lastDefinition else { throw CommandFault("there is no definition") }
            return lastDefinition
        }
        guard let known = definitions[name] else {
            throw CommandFault("there is no definition \(String(decoding: name, as: UTF8.self))")
        }
        guard let known else { throw CommandFault("the definition's module failed") }
        return known
    }

    /// Makes the instance the current one, and gives it a name.
    private func keep(
        _ name: ScriptName?,
        instantiating module: () throws(CommandFault) -> EngineModule
    ) throws(CommandFault) {
        current = .failed
        if let name { instances[name] = .failed }
        let loaded = try module()
        let instance: EngineInstance
        do throws(EngineError) {
            instance = try instantiate(loaded)
        } catch {
            throw CommandFault(ScriptErrorText.of(error))
        }
        current = .instance(instance)
        if let name {
            instances[name] = current
            // A module with a name can be instantiated again.
            definitions[name] = loaded
        }
        lastDefinition = loaded
        try check(instance)
    }

    func instantiate(_ module: EngineModule) throws(EngineError) -> EngineInstance {
        try EngineInstance.instantiate(module, in: store) { self.resolve($0) }
    }

    private func resolve(_ request: ImportRequest) -> ExternalValue? {
        let (moduleName, name) = (ScriptName(request.moduleName), ScriptName(request.name))
        if case .instance(let instance) = registered[moduleName] {
            return name.withUnsafeBufferPointer { instance.export(named: $0) }
        }
        return moduleName == Array("spectest".utf8) ? host.exports[name] : nil
    }

    /// Asserts that the instance runs in the configuration.
    private func check(_ instance: EngineInstance) throws(CommandFault) {
        guard let first = instance.memory(at: 0) else { return }
        let memory = first.pointee
        // 64-bit memories and those of other pages are always checked, and so are those that are not their owner's
        // first.
        let owner = first.instance.pointee.owner
        guard memory.is64 == 0, memory.pageSizeLog2 == 16,
            owner.map({ $0.pointee.memories?[0] == first }) ?? true
        else { return }
        if let complaint = configuration.complaint(backing: memory.backing, bounds: memory.bounds) {
            throw CommandFault(complaint)
        }
        guard instance.base.pointee.variant & 1 == UInt32(memory.bounds) else {
            throw CommandFault("the code has other bounds than the memory")
        }
    }

    // MARK: Instances

    private func made(_ name: ScriptName?) -> Made? {
        guard let name else { return current }
        return instances[name] ?? registered[name]
    }

    func instance(_ name: ScriptName?) throws(CommandFault) -> EngineInstance {
        switch made(name) {
        case .instance(let instance): return instance
        case .failed: throw CommandFault("its module failed")
        case nil: throw CommandFault("there is no instance \(String(decoding: name ?? [], as: UTF8.self))")
        }
    }
}
