internal import MoteMemory
internal import MoteModule

// Structs and arrays: numbers behind 0xFB (spec 5.4.2); those from 20 on are casts and small integers.

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    mutating func aggregate(_ number: UInt32) {
        switch number {
        case 0: structNew()
        case 1: structNewDefault()
        case 2...4: structGet(isSigned: number == 3)
        case 5: structSet()
        case 6, 7: arrayNew(isDefault: number == 7)
        case 8: arrayNewFixed()
        case 9: arrayNewSegment(.arrayNewData)
        case 10: arrayNewSegment(.arrayNewElement)
        case 11...13: arrayGet(isSigned: number == 12)
        case 14: arraySet()
        case 15: unaryReference(.arrayLength)
        case 16:
            _ = u32()
            arrayBulk(.arrayFill, operandCount: 4)
        case 17:
            _ = u32()
            _ = u32()
            arrayBulk(.arrayCopy, operandCount: 5)
        case 18, 19:
            _ = u32()
            let segment = u32()
            let at = arrayBulk(number == 18 ? .arrayInitData : .arrayInitElement, operandCount: 4)
            code.set32(at &+ 16, segment)
        default: cast(number)
        }
    }

    /// One operand and an i32.
    mutating func unaryReference(_ opcode: InternalOpcode) {
        let operand = popSlot()
        let result = pushTemporary(0x7F)
        let at = emit(opcode, result: result)
        code.set16(at &+ 10, operand)
    }

    private mutating func definedType(_ index: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        module.pointee.types.pointer(at: Int(index))
    }

    /// The type of an array's elements and the lower half of its header.
    private mutating func arrayType(_ index: UInt32) -> (element: ValueType, header: UInt32) {
        let type = definedType(index)
        let element = type?.pointee.values[checked: 0] ?? .i32
        let header = GCObject.arrayHeader(
            typeID: type?.pointee.canonicalID ?? 0,
            elementSizeLog2: element.storageSizeLog2
        )
        return (element, header)
    }

    /// Row of `OBJECT_LOADS` in the generator; nil for v128.
    private mutating func loadRow(_ type: ValueType, isSigned: Bool) -> Int? {
        switch type.kind {
        case 0x78: isSigned ? 1 : 0
        case 0x77: isSigned ? 3 : 2
        case 0x7F: 4
        case 0x7D: 6
        case 0x7C: 7
        case 0x7B: nil
        default: 5
        }
    }

    /// Kind byte on the operand stack.
    private mutating func unpacked(_ type: ValueType) -> UInt8 { type.isPacked ? 0x7F : type.kind }

    /// Slot of an operand that stays on the stack; constants and sums are written to their homes.
    private mutating func readySlot(_ index: Int) -> Int16 {
        let entry = operand(index)
        guard entry.kind == .constant || entry.kind == .sum else { return entry.slot }
        write(entry, to: entry.home)
        return entry.home
    }

    // Structs

    /// Operands are listed behind the instruction: slot, base-2 logarithm of the bytes, offset from the object.
    private mutating func structNew() {
        guard let type = definedType(u32()) else { return }
        let count = type.pointee.values.count
        let first = entryCount &- count
        for index in first..<entryCount { _ = readySlot(index) }
        let at = emitNew(.structNew, type, count: count, sizeInBytes: 24 &+ count &* 8)
        if code.hasFailed { return }
        var layout = FieldLayout()
        for index in 0..<count {
            guard let field = type.pointee.values[checked: index] else { break }
            let entry = entries[first &+ index]
            let isWritten = entry.kind == .constant || entry.kind == .sum
            let listed = at &+ 24 &+ index &* 8
            code.set16(listed, isWritten ? entry.home : entry.slot)
            code.set16(listed + 2, Int16(truncatingIfNeeded: field.storageSizeLog2))
            let offset = layout.next(field) &+ GCObject.headerSizeInBytes
            code.set32(listed + 4, UInt32(truncatingIfNeeded: offset))
        }
        finishNew(at, operandCount: count)
    }

    private mutating func structNewDefault() {
        guard let type = definedType(u32()) else { return }
        let at = emitNew(.structNewDefault, type, count: 0, sizeInBytes: 24)
        finishNew(at, operandCount: 0)
    }

    /// Header @16, operand count @12; the result is still to be named.
    private mutating func emitNew(
        _ opcode: InternalOpcode,
        _ type: UnsafeMutablePointer<DefinedType>,
        count: Int,
        sizeInBytes: Int
    ) -> Int {
        let at = emit(opcode, sizeInBytes: sizeInBytes)
        let size = GCObject.headerSizeInBytes &+ Int(type.pointee.fieldsSizeInBytes)
        let header = GCObject.header(
            .structure,
            typeID: type.pointee.canonicalID,
            sizeInBytes: max(size, GCObject.smallestSizeInBytes)
        )
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: count))
        code.set64(at &+ 16, header)
        return at
    }

    /// Pops the operands of an instruction that makes an object, and pushes the object.
    private mutating func finishNew(_ at: Int, operandCount: Int) {
        for _ in 0..<operandCount { _ = pop() }
        let result = pushTemporary(0x64)
        code.set16(at &+ 8, result)
        forget(result)
        integerRegister = result
    }

    private mutating func structGet(isSigned: Bool) {
        let type = definedType(u32())
        guard let (fieldOffset, field) = type?.pointee.field(at: Int(u32())) else { return }
        let offset = UInt32(truncatingIfNeeded: fieldOffset &+ GCObject.headerSizeInBytes)
        let object = popSlot()
        let isLast = object == integerRegister
        let result = pushTemporary(unpacked(field))
        let at: Int
        if let row = loadRow(field, isSigned: isSigned) {
            at = emit(.structLoad + (row &* 2 &+ (isLast ? 1 : 0)), result: result, isFloat: row >= 6)
        } else {
            at = emitVector(.structLoad + 16, result: result)
        }
        code.set16(at &+ 10, object)
        code.set32(at &+ 12, offset)
    }

    private mutating func structSet() {
        let type = definedType(u32())
        guard let (fieldOffset, field) = type?.pointee.field(at: Int(u32())) else { return }
        let value = popSlot()
        let object = popSlot()
        let at = emit(.structStore + Int(field.storageSizeLog2))
        code.set16(at &+ 8, object)
        code.set16(at &+ 10, value)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: fieldOffset &+ GCObject.headerSizeInBytes))
    }

    // Arrays

    private mutating func arrayNew(isDefault: Bool) {
        let (_, header) = arrayType(u32())
        let count = popSlot()
        let value = isDefault ? 0 : popSlot()
        let result = pushTemporary(0x64)
        let at = emit(isDefault ? .arrayNewDefault : .arrayNew, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, value)
        code.set16(at &+ 12, count)
        code.set32(at &+ 16, header)
    }

    /// Operands are listed behind the instruction, 16 bits each.
    private mutating func arrayNewFixed() {
        let (_, header) = arrayType(u32())
        let count = Int(u32())
        let first = entryCount &- count
        for index in first..<entryCount { _ = readySlot(index) }
        let at = emit(.arrayNewFixed, sizeInBytes: 24 &+ ((count &* 2 &+ 7) & ~7))
        if code.hasFailed { return }
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: count))
        code.set32(at &+ 16, header)
        for index in 0..<count {
            let entry = entries[first &+ index]
            let isWritten = entry.kind == .constant || entry.kind == .sum
            code.set16(at &+ 24 &+ index &* 2, isWritten ? entry.home : entry.slot)
        }
        finishNew(at, operandCount: count)
    }

    private mutating func arrayNewSegment(_ opcode: InternalOpcode) {
        let (_, header) = arrayType(u32())
        let segment = u32()
        let count = popSlot()
        let source = popSlot()
        let result = pushTemporary(0x64)
        let at = emit(opcode, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, source)
        code.set16(at &+ 12, count)
        code.set32(at &+ 16, header)
        code.set32(at &+ 20, segment)
    }

    private mutating func arrayGet(isSigned: Bool) {
        let (element, _) = arrayType(u32())
        let index = popSlot()
        let array = popSlot()
        let isLast = index == integerRegister
        let result = pushTemporary(unpacked(element))
        let at: Int
        if let row = loadRow(element, isSigned: isSigned) {
            at = emit(.arrayLoad + (row &* 2 &+ (isLast ? 1 : 0)), result: result, isFloat: row >= 6)
        } else {
            at = emitVector(.arrayLoad + 16, result: result)
        }
        code.set16(at &+ 10, array)
        code.set16(at &+ 12, index)
    }

    private mutating func arraySet() {
        let (element, _) = arrayType(u32())
        let value = popSlot()
        let index = popSlot()
        let array = popSlot()
        let at = emit(.arrayStore + Int(element.storageSizeLog2))
        code.set16(at &+ 8, array)
        code.set16(at &+ 10, index)
        code.set16(at &+ 12, value)
    }

    /// Operand slots @8, @10, @12, @14 and, of five, @16.
    @discardableResult
    private mutating func arrayBulk(_ opcode: InternalOpcode, operandCount: Int) -> Int {
        let first = entryCount &- operandCount
        for index in first..<entryCount { _ = readySlot(index) }
        let at = emit(opcode, sizeInBytes: 24)
        for index in 0..<operandCount {
            let entry = entries[first &+ index]
            let isWritten = entry.kind == .constant || entry.kind == .sum
            code.set16(at &+ 8 &+ index &* 2, isWritten ? entry.home : entry.slot)
        }
        for _ in 0..<operandCount { _ = pop() }
        return at
    }
}
