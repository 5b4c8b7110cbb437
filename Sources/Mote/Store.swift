internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// A store: instances that can be linked with each other, and what the host made for them.
///
/// Instances, functions, memories, tables and globals hold it. One thread at a time uses it and all that is in it.
/// Host functions given to it, and what they capture, stay as long as the store; instances without a store of
/// their choice have one each.
public final class Store {
    /// The runtime that it is in.
    public let runtime: Runtime
    let engine: EngineStore

    /// Host functions and other givers of pointers, with the engine's record of each.
    private var hostFunctions: [ObjectIdentifier: HostEntry] = [:]
    /// Contexts of WASI that functions of the store point at.
    private var wasiContexts: [WASI] = []
    private var defaultCore: EnvironmentCore?
    /// Memories of which a view is open.
    var openViews: Set<UInt> = []

    private struct HostEntry {
        let keeper: AnyObject
        let pointer: UnsafeMutablePointer<MoteFunction>
    }

    /// A store in a runtime.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``.
    public init(_ runtime: Runtime) throws(RuntimeError) {
        self.runtime = runtime
        do throws(EngineError) {
            engine = try runtime.engine.createStore()
        } catch {
            throw RuntimeError(error, isPool: runtime.plan.isPool)
        }
    }

    deinit {
        defaultCore?.detach(destroying: false)
        engine.destroy()
    }

    var isPool: Bool { runtime.plan.isPool }

    /// The environment of instances that have none of their own.
    func environmentCore() throws(RuntimeError) -> EnvironmentCore {
        if let defaultCore { return defaultCore }
        do throws(EngineError) {
            let core = EnvironmentCore(try engine.defaultEnvironment(), store: self)
            defaultCore = core
            return core
        } catch {
            throw RuntimeError(error, isPool: isPool)
        }
    }

    /// The environment of instances that have no operand stack and no fuel of their own; made at first need.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``.
    public var environment: ExecutionEnvironment {
        get throws(RuntimeError) {
            ExecutionEnvironment(core: try environmentCore(), store: self, keeping: nil)
        }
    }

    /// What the engine knows a function by; a host function is made known to it the first time.
    func pointer(to function: Function) throws(RuntimeError) -> UnsafeMutablePointer<MoteFunction> {
        switch function.storage {
        case .engine(let pointer, let store, _):
            guard store === self else { throw .usage(.foreignStore) }
            return pointer
        case .host(let closure):
            let data = Unmanaged.passUnretained(closure).toOpaque()
            return try hostFunction(
                ObjectIdentifier(closure),
                keeper: closure,
                type: closure.type,
                target: HostClosure.enter,
                data
            )
        case .wasi(let function):
            try function.wasi.attach(to: self)
            return try hostFunction(
                ObjectIdentifier(function),
                keeper: function,
                type: function.type,
                target: function.target,
                function.wasi.contextAddress
            )
        case .libc(let function):
            return try hostFunction(
                ObjectIdentifier(function),
                keeper: function,
                type: function.type,
                target: function.target,
                function.contextAddress
            )
        }
    }

    private func hostFunction(
        _ identity: ObjectIdentifier,
        keeper: AnyObject,
        type: FunctionType,
        target: @escaping MoteHostFunction,
        _ data: UnsafeMutableRawPointer?
    ) throws(RuntimeError) -> UnsafeMutablePointer<MoteFunction> {
        if let known = hostFunctions[identity] { return known.pointer }
        var parameters = type.parameters.map(\.engineType)
        var results = type.results.map(\.engineType)
        let made: Result<UnsafeMutablePointer<MoteFunction>, EngineError> =
            parameters.withUnsafeMutableBufferPointer { parameters in
                results.withUnsafeMutableBufferPointer { results in
                    do throws(EngineError) {
                        return .success(
                            try engine.makeHostFunction(
                                parameters: Items(base: parameters.baseAddress, count: parameters.count),
                                results: Items(base: results.baseAddress, count: results.count),
                                target: target,
                                data: data
                            )
                        )
                    } catch {
                        return .failure(error)
                    }
                }
            }
        switch made {
        case .success(let pointer):
            hostFunctions[identity] = HostEntry(keeper: keeper, pointer: pointer)
            return pointer
        case .failure(let error):
            throw RuntimeError(error, isPool: isPool)
        }
    }

    func keep(_ wasi: WASI) {
        if !wasiContexts.contains(where: { $0 === wasi }) { wasiContexts.append(wasi) }
    }

    /// The exit code that the guest gave to the WASI context used last.
    var lastExitCode: UInt32? { wasiContexts.last?.exitCode }
}

/// A reference that guest code can hold but not look into: any object of the host.
///
/// The object stays as long as a copy of this value or the guest has it, found by collections of the store.
public struct ExternalReference {
    let reference: Reference

    /// Nil for null.
    init?(bits: UInt64, in store: Store) throws(RuntimeError) {
        guard let reference = try Reference(bits: bits, in: store) else { return nil }
        self.reference = reference
    }

    /// A reference to an object.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``.
    public init(_ object: AnyObject, in store: Store) throws(RuntimeError) {
        let retained = Unmanaged.passRetained(object)
        let handle: UInt64
        do throws(EngineError) {
            handle = try store.engine.makeExternalReference(retained.toOpaque()) { data in
                if let data { Unmanaged<AnyObject>.fromOpaque(data).release() }
            }
        } catch {
            retained.release()
            throw RuntimeError(error, isPool: store.isPool)
        }
        defer { store.engine.releaseExternalReference(handle) }
        guard let reference = try Reference(bits: handle, in: store) else {
            throw .usage(.unsupported)
        }
        self.reference = reference
    }

    /// The object; nil where the reference came from elsewhere and has none.
    public var object: AnyObject? {
        reference.store.engine.externalData(of: reference.bits).map {
            Unmanaged<AnyObject>.fromOpaque($0).takeUnretainedValue()
        }
    }
}

extension Store {
    /// Frees what no guest and no reference of the host reaches in the store's garbage-collected heap, and lets go of
    /// objects whose external references are gone.
    ///
    /// Happens by itself when memory is needed; false where another thread runs guest code in the store.
    @discardableResult
    public func collectGarbage() -> Bool { engine.collectGarbage() }
}
