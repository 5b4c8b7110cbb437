internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// An exception tag, of an instance or of the host's making: what exceptions are caught by.
///
/// Holds what it belongs to. Two tags are equal if they are the same one, whatever they carry.
public struct Tag {
    let pointer: UnsafeMutablePointer<MoteTag>
    let store: Store
    /// The instance that it belongs to, or through which it was found.
    let keeper: Instance?

    init(pointer: UnsafeMutablePointer<MoteTag>, store: Store, owner: Instance?) {
        self.pointer = pointer
        self.store = store
        keeper = pointer.pointee.owner.flatMap { Instance.object(of: $0) } ?? owner
    }

    /// A tag of the host's whose exceptions carry values of these types, for instances to import; lives as long as
    /// the store.
    ///
    /// - Throws: ``RuntimeError/memory(_:)``, ``UsageFailure/unsupportedValueType(_:)``.
    public init(_ parameters: [ValueType], in store: Store) throws(RuntimeError) {
        if parameters.contains(.otherReference) { throw .usage(.unsupportedValueType(.otherReference)) }
        var types = parameters.map { $0.engineType }
        let made = types.withUnsafeMutableBufferPointer { buffer in
            Result { () throws(EngineError) in
                try store.engine.makeTag(parameters: Items(base: buffer.baseAddress, count: buffer.count))
            }
        }
        do throws(EngineError) {
            pointer = try made.get()
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
        self.store = store
        keeper = nil
    }

    /// The types of the values that its exceptions carry.
    public var parameters: [ValueType] { [ValueType](pointer.parameters) }
}

extension Tag: Equatable {
    /// Whether both are the same tag.
    public static func == (left: Tag, right: Tag) -> Bool { left.pointer == right.pointer }
}

extension Tag: CustomStringConvertible {
    /// As `tag 0 of module m`.
    public var description: String {
        guard let instance = pointer.pointee.owner, let index = pointer.index else {
            return "a tag of the host"
        }
        let module = DisplayName.module(instance.state.pointee.module.pointee.module)
        return "tag \(index)" + (module.map { " of module \($0)" } ?? "")
    }
}
