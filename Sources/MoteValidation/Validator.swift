internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Ends the validation; the reason is kept by ``Validator/failure``.
///
/// Empty, so that a call that may throw costs one test.
struct Stop: Error {}

/// Checks instruction sequences: function bodies and constant expressions (spec appendix "Validation Algorithm").
///
/// One value serves a whole module; its scratch grows to what the largest function needs and is given back by
/// ``release()``. All pointers are into that scratch, the module's bytes or the module's arena, which outlive it.
///
/// ```
/// operands  [ types of the enclosing blocks | floor: types of the innermost block ... count )  maximum, capacity
/// frames    [ function | block | ... | innermost ]                                              frameCount
/// ```
struct Validator: ~Copyable {
    // The cursor.
    var cursor: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>
    /// Start of the instruction at hand: where errors point.
    var instruction: UnsafePointer<UInt8>

    // The operand stack: raw words of ``ValueType``.
    var operands: UnsafeMutablePointer<UInt32>
    var count: Int = 0
    /// How many v128 are among `operands`.
    var wideCount: Int = 0
    /// Height of the stack at which the innermost block starts.
    var floor: Int = 0
    /// The rest of the innermost block cannot be reached: its stack is as deep as anyone asks.
    var isUnreachable = false
    /// Most slots in use at once so far.
    var maximumSlots: Int = 0
    var operandCapacity: Int

    // Open blocks.
    var frames: UnsafeMutablePointer<ControlFrame>
    var frameCount: Int = 0
    var frameCapacity: Int

    // Locals, parameters included.
    var locals: UnsafeMutablePointer<UInt32>
    var directLocalCount: Int = 0
    var localCount: Int = 0
    var localRuns: UnsafeMutablePointer<LocalRun>?
    var localRunCount: Int = 0
    var localRunCapacity: Int = 0
    var initialisation = LocalInitialisation()

    // What instructions refer to. Copied from the module: read once per instruction.
    let module: Module.Pointer
    let moduleBytes: UnsafePointer<UInt8>
    let types: Items<DefinedType>
    let functions: Items<FunctionDeclaration>
    let globals: Items<GlobalDeclaration>
    /// Globals that a constant expression may read: those before its own.
    var visibleGlobalCount: Int
    let memoryCount: Int
    /// Address type of memory 0.
    let memoryIs64: Bool
    let registry: TypeRegistry.Pointer
    /// What the embedder allows and this room has rules for.
    let features: FeatureSet
    var usedFeatures: FeatureSet = .none
    var usesMemorySize = false
    /// Index of the function at hand; nil in constant expressions.
    var functionIndex: UInt32?
    var parameters: TypeList = .empty
    var results: TypeList = .empty
    let arena: Arena
    /// Why the last ``Stop`` was thrown.
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
        types = module.pointee.types
        functions = module.pointee.functions
        globals = module.pointee.globals
        visibleGlobalCount = globals.count
        memoryCount = module.pointee.memories.count
        memoryIs64 = module.pointee.memories[checked: 0]?.limits.is64 ?? false
        failure = .invalid(ValidationError(kind: .typeMismatch))
    }

    /// Gives the scratch back; the value must not be used any more.
    consuming func release() {
        arena.freeGrowable(operands)
        arena.freeGrowable(frames)
        arena.freeGrowable(locals)
        if let localRuns { arena.freeGrowable(localRuns) }
        initialisation.release(arena)
    }

    /// Records why validation ends, at the instruction at hand: `throw fail(.typeMismatch)`.
    @inline(never)
    mutating func fail(_ kind: ValidationError.Kind, feature: Feature? = nil) -> Stop {
        let offset = UInt32(truncatingIfNeeded: instruction - moduleBytes)
        failure = .invalid(
            ValidationError(kind: kind, functionIndex: functionIndex, byteOffset: offset, feature: feature)
        )
        return Stop()
    }

    /// Ends the validation unless a proposal is on; notes that the module uses it.
    @inline(never)
    mutating func require(_ feature: Feature) throws(Stop) {
        guard features.contains(feature) else { throw refuse(feature) }
        usedFeatures.insert(feature)
    }

    @inline(never)
    mutating func refuse(_ feature: Feature) -> Stop {
        fail(FeatureSet.executable.contains(feature) ? .featureDisabled : .featureLeftOut, feature: feature)
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
        let operandBytes = try arena.allocateGrowable(
            sizeInBytes: Self.initialOperands * MemoryLayout<UInt32>.stride,
            region: .scratch,
            site: .validationOperands
        )
        let frameBytes: UnsafeMutableRawPointer
        do {
            frameBytes = try arena.allocateGrowable(
                sizeInBytes: Self.initialFrames * MemoryLayout<ControlFrame>.stride,
                region: .scratch,
                site: .validationFrames
            )
        } catch {
            arena.freeGrowable(operandBytes)
            throw error
        }
        do {
            let localBytes = try arena.allocateGrowable(
                sizeInBytes: ValidationLimits.directLocals * MemoryLayout<UInt32>.stride,
                region: .scratch,
                site: .validationLocals
            )
            locals = localBytes.bindMemory(to: UInt32.self, capacity: ValidationLimits.directLocals)
        } catch {
            arena.freeGrowable(operandBytes)
            arena.freeGrowable(frameBytes)
            throw error
        }
        operands = operandBytes.bindMemory(to: UInt32.self, capacity: Self.initialOperands)
        frames = frameBytes.bindMemory(to: ControlFrame.self, capacity: Self.initialFrames)
    }
}
