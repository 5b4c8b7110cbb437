internal import CPlatform
internal import MoteEngine
internal import MoteModule

/// A global variable or constant, of an instance or of the host's making.
///
/// Holds what it belongs to.
public struct Global {
    let cell: GlobalCell
    let store: Store
    private let owner: Instance?

    init(cell: GlobalCell, store: Store, owner: Instance?) {
        self.cell = cell
        self.store = store
        self.owner = owner
    }

    /// A global of the host's, for instances to import; lives as long as the store.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``.
    public init(_ value: Value, isMutable: Bool = false, in store: Store) throws(RuntimeError) {
        let slots = try value.slots(as: value.type.engineType, in: store)
        let type = EngineGlobalType(valueType: value.type.engineType, isMutable: isMutable)
        do throws(EngineError) {
            cell = try store.engine.makeGlobal(type: type, low: slots.low, high: slots.high)
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        self.store = store
        owner = nil
    }

    /// The type of its value.
    public var valueType: ValueType { ValueType(cell.type.valueType) }

    /// Whether it can be set.
    public var isMutable: Bool { cell.type.isMutable }

    /// Its value.
    ///
    /// - Throws: ``UsageFailure/unsupportedValueType(_:)``.
    public var value: Value {
        get throws(RuntimeError) {
            try Value(slots: cell.slots, type: valueType, store: store, owner: owner)
        }
    }

    /// Gives it a value.
    ///
    /// - Throws: ``UsageFailure/immutableGlobal``, ``UsageFailure/wrongValueType(expected:found:)``.
    public func set(_ value: Value) throws(RuntimeError) {
        let slots = try value.slots(as: cell.type.valueType, in: store)
        guard store.engine.set(cell, low: slots.low, high: slots.high) else {
            throw .usage(.immutableGlobal)
        }
    }
}
