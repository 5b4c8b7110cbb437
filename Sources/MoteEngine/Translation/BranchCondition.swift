internal import MoteMemory

/// A comparison that a branch makes itself.
struct BranchCondition {
    /// First form of its handlers.
    var family: InternalOpcode
    var isFloat: Bool
    var left: Int16
    var right: Int16
    /// Integer: the right operand is `immediate`.
    var hasImmediate: Bool
    var immediate: Int32
    /// Float: which operand is `constant`, if any, by the forms' classes.
    var floatForm: Int
    var constant: UInt64
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

    /// Pops the condition of a branch, taking the comparison before it along where there is one.
    mutating func popCondition(isNegated wantsNegation: Bool) -> BranchCondition {
        let entry = pop()
        let negate = wantsNegation != isNegated
        isNegated = false
        if isLastResult(entry) {
            if let fused = fuseInteger(.i32Compare, .i32Branch, negate) ?? fuseInteger(
                .i64Compare,
                .i64Branch,
                negate
            )
                ?? fuseFloat(.f32Compare, .f32Branch, negate) ?? fuseFloat(.f64Compare, .f64Branch, negate)
            {
                removeLast()
                return fused
            }
        }
        let source = slot(of: entry)
        return BranchCondition(
            family: .i32Branch + (negate ? 0 : 1) * IntegerForm.branchCount,
            isFloat: false,
            left: source,
            right: 0,
            hasImmediate: true,
            immediate: 0,
            floatForm: 0,
            constant: 0
        )
    }

    private mutating func fuseInteger(
        _ family: InternalOpcode,
        _ branches: InternalOpcode,
        _ negate: Bool
    ) -> BranchCondition? {
        guard let at = index(last.opcode, in: family, count: 10 * IntegerForm.count) else { return nil }
        let (condition, form) = at.quotientAndRemainder(dividingBy: IntegerForm.count)
        let hasImmediate = form == IntegerForm.slotImmediate || form == IntegerForm.lastImmediate
        let index = negate ? Translator.negated(condition) : condition
        return BranchCondition(
            family: branches + index * IntegerForm.branchCount,
            isFloat: false,
            left: lastField16(10),
            right: hasImmediate ? 0 : lastField16(12),
            hasImmediate: hasImmediate,
            immediate: hasImmediate ? code.get32(last.offset &+ 12) : 0,
            floatForm: 0,
            constant: 0
        )
    }

    private mutating func fuseFloat(_ family: InternalOpcode, _ branches: InternalOpcode, _ negate: Bool)
        -> BranchCondition?
    {
        guard let at = index(last.opcode, in: family, count: 4 * FloatForm.count) else { return nil }
        let (condition, form) = at.quotientAndRemainder(dividingBy: FloatForm.count)
        // eq ne lt le, not-lt not-le: the opposite of eq is ne, that of lt is not ge (NaN).
        let index = negate ? (condition < 2 ? 1 - condition : condition + 2) : condition
        let constant =
            form >= FloatForm.slotConstant ? (code.base + (last.offset &+ 16)).load(as: UInt64.self) : 0
        return BranchCondition(
            family: branches + index * FloatForm.count,
            isFloat: true,
            left: lastField16(10),
            right: lastField16(12),
            hasImmediate: false,
            immediate: 0,
            floatForm: form,
            constant: constant
        )
    }

    /// Writes the branch with its distance unknown; returns the offset of the distance.
    mutating func emit(_ condition: BranchCondition) -> Int {
        if let stepped = emitStep(condition) { return stepped }
        // Registers may have changed since the comparison was taken away, so the form is chosen anew.
        if condition.isFloat { return emitFloat(condition) }
        let isLast = condition.left == integerRegister
        guard condition.hasImmediate else {
            let form = integerForm(condition.left, condition.right)
            let at = emit(condition.family + form)
            code.set16(at &+ 8, condition.left)
            code.set16(at &+ 10, condition.right)
            return at + 12
        }
        if let small = Int16(exactly: condition.immediate) {
            let at = emit(
                condition.family + (isLast ? IntegerForm.lastImmediate : IntegerForm.slotImmediate)
            )
            code.set16(at &+ 8, condition.left)
            code.set16(at &+ 10, small)
            return at + 12
        }
        let at = emit(
            condition.family + (isLast ? IntegerForm.lastWide : IntegerForm.slotWide),
            sizeInBytes: 24
        )
        code.set16(at &+ 8, condition.left)
        code.set32(at &+ 16, UInt32(bitPattern: condition.immediate))
        return at + 12
    }

    private mutating func emitFloat(_ condition: BranchCondition) -> Int {
        let form = floatForm(condition.left, condition.right, like: condition.floatForm)
        let hasConstant = form >= FloatForm.slotConstant
        let at = emit(condition.family + form, sizeInBytes: hasConstant ? 24 : 16)
        code.set16(at &+ 8, condition.left)
        code.set16(at &+ 10, condition.right)
        if hasConstant { code.set64(at &+ 16, condition.constant) }
        return at + 12
    }

    /// `local = local + constant` just before a comparison of the local: one instruction for the end of most loops.
    private mutating func emitStep(_ condition: BranchCondition) -> Int? {
        let branches = 10 * IntegerForm.branchCount
        guard let at = index(condition.family, in: .i32Branch, count: branches), !condition.isFloat,
            tail.offset >= 0, tail.offset &+ 16 == code.count,
            tail.opcode == .i32Binary + IntegerForm.slotImmediate
                || tail.opcode == .i32Binary + IntegerForm.lastImmediate
        else { return nil }
        let fields = code.base + tail.offset
        let slot = fields.load(fromByteOffset: 8, as: Int16.self)
        guard fields.load(fromByteOffset: 10, as: Int16.self) == slot, condition.left == slot,
            condition.hasImmediate || condition.right != slot,
            let step = Int16(exactly: fields.load(fromByteOffset: 12, as: Int32.self))
        else { return nil }
        code.count = tail.offset
        let opcode =
            InternalOpcode.i32Step + (at / IntegerForm.branchCount * 2 + (condition.hasImmediate ? 0 : 1))
        let branch = emit(opcode, sizeInBytes: 24)
        code.set16(branch + 8, slot)
        code.set16(branch + 10, step)
        if condition.hasImmediate {
            code.set32(branch + 16, UInt32(bitPattern: condition.immediate))
        } else {
            code.set16(branch + 16, condition.right)
        }
        forget(slot)
        integerRegister = slot
        return branch + 12
    }
}
