internal import CPlatform
internal import MoteEngine
internal import MoteModule

/// A table of references, of an instance or of the host's making.
///
/// Holds what it belongs to.
public struct Table {
    let pointer: UnsafeMutablePointer<MoteTable>
    let store: Store
    private let owner: Instance?

    init(pointer: UnsafeMutablePointer<MoteTable>, store: Store, owner: Instance?) {
        self.pointer = pointer
        self.store = store
        self.owner = owner
    }

    /// A table of the host's, each element null; lives as long as the store.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``.
    public init(of elementType: ValueType, _ limits: Limits, in store: Store) throws(RuntimeError) {
        guard elementType.engineType.isReference, elementType != .otherReference else {
            throw .usage(.unsupportedValueType(elementType))
        }
        let type = EngineTableType(
            limits: EngineLimits(minimum: limits.minimum, maximum: limits.maximum, is64: limits.is64),
            elementType: elementType.engineType,
            initializer: .empty
        )
        do throws(EngineError) {
            pointer = try store.engine.makeTable(type: type)
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        self.store = store
        owner = nil
    }

    /// How many elements it has.
    public var count: UInt64 { pointer.pointee.count }

    /// What its elements refer to.
    public var elementType: ValueType { ValueType(engineElementType) }

    private var engineElementType: EngineValueType { EngineValueType(rawValue: pointer.pointee.elementType) }

    /// Whether guests index it by i64.
    public var is64: Bool { pointer.pointee.is64 != 0 }

    var limits: Limits {
        var limits = Limits(pointer.instance.pointee.type.limits)
        limits.minimum = count
        return limits
    }

    /// The element at an index.
    ///
    /// - Throws: ``UsageFailure/noSuchElement(index:count:)``.
    public func element(at index: UInt64) throws(RuntimeError) -> Value {
        guard let bits = EngineStore.element(of: pointer, at: index) else {
            throw .usage(.noSuchElement(index: index, count: count))
        }
        return try Value(bits: bits, type: elementType, store: store, owner: owner)
    }

    /// Puts a reference at an index.
    ///
    /// - Throws: ``UsageFailure/noSuchElement(index:count:)``, ``UsageFailure/wrongValueType(expected:found:)``.
    public func setElement(at index: UInt64, to value: Value) throws(RuntimeError) {
        let bits = try value.bits(as: engineElementType, in: store)
        guard store.engine.setElement(of: pointer, at: index, to: bits) else {
            throw .usage(.noSuchElement(index: index, count: count))
        }
    }

    /// Adds elements, and tells how many there were before.
    ///
    /// - Throws: ``UsageFailure/maximumReached(maximum:)``, ``RuntimeError/memory(_:)``.
    @discardableResult
    public func grow(by delta: UInt64, filledWith value: Value) throws(RuntimeError) -> UInt64 {
        let bits = try value.bits(as: engineElementType, in: store)
        let grown: UInt64?
        do throws(EngineError) {
            grown = try store.engine.grow(pointer, by: delta, filledWith: bits)
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        guard let grown else { throw .usage(.maximumReached(maximum: pointer.pointee.maximum)) }
        return grown
    }
}
