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

extension Translator {
    /// A comparison mirrored: a < b is b > a.
    ///
    /// Indices of eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u.
    static func mirrored(_ condition: Int) -> Int {
        switch condition {
        case 2: 4
        case 3: 5
        case 4: 2
        case 5: 3
        case 6: 8
        case 7: 9
        case 8: 6
        case 9: 7
        default: condition
        }
    }

    /// The opposite comparison of integers.
    static func negated(_ condition: Int) -> Int {
        switch condition {
        case 0: 1
        case 1: 0
        case 2: 8
        case 3: 9
        case 4: 6
        case 5: 7
        case 6: 4
        case 7: 5
        case 8: 2
        default: 3
        }
    }

    /// Whether a constant of a width is what a sign-extended 32-bit immediate gives.
    static func fitsImmediate(_ value: UInt64, is64: Bool) -> Bool {
        !is64 || UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value))) == value
    }

    /// Binary integer operation or comparison of a family; `family` is the opcode of its first form.
    mutating func integerBinary(
        _ family: InternalOpcode,
        is64: Bool,
        isCommutative: Bool,
        resultType: UInt8
    ) {
        var right = pop()
        var left = pop()
        if isCommutative, left.kind == .constant, right.kind != .constant { swap(&left, &right) }
        if right.kind == .constant, Translator.fitsImmediate(right.value, is64: is64) {
            if fuseImmediate(family, left, right.value) { return }
            let leftSlot = slot(of: left)
            let isLast = leftSlot == integerRegister
            let result = pushTemporary(resultType)
            let at = emit(
                family + (isLast ? IntegerForm.lastImmediate : IntegerForm.slotImmediate),
                result: result
            )
            code.set16(at &+ 10, leftSlot)
            code.set32(at &+ 12, UInt32(truncatingIfNeeded: right.value))
            return
        }
        if combine(family, left, right, isCommutative) { return }
        let leftSlot = slot(of: left)
        let rightSlot = slot(of: right)
        let form =
            rightSlot == integerRegister
            ? IntegerForm.slotLast : leftSlot == integerRegister ? IntegerForm.lastSlot : IntegerForm.slotSlot
        let result = pushTemporary(resultType)
        let at = emit(family + form, result: result)
        code.set16(at &+ 10, leftSlot)
        code.set16(at &+ 12, rightSlot)
    }

    /// Comparison of integers; a constant on the left moves to the right, where it can be an immediate.
    mutating func integerCompare(_ condition: Int, is64: Bool) {
        var condition = condition
        let left = entries[entryCount &- 2]
        if left.kind == .constant, entries[entryCount &- 1].kind != .constant,
            Translator.fitsImmediate(left.value, is64: is64)
        {
            // Homes stay with positions: only where the values are is exchanged. So a constant that had to be
            // written to its home would overwrite the other operand.
            swapTop()
            condition = Translator.mirrored(condition)
        }
        let family = (is64 ? InternalOpcode.i64Compare : .i32Compare) + condition * IntegerForm.count
        integerBinary(family, is64: is64, isCommutative: false, resultType: 0x7F)
    }

    /// Exchanges the values of the two entries on top.
    ///
    /// The one below must be a constant.
    private mutating func swapTop() {
        var lower = entries[entryCount &- 2]
        var upper = entries[entryCount &- 1]
        let (home, position) = (lower.home, lower.position)
        lower.home = upper.home
        lower.position = upper.position
        upper.home = home
        upper.position = position
        if upper.isLazy {
            lazy.indices[lazy.count &- 1] = Int32(truncatingIfNeeded: entryCount &- 2)
        }
        entries[entryCount &- 2] = upper
        entries[entryCount &- 1] = lower
    }

    mutating func equalsZero(is64: Bool) {
        if !is64, negateLastComparison() { return }
        pushConstant(0, is64 ? 0x7E : 0x7F)
        integerCompare(0, is64: is64)
    }

    /// One operand, forms slot and last; registers by operand and result type.
    mutating func unary(
        _ family: InternalOpcode,
        fromFloat: Bool,
        resultType: UInt8
    ) {
        let operand = pop()
        let source = slot(of: operand)
        let isLast = source == (fromFloat ? floatRegister : integerRegister)
        let isFloat = resultType == 0x7D || resultType == 0x7C
        let result = pushTemporary(resultType)
        let at = emit(family + (isLast ? 1 : 0), result: result, isFloat: isFloat)
        code.set16(at &+ 10, source)
    }

    /// Same bits, other register.
    mutating func reinterpret(_ opcode: InternalOpcode, resultType: UInt8) {
        let operand = pop()
        let source = slot(of: operand)
        let result = pushTemporary(resultType)
        let at = emit(opcode, result: result, isFloat: resultType < 0x7E)
        code.set16(at &+ 10, source)
    }

    /// How the operands of a float instruction are reached.
    struct FloatOperands {
        var form: Int
        var left: Int16
        var right: Int16
        var constant: UInt64
        var sizeInBytes: Int { form >= FloatForm.slotConstant ? 24 : 16 }
    }

    mutating func floatOperands(_ left: OperandEntry, _ right: OperandEntry)
        -> FloatOperands
    {
        if right.kind == .constant {
            let leftSlot = slot(of: left)
            let form = leftSlot == floatRegister ? FloatForm.lastConstant : FloatForm.slotConstant
            return FloatOperands(form: form, left: leftSlot, right: 0, constant: right.value)
        }
        if left.kind == .constant {
            let form = right.slot == floatRegister ? FloatForm.constantLast : FloatForm.constantSlot
            return FloatOperands(form: form, left: 0, right: right.slot, constant: left.value)
        }
        let form =
            right.slot == floatRegister
            ? FloatForm.slotLast : left.slot == floatRegister ? FloatForm.lastSlot : FloatForm.slotSlot
        return FloatOperands(form: form, left: left.slot, right: right.slot, constant: 0)
    }

    /// Binary float operation (`family` its first form) with a float or a boolean result.
    mutating func floatBinary(_ family: InternalOpcode, swapped: Bool, resultType: UInt8) {
        if fuseProduct(family) { return }
        let right = pop()
        let left = pop()
        let operands = swapped ? floatOperands(right, left) : floatOperands(left, right)
        let result = pushTemporary(resultType)
        let at = emit(
            family + operands.form,
            sizeInBytes: operands.sizeInBytes,
            result: result,
            isFloat: resultType != 0x7F
        )
        code.set16(at &+ 10, operands.left)
        code.set16(at &+ 12, operands.right)
        if operands.sizeInBytes == 24 { code.set64(at &+ 16, operands.constant) }
    }

    /// min, max, copysign: slots only.
    mutating func floatPlain(_ opcode: InternalOpcode, resultType: UInt8) {
        let right = pop()
        let left = pop()
        let leftSlot = slot(of: left)
        let rightSlot = slot(of: right)
        let result = pushTemporary(resultType)
        let at = emit(opcode, result: result, isFloat: true)
        code.set16(at &+ 10, leftSlot)
        code.set16(at &+ 12, rightSlot)
    }

    /// eq ne lt gt le ge of a float type; greater is less with the operands exchanged.
    mutating func floatCompare(_ condition: Int, is64: Bool) {
        let (index, swapped) = Translator.floatCondition(condition)
        let family = (is64 ? InternalOpcode.f64Compare : .f32Compare) + index * FloatForm.count
        floatBinary(family, swapped: swapped, resultType: 0x7F)
    }

    /// Index among the generated comparisons (eq ne lt le) and whether operands change places.
    static func floatCondition(_ condition: Int) -> (index: Int, isSwapped: Bool) {
        switch condition {
        case 0: (0, false)
        case 1: (1, false)
        case 2: (2, false)
        case 3: (2, true)
        case 4: (3, false)
        default: (3, true)
        }
    }

    /// Every numeric instruction of one byte, by ranges of its opcode; false when it is not one.
    mutating func numeric(_ byte: UInt8) -> Bool {
        let op = Int(byte)
        switch byte {
        case 0x45: equalsZero(is64: false)
        case 0x46...0x4F: integerCompare(op - 0x46, is64: false)
        case 0x50: equalsZero(is64: true)
        case 0x51...0x5A: integerCompare(op - 0x51, is64: true)
        case 0x5B...0x60: floatCompare(op - 0x5B, is64: false)
        case 0x61...0x66: floatCompare(op - 0x61, is64: true)
        case 0x67...0x69: unary(.i32Unary + (op - 0x67) * 2, fromFloat: false, resultType: 0x7F)
        case 0x6A...0x78:
            var index = op - 0x6A
            if index == 1, entries[entryCount &- 1].kind == .constant {
                // x - c is x + (-c), which more can be done with.
                index = 0
                entries[entryCount &- 1].value = UInt64(
                    0 &- UInt32(truncatingIfNeeded: entries[entryCount &- 1].value)
                )
            }
            integerBinary(
                .i32Binary + index * IntegerForm.count,
                is64: false,
                isCommutative: Translator.isCommutative(index),
                resultType: 0x7F
            )
        case 0x79...0x7B: unary(.i64Unary + (op - 0x79) * 2, fromFloat: false, resultType: 0x7E)
        case 0x7C...0x8A:
            integerBinary(
                .i64Binary + (op - 0x7C) * IntegerForm.count,
                is64: true,
                isCommutative: Translator.isCommutative(op - 0x7C),
                resultType: 0x7E
            )
        case 0x8B...0x91: unary(.f32Unary + (op - 0x8B) * 2, fromFloat: true, resultType: 0x7D)
        case 0x92...0x95:
            floatBinary(.f32Binary + (op - 0x92) * FloatForm.count, swapped: false, resultType: 0x7D)
        case 0x96...0x98: floatPlain(.f32Plain + (op - 0x96), resultType: 0x7D)
        case 0x99...0x9F: unary(.f64Unary + (op - 0x99) * 2, fromFloat: true, resultType: 0x7C)
        case 0xA0...0xA3:
            floatBinary(.f64Binary + (op - 0xA0) * FloatForm.count, swapped: false, resultType: 0x7C)
        case 0xA4...0xA6: floatPlain(.f64Plain + (op - 0xA4), resultType: 0x7C)
        case 0xA7...0xC4: conversion(op)
        default: return false
        }
        return true
    }

    /// add mul and or xor, of the fifteen in order.
    static func isCommutative(_ index: Int) -> Bool {
        index == 0 || index == 2 || (index >= 7 && index <= 9)
    }

    /// 0xA7 i32.wrap_i64 to 0xC4 i64.extend32_s.
    private mutating func conversion(_ op: Int) {
        switch op {
        case 0xA7: unary(.i64Unary + 7 * 2, fromFloat: false, resultType: 0x7F)
        case 0xA8...0xAB: unary(.conversion + (op - 0xA8) * 2, fromFloat: true, resultType: 0x7F)
        case 0xAC: unary(.i64Unary + 5 * 2, fromFloat: false, resultType: 0x7E)
        case 0xAD: unary(.i64Unary + 6 * 2, fromFloat: false, resultType: 0x7E)
        case 0xAE...0xB1: unary(.conversion + (op - 0xAE + 4) * 2, fromFloat: true, resultType: 0x7E)
        case 0xB2...0xB5: unary(.conversion + (op - 0xB2 + 16) * 2, fromFloat: false, resultType: 0x7D)
        case 0xB6: unary(.conversion + 24 * 2, fromFloat: true, resultType: 0x7D)
        case 0xB7...0xBA: unary(.conversion + (op - 0xB7 + 20) * 2, fromFloat: false, resultType: 0x7C)
        case 0xBB: unary(.conversion + 25 * 2, fromFloat: true, resultType: 0x7C)
        case 0xBC: reinterpret(.reinterpret, resultType: 0x7F)
        case 0xBD: reinterpret(.reinterpret + 1, resultType: 0x7E)
        case 0xBE: reinterpret(.reinterpret + 2, resultType: 0x7D)
        case 0xBF: reinterpret(.reinterpret + 3, resultType: 0x7C)
        case 0xC0...0xC1: unary(.i32Unary + (op - 0xC0 + 3) * 2, fromFloat: false, resultType: 0x7F)
        default: unary(.i64Unary + (op - 0xC2 + 3) * 2, fromFloat: false, resultType: 0x7E)
        }
    }

    /// 0xFC 0 to 7: saturating truncations.
    mutating func saturatingTruncation(_ index: Int) {
        unary(.conversion + (8 + index) * 2, fromFloat: true, resultType: index < 4 ? 0x7F : 0x7E)
    }
}

extension Translator {
    /// Wide arithmetic, numbers from i64.add128 on: two results of 64 bits, the low half first.
    mutating func wide(_ operation: Int) {
        let isSum = operation < 2
        let fourth = isSum ? slot(of: pop()) : Translator.noSlot
        let third = isSum ? slot(of: pop()) : Translator.noSlot
        let second = slot(of: pop())
        let first = slot(of: pop())
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
