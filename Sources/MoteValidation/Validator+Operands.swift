internal import MoteBinary
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

extension Validator {
    /// Puts an operand on the stack.
    @inline(never)
    mutating func push(_ type: ValueType) {
        pushHere(type)
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func pushHere(_ type: ValueType) {
        if Build.hasVectors, type == .v128 { wideCount &+= 1 }
        if height >= maximumSlots, !raiseMaximum() { return }
        operands[count] = type.rawValue
        count &+= 1
    }

    /// The stack's height in slots.
    @inline(__always)
    private var height: Int { Build.hasVectors ? count &+ wideCount : count }

    /// Notes a new greatest height, and makes room for it; false when there can be none.
    ///
    /// One operand is about to be pushed; if it is a v128, `wideCount` has it already.
    @inline(never)
    private mutating func raiseMaximum() -> Bool {
        let needed = height &+ 1
        // Also in code that cannot be reached: its operands are on this stack, too. Behind a failure nothing grows.
        guard needed <= ValidationLimits.maximumOperandSlots, !hasFailed else {
            fail(.tooManySlots)
            return false
        }
        if needed > operandCapacity {
            let capacity = operandCapacity &* 2  // Safe: at most twice the limit.
            let size = capacity &* MemoryLayout<UInt32>.stride
            guard let grown = resize(operands, to: size, site: .validationOperandGrowth) else {
                return false
            }
            operands = grown.assumingMemoryBound(to: UInt32.self)
            operandCapacity = capacity
        }
        maximumSlots = needed
        return true
    }

    /// Takes an operand of a type off the stack.
    @inline(never)
    mutating func pop(_ expected: ValueType) {
        popHere(expected)
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func popHere(_ expected: ValueType) {
        // Safe: count > floor >= 0.
        if count > floor, operands[count &- 1] == expected.rawValue {
            count &-= 1
            if Build.hasVectors, expected == .v128 { wideCount &-= 1 }
            return
        }
        popOther(expected)
    }

    @inline(never)
    private mutating func popOther(_ expected: ValueType) {
        requireMatch(popAny(), expected)
    }

    /// Takes an operand of a type off the stack, and puts a result there; neither is a v128.
    @inline(__always)
    mutating func replaceHere(_ expected: ValueType, _ result: ValueType) {
        // Safe: count > floor >= 0.
        if count > floor, operands[count &- 1] == expected.rawValue {
            operands[count &- 1] = result.rawValue
            return
        }
        popOther(expected)
        push(result)
    }

    /// Takes whatever is on top: ``ValueType/bottom`` below what unreachable code pushed.
    @inline(never)
    mutating func popAny() -> ValueType {
        guard count > floor else {
            if !isUnreachable { fail(.typeMismatch) }
            return .bottom
        }
        count &-= 1
        let type = ValueType(rawValue: operands[count])
        if Build.hasVectors, type == .v128 { wideCount &-= 1 }
        return type
    }

    /// Takes a reference off the stack; in unreachable code it may refer to ``HeapType/unreachable``.
    @inline(never)
    mutating func popReference() -> ValueType {
        let type = popAny()
        if type == .bottom { return .reference(.unreachable, isNullable: false) }
        if !type.isReference { fail(.typeMismatch) }
        return type
    }

    @inline(__always)
    mutating func push(_ list: Items<ValueType>) {
        if list.count > 0 { pushAll(list) }
    }

    @inline(never)
    private mutating func pushAll(_ list: Items<ValueType>) {
        guard let base = list.base else { return }
        var index = 0
        while index < list.count {
            pushHere(base[index])
            index &+= 1
        }
    }

    @inline(__always)
    mutating func pop(_ list: Items<ValueType>) {
        if list.count > 0 { popAll(list) }
    }

    @inline(never)
    private mutating func popAll(_ list: Items<ValueType>) {
        guard let base = list.base else { return }
        var index = list.count
        while index > 0 {
            index &-= 1
            popHere(base[index])
        }
    }

    /// Tests that a list could be popped, and leaves the stack as it is.
    mutating func checkTop(_ list: Items<ValueType>) {
        guard let base = list.base else { return }
        var index = list.count
        var height = count
        while index > 0 {
            index &-= 1
            guard height > floor else {
                if !isUnreachable { fail(.typeMismatch) }
                return
            }
            height &-= 1
            requireMatch(ValueType(rawValue: operands[height]), base[index])
        }
    }

    /// The rest of the block cannot be reached (spec appendix: `unreachable()`).
    @inline(__always)
    mutating func setUnreachable() {
        count = floor
        // Safe: a frame is open while instructions run.
        if Build.hasVectors { wideCount = Int(frames[frameCount &- 1].wideHeight) }
        isUnreachable = true
    }

    /// Ends the validation unless a value of a type may stand where another is expected.
    @inline(never)
    mutating func requireMatch(_ actual: ValueType, _ expected: ValueType) {
        if !matches(actual, expected) { fail(.typeMismatch) }
    }

    /// Whether a value of a type may stand where another is expected; bottom may stand anywhere.
    func matches(_ actual: ValueType, _ expected: ValueType) -> Bool {
        if actual.isReference, actual.heapType == .unreachable, expected.isReference { return true }
        return TypeMatching.matches(actual, expected, registry)
    }
}

extension HeapType {
    /// What a reference that only unreachable code has refers to: matches every heap type (spec: `bot`).
    static var unreachable: HeapType { HeapType(rawValue: 0xFFFF00) }
}
