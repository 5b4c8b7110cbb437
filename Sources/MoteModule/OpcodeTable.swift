package import CPlatform
internal import MotePlatform

/// The type of an operand in a signature of the opcode table.
@frozen
package enum OperandKind: UInt8, Sendable {
    case none = 0
    case i32 = 1
    case i64 = 2
    case f32 = 3
    case f64 = 4
    case v128 = 5
    /// i32 or i64, as the memory that the instruction names has it.
    case address = 6

    /// The value type, given the type of the memory's addresses.
    @inlinable
    package func valueType(is64: Bool) -> ValueType {
        switch self {
        case .none: .bottom
        case .i32: .i32
        case .i64: .i64
        case .f32: .f32
        case .f64: .f64
        case .v128: .v128
        case .address: is64 ? .i64 : .i32
        }
    }
}

/// What an instruction takes and leaves, packed in one word.
///
/// ```
/// bits 0-15 up to four parameters, 16-23 up to two results (``OperandKind``, 4 bits each, first lowest)
/// bits 24-26 how many parameters, 28-29 how many results, 31 contextual: nothing else is set
/// ```
@frozen
package struct OperationSignature: Equatable, Sendable {
    package var rawValue: UInt32

    @inlinable
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Types depend on immediates or on the stack: validation has a rule of its own.
    @inlinable package var isContextual: Bool { rawValue & 0x8000_0000 != 0 }
    @inlinable package var parameterCount: Int { Int((rawValue &>> 24) & 7) }
    @inlinable package var resultCount: Int { Int((rawValue &>> 28) & 3) }
    /// The parameter at a position below 4; `.none` behind the last one.
    @inlinable
    package func parameter(_ position: Int) -> OperandKind {
        // Safe: the generator writes only raw values of OperandKind, which are consecutive from zero.
        unsafeBitCast(
            UInt8(truncatingIfNeeded: (rawValue &>> UInt32(truncatingIfNeeded: 4 &* position)) & 7),
            to: OperandKind.self
        )
    }
    /// The result at a position below 2; `.none` behind the last one.
    @inlinable
    package func result(_ position: Int) -> OperandKind {
        parameter(position &+ 4)
    }
}

/// One row of the opcode table: what decoder, validator, text format and disassembler know of an instruction.
@frozen
package struct OpcodeRow {
    @usableFromInline let row: UnsafePointer<MoteOpcodeRow>

    @inlinable
    init(row: UnsafePointer<MoteOpcodeRow>) { self.row = row }

    // Safe: the generator numbers the cases of these enums in the order in which it declares them.
    @inlinable package var opcode: Opcode { unsafeBitCast(row.pointee.opcode, to: Opcode.self) }
    @inlinable package var immediates: ImmediateKind {
        unsafeBitCast(row.pointee.immediates, to: ImmediateKind.self)
    }
    @inlinable package var family: InstructionFamily {
        unsafeBitCast(row.pointee.family, to: InstructionFamily.self)
    }
    @inlinable package var signature: OperationSignature {
        OperationSignature(rawValue: row.pointee.signature)
    }
    /// The proposal it came with; nil for WebAssembly 1.0.
    @inlinable package var feature: Feature? {
        row.pointee.feature == 255 ? nil : unsafeBitCast(row.pointee.feature, to: Feature.self)
    }
    /// Whether a set of features has it.
    @inlinable
    package func isAvailable(in features: FeatureSet) -> Bool {
        row.pointee.feature == 255 || features.rawValue & (1 &<< UInt32(row.pointee.feature)) != 0
    }
    /// Loads and stores: base-2 logarithm of the bytes accessed, which is the largest alignment allowed.
    @inlinable package var naturalAlignmentLog2: UInt32 { UInt32(row.pointee.extra) }
    /// Lane instructions without a memory access: how many lanes there are.
    @inlinable package var laneCount: UInt32 { UInt32(row.pointee.extra) }
    /// The spelling of the text format, zero-terminated, for ever.
    package var name: UnsafePointer<CChar> { mote_opcode_name(row) }
}

/// All instructions by raw value of ``Opcode``.
package enum OpcodeTable {
    /// One past the largest raw value.
    @inlinable package static var count: UInt32 { UInt32(MOTE_OPCODE_ROW_COUNT) }

    /// The row of a raw value, or nil where there is no such instruction.
    @inlinable
    package static func row(_ rawValue: UInt32) -> OpcodeRow? {
        guard let row = mote_opcode_row(rawValue) else { return nil }
        return OpcodeRow(row: row)
    }

    /// The row of an opcode.
    @inlinable
    package static func row(_ opcode: Opcode) -> OpcodeRow? { row(UInt32(opcode.rawValue)) }

    /// Whether a byte is one of the four prefixes.
    @inlinable
    package static func isPrefix(_ byte: UInt8) -> Bool { byte >= 0xFB && byte <= 0xFE }

    /// The feature that a prefix stands for, where this build was made without it: then no row says so.
    @inlinable
    package static func leftOut(prefix: UInt8) -> Feature? {
        switch prefix {
        case 0xFB where !Build.hasGarbageCollection: .garbageCollection
        case 0xFD where !Build.hasVectors: .simd
        case 0xFE where !Build.hasThreads: .threads
        default: nil
        }
    }

    /// The raw value of a number behind a prefix, or nil where no such instruction can be.
    @inlinable
    package static func rawValue(prefix: UInt8, number: UInt32) -> UInt32? {
        switch prefix {
        case 0xFB: number < 0x100 ? 0x100 &+ number : nil
        case 0xFC: number < 0x100 ? 0x200 &+ number : nil
        case 0xFD: number < 0x200 ? 0x300 &+ number : nil
        case 0xFE: number < 0x100 ? 0x500 &+ number : nil
        default: nil
        }
    }
}
