internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Linear memory and data segments (spec 3.4 "Memory Instructions").
extension Validator {
    /// 0x28 `i32.load` to 0x35 `i64.load32_u`, then 0x36 `i32.store` to 0x3E `i64.store32`.
    @inline(__always)
    mutating func validateAccess(_ byte: UInt8) {
        guard let row = OpcodeTable.row(UInt32(byte)) else { return malformed(.illegalOpcode) }
        let address = readMemoryArgument(naturalLog2: UInt8(truncatingIfNeeded: row.naturalAlignmentLog2))
        if byte < 0x36 { return replaceHere(address, row.signature.result(0).number) }
        popHere(row.signature.parameter(1).number)
        popHere(address)
    }

    /// Alignment and offset of a memory access; gives the type of the address.
    @inline(__always)
    mutating func readMemoryArgument(naturalLog2: UInt8) -> ValueType {
        // Both in one byte, memory 0 with 32-bit addresses: nearly always.
        if end - cursor >= 2, cursor.pointee <= naturalLog2, cursor[1] < 0x80, hasPlainMemory {
            cursor += 2
            return .i32
        }
        return readLongMemoryArgument(naturalLog2)
    }

    /// The same for whatever is rarer.
    @inline(never)
    mutating func readLongMemoryArgument(_ naturalLog2: UInt8) -> ValueType {
        let flags = readMemoryFlags()
        if flags.alignmentLog2 > UInt32(naturalLog2) { fail(.alignmentTooLarge) }
        return flags.addressType
    }

    /// The general form of a memory argument; the alignment is left to the caller.
    mutating func readMemoryFlags() -> (alignmentLog2: UInt32, addressType: ValueType) {
        let flags = readU32()
        if flags >= 0x80 { malformed(.malformedMemoryFlags) }
        var memory: UInt32 = 0
        if flags & 0x40 != 0 {
            require(.multiMemory)
            memory = readU32()
        }
        // Decodes the offset whatever the memory: malformed goes before invalid.
        let offset = readU64()
        let address = addressType(memory)
        if address == .i32, offset > UInt64(UInt32.max) { fail(.offsetOutOfRange) }
        return (flags & ~0x40, address)
    }

    /// Reads a memory index, which without multi-memory is a zero byte; gives the type of its addresses.
    @inline(never)
    mutating func readMemory() -> ValueType {
        let index = readU32()
        if index != 0 { require(.multiMemory) }
        return addressType(index)
    }

    /// The type of a memory's addresses.
    @inline(never)
    mutating func addressType(_ memory: UInt32) -> ValueType {
        if let type = module.pointee.memories.pointer(at: Int(memory)) { return type.pointee.addressType }
        fail(.unknownMemory)
        return .i32
    }

    mutating func validateMemoryCopy() {
        let destination = readMemory()
        popCopy(destination, readMemory())
    }

    /// A data segment's index; the data count section must have announced how many there are.
    @inline(never)
    mutating func readDataSegment() {
        let index = readU32()
        guard let dataCount = module.pointee.dataCount else { return malformed(.dataCountRequired) }
        if index >= dataCount { fail(.unknownDataSegment) }
    }
}

extension MemoryType {
    var addressType: ValueType { limits.is64 ? .i64 : .i32 }
}
