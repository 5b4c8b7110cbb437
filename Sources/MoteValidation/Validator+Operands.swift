internal import MoteBinary
internal import MoteMemory
internal import MoteModule

extension Validator {
    /// Puts an operand on the stack.
    @inline(never)
    mutating func push(_ type: ValueType) throws(Stop) {
        try pushHere(type)
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func pushHere(_ type: ValueType) throws(Stop) {
        if type == .v128 { wideCount &+= 1 }
        if count &+ wideCount >= maximumSlots { try raiseMaximum() }
        operands[count] = type.rawValue
        count &+= 1
    }

    /// Notes a new greatest height, and makes room for it.
    ///
    /// One operand is about to be pushed; if it is a v128, `wideCount` has it already.
    @inline(never)
    mutating func raiseMaximum() throws(Stop) {
        maximumSlots = count &+ wideCount &+ 1
        // Also in code that cannot be reached: its operands are on this stack, too.
        guard maximumSlots <= ValidationLimits.maximumOperandSlots else { throw fail(.tooManySlots) }
        guard maximumSlots > operandCapacity else { return }
        let capacity = operandCapacity * 2  // Safe: at most twice the limit.
        do {
            let grown = try arena.resizeGrowable(
                operands,
                to: capacity * MemoryLayout<UInt32>.stride,
                site: .validationOperandGrowth
            )
            operands = grown.assumingMemoryBound(to: UInt32.self)
            operandCapacity = capacity
        } catch {
            failure = .memory(error)
            throw Stop()
        }
    }

    /// Takes an operand of a type off the stack.
    @inline(never)
    mutating func pop(_ expected: ValueType) throws(Stop) {
        try popHere(expected)
    }

    /// The same where it pays: in the rules of instructions that are most of a body.
    @inline(__always)
    mutating func popHere(_ expected: ValueType) throws(Stop) {
        // Safe: count > floor >= 0.
        if count > floor, operands[count &- 1] == expected.rawValue {
            count &-= 1
            if expected == .v128 { wideCount &-= 1 }
            return
        }
        try popOther(expected)
    }

    @inline(never)
    private mutating func popOther(_ expected: ValueType) throws(Stop) {
        let actual = try popAny()
        guard matches(actual, expected) else { throw fail(.typeMismatch) }
    }

    /// Takes whatever is on top: ``ValueType/bottom`` below what unreachable code pushed.
    @inline(__always)
    mutating func popAny() throws(Stop) -> ValueType {
        guard count > floor else {
            guard isUnreachable else { throw fail(.typeMismatch) }
            return .bottom
        }
        count &-= 1
        let type = ValueType(rawValue: operands[count])
        if type == .v128 { wideCount &-= 1 }
        return type
    }

    /// Takes a reference off the stack; in unreachable code it may refer to ``HeapType/unreachable``.
    mutating func popReference() throws(Stop) -> ValueType {
        let type = try popAny()
        if type == .bottom { return .reference(.unreachable, isNullable: false) }
        guard type.isReference else { throw fail(.typeMismatch) }
        return type
    }

    @inline(__always)
    mutating func push(_ list: TypeList) throws(Stop) {
        if list.count > 0 { try pushAll(list) }
    }

    @inline(never)
    private mutating func pushAll(_ list: TypeList) throws(Stop) {
        var index = 0
        while index < list.count {
            try pushHere(list[index])
            index &+= 1
        }
    }

    @inline(__always)
    mutating func pop(_ list: TypeList) throws(Stop) {
        if list.count > 0 { try popAll(list) }
    }

    @inline(never)
    private mutating func popAll(_ list: TypeList) throws(Stop) {
        var index = list.count
        while index > 0 {
            index &-= 1
            try popHere(list[index])
        }
    }

    /// Tests that a list could be popped, and leaves the stack as it is.
    mutating func checkTop(_ list: TypeList) throws(Stop) {
        var index = list.count
        var height = count
        while index > 0 {
            index &-= 1
            guard height > floor else {
                guard isUnreachable else { throw fail(.typeMismatch) }
                return
            }
            height &-= 1
            let expected = list[index]
            let actual = operands[height]
            if actual != expected.rawValue, !matches(ValueType(rawValue: actual), expected) {
                throw fail(.typeMismatch)
            }
        }
    }

    /// The rest of the block cannot be reached (spec appendix: `unreachable()`).
    @inline(__always)
    mutating func setUnreachable() {
        count = floor
        wideCount = Int(frames[frameCount &- 1].wideHeight)  // Safe: a frame is open while instructions run.
        isUnreachable = true
    }

    /// Whether a value of a type may stand where another is expected; bottom may stand anywhere.
    @inline(__always)
    func matches(_ actual: ValueType, _ expected: ValueType) -> Bool {
        actual == expected || matchesOther(actual, expected)
    }

    @inline(never)
    private func matchesOther(_ actual: ValueType, _ expected: ValueType) -> Bool {
        if actual == .bottom { return true }
        guard actual.isReference, expected.isReference else { return false }
        if actual.heapType == .unreachable { return true }
        return TypeMatching.matches(actual, expected, registry)
    }
}

extension HeapType {
    /// What a reference that only unreachable code has refers to: matches every heap type (spec: `bot`).
    static var unreachable: HeapType { HeapType(rawValue: 0xFFFF00) }
}
