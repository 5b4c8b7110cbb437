internal import CPlatform
internal import MoteEngine
internal import MoteModule

/// A linear memory, of an instance or of the host's making.
///
/// Holds what it belongs to. Of an instance with a shared heap (``SharedHeap``), accesses by address reach that too,
/// where this is its first memory. Every access is checked; addresses and counts are in bytes. `Int32` addresses count as
/// unsigned, as guests mean them.
public struct Memory {
    let access: MemoryAccess
    let store: Store
    private let owner: Instance?

    init(access: MemoryAccess, store: Store, owner: Instance?) {
        self.access = access
        self.store = store
        self.owner = owner
    }

    /// A memory of the host's, for instances to import; lives as long as the store.
    ///
    /// - Throws: ``UsageFailure/impossibleMemory(_:)`` where the specification has no such limits,
    ///   ``RuntimeError/memory(_:)``.
    public init(_ limits: Limits, in store: Store) throws(RuntimeError) {
        guard limits.isPossibleMemory else { throw .usage(.impossibleMemory(limits)) }
        let type = EngineMemoryType(
            limits: limits.engineLimits,
            pageSizeLog2: limits.pageSizeInBytes == 1 ? 0 : 16
        )
        do throws(EngineError) {
            access = MemoryAccess(pointer: try store.engine.makeMemory(type: type))
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        self.store = store
        owner = nil
    }

    /// Its size in pages of ``pageSizeInBytes``.
    public var pageCount: UInt64 { access.pointer.pointee.pageCount }

    /// Bytes of a page: 65,536, or 1 where its type says so.
    public var pageSizeInBytes: UInt64 { 1 << UInt64(access.pointer.pointee.pageSizeLog2) }

    /// Whether guests address it by i64.
    public var is64: Bool { access.pointer.pointee.is64 != 0 }

    /// Whether several threads of the guest may use it at once: then bytes may change while the host looks at them.
    public var isShared: Bool { access.pointer.pointee.isShared != 0 }

    /// Its size in bytes.
    public var sizeInBytes: Int { access.all.count }

    /// Most pages that it may have, by its type, its limits and the plan.
    public var maximumPageCount: UInt64 { access.pointer.pointee.maximumPageCount }

    /// Its size now and the maximum of its type, as imports are compared with them.
    var limits: Limits {
        var limits = Limits(access.pointer.instance.pointee.type)
        limits.minimum = pageCount
        return limits
    }

    /// Adds pages of zeroes, and tells how many there were before.
    ///
    /// - Throws: ``UsageFailure/maximumReached(maximum:)``, ``UsageFailure/memoryViewOpen``,
    ///   ``RuntimeError/memory(_:)``.
    @discardableResult
    public func grow(by pages: UInt64) throws(RuntimeError) -> UInt64 {
        guard store.openViews.isEmpty else { throw .usage(.memoryViewOpen) }
        let grown: UInt64?
        do throws(EngineError) {
            grown = try store.engine.grow(access.pointer, byPages: pages)
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        guard let grown else { throw .usage(.maximumReached(maximum: maximumPageCount)) }
        return grown
    }

    /// Lets the closure read and write all bytes in place.
    ///
    /// Until it returns the memory cannot grow, and no code of its store can be called: both throw
    /// ``UsageFailure/memoryViewOpen``, as does a second view of the same memory.
    public func withBytes<Result>(_ body: (inout MutableRawSpan) throws -> Result) throws -> Result {
        let key = UInt(bitPattern: access.pointer)
        guard store.openViews.insert(key).inserted else { throw RuntimeError.usage(.memoryViewOpen) }
        defer { store.openViews.remove(key) }
        var span = access.all.mutableBytes
        return try body(&span)
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

extension Limits {
    /// Whether a memory may have them (spec 3.2.3).
    fileprivate var isPossibleMemory: Bool {
        guard pageSizeInBytes == 1 || pageSizeInBytes == 65536, !isShared || maximum != nil else {
            return false
        }
        let largest = is64 ? UInt64.max : UInt64(UInt32.max)
        let most = pageSizeInBytes == 1 ? largest : largest / pageSizeInBytes + 1
        return minimum <= maximum ?? most && maximum ?? minimum <= most
    }
}
