internal import MoteModule
internal import MotePlatform

/// One value of the operand stack, as the translator sees it while no instruction has read it yet.
///
/// Locals and constants are not copied to the stack: the entry remembers where the value is, and the instruction
/// that consumes it reads it there. 16 bytes.
struct OperandEntry {
    enum Kind: UInt8 {
        /// In its home slot.
        case temporary
        /// Still in a local; `slot` is the local's.
        case local
        /// Known; `value` has the bits.
        case constant
        /// An i32: the local in `slot` plus `value`, not yet added: most are addresses, which accesses add up.
        case sum
    }

    var value: UInt64
    /// Where the value is, unless it is a constant.
    var slot: Int16
    /// Where it goes when it must be in memory: its position, or a slot of the reference range for a reference.
    var home: Int16
    /// Its position among the frame's temporaries: where it has to be as an argument or result.
    var position: Int16
    var kind: Kind
    /// Kind byte of its ``ValueType``.
    var type: UInt8

    /// Whether the entry reads a local when it is consumed.
    @inline(__always)
    var isLazy: Bool { kind == .local || kind == .sum }
    @inline(__always)
    var isVector: Bool { Build.hasVectors && type == 0x7B }
    /// Slots that the value takes.
    @inline(__always)
    var slotCount: Int { isVector ? 2 : 1 }
    @inline(__always)
    var isFloat: Bool { type == 0x7D || type == 0x7C }
    @inline(__always)
    var isReference: Bool { type == 0x63 || type == 0x64 }
}

/// An entry where it lies: copies of entries would be packed and unpacked all the time.
///
/// One that was popped stays as it was until the next is pushed.
struct Operand {
    let entry: UnsafeMutablePointer<OperandEntry>

    @inline(__always)
    var value: UInt64 { entry.pointee.value }
    @inline(__always)
    var slot: Int16 {
        get { entry.pointee.slot }
        nonmutating set { entry.pointee.slot = newValue }
    }
    @inline(__always)
    var home: Int16 { entry.pointee.home }
    @inline(__always)
    var kind: OperandEntry.Kind {
        get { entry.pointee.kind }
        nonmutating set { entry.pointee.kind = newValue }
    }
    @inline(__always)
    var type: UInt8 { entry.pointee.type }
    @inline(__always)
    var isLazy: Bool { entry.pointee.isLazy }
    @inline(__always)
    var isVector: Bool { entry.pointee.isVector }
    @inline(__always)
    var slotCount: Int { entry.pointee.slotCount }
    @inline(__always)
    var isFloat: Bool { entry.pointee.isFloat }
    @inline(__always)
    var isReference: Bool { entry.pointee.isReference }
}

/// Slots of a value whose type has a kind byte.
@inline(__always)
func slotCount(ofKind type: UInt8) -> Int { Build.hasVectors && type == 0x7B ? 2 : 1 }

/// A block, loop, if or function body being translated.
struct ControlFrame {
    enum Kind: UInt8 {
        case function
        case block
        case loop
        case conditional
        case alternative
        case tryTable
        /// A `try` in its body, and in one of its catches.
        case legacyTry
        case legacyCatch
    }

    var isTry: Bool {
        Build.hasExceptions && (kind == .tryTable || kind == .legacyTry || kind == .legacyCatch)
    }

    var kind: Kind
    /// Nothing can reach the code that is being read.
    var isUnreachable: Bool
    /// A branch goes to the end, so registers cannot be trusted behind it.
    var isTargeted: Bool
    /// Entries below the block's parameters, the slots they take, and how many of them are references.
    var entryCount: Int32
    var stackSlots: Int32
    var referenceCount: Int32
    var parameterCount: Int32
    var resultCount: Int32
    /// Parameter and result types: of a function type, or the single result beside.
    var typeIndex: UInt32
    var singleResult: ValueType
    /// Loop, try: offset of its first instruction.
    var start: Int32
    /// Last branch to the end whose distance is not known yet; each holds the offset of the one before.
    ///
    /// -1: none.
    var fixups: Int32
    /// Conditional: the branch to its else.
    ///
    /// -1: none.
    var elseFixup: Int32
    /// `try_table`: where the module's bytes say what it catches.
    ///
    /// `try`: its entry of the catch table.
    var catching: UInt32 = 0
}
