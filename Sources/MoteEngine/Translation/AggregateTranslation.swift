internal import MoteMemory
internal import MoteModule

// Structs and arrays: numbers behind 0xFB (spec 5.4.2); those from 20 on are casts and small integers.

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    mutating func aggregate(_ number: UInt32) throws(MemoryError) {
        switch number {
        case 0: try structNew()
        case 1: try structNewDefault()
        case 2...4: try structGet(isSigned: number == 3)
        case 5: try structSet()
        case 6, 7: try arrayNew(isDefault: number == 7)
        case 8: try arrayNewFixed()
        case 9: try arrayNewSegment(.arrayNewData)
        case 10: try arrayNewSegment(.arrayNewElement)
        case 11...13: try arrayGet(isSigned: number == 12)
        case 14: try arraySet()
        case 15: try unaryReference(.arrayLength)
        case 16:
            _ = reader.u32()
            try arrayBulk(.arrayFill, operandCount: 4)
        case 17:
            _ = reader.u32()
            _ = reader.u32()
            try arrayBulk(.arrayCopy, operandCount: 5)
        case 18, 19:
            _ = reader.u32()
            let segment = reader.u32()
            let at = try arrayBulk(number == 18 ? .arrayInitData : .arrayInitElement, operandCount: 4)
            code.set32(at &+ 16, segment)
        default: try cast(number)
        }
    }

    /// One operand and an i32.
    mutating func unaryReference(_ opcode: InternalOpcode) throws(MemoryError) {
        let operand = try slot(of: pop())
        let result = pushTemporary(0x7F)
        let at = try emit(opcode, result: result)
        code.set16(at &+ 10, operand)
    }

    private func definedType(_ index: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        module.pointee.types.pointer(at: Int(index))
    }

    /// The type of an array's elements and the lower half of its header.
    private func arrayType(_ index: UInt32) -> (element: ValueType, header: UInt32) {
        let type = definedType(index)
        let element = type?.pointee.values[checked: 0] ?? .i32
        let header = GCObject.arrayHeader(
            typeID: type?.pointee.canonicalID ?? 0,
            elementSizeLog2: element.storageSizeLog2
        )
        return (element, header)
    }

    /// Row of `OBJECT_LOADS` in the generator; nil for v128.
    private func loadRow(_ type: ValueType, isSigned: Bool) -> Int? {
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
    private func unpacked(_ type: ValueType) -> UInt8 { type.isPacked ? 0x7F : type.kind }

    /// Slot of an operand that stays on the stack; constants and sums are written to their homes.
    private mutating func readySlot(_ index: Int) throws(MemoryError) -> Int16 {
        let entry = entries[index]
        guard entry.kind == .constant || entry.kind == .sum else { return entry.slot }
        try write(entry, to: entry.home)
        return entry.home
    }

    // Structs

    /// Operands are listed behind the instruction: slot, base-2 logarithm of the bytes, offset from the object.
    private mutating func structNew() throws(MemoryError) {
        guard let type = definedType(reader.u32()) else { return }
        let count = type.pointee.values.count
        let first = entryCount &- count
        for index in first..<entryCount { _ = try readySlot(index) }
        let at = try emitNew(.structNew, type, count: count, sizeInBytes: 24 &+ count &* 8)
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

    private mutating func structNewDefault() throws(MemoryError) {
        guard let type = definedType(reader.u32()) else { return }
        let at = try emitNew(.structNewDefault, type, count: 0, sizeInBytes: 24)
        finishNew(at, operandCount: 0)
    }

    /// Header @16, operand count @12; the result is still to be named.
    private mutating func emitNew(
        _ opcode: InternalOpcode,
        _ type: UnsafeMutablePointer<DefinedType>,
        count: Int,
        sizeInBytes: Int
    ) throws(MemoryError) -> Int {
        let at = try emit(opcode, sizeInBytes: sizeInBytes)
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

    private mutating func structGet(isSigned: Bool) throws(MemoryError) {
        let type = definedType(reader.u32())
        guard let (fieldOffset, field) = type?.pointee.field(at: Int(reader.u32())) else { return }
        let offset = UInt32(truncatingIfNeeded: fieldOffset &+ GCObject.headerSizeInBytes)
        let object = try slot(of: pop())
        let isLast = object == integerRegister
        let result = pushTemporary(unpacked(field))
        let at: Int
        if let row = loadRow(field, isSigned: isSigned) {
            at = try emit(.structLoad + (row &* 2 &+ (isLast ? 1 : 0)), result: result, isFloat: row >= 6)
        } else {
            at = try emitVector(.structLoad + 16, result: result)
        }
        code.set16(at &+ 10, object)
        code.set32(at &+ 12, offset)
    }

    private mutating func structSet() throws(MemoryError) {
        let type = definedType(reader.u32())
        guard let (fieldOffset, field) = type?.pointee.field(at: Int(reader.u32())) else { return }
        let value = try slot(of: pop())
        let object = try slot(of: pop())
        let at = try emit(.structStore + Int(field.storageSizeLog2))
        code.set16(at &+ 8, object)
        code.set16(at &+ 10, value)
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: fieldOffset &+ GCObject.headerSizeInBytes))
    }

    // Arrays

    private mutating func arrayNew(isDefault: Bool) throws(MemoryError) {
        let (_, header) = arrayType(reader.u32())
        let count = try slot(of: pop())
        let value = isDefault ? 0 : try slot(of: pop())
        let result = pushTemporary(0x64)
        let at = try emit(isDefault ? .arrayNewDefault : .arrayNew, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, value)
        code.set16(at &+ 12, count)
        code.set32(at &+ 16, header)
    }

    /// Operands are listed behind the instruction, 16 bits each.
    private mutating func arrayNewFixed() throws(MemoryError) {
        let (_, header) = arrayType(reader.u32())
        let count = Int(reader.u32())
        let first = entryCount &- count
        for index in first..<entryCount { _ = try readySlot(index) }
        let at = try emit(.arrayNewFixed, sizeInBytes: 24 &+ ((count &* 2 &+ 7) & ~7))
        code.set32(at &+ 12, UInt32(truncatingIfNeeded: count))
        code.set32(at &+ 16, header)
        for index in 0..<count {
            let entry = entries[first &+ index]
            let isWritten = entry.kind == .constant || entry.kind == .sum
            code.set16(at &+ 24 &+ index &* 2, isWritten ? entry.home : entry.slot)
        }
        finishNew(at, operandCount: count)
    }

    private mutating func arrayNewSegment(_ opcode: InternalOpcode) throws(MemoryError) {
        let (_, header) = arrayType(reader.u32())
        let segment = reader.u32()
        let count = try slot(of: pop())
        let source = try slot(of: pop())
        let result = pushTemporary(0x64)
        let at = try emit(opcode, sizeInBytes: 24, result: result)
        code.set16(at &+ 10, source)
        code.set16(at &+ 12, count)
        code.set32(at &+ 16, header)
        code.set32(at &+ 20, segment)
    }

    private mutating func arrayGet(isSigned: Bool) throws(MemoryError) {
        let (element, _) = arrayType(reader.u32())
        let index = try slot(of: pop())
        let array = try slot(of: pop())
        let isLast = index == integerRegister
        let result = pushTemporary(unpacked(element))
        let at: Int
        if let row = loadRow(element, isSigned: isSigned) {
            at = try emit(.arrayLoad + (row &* 2 &+ (isLast ? 1 : 0)), result: result, isFloat: row >= 6)
        } else {
            at = try emitVector(.arrayLoad + 16, result: result)
        }
        code.set16(at &+ 10, array)
        code.set16(at &+ 12, index)
    }

    private mutating func arraySet() throws(MemoryError) {
        let (element, _) = arrayType(reader.u32())
        let value = try slot(of: pop())
        let index = try slot(of: pop())
        let array = try slot(of: pop())
        let at = try emit(.arrayStore + Int(element.storageSizeLog2))
        code.set16(at &+ 8, array)
        code.set16(at &+ 10, index)
        code.set16(at &+ 12, value)
    }

    /// Operand slots @8, @10, @12, @14 and, of five, @16.
    @discardableResult
    private mutating func arrayBulk(_ opcode: InternalOpcode, operandCount: Int) throws(MemoryError) -> Int {
        let first = entryCount &- operandCount
        for index in first..<entryCount { _ = try readySlot(index) }
        let at = try emit(opcode, sizeInBytes: 24)
        for index in 0..<operandCount {
            let entry = entries[first &+ index]
            let isWritten = entry.kind == .constant || entry.kind == .sum
            code.set16(at &+ 8 &+ index &* 2, isWritten ? entry.home : entry.slot)
        }
        for _ in 0..<operandCount { _ = pop() }
        return at
    }
}
