internal import MotePlatform

/// A value, storage or reference type, packed in one word (spec 2.3, "Types").
///
/// ```
/// bits 0-7    kind: the byte of the binary format (0x7F i32 ... 0x64 ref, 0x63 ref null, 0x78 i8, 0x77 i16)
/// bits 8-31   heap type of a reference: an abstract one (``HeapType``) or a type index / canonical id
/// ```
/// Inside a ``Module`` a concrete heap type is a type index; after canonicalisation it is a canonical id
/// of the runtime's ``TypeRegistry``. Two canonical types are equal if their words are.
@frozen
package struct ValueType: RawRepresentable, Equatable, Hashable, Sendable {
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    // Written out: the synthesised ones are not inlined into other modules.
    @inlinable @inline(__always)
    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
    @inlinable @inline(__always)
    package static func != (left: Self, right: Self) -> Bool { left.rawValue != right.rawValue }

    @inlinable package static var i32: Self { .init(rawValue: 0x7F) }
    @inlinable package static var i64: Self { .init(rawValue: 0x7E) }
    @inlinable package static var f32: Self { .init(rawValue: 0x7D) }
    @inlinable package static var f64: Self { .init(rawValue: 0x7C) }
    @inlinable package static var v128: Self { .init(rawValue: 0x7B) }
    /// Storage types of fields only.
    @inlinable package static var i8: Self { .init(rawValue: 0x78) }
    @inlinable package static var i16: Self { .init(rawValue: 0x77) }
    /// What validation pushes in unreachable code: matches every type.
    @inlinable package static var bottom: Self { .init(rawValue: 0) }
    @inlinable package static var funcref: Self { .reference(.function, isNullable: true) }
    @inlinable package static var externref: Self { .reference(.external, isNullable: true) }

    /// A reference type.
    @inlinable
    package static func reference(_ heapType: HeapType, isNullable: Bool) -> Self {
        .init(rawValue: (isNullable ? 0x63 : 0x64) | (heapType.rawValue &<< 8))
    }

    @inlinable package var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    @inlinable package var isReference: Bool { kind == 0x63 || kind == 0x64 }
    @inlinable package var isNullable: Bool { kind == 0x63 }
    @inlinable package var isNumeric: Bool { kind >= 0x7C && kind <= 0x7F }
    @inlinable package var isPacked: Bool { kind == 0x78 || kind == 0x77 }
    /// The heap type of a reference; meaningless otherwise.
    @inlinable package var heapType: HeapType { HeapType(rawValue: rawValue &>> 8) }
    /// Slots of 8 bytes that a value takes: 2 for v128.
    @inlinable package var slotCount: Int { Build.hasVectors && kind == 0x7B ? 2 : 1 }
    /// Whether the type has a default value (not a non-null reference).
    @inlinable package var isDefaultable: Bool { kind != 0x64 }
}

/// What a reference refers to: an abstract heap type, or the type with an index (spec 2.3.4).
///
/// Abstract ones keep the byte of the binary format above 0xFFFF00; everything below is an index or canonical id.
@frozen
package struct HeapType: RawRepresentable, Equatable, Hashable, Sendable {
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    @inlinable @inline(__always)
    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
    @inlinable @inline(__always)
    package static func != (left: Self, right: Self) -> Bool { left.rawValue != right.rawValue }

    @inlinable package static var noException: Self { .init(rawValue: 0xFFFF74) }
    @inlinable package static var noFunction: Self { .init(rawValue: 0xFFFF73) }
    @inlinable package static var noExternal: Self { .init(rawValue: 0xFFFF72) }
    @inlinable package static var none: Self { .init(rawValue: 0xFFFF71) }
    @inlinable package static var function: Self { .init(rawValue: 0xFFFF70) }
    @inlinable package static var external: Self { .init(rawValue: 0xFFFF6F) }
    @inlinable package static var any: Self { .init(rawValue: 0xFFFF6E) }
    @inlinable package static var eq: Self { .init(rawValue: 0xFFFF6D) }
    @inlinable package static var i31: Self { .init(rawValue: 0xFFFF6C) }
    @inlinable package static var structure: Self { .init(rawValue: 0xFFFF6B) }
    @inlinable package static var array: Self { .init(rawValue: 0xFFFF6A) }
    @inlinable package static var exception: Self { .init(rawValue: 0xFFFF69) }

    /// The type with an index (before canonicalisation) or a canonical id (after).
    @inlinable
    package static func concrete(_ index: UInt32) -> Self { .init(rawValue: index) }
    @inlinable package var isConcrete: Bool { rawValue < 0xFFFF00 }
}
