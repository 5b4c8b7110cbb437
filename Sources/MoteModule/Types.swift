package import MoteMemory

/// What a composite type is made of (spec 2.3.7).
package enum CompositeKind: UInt8, Sendable {
    case function = 0x60
    case structure = 0x5F
    case array = 0x5E
}

/// One type of the type section: a function, struct or array, with its place in the subtype hierarchy.
///
/// `values` holds, for a function, parameters then results; for a struct its fields; for an array its element.
/// Concrete heap types in `values` are canonical ids.
package struct DefinedType {
    package var kind: CompositeKind
    package var isFinal: Bool
    /// Canonical id in the runtime's registry: equal exactly for equivalent types of one runtime.
    package var canonicalID: UInt32
    /// Canonical id of the declared supertype; `UInt32.max` for none.
    package var supertypeID: UInt32
    /// Function: how many of `values` are parameters.
    package var parameterCount: UInt32
    package var values: Items<ValueType>
    /// Struct and array: one bit per field, set when mutable (first 64 fields; see `isMutable`), kept beside values.
    package var mutability: Items<Bool>
    /// Function: slots of 8 bytes of the parameters, and of the results.
    package var parameterSlots: UInt16
    package var resultSlots: UInt16
    /// Struct: bytes of its fields, a multiple of 8; see ``layOut()``.
    package var fieldsSizeInBytes: UInt32 = 0
    /// Struct: bit n is set where the 8 bytes from 8n on are a reference, for n below 63; bit 63 where any later ones are.
    ///
    /// Array: 1 where the elements are references.
    package var referenceMask: UInt64 = 0

    @inlinable package var resultCount: Int { values.count &- Int(parameterCount) }
    /// The parameters of a function type.
    @inlinable package var parameters: Items<ValueType> {
        Items(base: values.base, count: Int(parameterCount))
    }
    /// The results of a function type.
    @inlinable package var results: Items<ValueType> {
        Items(base: values.base.map { $0 + Int(parameterCount) }, count: resultCount)
    }

    package init(
        kind: CompositeKind,
        isFinal: Bool,
        canonicalID: UInt32,
        supertypeID: UInt32,
        parameterCount: UInt32,
        values: Items<ValueType>,
        mutability: Items<Bool>,
        parameterSlots: UInt16,
        resultSlots: UInt16
    ) {
        self.kind = kind
        self.isFinal = isFinal
        self.canonicalID = canonicalID
        self.supertypeID = supertypeID
        self.parameterCount = parameterCount
        self.values = values
        self.mutability = mutability
        self.parameterSlots = parameterSlots
        self.resultSlots = resultSlots
        layOut()
    }
}

/// Sizes of a table or memory (spec 2.3.11): elements or pages.
package struct Limits: Equatable, Sendable {
    package var minimum: UInt64
    /// Nil: none declared.
    package var maximum: UInt64?
    /// Addresses are i64.
    package var is64: Bool
    package var isShared: Bool

    package init(minimum: UInt64, maximum: UInt64? = nil, is64: Bool = false, isShared: Bool = false) {
        self.minimum = minimum
        self.maximum = maximum
        self.is64 = is64
        self.isShared = isShared
    }
}

package struct TableType {
    package var limits: Limits
    package var elementType: ValueType
    /// Initialiser of the elements, if the module gives one; empty otherwise (null).
    package var initializer: ByteRange

    package init(limits: Limits, elementType: ValueType, initializer: ByteRange) {
        self.limits = limits
        self.elementType = elementType
        self.initializer = initializer
    }
}

package struct MemoryType: Equatable, Sendable {
    package var limits: Limits
    /// 16 unless the module has custom page sizes (then 0 or 16).
    package var pageSizeLog2: UInt8

    package init(limits: Limits, pageSizeLog2: UInt8) {
        self.limits = limits
        self.pageSizeLog2 = pageSizeLog2
    }
}

package struct GlobalType: Equatable, Sendable {
    package var valueType: ValueType
    package var isMutable: Bool

    package init(valueType: ValueType, isMutable: Bool) {
        self.valueType = valueType
        self.isMutable = isMutable
    }
}

/// A range of the module's bytes.
///
/// Offsets are from the start of the module; at most 4 GiB.
@frozen @usableFromInline
package struct ByteRange: Equatable, Sendable {
    @usableFromInline package var offset: UInt32
    @usableFromInline package var sizeInBytes: UInt32

    @inlinable
    package init(offset: UInt32, sizeInBytes: UInt32) {
        self.offset = offset
        self.sizeInBytes = sizeInBytes
    }
    @inlinable package static var empty: ByteRange { ByteRange(offset: 0, sizeInBytes: 0) }
    @inlinable package var isEmpty: Bool { sizeInBytes == 0 }
    @inlinable package var end: UInt32 { offset &+ sizeInBytes }
}
