internal import CPlatform
internal import MoteMemory
internal import MoteModule

/// Turns one validated function body into internal code.
///
/// One pass. An abstract operand stack says where each value is (``OperandEntry``), so locals and constants are
/// read in place and copies appear only where control flow joins or arguments must lie in a row. Fusion looks one
/// instruction back: see ``LastInstruction``. Nothing unwinds where memory runs out: ``CodeBuffer`` keeps the error, and the
/// loop over instructions asks for it. All functions are `mutating`, for others get a copy of the whole value.
///
/// Slots relative to fp: negative ones are arguments and header; then
/// `locals | reference range: reference locals and parameters, reference temporaries | temporaries`.
struct Translator {
    // What most functions here ask for comes first: within 128 bytes, an offset takes one byte of the machine's code.
    let module: Module.Pointer
    var entries: UnsafeMutablePointer<OperandEntry>
    var frames: UnsafeMutablePointer<ControlFrame>
    var entryCount = 0
    /// Slots of all entries together.
    var stackSlots = 0
    var frameCount = 0
    /// First slot of temporaries that are no references.
    var temporaryStart = 0
    /// Slots whose values are also in `r` and `d`; `noSlot` for none.
    var integerRegister = Translator.noSlot
    var floatRegister = Translator.noSlot
    /// The comparison on top is to be read as its opposite by the branch that follows.
    var isNegated = false
    var needsMoreReferences = false
    /// Some call replaces the frame.
    var hasTailCalls = false
    var last = LastInstruction()
    var reader: BodyReader
    var code: CodeBuffer
    /// Entries of kind local, by index, oldest first.
    var lazy = LazyEntries()

    let functionIndex: UInt32
    /// Bit 0 guard pages, bit 1 fuel.
    let variant: UInt32
    /// First code word of (module, variant).
    let codeWords: UnsafeMutablePointer<UnsafeMutablePointer<MoteCode>?>
    let arena: Arena
    let function: UnsafeMutablePointer<FunctionDeclaration>?
    let type: UnsafeMutablePointer<DefinedType>?
    /// The guest's stack pointer, writes of which are other instructions; the largest number for most modules.
    var stackPointerIndex = UInt32.max
    var stackPointerIs64 = false

    var frameCapacity: Int
    /// Slot and type of each local, parameters first.
    var locals: UnsafeMutablePointer<LocalVariable>
    var localCount = 0
    /// References on the operand stack, and the most that the reference range has room for.
    var referenceCount = 0
    var referenceTemporaries: Int

    var argumentSlots = 0
    /// First slot of the reference range.
    var referenceRangeStart = 0
    /// First slot of reference temporaries.
    var referenceStart = 0
    var frameSlots = 0

    /// The two instructions written last, whether or not their results are known; offset -1: none, or a join between.
    var tail: (offset: Int, opcode: InternalOpcode) = (-1, InternalOpcode(0))
    var previousTail: (offset: Int, opcode: InternalOpcode) = (-1, InternalOpcode(0))

    /// What the branch at hand asks.
    var condition = BranchCondition()

    /// Instruction in the body being translated, for code that maps pc to byte offset.
    var instructionOffset: UInt32 = 0
    /// Looking for the byte offset of this code offset instead of code; -1: no.
    var soughtCodeOffset = -1
    var foundByteOffset: UInt32?

    /// The table that goes behind the code.
    var handlers = HandlerBuffer()

    /// Fuel: offset of the charge that the current stretch adds to, and its units.
    var chargeOffset = -1
    var chargeUnits: UInt32 = 0

    static var noSlot: Int16 { Int16.max }

    @inline(__always)
    var isGuarded: Bool { variant & 1 != 0 }
    @inline(__always)
    var isMetered: Bool { variant & 2 != 0 }
}

/// A local: where it lives and what it holds.
struct LocalVariable {
    var slot: Int16
    var type: UInt8
    var isReference: Bool { type == 0x63 || type == 0x64 }
}

/// What fusion needs to know about the instruction written last; reset where control flow joins.
struct LastInstruction {
    /// Offset of the instruction, -1 when nothing may be fused with what was written last.
    var offset = -1
    var opcode = InternalOpcode(0)
    /// Slot of its result, field @8, if it has one there that nobody has read yet.
    var result = Translator.noSlot
    /// Registers before it, to go back to when it is taken away.
    var integerRegister = Translator.noSlot
    var floatRegister = Translator.noSlot
}

/// The entries that still refer to locals: a short stack, so that setting a local looks at few of them.
struct LazyEntries {
    static var capacity: Int { 32 }
    var count = 0
    var indices = InlineArray<32, Int32>(repeating: 0)
}
