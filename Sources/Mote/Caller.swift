internal import CPlatform
internal import MoteEngine

/// Who called a host function: the guest's memory and instance, during the call.
///
/// Once the host function has returned, everything here throws or is nil.
public struct Caller {
    let core: EnvironmentCore
    let store: Store
    let engine: UnsafeMutablePointer<MoteInstance>?
    let serial: UInt64

    /// The instance whose code called; nil while its start function runs, once nobody holds it any more, and where
    /// the host itself called.
    public var instance: Instance? {
        guard core.isRunning(serial) else { return nil }
        return engine.flatMap { Instance.object(of: $0) }
    }

    /// What keeps everything alive that the caller can reach.
    var owner: Instance? { instance ?? core.entryOwner }

    /// The environment that the call runs in; nested calls in it start above the caller's frames.
    ///
    /// - Throws: ``RuntimeError/usage(_:)`` once the call is over or while a start function runs.
    public var environment: ExecutionEnvironment {
        get throws(RuntimeError) {
            guard core.isRunning(serial), let owner else { throw .usage(.instanceGone) }
            return ExecutionEnvironment(core: core, store: store, keeping: owner)
        }
    }

    /// The first memory of the instance, to be kept beyond the call.
    ///
    /// - Throws: ``RuntimeError/export(name:wanted:)`` where it has none, ``RuntimeError/usage(_:)`` while the
    ///   start function runs.
    public var memory: Memory {
        get throws(RuntimeError) {
            let access = try access
            guard let owner else { throw .usage(.instanceGone) }
            return Memory(access: access, store: store, owner: owner)
        }
    }

    /// The engine's instance, which the start function has before there is one here.
    var engineInstance: EngineInstance? {
        core.isRunning(serial) ? engine.map { EngineInstance(state: $0.state) } : nil
    }

    private var access: MemoryAccess {
        get throws(RuntimeError) {
            guard core.isRunning(serial) else { throw .usage(.instanceGone) }
            guard let engine, let pointer = EngineInstance(state: engine.state).memory(at: 0) else {
                throw .export(name: "memory", wanted: "memory")
            }
            return MemoryAccess(pointer: pointer, instance: engine)
        }
    }

    /// The text of `count` bytes of UTF-8 at an address.
    ///
    /// - Throws: ``RuntimeError/outOfBounds(address:count:sizeInBytes:)``, ``UsageFailure/notUTF8``.
    public func string(
        at address: some BinaryInteger,
        count: some BinaryInteger
    ) throws(RuntimeError) -> String {
        try access.string(at: address, count: count)
    }

    /// A copy of `count` bytes at an address.
    ///
    /// - Throws: ``RuntimeError/outOfBounds(address:count:sizeInBytes:)``.
    public func bytes(at address: some BinaryInteger, count: some BinaryInteger) throws(RuntimeError)
        -> [UInt8]
    {
        Array(try access.bytes(at: address, count: count))
    }

    /// Writes bytes at an address.
    ///
    /// - Throws: ``RuntimeError/outOfBounds(address:count:sizeInBytes:)``.
    public func write(_ bytes: some Sequence<UInt8>, at address: some BinaryInteger) throws(RuntimeError) {
        try access.write(bytes, at: address)
    }

    /// The number at an address, little-endian, at any alignment.
    ///
    /// - Throws: ``RuntimeError/outOfBounds(address:count:sizeInBytes:)``.
    public func load<Number: MemoryNumber>(
        _ type: Number.Type,
        at address: some BinaryInteger
    ) throws(RuntimeError) -> Number {
        try access.load(type, at: address)
    }

    /// Writes a number at an address, little-endian, at any alignment.
    ///
    /// - Throws: ``RuntimeError/outOfBounds(address:count:sizeInBytes:)``.
    public func store(_ number: some MemoryNumber, at address: some BinaryInteger) throws(RuntimeError) {
        try access.store(number, at: address)
    }
}
