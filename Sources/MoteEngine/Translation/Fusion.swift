internal import MoteMemory
internal import MoteModule

// Two operations in one instruction, where the first one's result is read by the second only. The rows of the
// tables here are those of Tools/generate-handlers.

extension Translator {
    /// Index among the fifteen integer operations, and the form, of an opcode; nil when it is none of i32's.
    private mutating func binaryOperation(_ opcode: InternalOpcode) -> (index: Int, form: Int)? {
        let offset = Int(opcode.rawValue) &- Int(InternalOpcode.i32Binary.rawValue)
        guard offset >= 0, offset < 15 * IntegerForm.count else { return nil }
        return (offset / IntegerForm.count, offset % IntegerForm.count)
    }

    // Rows and columns of add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr, four bits each from
    // the lowest on; 15: in none.
    private static let pairFirst: UInt64 = 0xFFF3_F2FF_1FFF_F0FF
    private static let pairSecond: UInt64 = 0xFFFF_FFFF_1FFF_FFF0
    private static let combineFirst: UInt64 = 0xFF32_F1FF_FFFF_F0FF
    private static let combineSecond: UInt64 = 0xFFFF_FF21_FFFF_FFF0

    /// Row or column of an operation; nil where it has none.
    private static func rank(_ index: Int, in ranks: UInt64) -> Int? {
        let rank = Translator.digit(index, of: ranks)
        return rank == 0xF ? nil : rank
    }

    /// Whether the instruction last written is an operation with an immediate whose result is `entry`.
    private mutating func freshImmediate(_ entry: Operand) -> Int? {
        guard isLastResult(entry), let first = binaryOperation(last.opcode),
            first.form == IntegerForm.slotImmediate || first.form == IntegerForm.lastImmediate
        else { return nil }
        return first.index
    }

    /// `left op constant`: as a sum to be added later, or together with the operation before it.
    mutating func fuseImmediate(
        _ family: InternalOpcode,
        _ left: Operand,
        _ constant: UInt64
    ) -> Bool {
        guard let second = binaryOperation(family) else { return false }
        if second.index == 0 {
            if left.kind == .local {
                pushSum(left.slot, constant)
                return true
            }
            if left.kind == .sum {
                pushSum(left.slot, UInt64(UInt32(truncatingIfNeeded: left.value &+ constant)))
                return true
            }
        }
        if left.kind == .sum {
            // Written out, it is the operation before this one.
            left.slot = slot(of: left)
            left.kind = .temporary
        }
        if let column = Self.rank(second.index, in: Self.pairSecond), let first = freshImmediate(left),
            let row = Self.rank(first, in: Self.pairFirst)
        {
            let (source, immediate) = (lastField16(10), UInt32(bitPattern: code.get32(last.offset &+ 12)))
            removeLast()
            let index = (row &* 2 &+ column) &* 2 &+ (source == integerRegister ? 1 : 0)
            let at = emitValue(.i32Pair + index, 0x7F, source, immediate, sizeInBytes: 24)
            code.set32(at &+ 16, UInt32(truncatingIfNeeded: constant))
            return true
        }
        // An access right behind adds the constant to the temporary itself.
        if second.index == 0, left.kind == .temporary, left.slot == topPosition, isLoadNext {
            pushSum(left.slot, constant)
            return true
        }
        guard left.kind == .temporary, left.slot == left.home else { return false }
        // The sum may have been written out already: the rest is the plain operation.
        emitImmediate(family, left.slot, constant, 0x7F)
        return true
    }

    private var isLoadNext: Bool {
        guard reader.offset < reader.end else { return false }
        let next = reader.base[reader.offset]
        return next >= 0x28 && next <= 0x35
    }

    /// `left op right` where one side is an operation with an immediate that was written last.
    mutating func combine(
        _ family: InternalOpcode,
        _ left: Operand,
        _ right: Operand,
        _ isCommutative: Bool
    ) -> Bool {
        guard let second = binaryOperation(family),
            let column = Self.rank(second.index, in: Self.combineSecond)
        else { return false }
        let (fresh, other) = isCommutative && isLastResult(left) ? (left, right) : (right, left)
        guard let first = freshImmediate(fresh), let row = Self.rank(first, in: Self.combineFirst),
            other.kind == .temporary || other.kind == .local
        else { return false }
        let (source, immediate) = (lastField16(10), UInt32(bitPattern: code.get32(last.offset &+ 12)))
        removeLast()
        let index = (row &* 3 &+ column) &* 2 &+ (source == integerRegister ? 1 : 0)
        let otherSlot = other.slot
        let at = emitValue(.i32Combine + index, 0x7F, source, immediate, sizeInBytes: 24)
        code.set16(at &+ 16, otherSlot)
        return true
    }

    /// f64 sum or difference of a product that was written last, with both operands still on the stack.
    mutating func fuseProduct(_ family: InternalOpcode) -> Bool {
        let isSum = family == .f64Binary
        guard isSum || family == .f64Binary + FloatForm.count, last.offset >= 0 else { return false }
        let form = Int(last.opcode.rawValue) &- Int((InternalOpcode.f64Binary + 2 * FloatForm.count).rawValue)
        guard form >= FloatForm.slotSlot, form <= FloatForm.slotLast else { return false }
        let (left, right) = (operand(entryCount &- 2), operand(entryCount &- 1))
        let isRight = isLastResult(right)
        guard isRight || isLastResult(left) else { return false }
        let other = isRight ? left : right
        guard other.kind == .temporary || other.kind == .local else { return false }
        let (a, b) = (lastField16(10), lastField16(12))
        _ = pop()
        _ = pop()
        removeLast()
        let factors = b == floatRegister ? 2 : a == floatRegister ? 1 : 0
        let index = factors * 3 + (isSum ? 0 : isRight ? 1 : 2)
        emitValue(.f64Product + index, 0x7C, a, fields(b, UInt64(UInt16(bitPattern: other.slot))))
        return true
    }
}
