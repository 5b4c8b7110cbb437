internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// An instance of a module in a store.
///
/// Holds its module and its store. One thread at a time uses it, and others of its store.
public final class Instance {
    /// What it is an instance of.
    public let module: Module
    /// The store that it is in.
    public let store: Store
    let engine: EngineInstance
    let wasi: WASI?
    let core: EnvironmentCore
    private let ownsCore: Bool
    /// Held as long as it is attached.
    var attachedHeap: SharedHeap?

    init(module: Module, store: Store, limits: InstanceLimits, imports: Imports) throws {
        guard module.runtime === store.runtime else { throw RuntimeError.usage(.foreignStore) }
        self.module = module
        self.store = store
        wasi = imports.wasi
        let ownsCore = limits.operandStack != nil || limits.fuel != nil
        let core =
            ownsCore
            ? try EnvironmentCore(in: store, operandStack: limits.operandStack) : try store.environmentCore()
        self.ownsCore = ownsCore
        self.core = core
        if let fuel = limits.fuel { core.engine.fuel = fuel }
        var linker = Linker(store: store, imports: imports)
        do throws(EngineError) {
            engine = try EngineInstance.instantiate(
                module.engine,
                in: store.engine,
                limits: limits.engineLimits,
                environment: core.engine
            ) { linker.resolve($0) }
        } catch {
            defer { if ownsCore { core.detach(destroying: true) } }
            if let failure = linker.failure { throw failure }
            switch error {
            case .link(let error):
                throw RuntimeError.link(LinkFailure(error, module: module, given: linker.last))
            case .trap(let code): throw core.error(for: code, wasi: imports.wasi)
            default: throw RuntimeError(error, isPool: store.isPool)
            }
        }
        engine.state.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        engine.state.pointee.userData = nil
        engine.destroy()
        if ownsCore { core.detach(destroying: true) }
    }

    /// The environment that calls run in when they name none: its own where its limits say a size or fuel, its
    /// store's otherwise.
    public var environment: ExecutionEnvironment {
        ExecutionEnvironment(core: core, store: store, keeping: self)
    }

    /// The instance behind an engine's pointer, as long as somebody holds it.
    static func object(of pointer: UnsafeMutablePointer<MoteInstance>) -> Instance? {
        pointer.state.pointee.userData.map { Unmanaged<Instance>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension InstanceLimits {
    fileprivate var engineLimits: MoteEngine.InstanceLimits {
        var limits = MoteEngine.InstanceLimits()
        limits.operandStackSizeInBytes = operandStack
        limits.maximumMemoryPageCount = maximumPages
        limits.linearMemory = linearMemory?.engineBacking
        limits.bounds = bounds?.engineBounds
        limits.maximumPageCountOverride = maximumPagesOverride
        limits.linearMemoryBuffer = memoryBuffer.map {
            LinearMemoryBuffer(base: UInt(bitPattern: $0.baseAddress), sizeInBytes: $0.count)
        }
        limits.truncation = truncation?.engineTruncation
        limits.appHeapSizeInBytes = appHeap.map { max(0, $0) }
        limits.appHeapPlacement = appHeapPlacement?.enginePlacement
        limits.guestHeap = guestHeap?.engineChoice
        limits.maximumGuestHeapSizeInBytes = maximumGuestHeap
        limits.checksAuxiliaryStack = checksAuxiliaryStack
        limits.attachesSharedHeaps = attachesSharedHeaps
        limits.isMetered = fuel != nil
        return limits
    }
}

/// Looks imports up while the engine links.
private struct Linker {
    let store: Store
    let imports: Imports
    /// The type of what was found last.
    var last: ExternalType?
    /// What went wrong with it on our side.
    var failure: RuntimeError?

    init(store: Store, imports: Imports) {
        self.store = store
        self.imports = imports
    }

    mutating func resolve(_ request: ImportRequest) -> EngineExternalValue? {
        let module = String(decoding: request.moduleName, as: UTF8.self)
        let name = String(decoding: request.name, as: UTF8.self)
        last = nil
        guard let value = imports[module, name]?.externalValue else { return nil }
        last = value.type
        do throws(RuntimeError) {
            return try engineValue(value)
        } catch {
            failure = error
            return nil
        }
    }

    private func engineValue(_ value: ExternalValue) throws(RuntimeError) -> EngineExternalValue {
        switch value {
        case .function(let function): return .function(try store.pointer(to: function))
        case .memory(let memory):
            guard memory.store === store else { throw .usage(.foreignStore) }
            return .memory(memory.access.pointer)
        case .table(let table):
            guard table.store === store else { throw .usage(.foreignStore) }
            return .table(table.pointer)
        case .global(let global):
            guard global.store === store else { throw .usage(.foreignStore) }
            return .global(global.cell)
        case .tag(let tag):
            guard tag.store === store else { throw .usage(.foreignStore) }
            return .tag(tag.pointer)
        }
    }
}
