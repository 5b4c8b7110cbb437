internal import MoteMemory

/// A comparison that a branch makes itself.
struct BranchCondition {
    /// First form of its handlers.
    var family: InternalOpcode
    var isFloat: Bool
    var left: Int16
    var right: Int16
    /// Integer: the right operand is the immediate in `right`.
    var hasImmediate: Bool
    /// Float: which operand is `constant`, if any, by the forms' classes.
    var floatForm: Int
    var constant: UInt64
}

extension Translator {
    /// Index of an opcode's comparison and form within a family of comparisons, or nil.
    private func index(_ opcode: InternalOpcode, in family: InternalOpcode, count: Int) -> Int? {
        let offset = Int(opcode.rawValue) &- Int(family.rawValue)
        return offset >= 0 && offset < count ? offset : nil
    }

    /// `i32.eqz` of a comparison: integers compare the other way round; floats are marked for the branch behind.
    mutating func negateLastComparison() throws(MemoryError) -> Bool {
        guard isLastResult(entries[entryCount &- 1]) else { return false }
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
    mutating func popCondition(isNegated wantsNegation: Bool) throws(MemoryError) -> BranchCondition {
        let entry = pop()
        let negate = wantsNegation != isNegated
        isNegated = false
        if isLastResult(entry) {
            if let fused = fuseInteger(.i32Compare, .i32Branch, negate) ?? fuseInteger(.i64Compare, .i64Branch, negate)
                ?? fuseFloat(.f32Compare, .f32Branch, negate) ?? fuseFloat(.f64Compare, .f64Branch, negate)
            {
                removeLast()
                return fused
            }
        }
        let source = try slot(of: entry)
        return BranchCondition(
            family: .i32Branch + (negate ? 0 : 1) * IntegerForm.count, isFloat: false, left: source, right: 0,
            hasImmediate: true, floatForm: 0, constant: 0)
    }

    private func field16(_ at: Int) -> Int16 { (code.base + last.offset + at).load(as: Int16.self) }

    private func fuseInteger(
        _ family: InternalOpcode, _ branches: InternalOpcode, _ negate: Bool
    ) -> BranchCondition? {
        guard let at = index(last.opcode, in: family, count: 10 * IntegerForm.count) else { return nil }
        let (condition, form) = at.quotientAndRemainder(dividingBy: IntegerForm.count)
        let hasImmediate = form == IntegerForm.slotImmediate || form == IntegerForm.lastImmediate
        var right = field16(12)
        if hasImmediate {
            guard let small = Int16(exactly: code.get32(last.offset + 12)) else { return nil }
            right = small
        }
        let index = negate ? Translator.negated(condition) : condition
        return BranchCondition(
            family: branches + index * IntegerForm.count, isFloat: false, left: field16(10), right: right,
            hasImmediate: hasImmediate, floatForm: 0, constant: 0)
    }

    private func fuseFloat(_ family: InternalOpcode, _ branches: InternalOpcode, _ negate: Bool) -> BranchCondition? {
        guard let at = index(last.opcode, in: family, count: 4 * FloatForm.count) else { return nil }
        let (condition, form) = at.quotientAndRemainder(dividingBy: FloatForm.count)
        // eq ne lt le, not-lt not-le: the opposite of eq is ne, that of lt is not ge (NaN).
        let index = negate ? (condition < 2 ? 1 - condition : condition + 2) : condition
        let constant =
            form >= FloatForm.slotConstant ? (code.base + last.offset + 16).load(as: UInt64.self) : 0
        return BranchCondition(
            family: branches + index * FloatForm.count, isFloat: true, left: field16(10), right: field16(12),
            hasImmediate: false, floatForm: form, constant: constant)
    }

    /// Writes the branch with its distance unknown; returns the offset of the distance.
    mutating func emit(_ condition: BranchCondition) throws(MemoryError) -> Int {
        // Registers may have changed since the comparison was taken away, so the form is chosen anew.
        let form: Int
        if condition.isFloat {
            switch condition.floatForm {
            case FloatForm.slotConstant, FloatForm.lastConstant:
                form = condition.left == floatRegister ? FloatForm.lastConstant : FloatForm.slotConstant
            case FloatForm.constantSlot, FloatForm.constantLast:
                form = condition.right == floatRegister ? FloatForm.constantLast : FloatForm.constantSlot
            default:
                form =
                    condition.right == floatRegister
                    ? FloatForm.slotLast
                    : condition.left == floatRegister ? FloatForm.lastSlot : FloatForm.slotSlot
            }
        } else if condition.hasImmediate {
            form = condition.left == integerRegister ? IntegerForm.lastImmediate : IntegerForm.slotImmediate
        } else {
            form =
                condition.right == integerRegister
                ? IntegerForm.slotLast
                : condition.left == integerRegister ? IntegerForm.lastSlot : IntegerForm.slotSlot
        }
        let hasConstant = condition.isFloat && form >= FloatForm.slotConstant
        let at = try emit(condition.family + form, sizeInBytes: hasConstant ? 24 : 16)
        code.set16(at + 8, condition.left)
        code.set16(at + 10, condition.right)
        if hasConstant { code.set64(at + 16, condition.constant) }
        return at + 12
    }
}
