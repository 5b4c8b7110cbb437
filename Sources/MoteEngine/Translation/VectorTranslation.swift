internal import CPlatform
internal import MoteMemory
internal import MoteModule

// Vector instructions: numbers behind 0xFD (spec 5.4.9). What has operands and perhaps a lane only, is a row of the
// generated ``InternalOpcode/vectorOperation(_:)``; loads and stores are families in the generator's order.

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    mutating func vector(_ number: UInt32) {
        switch number {
        case 0x00...0x0A: vectorLoad(row: Int(number))
        case 0x0B: vectorStore()
        case 0x0C: vectorConstant()
        case 0x0D: shuffle()
        case 0x0F...0x14: vectorUnary(number)
        case 0x15...0x22: laneAccess(number)
        case 0x52, 0x105...0x10C, 0x113: vectorTernary(number)
        case 0x54...0x57: loadLane(Int(number) &- 0x54)
        case 0x58...0x5B: storeLane(Int(number) &- 0x58)
        case 0x5C, 0x5D: vectorLoad(row: Int(number) &- 0x5C &+ 11)
        case 0x53, 0x63, 0x64, 0x83, 0x84, 0xA3, 0xA4, 0xC3, 0xC4: vectorTest(number)
        case 0x6B...0x6D, 0x8B...0x8D, 0xAB...0xAD, 0xCB...0xCD: vectorShift(number)
        default:
            // Safe: validation has found a row for every opcode.
            guard
                let row = OpcodeTable.rawValue(prefix: 0xFD, number: number).flatMap({ OpcodeTable.row($0) })
            else { return }
            if row.signature.parameterCount == 1 {
                vectorUnary(number)
            } else {
                vectorBinary(number)
            }
        }
    }

    private var runtime: UnsafeMutablePointer<RuntimeState>? {
        module.pointee.engineState?.assumingMemoryBound(to: ModuleState.self).pointee.runtime
    }
    /// Whether relaxed instructions give the results of the spec's deterministic profile.
    private var isDeterministic: Bool { runtime?.pointee.isDeterministic ?? false }
    /// Whether the processor shuffles bytes with one instruction, and the runtime lets it.
    private var hasByteShuffle: Bool {
        runtime?.pointee.usesProcessorExtensions ?? false && mote_has_byte_shuffle()
    }

    /// The handler of an operation; of a relaxed one, as the runtime wants it.
    private mutating func vectorOperation(_ number: UInt32) -> InternalOpcode {
        InternalOpcode.vectorOperation(isDeterministic ? Translator.deterministic(number) : number)
            ?? .unreachableOperation
    }

    /// The instruction that gives a relaxed one's result in the spec's deterministic profile, where the cheapest
    /// allowed result is another.
    ///
    /// Products and sums are rounded twice there too; dot products are signed.
    private static func deterministic(_ number: UInt32) -> UInt32 {
        switch number {
        case 0x101: 0xF8  // i32x4.trunc_sat_f32x4_s
        case 0x103: 0xFC  // i32x4.trunc_sat_f64x2_s_zero
        case 0x10D: 0xE8  // f32x4.min
        case 0x10E: 0xE9  // f32x4.max
        case 0x10F: 0xF4  // f64x2.min
        case 0x110: 0xF5  // f64x2.max
        default: number
        }
    }

    private mutating func vectorUnary(_ number: UInt32) {
        let source = popSlot()
        let result = pushTemporary(0x7B)
        let at = emitVector(vectorOperation(number), result: result)
        code.set16(at &+ 10, source)
    }

    private mutating func vectorBinary(_ number: UInt32) {
        if fuseProduct(number) { return }
        if number == 0x50, fuseRotation() { return }
        let right = popSlot()
        let left = popSlot()
        let result = pushTemporary(0x7B)
        let isSwizzle = number == 0x0E || number == 0x100
        let opcode = isSwizzle && hasByteShuffle ? .swizzleAtOnce : vectorOperation(number)
        let at = emitVector(opcode, result: result)
        code.set16(at &+ 10, left)
        code.set16(at &+ 12, right)
    }

    /// A sum or difference of a product computed just now: one instruction, still rounded twice.
    private mutating func fuseProduct(_ number: UInt32) -> Bool {
        let product: UInt32
        let fused: UInt32
        switch number {
        case 0xE4, 0xE5: (product, fused) = (0xE6, 0x105 &+ (number &- 0xE4))
        case 0xF0, 0xF1: (product, fused) = (0xF2, 0x107 &+ (number &- 0xF0))
        default: return false
        }
        let isSum = number == 0xE4 || number == 0xF0
        let right = operand(entryCount &- 1)
        let left = operand(entryCount &- 2)
        let third: Int16
        if isLastResult(right), last.opcode == vectorOperation(product) {
            third = left.slot
        } else if isSum, isLastResult(left), last.opcode == vectorOperation(product) {
            third = right.slot
        } else {
            return false
        }
        _ = pop()
        _ = pop()
        let (first, second) = (lastField16(10), lastField16(12))
        removeLast()
        let result = pushTemporary(0x7B)
        let at = emitVector(vectorOperation(fused), result: result)
        code.set16(at &+ 10, first)
        code.set16(at &+ 12, second)
        code.set16(at &+ 14, third)
        return true
    }

    /// `or` of two shifts by constants that together are a rotation of one operand.
    private mutating func fuseRotation() -> Bool {
        let right = operand(entryCount &- 1)
        let left = operand(entryCount &- 2)
        guard isLastResult(right), left.kind == .temporary, tail.offset == last.offset,
            previousTail.offset >= 0, field16(previousTail.offset &+ 8) == left.slot,
            field16(previousTail.offset &+ 10) == lastField16(10)
        else { return false }
        for row in 0..<2 {
            let width: Int16 = row == 0 ? 32 : 64
            let shiftLeft = vectorOperation(row == 0 ? 0xAB : 0xCB) + 1
            let shiftRight = vectorOperation(row == 0 ? 0xAD : 0xCD) + 1
            let isLeftFirst = previousTail.opcode == shiftLeft && last.opcode == shiftRight
            guard isLeftFirst || previousTail.opcode == shiftRight && last.opcode == shiftLeft else {
                continue
            }
            let (firstCount, secondCount) = (field16(previousTail.offset &+ 12), lastField16(12))
            guard firstCount > 0, secondCount > 0, firstCount &+ secondCount == width else { return false }
            let source = lastField16(10)
            _ = pop()
            _ = pop()
            let start = previousTail.offset
            removeLast()
            removeTail(start)
            let result = pushTemporary(0x7B)
            let at = emitVector(.vectorRotate + row, result: result)
            code.set16(at &+ 10, source)
            code.set16(at &+ 12, isLeftFirst ? firstCount : secondCount)
            code.set16(at &+ 14, isLeftFirst ? secondCount : firstCount)
            return true
        }
        return false
    }

    private mutating func field16(_ at: Int) -> Int16 { (code.base + at).load(as: Int16.self) }

    /// Takes the instruction at an offset away, which is the one written last and leaves registers as they are.
    private mutating func removeTail(_ offset: Int) {
        code.count = offset
        tail.offset = -1
        previousTail.offset = -1
        if code.count <= soughtCodeOffset { foundByteOffset = nil }
    }

    private mutating func vectorTernary(_ number: UInt32) {
        let third = popSlot()
        let second = popSlot()
        let first = popSlot()
        let result = pushTemporary(0x7B)
        let at = emitVector(vectorOperation(number), result: result)
        code.set16(at &+ 10, first)
        code.set16(at &+ 12, second)
        code.set16(at &+ 14, third)
    }

    private mutating func vectorShift(_ number: UInt32) {
        let count = pop()
        let isImmediate = count.kind == .constant
        // Counts are modulo 64 at most.
        let field = isImmediate ? Int16(truncatingIfNeeded: count.value & 63) : slot(of: count)
        let source = popSlot()
        let result = pushTemporary(0x7B)
        let at = emitVector(vectorOperation(number) + (isImmediate ? 1 : 0), result: result)
        code.set16(at &+ 10, source)
        code.set16(at &+ 12, field)
    }

    private mutating func vectorTest(_ number: UInt32) {
        let source = popSlot()
        let result = pushTemporary(0x7F)
        let at = emit(vectorOperation(number), result: result)
        code.set16(at &+ 10, source)
    }

    /// 0x15 to 0x22: extract_lane and replace_lane.
    private mutating func laneAccess(_ number: UInt32) {
        let laneLog2: Int16
        switch number {
        case 0x15...0x17: laneLog2 = 0
        case 0x18...0x1A: laneLog2 = 1
        case 0x1B, 0x1C, 0x1F, 0x20: laneLog2 = 2
        default: laneLog2 = 3
        }
        let offset = Int16(reader.byte()) &<< laneLog2
        switch number {
        case 0x17, 0x1A, 0x1C, 0x1E, 0x20, 0x22:
            let value = popSlot()
            let source = popSlot()
            let result = pushTemporary(0x7B)
            let at = emitVector(vectorOperation(number), result: result)
            code.set16(at &+ 10, source)
            code.set16(at &+ 12, value)
            code.set16(at &+ 14, offset)
        default:
            let type: UInt8 = number == 0x1D ? 0x7E : number == 0x1F ? 0x7D : number == 0x21 ? 0x7C : 0x7F
            let source = popSlot()
            let result = pushTemporary(type)
            let at = emit(vectorOperation(number), result: result, isFloat: type == 0x7D || type == 0x7C)
            code.set16(at &+ 10, source)
            code.set16(at &+ 12, offset)
        }
    }

    private mutating func vectorConstant() {
        let (low, high) = (reader.bits64(), reader.bits64())
        let result = pushTemporary(0x7B)
        let at = emitVector(.constantVector, sizeInBytes: 32, result: result)
        code.set64(at &+ 16, low)
        code.set64(at &+ 24, high)
    }

    /// i8x16.shuffle: as few loads as its lanes, seen as the widest that move as wholes, need.
    private mutating func shuffle() {
        let lanes = reader.base + reader.offset
        reader.offset &+= 16
        let right = popSlot()
        let left = popSlot()
        var widthLog2 = 3
        while widthLog2 > 0, !Translator.moveAsWholes(lanes, 1 &<< widthLog2) { widthLog2 &-= 1 }
        if widthLog2 < 3, hasByteShuffle { return shuffleAtOnce(lanes, left, right) }
        let count = 16 &>> widthLog2
        let result = pushTemporary(0x7B)
        let at = emitVector(
            .vectorShuffle + widthLog2,
            sizeInBytes: 16 &+ 4 &* count,
            result: result
        )
        for index in 0..<count {
            let lane = Int32(lanes[index &<< widthLog2])
            let source = Int32(lane < 16 ? left : right)
            code.set32(at + 16 + 4 * index, UInt32(bitPattern: source &* 8 &+ (lane & 15)))
        }
    }

    /// The same by the processor's instruction, which gives zero for indices with their highest bit set.
    private mutating func shuffleAtOnce(
        _ lanes: UnsafePointer<UInt8>,
        _ left: Int16,
        _ right: Int16
    ) {
        var low: UInt8 = 0
        var high: UInt8 = 0
        for index in 0..<16 {
            if lanes[index] < 16 { low = 1 } else { high = 1 }
        }
        let isOne = left == right || low == 0 || high == 0
        let result = pushTemporary(0x7B)
        let at = emitVector(
            isOne ? .shuffleOneAtOnce : .shuffleAtOnce,
            sizeInBytes: isOne ? 32 : 48,
            result: result
        )
        code.set16(at &+ 10, low == 0 ? right : left)
        if !isOne { code.set16(at &+ 12, right) }
        for index in 0..<16 {
            let lane = lanes[index]
            code.set8(at + 16 + index, isOne || lane < 16 ? lane & 15 : 0x80)
            if !isOne { code.set8(at + 32 + index, lane < 16 ? 0x80 : lane & 15) }
        }
    }

    /// Whether each group of `width` lanes of the result is `width` consecutive bytes of one operand.
    private static func moveAsWholes(_ lanes: UnsafePointer<UInt8>, _ width: Int) -> Bool {
        for index in 0..<16 {
            let first = lanes[index & ~(width &- 1)]
            let lane = lanes[index]
            if Int(lane) != Int(first) &+ (index & (width &- 1)) || lane / 16 != first / 16 { return false }
        }
        return true
    }
}
