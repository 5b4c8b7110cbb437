internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Checks a function's body and notes what its frame needs.
    mutating func validateFunction(_ index: UInt32) throws(Stop) {
        guard let function = functions.pointer(at: Int(index)),
            let type = types.pointer(at: Int(function.pointee.typeIndex))
        else { throw fail(.unknownFunction) }
        begin(function.pointee.body)
        functionIndex = index
        parameters = TypeList(parametersOf: type)
        results = TypeList(resultsOf: type)
        initialisation.clear()
        let localSlots = try readLocals()
        // The function's block has no parameters: they are locals.
        var signature = BlockSignature(type: type)
        signature.parameterCount = 0
        signature.values = results.base
        try open(.function, signature)
        try validateInstructions()
        guard cursor == end else { throw trailingBytes() }
        guard
            localSlots &+ 2 &* maximumSlots &+ ValidationLimits.slotReserve <= ValidationLimits.maximumSlots
        else { throw fail(.tooManySlots) }
        function.pointee.localSlots = UInt32(truncatingIfNeeded: localSlots)
        function.pointee.maximumOperandSlots = UInt32(truncatingIfNeeded: maximumSlots)
    }

    /// Checks a constant expression that fills a range.
    mutating func validateConstant(_ range: ByteRange, _ type: ValueType) throws(Stop) {
        begin(range)
        try validateConstant(type)
        guard cursor == end else { throw trailingBytes() }
    }

    /// Checks several constant expressions that fill a range, one after another.
    mutating func validateConstants(_ range: ByteRange, count: UInt32, _ type: ValueType) throws(Stop) {
        begin(range)
        var remaining = count
        while remaining > 0 {
            remaining &-= 1
            try validateConstant(type)
        }
        guard cursor == end else { throw trailingBytes() }
    }

    /// The constant expression at the cursor (spec 3.4 "Constant Expressions").
    private mutating func validateConstant(_ type: ValueType) throws(Stop) {
        parameters = .empty
        results = .empty
        functionIndex = nil
        localCount = 0
        directLocalCount = 0
        initialisation.clear()
        try open(.function, BlockSignature(result: type))
        while frameCount > 0 {
            guard cursor < end else { throw missingEnd() }
            instruction = cursor
            let byte = cursor.pointee
            cursor += 1
            try requireConstant(byte)
            try validateConstantInstruction(byte)
        }
    }

    /// One of those that ``requireConstant(_:)`` lets through; not all of them once more.
    private mutating func validateConstantInstruction(_ byte: UInt8) throws(Stop) {
        switch byte {
        case 0x0B: try validateEnd()
        case 0x23: try validateGlobalGet()
        case 0x41...0x44: try validateNumber(byte)
        case 0x6A...0x6C: try validateBinary(.i32, .i32)
        case 0x7C...0x7E: try validateBinary(.i64, .i64)
        default: try validateRareInstruction(byte)
        }
    }

    private mutating func validateNumber(_ byte: UInt8) throws(Stop) {
        switch byte {
        case 0x41: try skipInt32()
        case 0x42: try skipInt64()
        default: try skip(byte == 0x43 ? 4 : 8)
        }
        // In the order of their opcodes, types count down.
        try push(ValueType(rawValue: UInt32(0x7F &- (byte &- 0x41))))
    }

    private mutating func requireConstant(_ byte: UInt8) throws(Stop) {
        switch byte {
        case 0x0B, 0x41...0x44, 0xD0, 0xD2: break
        case 0x6A...0x6C, 0x7C...0x7E: try require(.extendedConstants)
        case 0x23: try requireConstantGlobal()
        case 0xFB: try requireConstantAggregate()
        case 0xFD: try requireConstantVector()
        default: throw fail(.constantExpressionRequired)
        }
    }

    /// Looks ahead: the global exists already, and never changes.
    private mutating func requireConstantGlobal() throws(Stop) {
        let start = cursor
        let index = try readU32()
        cursor = start
        guard Int(index) < visibleGlobalCount, let global = globals.pointer(at: Int(index)) else {
            throw fail(.unknownGlobal)
        }
        guard !global.pointee.type.isMutable else { throw fail(.constantExpressionRequired) }
    }

    /// Looks ahead: `struct.new`, `array.new`, `ref.i31` and the conversions to and from external references.
    private mutating func requireConstantAggregate() throws(Stop) {
        let start = cursor
        let number = try readU32()
        cursor = start
        switch number {
        case 0, 1, 6, 7, 8, 26, 27, 28: break
        default: throw fail(.constantExpressionRequired)
        }
    }

    /// Looks ahead: `v128.const`.
    private mutating func requireConstantVector() throws(Stop) {
        let start = cursor
        let number = try readU32()
        cursor = start
        guard number == 12 else { throw fail(.constantExpressionRequired) }
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
