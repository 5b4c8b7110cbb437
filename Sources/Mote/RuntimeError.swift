/// Why something did not work: one case for each stage, each with what one needs to act on it.
public enum RuntimeError: Error {
    /// The file could not be read.
    case file(path: String, reason: String)
    /// The bytes are no module. `byteOffset` is from the module's start.
    case decode(message: String, byteOffset: Int)
    /// The module makes use of a proposal that is switched off, or that this version does not execute.
    ///
    /// `byteOffset` is from the module's start.
    case featureOff(Feature, functionIndex: Int?, byteOffset: Int)
    /// The module breaks a rule.
    case validation(message: String, functionIndex: Int?, byteOffset: Int)
    /// An import is missing or does not fit.
    case link(LinkFailure)
    /// A region could not give what was asked, or the plan makes no sense.
    case memory(MemoryFailure)
    /// The host got no bytes of a guest's memory, or could not give them back.
    case guestHeap(GuestHeapFailure)
    /// Guest code trapped.
    case trap(Trap)
    /// Guest code threw an exception that nobody caught.
    case exception(WasmException)
    /// The guest asked to end, by WASI's `proc_exit` or libc-builtin's `exit`.
    case exit(code: UInt32)
    /// The guest ended itself by another function of libc-builtin's: `env.abort(1)`.
    case abort(message: String)
    /// The host looked outside of a linear memory. `count` is in bytes.
    case outOfBounds(address: UInt64, count: UInt64, sizeInBytes: UInt64)
    /// The module exports nothing of that name, or another kind.
    case export(name: String, wanted: String)
    /// The function has another type than it was asked for or called with.
    case signature(function: String, actual: FunctionType, wanted: FunctionType)
    /// WASI could not be set up: the host could not open a directory, or the arguments are too many.
    case wasi(message: String)
    /// The call makes no sense in the present state.
    case usage(UsageFailure)
}

/// Which import does not fit, and how.
public struct LinkFailure: Equatable, Sendable {
    /// How an import can fail.
    public enum Kind: Sendable {
        /// Nothing was given under its names.
        case unknownImport
        /// Something of another kind, type, limit or mutability was given.
        case incompatibleType
    }

    /// How it failed.
    public let kind: Kind
    /// The module name of the import.
    public let module: String
    /// The name of the import.
    public let name: String
    /// What the module wants.
    public let wanted: ExternalType?
    /// What it was given.
    public let found: ExternalType?
}

/// A region of the memory plan, as reports and errors name it.
public enum MemoryRegion: String, Sendable, CaseIterable {
    /// The records of runtime, stores and instances.
    case structures = "structures"
    /// Copies of modules' bytes.
    case moduleBytes = "module bytes"
    /// Decoded types, imports, exports, segments and functions.
    case module = "module"
    /// Translated code.
    case code = "code"
    /// Scratch of validation and translation.
    case scratch = "scratch"
    /// Values of globals.
    case globals = "globals"
    /// Elements of tables.
    case tables = "tables"
    /// Linear memories.
    case linearMemory = "linear memory"
    /// Operand stacks of execution environments.
    case operandStack = "operand stack"
    /// The garbage-collected heap.
    case gcHeap = "gc heap"
    /// WASI's arguments, descriptors and buffers.
    case wasi = "wasi"
    /// Records of app heaps.
    case appHeap = "app heap"
}

/// Why memory was not to be had.
public struct MemoryFailure: Equatable, Sendable {
    /// What went wrong.
    public enum Kind: Sendable {
        /// The region asked for more than its source had left.
        case exhausted
        /// The plan asks for something that does not exist.
        case invalidPlan
        /// The pool's own records were overwritten; it gives and takes nothing any more.
        case corrupted
    }

    /// What went wrong.
    public let kind: Kind
    /// The region that asked.
    public let region: MemoryRegion
    /// How many bytes it asked for.
    public let requestedInBytes: Int
    /// The largest block that the source could still give; nil where it cannot know.
    public let availableInBytes: Int?
    /// What is wrong with the plan; empty otherwise.
    public let reason: String
    /// Whether the bytes were to come from a pool.
    public let isPool: Bool
}

/// A call that makes no sense in the present state.
public enum UsageFailure: Equatable, Sendable {
    /// The module was unloaded.
    case moduleUnloaded
    /// The environment runs guest code on another thread.
    case environmentBusy
    /// What was given belongs to another store.
    case foreignStore
    /// A view of the memory is open, so it may not grow and no guest code may run.
    case memoryViewOpen
    /// The memory or table is at its maximum already.
    case maximumReached(maximum: UInt64)
    /// The global is a constant.
    case immutableGlobal
    /// A value of another type was expected.
    case wrongValueType(expected: ValueType, found: ValueType)
    /// This interface has no values of the type.
    case unsupportedValueType(ValueType)
    /// There are other numbers of arguments than parameters.
    case wrongArgumentCount(expected: Int, found: Int)
    /// The table has no element there.
    case noSuchElement(index: UInt64, count: UInt64)
    /// The bytes are not UTF-8.
    case notUTF8
    /// What was asked for belongs to an instance that is gone.
    case instanceGone
    /// A function type with too many values.
    case functionTypeTooLarge
    /// No memory may have these limits.
    case impossibleMemory(Limits)
    /// A rule of shared heaps was broken.
    case sharedHeap(SharedHeapFailure)
    /// Not in this version.
    case unsupported
}
