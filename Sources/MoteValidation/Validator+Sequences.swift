internal import MoteBinary
internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Checks a function's body and notes what its frame needs.
    mutating func validateFunction(_ index: UInt32) {
        guard let function = functions.pointer(at: Int(index)), let type = functionType(index) else { return }
        begin(function.pointee.body)
        functionIndex = index
        parameters = type.pointee.parameters
        initialisation.count = 0
        let localSlots = readLocals()
        // The function's block has no parameters: they are locals.
        var signature = BlockSignature(type: type)
        signature.parameterCount = 0
        signature.values = type.pointee.results.base
        open(.function, signature)
        validateInstructions(downTo: 0)
        requireEnd()
        if localSlots &+ 2 &* maximumSlots &+ ValidationLimits.slotReserve > ValidationLimits.maximumSlots {
            fail(.tooManySlots)
        }
        function.pointee.localSlots = UInt32(truncatingIfNeeded: localSlots)
        function.pointee.maximumOperandSlots = UInt32(truncatingIfNeeded: maximumSlots)
    }

    /// What was checked must fill its range.
    private mutating func requireEnd() {
        if cursor != end { malformed(.sectionSizeMismatch) }
    }

    /// Checks constant expressions that fill a range, one after another.
    @inline(never)
    mutating func validateConstants(_ range: ByteRange, count: UInt32, _ type: ValueType) {
        begin(range)
        var remaining = count
        while remaining > 0, !hasFailed {
            remaining &-= 1
            validateConstant(type)
        }
        requireEnd()
    }

    /// Checks a constant expression that fills a range.
    mutating func validateConstant(_ range: ByteRange, _ type: ValueType) {
        validateConstants(range, count: 1, type)
    }

    /// The constant expression at the cursor (spec 3.4 "Constant Expressions").
    private mutating func validateConstant(_ type: ValueType) {
        open(.function, BlockSignature(result: type))
        while frameCount > 0 {
            guard cursor < end else { return malformed(.endExpected) }
            instruction = cursor
            requireConstant()
            validateInstructions(downTo: .max)
        }
    }

    /// Looks ahead at the instruction at the cursor.
    private mutating func requireConstant() {
        let start = cursor
        let byte = readByte()
        switch byte {
        case 0x0B, 0x41...0x44, 0xD0, 0xD2: break
        case 0x6A...0x6C, 0x7C...0x7E: require(.extendedConstants)
        case 0x23: requireConstantGlobal()
        case 0xFB, 0xFD:
            let number = readU32()
            // `v128.const` only.
            let isConstant = byte == 0xFD ? number == 12 : isConstantAggregate(number)
            if !isConstant { fail(.constantExpressionRequired) }
        default: fail(.constantExpressionRequired)
        }
        cursor = start
    }

    /// The global exists already, and never changes.
    private mutating func requireConstantGlobal() {
        let index = Int(readU32())
        guard index < visibleGlobalCount, let global = globals.pointer(at: index) else {
            return fail(.unknownGlobal)
        }
        if global.pointee.type.isMutable { fail(.constantExpressionRequired) }
    }

    /// `struct.new`, `array.new`, `ref.i31` and the conversions to and from external references.
    private func isConstantAggregate(_ number: UInt32) -> Bool {
        switch number {
        case 0, 1, 6, 7, 8, 26, 27, 28: true
        default: false
        }
    }

    /// Empties the stacks and points the cursor at a range of the module.
    mutating func begin(_ range: ByteRange) {
        // Safe: the decoder makes ranges inside the module's bytes only.
        cursor = moduleBytes + Int(range.offset)
        end = cursor + Int(range.sizeInBytes)
        instruction = cursor
        count = 0
        wideCount = 0
        floor = 0
        frameCount = 0
        isUnreachable = false
        maximumSlots = 0
    }
}
