internal import MoteEngine
internal import MoteModule

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
    /// A 128-bit vector: its bytes as they lie in memory, lane 0 first.
    case v128(SIMD16<UInt8>)
    /// A reference to a function, or null.
    case funcref(Function?)
    /// A reference to something of the host, or null.
    case externref(ExternalReference?)
    /// A reference to a struct, an array, a small integer or something external, of any type below `anyref`, or null.
    case anyref(Reference?)
    /// A reference to an exception, or null.
    case exnref(Reference?)

    /// The value's type.
    public var type: ValueType {
        switch self {
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .funcref: .funcref
        case .externref: .externref
        case .anyref: .anyref
        case .exnref: .exnref
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
        case .v128(let value): Value.hexadecimal(value)
        case .funcref(let function): function.map { "\($0.type)" } ?? "null"
        case .externref(let reference): reference == nil ? "null" : "externref"
        case .anyref(let reference), .exnref(let reference): reference?.description ?? "null"
        }
    }
}

extension Value {
    /// A vector as one number of 32 digits, the last lane first.
    private static func hexadecimal(_ value: SIMD16<UInt8>) -> String {
        value.indices.reversed().reduce(into: "0x") { text, index in
            text += value[index] < 16 ? "0" : ""
            text += String(value[index], radix: 16)
        }
    }

    /// What one slot holds, or two for a vector.
    init(
        slots: UnsafePointer<UInt64>,
        type: ValueType,
        store: Store,
        owner: Instance?
    ) throws(RuntimeError) {
        if type == .v128 {
            self = .v128(SIMD16(bits: slots[0], upperBits: slots[1]))
        } else {
            try self.init(bits: slots[0], type: type, store: store, owner: owner)
        }
    }

    /// What goes into the slot of that type, or into two for a vector.
    func slots(as type: EngineValueType, in store: Store) throws(RuntimeError) -> (low: UInt64, high: UInt64)
    {
        if case .v128(let value) = self, type == .v128 { return (value.bits, value.upperBits) }
        return (try bits(as: type, in: store), 0)
    }

    /// Puts the value there.
    func write(to slots: UnsafeMutablePointer<UInt64>, as type: EngineValueType, in store: Store)
        throws(RuntimeError)
    {
        let values = try self.slots(as: type, in: store)
        slots[0] = values.low
        if type.slotCount > 1 { slots[1] = values.high }
    }

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
        case .externref: self = .externref(try ExternalReference(bits: bits, in: store))
        case .anyref, .eqref, .i31ref, .structref, .arrayref:
            self = .anyref(try Reference(bits: bits, in: store))
        case .exnref: self = .exnref(try Reference(bits: bits, in: store))
        case .otherReference:
            // The value says what the type does not.
            switch bits == 0 ? .i31 : EngineStore.kind(of: bits) {
            case .function: self = .funcref(Function(reference: bits, store: store, owner: owner))
            case .exception: self = .exnref(try Reference(bits: bits, in: store))
            default: self = .anyref(try Reference(bits: bits, in: store))
            }
        case .v128: throw .usage(.unsupportedValueType(type))
        }
    }

    /// What goes into a slot of that type.
    func bits(as type: EngineValueType, in store: Store) throws(RuntimeError) -> UInt64 {
        let bits: UInt64
        let top: HeapType
        switch (self, type) {
        case (.i32(let value), .i32): return value.bits
        case (.i64(let value), .i64): return value.bits
        case (.f32(let value), .f32): return value.bits
        case (.f64(let value), .f64): return value.bits
        case (.funcref(let function), _):
            bits =
                try function.map { function throws(RuntimeError) in
                    UInt64(UInt(bitPattern: try store.pointer(to: function)))
                } ?? 0
            top = .function
        case (.externref(let reference), _):
            bits = try Self.bits(of: reference?.reference, in: store)
            top = .external
        case (.anyref(let reference), _):
            bits = try Self.bits(of: reference, in: store)
            top = .any
        case (.exnref(let reference), _):
            bits = try Self.bits(of: reference, in: store)
            top = .exception
        default: throw .usage(.wrongValueType(expected: ValueType(type), found: self.type))
        }
        guard store.engine.accepts(bits, of: top, as: type) else {
            throw .usage(.wrongValueType(expected: ValueType(type), found: self.type))
        }
        return bits
    }

    private static func bits(of reference: Reference?, in store: Store) throws(RuntimeError) -> UInt64 {
        guard let reference else { return 0 }
        guard reference.store === store else { throw .usage(.foreignStore) }
        return reference.bits
    }
}

/// A Swift type that stands for a WebAssembly value type in typed functions.
///
/// `Int32`, `UInt32`, `Int64`, `UInt64`, `Float`, `Double` and `SIMD16<UInt8>` conform; so may types of your own that
/// are one of these inside.
public protocol WasmValue {
    /// Its type in WebAssembly: a number or vector type.
    static var valueType: ValueType { get }
    /// The value that a slot of 8 bytes holds; the upper half is arbitrary for 32-bit types.
    init(bits: UInt64)
    /// What a slot of 8 bytes holds for the value.
    var bits: UInt64 { get }
    /// The value that two slots hold: only asked for where ``valueType`` is ``ValueType/v128``.
    init(bits: UInt64, upperBits: UInt64)
    /// What the second slot holds for a vector.
    var upperBits: UInt64 { get }
}

extension WasmValue {
    /// The value of the first slot: that of all types but vectors.
    public init(bits: UInt64, upperBits: UInt64) { self.init(bits: bits) }
    /// 0: only vectors have a second slot.
    public var upperBits: UInt64 { 0 }
}

extension ValueType {
    /// Slots that a value takes.
    var slotCount: Int { self == .v128 ? 2 : 1 }
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

extension SIMD16: WasmValue where Scalar == UInt8 {
    /// `v128`.
    public static var valueType: ValueType { .v128 }
    /// The lower 8 bytes, zeroes above.
    public init(bits: UInt64) { self.init(bits: bits, upperBits: 0) }
    /// The lower 8 bytes.
    public var bits: UInt64 { unsafeBitCast(self, to: SIMD2<UInt64>.self).x.littleEndian }
    /// Both slots' bytes, the first slot's lowest.
    public init(bits: UInt64, upperBits: UInt64) {
        self = unsafeBitCast(SIMD2(bits.littleEndian, upperBits.littleEndian), to: Self.self)
    }
    /// The upper 8 bytes.
    public var upperBits: UInt64 { unsafeBitCast(self, to: SIMD2<UInt64>.self).y.littleEndian }
}
