/// A WebAssembly value whose type is known only at run time.
public enum Value {
    /// A 32-bit integer; the guest sees no sign.
    case i32(Int32)
    /// A 64-bit integer; the guest sees no sign.
    case i64(Int64)
    /// A 32-bit floating point number.
    case f32(Float)
    /// A 64-bit floating point number.
    case f64(Double)
    /// A reference to a function, or null.
    case funcref(Function?)
    /// A reference to something of the host, or null.
    case externref(ExternalReference?)

    /// The value's type.
    public var type: ValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .funcref: .funcref
        case .externref: .externref
        }
    }
}

extension Value: CustomStringConvertible {
    /// The number, or what the reference refers to.
    public var description: String {
        switch self {
        case .i32(let value): "\(value)"
        case .i64(let value): "\(value)"
        case .f32(let value): "\(value)"
        case .f64(let value): "\(value)"
        case .funcref(let function): function.map { "\($0.type)" } ?? "null"
        case .externref(let reference): reference == nil ? "null" : "externref"
        }
    }
}

extension Value {
    /// What a slot holds.
    ///
    /// References come from `store` and stay good as long as `owner`.
    init(bits: UInt64, type: ValueType, store: Store, owner: Instance?) throws(RuntimeError) {
        switch type {
        case .i32: self = .i32(Int32(bits: bits))
        case .i64: self = .i64(Int64(bits: bits))
        case .f32: self = .f32(Float(bits: bits))
        case .f64: self = .f64(Double(bits: bits))
        case .funcref: self = .funcref(Function(reference: bits, store: store, owner: owner))
        case .externref: self = .externref(bits == 0 ? nil : ExternalReference(store: store, handle: bits))
        case .v128, .otherReference: throw .usage(.unsupportedValueType(type))
        }
    }

    /// What goes into a slot of that type.
    func bits(as type: ValueType, in store: Store) throws(RuntimeError) -> UInt64 {
        switch (self, type) {
        case (.i32(let value), .i32): return value.bits
        case (.i64(let value), .i64): return value.bits
        case (.f32(let value), .f32): return value.bits
        case (.f64(let value), .f64): return value.bits
        case (.funcref(let function), .funcref):
            guard let function else { return 0 }
            return UInt64(UInt(bitPattern: try store.pointer(to: function)))
        case (.externref(let reference), .externref):
            guard let reference else { return 0 }
            guard reference.store === store else { throw .usage(.foreignStore) }
            return reference.handle
        default: throw .usage(.wrongValueType(expected: type, found: self.type))
        }
    }
}

/// A Swift type that stands for a WebAssembly value type in typed functions.
///
/// `Int32`, `UInt32`, `Int64`, `UInt64`, `Float` and `Double` conform; so may types of your own that are one of
/// these inside.
public protocol WasmValue {
    /// Its type in WebAssembly: a number type.
    static var valueType: ValueType { get }
    /// The value that a slot of 8 bytes holds; the upper half is arbitrary for 32-bit types.
    init(bits: UInt64)
    /// What a slot of 8 bytes holds for the value.
    var bits: UInt64 { get }
}

extension Int32: WasmValue {
    /// `i32`.
    public static var valueType: ValueType { .i32 }
    /// The lower half of a slot.
    public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
    /// The slot, its upper half zero.
    public var bits: UInt64 { UInt64(UInt32(bitPattern: self)) }
}

extension UInt32: WasmValue {
    /// `i32`.
    public static var valueType: ValueType { .i32 }
    /// The lower half of a slot.
    public init(bits: UInt64) { self.init(truncatingIfNeeded: bits) }
    /// The slot, its upper half zero.
    public var bits: UInt64 { UInt64(self) }
}

extension Int64: WasmValue {
    /// `i64`.
    public static var valueType: ValueType { .i64 }
    /// The slot's bits.
    public init(bits: UInt64) { self.init(bitPattern: bits) }
    /// The slot's bits.
    public var bits: UInt64 { UInt64(bitPattern: self) }
}

extension UInt64: WasmValue {
    /// `i64`.
    public static var valueType: ValueType { .i64 }
    /// The slot's bits.
    public init(bits: UInt64) { self = bits }
    /// The slot's bits.
    public var bits: UInt64 { self }
}

extension Float: WasmValue {
    /// `f32`.
    public static var valueType: ValueType { .f32 }
    /// The lower half of a slot.
    public init(bits: UInt64) { self.init(bitPattern: UInt32(truncatingIfNeeded: bits)) }
    /// The slot, its upper half zero.
    public var bits: UInt64 { UInt64(bitPattern) }
}

extension Double: WasmValue {
    /// `f64`.
    public static var valueType: ValueType { .f64 }
    /// The slot's bits.
    public init(bits: UInt64) { self.init(bitPattern: bits) }
    /// The slot's bits.
    public var bits: UInt64 { bitPattern }
}
