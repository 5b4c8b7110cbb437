internal import MoteEngine

/// Something in a store's garbage-collected heap, or a small integer in its place: a guest's reference in the host's hand.
///
/// What it refers to stays until the last copy of the reference is gone. It holds its store.
public final class Reference {
    /// What a reference can refer to.
    public enum Kind: Sendable {
        /// An integer of 31 bits, which is the reference itself.
        case i31
        /// A struct.
        case structure
        /// An array.
        case array
        /// An exception that was thrown.
        case exception
        /// Something of the host's, which the guest converted.
        case external
    }

    let store: Store
    let bits: UInt64
    /// What the engine keeps it by; 0 where nothing needs keeping.
    private let root: UInt32

    /// Nil for null.
    convenience init?(bits: UInt64, in store: Store) throws(RuntimeError) {
        guard bits != 0 else { return nil }
        do throws(EngineError) {
            self.init(bits, root: try store.engine.retain(bits), store)
        } catch {
            throw RuntimeError(error, isPool: store.isPool)
        }
    }

    private init(_ bits: UInt64, root: UInt32, _ store: Store) {
        self.bits = bits
        self.root = root
        self.store = store
    }

    /// The reference that is a small integer: the value's lower 31 bits.
    public convenience init(i31 value: Int32, in store: Store) {
        self.init(UInt64(UInt32(bitPattern: value) &<< 1 | 1), root: 0, store)
    }

    deinit { store.engine.release(root: root) }

    /// What it refers to.
    public var kind: Kind {
        switch EngineStore.kind(of: bits) {
        case .i31: .i31
        case .array: .array
        case .exception: .exception
        case .external: .external
        case .structure, .function: .structure
        }
    }

    /// The small integer that it is, with its sign; nil where it is something else.
    public var i31: Int32? {
        bits & 1 != 0 ? Int32(bitPattern: UInt32(truncatingIfNeeded: bits)) >> 1 : nil
    }

    /// Whether both refer to the same, as `ref.eq` says.
    public func isSame(as other: Reference) -> Bool { store === other.store && bits == other.bits }
}

extension Reference: CustomStringConvertible {
    /// The small integer, or what it refers to.
    public var description: String {
        switch kind {
        case .i31: "i31 \(i31 ?? 0)"
        case .structure: "struct"
        case .array: "array"
        case .exception: "exception"
        case .external: "externref"
        }
    }
}
