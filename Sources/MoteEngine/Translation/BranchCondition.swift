internal import MoteMemory

/// A comparison that a branch makes itself.
struct BranchCondition {
    /// First form of its handlers.
    var family = InternalOpcode(0)
    var left: Int16 = 0
    var right: Int16 = 0
    var isFloat = false
    /// Integer: the right operand is `immediate`.
    var hasImmediate = false
    var immediate: Int32 = 0
    /// Float: which operand is `constant`, if any, by the forms' classes.
    var floatForm = 0
    var constant: UInt64 = 0
}

extension Translator {
    /// Index of an opcode's comparison and form within a family of comparisons, or nil.
    private mutating func index(_ opcode: InternalOpcode, in family: InternalOpcode, count: Int) -> Int? {
        let offset = Int(opcode.rawValue) &- Int(family.rawValue)
        return offset >= 0 && offset < count ? offset : nil
    }

    /// `i32.eqz` of a comparison: integers compare the other way round; floats are marked for the branch behind.
    mutating func negateLastComparison() -> Bool {
        guard isLastResult(operand(entryCount &- 1)) else { return false }
        if negateInteger(.i32Compare) || negateInteger(.i64Compare) { return true }
        let isFloat =
            index(last.opcode, in: .f32Compare, count: 4 * FloatForm.count) != nil
            || index(last.opcode, in: .f64Compare, count: 4 * FloatForm.count) != nil
        // br_if or if must follow at once: nobody else may see the value unnegated.
        guard isFloat, reader.offset < reader.end else { return false }
        let next = reader.base[reader.offset]
        guard next == 0x0D || next == 0x04 else { return false }
        isNegated = !isNegated
        return true
    }

    private mutating func negateInteger(_ family: InternalOpcode) -> Bool {
        guard let at = index(last.opcode, in: family, count: 10 * IntegerForm.count) else { return false }
        let (condition, form) = at.quotientAndRemainder(dividingBy: IntegerForm.count)
        last.opcode = family + (Translator.negated(condition) * IntegerForm.count + form)
        code.setHandler(last.offset, last.opcode)
        return true
    }

    /// Pops the condition of a branch into ``condition``, taking the comparison before it along where there is one.
    @inline(never)
    mutating func popCondition(isNegated wantsNegation: Bool) {
        let entry = pop()
        let negate = wantsNegation != isNegated
        isNegated = false
        if isLastResult(entry) {
            if fuseInteger(.i32Compare, .i32Branch, negate) || fuseInteger(.i64Compare, .i64Branch, negate)
                || fuseFloat(.f32Compare, .f32Branch, negate) || fuseFloat(.f64Compare, .f64Branch, negate)
            {
                removeLast()
                return
            }
        }
        setNullTest(.i32Branch, slot(of: entry), isZeroTaken: negate)
    }

    /// Makes the condition that of a slot which is zero, or is not.
    @inline(never)
    mutating func setNullTest(_ branches: InternalOpcode, _ slot: Int16, isZeroTaken: Bool) {
        condition.family = branches + (isZeroTaken ? 0 : IntegerForm.branchCount)
        condition.left = slot
        condition.right = 0
        condition.isFloat = false
        condition.hasImmediate = true
        condition.immediate = 0
    }

    @inline(never)
    private mutating func fuseInteger(
        _ family: InternalOpcode,
        _ branches: InternalOpcode,
        _ negate: Bool
    ) -> Bool {
        guard let at = index(last.opcode, in: family, count: 10 * IntegerForm.count) else { return false }
        let (comparison, form) = at.quotientAndRemainder(dividingBy: IntegerForm.count)
        let hasImmediate = form == IntegerForm.slotImmediate || form == IntegerForm.lastImmediate
        let index = negate ? Translator.negated(comparison) : comparison
        condition.family = branches + index &* IntegerForm.branchCount
        condition.left = lastField16(10)
        condition.right = hasImmediate ? 0 : lastField16(12)
        condition.isFloat = false
        condition.hasImmediate = hasImmediate
        condition.immediate = code.get32(last.offset &+ 12)
        return true
    }

    @inline(never)
    private mutating func fuseFloat(
        _ family: InternalOpcode,
        _ branches: InternalOpcode,
        _ negate: Bool
    ) -> Bool {
        guard let at = index(last.opcode, in: family, count: 4 * FloatForm.count) else { return false }
        let (comparison, form) = at.quotientAndRemainder(dividingBy: FloatForm.count)
        // eq ne lt le, not-lt not-le: the opposite of eq is ne, that of lt is not ge (NaN).
        let index = negate ? (comparison < 2 ? 1 &- comparison : comparison &+ 2) : comparison
        condition.family = branches + index &* FloatForm.count
        condition.left = lastField16(10)
        condition.right = lastField16(12)
        condition.isFloat = true
        condition.hasImmediate = false
        condition.floatForm = form
        if form >= FloatForm.slotConstant {
            condition.constant = (code.base + (last.offset &+ 16)).load(as: UInt64.self)
        }
        return true
    }

    /// Writes the branch on ``condition`` with its distance unknown; returns the offset of the distance.
    @inline(never)
    mutating func emitCondition() -> Int {
        let stepped = emitStep()
        if stepped >= 0 { return stepped }
        // Registers may have changed since the comparison was taken away, so the form is chosen anew.
        if condition.isFloat { return emitFloat() }
        let left = condition.left
        guard condition.hasImmediate else {
            let form = integerForm(left, condition.right)
            return emit(condition.family + form, left, condition.right) &+ 12
        }
        let isLast = left == integerRegister
        if let small = Int16(exactly: condition.immediate) {
            let form = isLast ? IntegerForm.lastImmediate : IntegerForm.slotImmediate
            return emit(condition.family + form, left, small) &+ 12
        }
        let at = emit(
            condition.family + (isLast ? IntegerForm.lastWide : IntegerForm.slotWide),
            sizeInBytes: 24
        )
        code.set16(at &+ 8, left)
        code.set32(at &+ 16, UInt32(bitPattern: condition.immediate))
        return at &+ 12
    }

    private mutating func emitFloat() -> Int {
        let form = floatForm(condition.left, condition.right, like: condition.floatForm)
        let hasConstant = form >= FloatForm.slotConstant
        let at = emit(condition.family + form, sizeInBytes: hasConstant ? 24 : 16)
        code.set16(at &+ 8, condition.left)
        code.set16(at &+ 10, condition.right)
        if hasConstant { code.set64(at &+ 16, condition.constant) }
        return at &+ 12
    }

    /// `local = local + constant` just before a comparison of the local: one instruction for the end of most loops.
    ///
    /// -1: it is not there.
    private mutating func emitStep() -> Int {
        let branches = 10 * IntegerForm.branchCount
        guard let at = index(condition.family, in: .i32Branch, count: branches), !condition.isFloat,
            tail.offset >= 0, tail.offset &+ 16 == code.count,
            tail.opcode == .i32Binary + IntegerForm.slotImmediate
                || tail.opcode == .i32Binary + IntegerForm.lastImmediate
        else { return -1 }
        let fields = code.base + tail.offset
        let slot = fields.load(fromByteOffset: 8, as: Int16.self)
        guard fields.load(fromByteOffset: 10, as: Int16.self) == slot, condition.left == slot,
            condition.hasImmediate || condition.right != slot,
            let step = Int16(exactly: fields.load(fromByteOffset: 12, as: Int32.self))
        else { return -1 }
        code.count = tail.offset
        let opcode =
            InternalOpcode.i32Step + (at / IntegerForm.branchCount &* 2 &+ (condition.hasImmediate ? 0 : 1))
        let branch = emit(opcode, sizeInBytes: 24)
        code.set16(branch &+ 8, slot)
        code.set16(branch &+ 10, step)
        if condition.hasImmediate {
            code.set32(branch &+ 16, UInt32(bitPattern: condition.immediate))
        } else {
            code.set16(branch &+ 16, condition.right)
        }
        forget(slot)
        integerRegister = slot
        return branch &+ 12
    }
}
