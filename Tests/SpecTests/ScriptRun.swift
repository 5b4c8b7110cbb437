import CPlatform
import Foundation
import MoteEngine
import MoteMemory
import MoteModule

/// What came of a script's commands.
struct Tally: CustomStringConvertible {
    var passed = 0
    /// Commands on texts, which need a text parser.
    var texts = 0
    /// Commands on modules that this version does not execute, by the name of the feature.
    var refused: [String: Int] = [:]
    /// `SCRIPT:LINE what is wrong`.
    var failures: [String] = []

    var refusedCount: Int { refused.values.reduce(0, +) }

    var description: String {
        let counts = "\(passed) passed, \(failures.count) failed, \(refusedCount) refused by feature"
        return "\(counts), \(texts) texts not looked at"
    }

    static func += (left: inout Tally, right: Tally) {
        left.passed += right.passed
        left.texts += right.texts
        left.refused.merge(right.refused, uniquingKeysWith: +)
        left.failures += right.failures
    }
}

/// Why a command has no result of its own.
enum Obstacle: Error {
    /// Its module makes use of a feature that is not executable, or imports from one that does.
    case feature(String)
    case failure(String)
}

/// Runs one script in a store of its own.
final class ScriptRun {
    enum Loaded {
        case module(EngineModule)
        case refused(String)
    }

    enum Instantiated {
        case instance(EngineInstance)
        case refused(String)
        case failed
    }

    private(set) var tally = Tally()
    let script: Script
    let configuration: Configuration
    let runtime: EngineRuntime
    let store: EngineStore
    let host: HostModule
    private var definitions: [Name: Loaded] = [:]
    private var lastDefinition: Loaded?
    private var instances: [Name: Instantiated] = [:]
    private var registered: [Name: Instantiated] = [:]
    private var current = Instantiated.failed
    private var modules: [EngineModule] = []
    private var bytes: [UnsafeMutableBufferPointer<UInt8>] = []
    /// Why an import of the module at hand cannot be resolved, if it is not the script's doing.
    private var unresolved: Obstacle?
    private var externals: [UInt64: UInt64] = [:]

    init(_ script: Script, _ configuration: Configuration, in runtime: EngineRuntime) throws {
        self.script = script
        self.configuration = configuration
        self.runtime = runtime
        store = try runtime.createStore()
        host = try HostModule(in: store)
    }

    /// Gives back all that the script made.
    func end() {
        store.destroy()
        for module in modules where !module.unload() { fail(0, "a module stays after its store went") }
        for buffer in bytes { buffer.deallocate() }
    }

    func run() {
        for command in script.commands {
            do {
                guard try run(command.kind) else {
                    tally.texts += 1
                    continue
                }
                tally.passed += 1
            } catch Obstacle.feature(let name) {
                tally.refused[name, default: 0] += 1
            } catch Obstacle.failure(let text) {
                fail(command.line, text)
            } catch {
                fail(command.line, describe(error))
            }
        }
    }

    private func fail(_ line: Int, _ text: String) {
        tally.failures.append("\(script.name):\(line) \(text)")
    }

    /// False for a command that needs a text parser.
    private func run(_ command: Command.Kind) throws -> Bool {
        switch command {
        case .module(let name, let file):
            try keep(as: name) { try instantiate(try load(file)) }
        case .definition(let name, let file):
            let loaded = try define(file)
            lastDefinition = loaded
            if let name { definitions[name] = loaded }
            if case .refused(let feature) = loaded { throw Obstacle.feature(feature) }
        case .instance(let name, let definition):
            try keep(as: name) {
                switch definition.map({ definitions[$0] }) ?? lastDefinition {
                case .module(let module): return try instantiate(module)
                case .refused(let feature): throw Obstacle.feature(feature)
                case nil: throw Obstacle.failure("no such definition")
                }
            }
        case .register(let alias, let name):
            let entity = try entity(name)
            registered[alias] = entity
            _ = try instance(entity)
        case .action(let action):
            _ = try run(action)
        case .returning(let action, let expected):
            let results = try run(action)
            guard results.count == expected.count, zip(results, expected).allSatisfy({ matches($0, $1) })
            else { throw Obstacle.failure("gave \(results.map { String($0, radix: 16) }), not \(expected)") }
        case .trap(let text, let action): try compare(try trap(of: action), text)
        case .invalid(let file): try refuse(file, isMalformed: false)
        case .malformed(let file): try refuse(file, isMalformed: true)
        case .unlinkable(let text, let file): try compare(try linkError(of: try load(file)), text)
        case .uninstantiable(let text, let file): try compare(try startTrap(of: try load(file)), text)
        case .text: return false
        }
        return true
    }

    private func trap(of action: Action) throws -> String {
        do {
            throw Obstacle.failure("gave \(try run(action)) instead of a trap")
        } catch let trap as TrapCode {
            return "\(trap.text)"
        }
    }

    private func linkError(of module: EngineModule) throws -> String {
        do {
            _ = try instantiate(module)
        } catch EngineError.link(let error) {
            return "\(error.kind.text)"
        }
        throw Obstacle.failure("was linked")
    }

    private func startTrap(of module: EngineModule) throws -> String {
        do {
            _ = try instantiate(module)
        } catch EngineError.trap(let trap) {
            return "\(trap.text)"
        }
        throw Obstacle.failure("was instantiated")
    }

    /// Texts match where one is the beginning of the other: the suite's name an index, or leave it out.
    private func compare(_ text: String, _ expected: String) throws {
        // Two wordings of one trap: reading a function reference that is null.
        if text == "null reference", expected.hasPrefix("null "), expected.hasSuffix("reference") { return }
        guard text.hasPrefix(expected) || expected.hasPrefix(text) else {
            throw Obstacle.failure("says \"\(text)\", not \"\(expected)\"")
        }
    }

    // MARK: Modules and instances

    private func define(_ file: String) throws -> Loaded {
        do {
            return .module(try load(file))
        } catch Obstacle.feature(let name) {
            return .refused(name)
        }
    }

    private func load(_ file: String) throws -> EngineModule {
        let data = try Data(contentsOf: script.folder.appendingPathComponent(file))
        // One more, so that an empty file has an address.
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: data.count + 1)
        buffer.initialize(repeating: 0)
        _ = buffer.update(from: data)
        bytes.append(buffer)
        guard let base = buffer.baseAddress else { throw Obstacle.failure("no buffer") }
        let module: EngineModule
        do {
            module = try runtime.load(UnsafePointer(base), sizeInBytes: data.count, ownership: .borrowed)
        } catch {
            throw refusal(error).map { Obstacle.feature($0) } ?? error
        }
        modules.append(module)
        return module
    }

    /// The feature that a module is refused for, if that is why.
    private func refusal(_ error: EngineError) -> String? {
        switch error {
        case .unsupported(let feature, _): "\(feature.name)"
        case .validation(let error): error.feature.map { "\($0.name)" }
        default: nil
        }
    }

    /// Passes where the module is refused at the right stage.
    private func refuse(_ file: String, isMalformed: Bool) throws {
        do {
            _ = try load(file)
        } catch EngineError.decode(let error) {
            // The decoder looks up what it needs to canonicalise types.
            let isRule: Bool
            switch error.kind {
            case .unknownType, .unknownFunction, .invalidSubtype, .duplicateExportName: isRule = true
            default: isRule = false
            }
            if isRule == isMalformed { throw Obstacle.failure("is refused as \(error.kind)") }
            return
        } catch EngineError.validation(let error) {
            if isMalformed { throw Obstacle.failure("is refused as invalid: \(error.kind)") }
            return
        }
        throw Obstacle.failure("is accepted")
    }

    private func instantiate(_ module: EngineModule) throws -> EngineInstance {
        unresolved = nil
        let instance: EngineInstance
        do {
            instance = try EngineInstance.instantiate(module, in: store) { resolve($0) }
        } catch {
            throw unresolved ?? error
        }
        try check(instance)
        return instance
    }

    private func resolve(_ request: ImportRequest) -> ExternalValue? {
        let (moduleName, name) = (Name(request.moduleName), Name(request.name))
        if moduleName == Name("spectest".utf8) { return host.exports[name] }
        switch registered[moduleName] {
        case .instance(let instance): return name.withUnsafeBufferPointer { instance.export(named: $0) }
        case .refused(let feature): unresolved = .feature(feature)
        case .failed: unresolved = .failure("imports from a module that failed")
        case nil: break
        }
        return nil
    }

    /// Asserts that the instance runs in the configuration.
    private func check(_ instance: EngineInstance) throws {
        guard let memory = instance.memory(at: 0) else { return }
        // Only memory 0 of its owner may have guard pages.
        let owner = memory.instance.pointee.owner
        let isFirst = owner.map { $0.pointee.memories?[0] == memory } ?? true
        guard !isFirst || configuration.fits(memory.pointee) else {
            throw Obstacle.failure("a memory has another backing or other bounds")
        }
        guard instance.base.pointee.variant & 1 == UInt32(memory.pointee.bounds) else {
            throw Obstacle.failure("the code has other bounds than the memory")
        }
    }

    /// Makes the instance the current one, and gives it a name.
    private func keep(as name: Name?, _ make: () throws -> EngineInstance) throws {
        current = .failed
        defer { if let name { instances[name] = current } }
        do {
            current = .instance(try make())
        } catch Obstacle.feature(let feature) {
            current = .refused(feature)
            throw Obstacle.feature(feature)
        }
    }

    private func entity(_ name: Name?) throws -> Instantiated {
        guard let name else { return current }
        guard let entity = instances[name] ?? registered[name] else {
            throw Obstacle.failure("there is no instance of that name")
        }
        return entity
    }

    private func instance(_ entity: Instantiated) throws -> EngineInstance {
        switch entity {
        case .instance(let instance): return instance
        case .refused(let feature): throw Obstacle.feature(feature)
        case .failed: throw Obstacle.failure("its module failed")
        }
    }

    // MARK: Actions

    private func run(_ action: Action) throws -> [UInt64] {
        let instance = try instance(try entity(action.instance))
        let value = action.field.withUnsafeBufferPointer { instance.export(named: $0) }
        guard action.isInvocation else {
            guard case .global(let cell) = value else { throw Obstacle.failure("exports no such global") }
            return [cell.slots[0]]
        }
        guard case .function(let function) = value else { throw Obstacle.failure("exports no such function") }
        guard Int(function.pointee.parameterSlots) == action.arguments.count else {
            throw Obstacle.failure("takes another number of arguments")
        }
        var slots = try action.arguments.map { try bits(of: $0) }
        let resultCount = Int(function.pointee.resultSlots)
        // What the suite leaves in an upper half must not matter.
        while slots.count < max(resultCount, 1) { slots.append(.max) }
        let environment = try instance.environment()
        let trap = slots.withUnsafeMutableBufferPointer {
            environment.call(function, slots: $0.baseAddress, slotCount: $0.count)
        }
        if trap != .none { throw trap }
        return Array(slots.prefix(resultCount))
    }

    private func bits(of argument: Argument) throws -> UInt64 {
        switch argument {
        case .bits(let bits): return bits
        case .external(let number):
            if let handle = externals[number] { return handle }
            let data = UnsafeMutableRawPointer(bitPattern: UInt(number) + 1)
            let handle = try store.makeExternalReference(data, finalizer: nil)
            externals[number] = handle
            return handle
        }
    }

    private func matches(_ bits: UInt64, _ expected: Expectation) -> Bool {
        let low = UInt32(truncatingIfNeeded: bits)
        switch expected {
        case .bits32(let value): return low == value
        case .bits64(let value): return bits == value
        case .canonicalNaN32: return low & 0x7FFF_FFFF == 0x7FC0_0000
        case .canonicalNaN64: return bits & 0x7FFF_FFFF_FFFF_FFFF == 0x7FF8_0000_0000_0000
        case .arithmeticNaN32: return low & 0x7FC0_0000 == 0x7FC0_0000
        case .arithmeticNaN64: return bits & 0x7FF8_0000_0000_0000 == 0x7FF8_0000_0000_0000
        case .null: return bits == 0
        case .notNull: return bits != 0
        case .external(let number):
            return store.externalData(of: bits) == UnsafeMutableRawPointer(bitPattern: UInt(number) + 1)
        }
    }

    private func describe(_ error: any Error) -> String {
        switch error {
        case let trap as TrapCode: "trap: \(trap.text)"
        case EngineError.decode(let error): "is malformed at \(error.byteOffset): \(error.kind)"
        case EngineError.validation(let error): "is invalid at \(error.byteOffset): \(error.kind.text)"
        case EngineError.link(let error): "\(error.kind.text), import \(error.importIndex)"
        case EngineError.trap(let trap): "is not instantiated: \(trap.text)"
        default: "\(error)"
        }
    }
}
