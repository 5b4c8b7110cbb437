internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Checks instruction sequences: function bodies and constant expressions (spec appendix "Validation Algorithm").
///
/// One value serves a whole module; its scratch grows to what the largest function needs and is given back by
/// ``release()``. All pointers are into that scratch, the module's bytes or the module's arena, which outlive it.
///
/// A rule that is broken unwinds nothing: ``stop(_:)`` keeps the reason and empties what is left to read. The rule at
/// hand goes on to its end, with nothing where it wanted a value, and the next instruction is not there. So no call
/// needs a test. What comes behind a failure may do nothing but end: loops whose count was read ask ``hasFailed``.
///
/// ```
/// operands  [ types of the enclosing blocks | floor: types of the innermost block ... count )  maximum, capacity
/// frames    [ function | block | ... | innermost ]                                              frameCount
/// ```
struct Validator: ~Copyable {
    // What most instructions touch comes first: near addresses are short. What starts as zero stands together.
    var cursor: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>
    /// Start of the instruction at hand: where errors point.
    var instruction: UnsafePointer<UInt8>
    /// The operand stack: raw words of ``ValueType``.
    var operands: UnsafeMutablePointer<UInt32>
    /// Open blocks.
    var frames: UnsafeMutablePointer<ControlFrame>
    /// Types of the first locals, parameters included: raw words of ``ValueType``.
    var locals: UnsafeMutablePointer<UInt32>
    let moduleBytes: UnsafePointer<UInt8>
    let module: Module.Pointer
    /// Memory 0 is there, and has 32-bit addresses.
    let hasPlainMemory: Bool

    /// The rest of the innermost block cannot be reached: its stack is as deep as anyone asks.
    var isUnreachable = false
    var hasFailed = false
    var usesMemorySize = false
    var usedFeatures: FeatureSet = .none

    // Operands.
    var count: Int = 0
    /// Height of the stack at which the innermost block starts.
    var floor: Int = 0
    /// Most slots in use at once so far; there is room for as many operands.
    var maximumSlots: Int = 0
    var frameCount: Int = 0
    var directLocalCount: Int = 0
    /// How many v128 are among `operands`.
    var wideCount: Int = 0

    // Locals, parameters included.
    var localCount: Int = 0
    var localRuns: UnsafeMutablePointer<LocalRun>?
    var localRunCount: Int = 0
    var localRunCapacity: Int = 0
    var initialisation = LocalInitialisation()
    /// Of the function at hand.
    var parameters: Items<ValueType> = .empty
    /// Globals that a constant expression may read: those before its own.
    var visibleGlobalCount = 0

    var operandCapacity: Int
    var frameCapacity: Int
    let registry: TypeRegistry.Pointer
    let arena: Arena
    /// What the embedder allows and this room has rules for.
    let features: FeatureSet
    /// Index of the function at hand; nil outside function bodies.
    var functionIndex: UInt32?
    /// Why the validation ends, where it has failed.
    var failure: ValidationFailure

    init(
        module: Module.Pointer,
        registry: TypeRegistry.Pointer,
        features: FeatureSet,
        scratch: ValidationScratch
    ) {
        operands = scratch.operands
        operandCapacity = ValidationScratch.initialOperands
        frames = scratch.frames
        frameCapacity = ValidationScratch.initialFrames
        locals = scratch.locals
        self.module = module
        arena = module.pointee.arena
        self.registry = registry
        self.features = features
        moduleBytes = module.pointee.bytes
        cursor = moduleBytes
        end = moduleBytes
        instruction = moduleBytes
        hasPlainMemory = module.pointee.memories.pointer(at: 0)?.pointee.limits.is64 == false
        failure = .invalid(ValidationError(kind: .typeMismatch))
    }

    // What instructions refer to.
    @inline(__always) var types: Items<DefinedType> { module.pointee.types }
    @inline(__always) var functions: Items<FunctionDeclaration> { module.pointee.functions }
    @inline(__always) var globals: Items<GlobalDeclaration> { module.pointee.globals }

    /// Gives the scratch back; the value must not be used any more.
    mutating func release() {
        free(operands)
        free(frames)
        free(locals)
        free(localRuns)
        free(initialisation.bits)
        free(initialisation.order)
    }

    @inline(never)
    private mutating func free(_ block: UnsafeMutableRawPointer?) {
        if let block { arena.freeGrowable(block) }
    }

    /// Makes a block of scratch larger, or takes it where there is none; nil and the end without memory.
    @inline(never)
    mutating func resize(
        _ block: UnsafeMutableRawPointer?,
        to sizeInBytes: Int,
        site: AllocationSite
    ) -> UnsafeMutableRawPointer? {
        do {
            if let block { return try arena.resizeGrowable(block, to: sizeInBytes, site: site) }
            return try arena.allocateGrowable(sizeInBytes: sizeInBytes, region: .scratch, site: site)
        } catch {
            stop(.memory(error))
            return nil
        }
    }

    /// Ends the validation: nothing is left to read, and the first reason stays.
    @inline(never)
    mutating func stop(_ reason: ValidationFailure) {
        if !hasFailed { failure = reason }
        hasFailed = true
        end = moduleBytes
    }

    /// Ends the validation at the instruction at hand: `return fail(.typeMismatch)`.
    @inline(never)
    mutating func fail(_ kind: ValidationError.Kind) {
        fail(kind, nil)
    }

    /// The same for the kinds that begin with `feature`.
    @inline(never)
    mutating func fail(_ kind: ValidationError.Kind, _ feature: Feature?) {
        let offset = UInt32(truncatingIfNeeded: instruction - moduleBytes)
        stop(
            .invalid(
                ValidationError(
                    kind: kind,
                    functionIndex: functionIndex,
                    byteOffset: offset,
                    feature: feature
                )
            )
        )
    }

    /// Ends the validation at bytes that cannot be decoded at all: the decoder's errors, at the cursor.
    @inline(never)
    mutating func malformed(_ kind: DecodeError.Kind) {
        stop(.malformed(DecodeError(kind, at: cursor - moduleBytes)))
    }

    /// Ends the validation unless a proposal is on; notes that the module uses it.
    @inline(never)
    mutating func require(_ feature: Feature) {
        guard features.contains(feature) else { return refuse(feature) }
        usedFeatures.insert(feature)
    }

    mutating func refuse(_ feature: Feature) {
        fail(FeatureSet.executable.contains(feature) ? .featureDisabled : .featureLeftOut, feature)
    }
}

/// The blocks that a ``Validator`` starts with.
struct ValidationScratch {
    var operands: UnsafeMutablePointer<UInt32>
    var frames: UnsafeMutablePointer<ControlFrame>
    var locals: UnsafeMutablePointer<UInt32>

    /// Enough for most functions; doubled as needed.
    static var initialOperands: Int { 64 }
    static var initialFrames: Int { 16 }

    init(in arena: Arena) throws(MemoryError) {
        var first: UnsafeMutableRawPointer?
        var second: UnsafeMutableRawPointer?
        do {
            let operands = try Self.block(
                Self.initialOperands &* MemoryLayout<UInt32>.stride,
                site: .validationOperands,
                arena
            )
            first = operands
            let frames = try Self.block(
                Self.initialFrames &* MemoryLayout<ControlFrame>.stride,
                site: .validationFrames,
                arena
            )
            second = frames
            let locals = try Self.block(
                ValidationLimits.directLocals &* MemoryLayout<UInt32>.stride,
                site: .validationLocals,
                arena
            )
            self.operands = operands.assumingMemoryBound(to: UInt32.self)
            self.frames = frames.assumingMemoryBound(to: ControlFrame.self)
            self.locals = locals.assumingMemoryBound(to: UInt32.self)
        } catch {
            if let first { arena.freeGrowable(first) }
            if let second { arena.freeGrowable(second) }
            throw error
        }
    }

    @inline(never)
    private static func block(
        _ sizeInBytes: Int,
        site: AllocationSite,
        _ arena: Arena
    ) throws(MemoryError) -> UnsafeMutableRawPointer {
        try arena.allocateGrowable(sizeInBytes: sizeInBytes, region: .scratch, site: site)
    }
}
