internal import CPlatform
internal import MoteMemory
internal import MoteModule

// Numeric instructions: opcode rows of spec 5.4.8 are contiguous and in the order of the generated handlers, so a
// family is one offset.

/// Operand forms of integer handlers, in the generator's order.
enum IntegerForm {
    static var slotSlot: Int { 0 }
    static var slotImmediate: Int { 1 }
    static var lastSlot: Int { 2 }
    static var slotLast: Int { 3 }
    static var lastImmediate: Int { 4 }
    static var count: Int { 5 }
    /// Branches only: an immediate of 32 bits.
    static var slotWide: Int { 5 }
    static var lastWide: Int { 6 }
    static var branchCount: Int { 7 }
}

/// Operand forms of float handlers, in the generator's order.
enum FloatForm {
    static var slotSlot: Int { 0 }
    static var lastSlot: Int { 1 }
    static var slotLast: Int { 2 }
    static var slotConstant: Int { 3 }
    static var lastConstant: Int { 4 }
    static var constantSlot: Int { 5 }
    static var constantLast: Int { 6 }
    static var count: Int { 7 }
}

/// How a numeric instruction is translated, as the generated rows say.
private enum NumericShape {
    // Vectors aside, every shape has a result type; comparisons of integers are those of two float types.
    static var unary: UInt16 { 0 }
    static var unaryOfFloat: UInt16 { 1 }
    static var integer: UInt16 { 2 }
    static var commutativeInteger: UInt16 { 3 }
    static var float: UInt16 { 4 }
    static var swappedFloat: UInt16 { 5 }
    static var plainFloat: UInt16 { 6 }
}

extension Translator {
    /// A comparison mirrored: a < b is b > a.
    ///
    /// Indices of eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
    private static func mirrored(_ condition: Int) -> Int { digit(condition, of: 0x76_98_32_54_10) }

    /// The opposite comparison of integers.
    static func negated(_ condition: Int) -> Int { digit(condition, of: 0x32_54_76_98_01) }

    /// The digit of four bits at an index, from the lowest on.
    static func digit(_ index: Int, of digits: UInt64) -> Int {
        Int(truncatingIfNeeded: digits &>> UInt64(truncatingIfNeeded: index &* 4) & 0xF)
    }

    /// Whether a constant of a width is what a sign-extended 32-bit immediate gives.
    static func fitsImmediate(_ value: UInt64, is64: Bool) -> Bool {
        !is64 || UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value))) == value
    }

    /// Binary integer operation or comparison of a family; `family` is the opcode of its first form.
    @inline(never)
    mutating func integerBinary(_ family: InternalOpcode, is64: Bool, isCommutative: Bool, resultType: UInt8)
    {
        var right = pop()
        var left = pop()
        if isCommutative, left.kind == .constant, right.kind != .constant { swap(&left, &right) }
        if right.kind == .constant, Translator.fitsImmediate(right.value, is64: is64) {
            if fuseImmediate(family, left, right.value) { return }
            emitImmediate(family, slot(of: left), right.value, resultType)
            return
        }
        if combine(family, left, right, isCommutative) { return }
        let leftSlot = slot(of: left)
        let rightSlot = slot(of: right)
        emitValue(family + integerForm(leftSlot, rightSlot), resultType, leftSlot, fields(rightSlot))
    }

    /// The form of two slots by where the last result is.
    @inline(never)
    mutating func integerForm(_ left: Int16, _ right: Int16) -> Int {
        if right == integerRegister { return IntegerForm.slotLast }
        return left == integerRegister ? IntegerForm.lastSlot : IntegerForm.slotSlot
    }

    /// Writes an operation of a slot and an immediate of 32 bits, whose result goes on the stack.
    @inline(never)
    mutating func emitImmediate(_ family: InternalOpcode, _ left: Int16, _ value: UInt64, _ resultType: UInt8)
    {
        let form = left == integerRegister ? IntegerForm.lastImmediate : IntegerForm.slotImmediate
        emitValue(family + form, resultType, left, UInt32(truncatingIfNeeded: value))
    }

    /// Comparison of integers; a constant on the left moves to the right, where it can be an immediate.
    @inline(never)
    mutating func integerCompare(_ comparison: InternalOpcode, is64: Bool) {
        var comparison = comparison
        let left = entries + (entryCount &- 2)
        if left.pointee.kind == .constant, left[1].kind != .constant,
            Translator.fitsImmediate(left.pointee.value, is64: is64)
        {
            // Homes stay with positions: only where the values are is exchanged. So a constant that had to be
            // written to its home would overwrite the other operand.
            swapTop()
            let first: InternalOpcode = is64 ? .i64Compare : .i32Compare
            let condition = Int(comparison.rawValue &- first.rawValue) / IntegerForm.count
            comparison = first + Translator.mirrored(condition) * IntegerForm.count
        }
        integerBinary(comparison, is64: is64, isCommutative: false, resultType: 0x7F)
    }

    /// Exchanges the values of the two entries on top.
    ///
    /// The one below must be a constant.
    private mutating func swapTop() {
        let lower = entries + (entryCount &- 2)
        swap(&lower[0].value, &lower[1].value)
        swap(&lower[0].slot, &lower[1].slot)
        swap(&lower[0].kind, &lower[1].kind)
        swap(&lower[0].type, &lower[1].type)
        if lower.pointee.isLazy {
            lazy.indices[lazy.count &- 1] = Int32(truncatingIfNeeded: entryCount &- 2)
        }
    }

    @inline(never)
    mutating func equalsZero(is64: Bool) {
        if !is64, negateLastComparison() { return }
        pushConstant(0, is64 ? 0x7E : 0x7F)
        integerCompare(is64 ? .i64Compare : .i32Compare, is64: is64)
    }

    /// One operand, forms slot and last; registers by operand and result type.
    @inline(never)
    mutating func unary(_ family: InternalOpcode, fromFloat: Bool, resultType: UInt8) {
        let source = popSlot()
        let isLast = source == (fromFloat ? floatRegister : integerRegister)
        emitValue(family + (isLast ? 1 : 0), resultType, source)
    }

    /// The form of a float instruction by where the last result is; `form` says where a constant is, if any.
    @inline(never)
    mutating func floatForm(_ left: Int16, _ right: Int16, like form: Int) -> Int {
        if form >= FloatForm.constantSlot {
            return right == floatRegister ? FloatForm.constantLast : FloatForm.constantSlot
        }
        if form >= FloatForm.slotConstant {
            return left == floatRegister ? FloatForm.lastConstant : FloatForm.slotConstant
        }
        if right == floatRegister { return FloatForm.slotLast }
        return left == floatRegister ? FloatForm.lastSlot : FloatForm.slotSlot
    }

    /// Binary float operation (`family` its first form) with a float or a boolean result.
    @inline(never)
    mutating func floatBinary(_ family: InternalOpcode, swapped: Bool, resultType: UInt8) {
        if fuseProduct(family) { return }
        var right = pop()
        var left = pop()
        if swapped { swap(&left, &right) }
        var form = FloatForm.slotSlot
        var constant: UInt64 = 0
        if right.kind == .constant {
            form = FloatForm.slotConstant
            constant = right.value
            left.slot = slot(of: left)
            right.slot = 0
        } else if left.kind == .constant {
            form = FloatForm.constantSlot
            constant = left.value
            left.slot = 0
        }
        let hasConstant = form != FloatForm.slotSlot
        let at = emitValue(
            family + floatForm(left.slot, right.slot, like: form),
            resultType,
            left.slot,
            fields(right.slot),
            sizeInBytes: hasConstant ? 24 : 16
        )
        if hasConstant { code.set64(at &+ 16, constant) }
    }

    /// Every numeric instruction of one byte from 0x45 on, and behind them the saturating truncations.
    mutating func numeric(_ byte: UInt8) {
        let row = mote_numeric_row(byte)
        var family = InternalOpcode(row & 0x7FF)
        let shape = row &>> 13
        let type = 0x7F &- UInt8(truncatingIfNeeded: row &>> 11 & 3)
        switch shape {
        case NumericShape.unary, NumericShape.unaryOfFloat:
            unary(family, fromFloat: shape == NumericShape.unaryOfFloat, resultType: type)
        case NumericShape.integer, NumericShape.commutativeInteger:
            let isCommutative = shape == NumericShape.commutativeInteger
            if type < 0x7E {
                let is64 = type == 0x7C
                if isCommutative { equalsZero(is64: is64) } else { integerCompare(family, is64: is64) }
                return
            }
            let top = entries + (entryCount &- 1)
            if byte == 0x6B, top.pointee.kind == .constant {
                // x - c is x + (-c), which more can be done with.
                top.pointee.value = UInt64(0 &- UInt32(truncatingIfNeeded: top.pointee.value))
                family = .i32Binary
            }
            integerBinary(
                family,
                is64: type == 0x7E,
                isCommutative: isCommutative || family == .i32Binary,
                resultType: type
            )
        case NumericShape.float, NumericShape.swappedFloat:
            floatBinary(family, swapped: shape == NumericShape.swappedFloat, resultType: type)
        case NumericShape.plainFloat:
            // min, max, copysign: slots only.
            let right = pop()
            let left = popSlot()
            emitValue(family, type, left, fields(slot(of: right)))
        default:
            // Same bits, other register.
            emitValue(family, type, popSlot())
        }
    }
}

extension Translator {
    /// Wide arithmetic, numbers from i64.add128 on: two results of 64 bits, the low half first.
    mutating func wide(_ operation: Int) {
        let isSum = operation < 2
        let fourth = isSum ? popSlot() : Translator.noSlot
        let third = isSum ? popSlot() : Translator.noSlot
        let second = popSlot()
        let first = popSlot()
        let low = pushTemporary(0x7E)
        let high = pushTemporary(0x7E)
        let at = emit(.wide + operation, sizeInBytes: 24, result: high)
        code.set16(at &+ 10, low)
        code.set16(at &+ 12, first)
        code.set16(at &+ 14, second)
        code.set16(at &+ 16, third)
        code.set16(at &+ 18, fourth)
        forget(low)
        // Both results are needed: nothing may take the instruction away.
        last.offset = -1
    }
}
