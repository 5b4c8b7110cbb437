internal import MoteMemory
internal import MoteModule

/// Linear memory and data segments (spec 3.4 "Memory Instructions").
extension Validator {
    /// 0x28 `i32.load` to 0x35 `i64.load32_u`.
    @inline(__always)
    mutating func validateLoad(_ byte: UInt8) throws(Stop) {
        let access = PlainAccess(at: byte &- 0x28, of: 0x66_5544_1100_FA72)
        let address = try readMemoryArgument(naturalLog2: access.naturalLog2)
        try popHere(address)
        try pushHere(access.type)
    }

    /// 0x36 `i32.store` to 0x3E `i64.store32`.
    @inline(__always)
    mutating func validateStore(_ byte: UInt8) throws(Stop) {
        let access = PlainAccess(at: byte &- 0x36, of: 0x6_5410_FA72)
        let address = try readMemoryArgument(naturalLog2: access.naturalLog2)
        try popHere(access.type)
        try popHere(address)
    }

    /// Alignment and offset of a memory access; gives the type of the address.
    @inline(__always)
    mutating func readMemoryArgument(naturalLog2: UInt8) throws(Stop) -> ValueType {
        // Both in one byte, memory 0 with 32-bit addresses: nearly always.
        if end - cursor >= 2, cursor.pointee <= naturalLog2, cursor[1] < 0x80, memoryCount > 0, !memoryIs64 {
            cursor += 2
            return .i32
        }
        let flags = try readMemoryFlags()
        guard flags.alignmentLog2 <= UInt32(naturalLog2) else { throw fail(.alignmentTooLarge) }
        return flags.addressType
    }

    /// The general form of a memory argument; the alignment is left to the caller.
    @inline(never)
    mutating func readMemoryFlags() throws(Stop) -> (alignmentLog2: UInt32, addressType: ValueType) {
        var flags = try readU32()
        var memory: UInt32 = 0
        guard flags < 0x80 else { throw malformedMemoryFlags() }
        if flags & 0x40 != 0 {
            try require(.multiMemory)
            flags &= ~0x40
            memory = try readU32()
        }
        guard let type = module.pointee.memories.pointer(at: Int(memory)) else {
            // Decodes the offset all the same: malformed goes before invalid.
            _ = try readU64()
            throw fail(.unknownMemory)
        }
        let offset = try readU64()
        guard type.pointee.limits.is64 || offset <= UInt64(UInt32.max) else { throw fail(.offsetOutOfRange) }
        return (flags, type.pointee.addressType)
    }

    /// Reads a memory index, which without multi-memory is a zero byte.
    mutating func readMemory() throws(Stop) -> UnsafeMutablePointer<MemoryType> {
        let index = try readU32()
        if index != 0 { try require(.multiMemory) }
        guard let memory = module.pointee.memories.pointer(at: Int(index)) else { throw fail(.unknownMemory) }
        return memory
    }

    mutating func validateMemorySize() throws(Stop) {
        usesMemorySize = true
        try push(readMemory().pointee.addressType)
    }

    mutating func validateMemoryGrow() throws(Stop) {
        usesMemorySize = true
        let memory = try readMemory()
        try pop(memory.pointee.addressType)
        try push(memory.pointee.addressType)
    }

    mutating func validateMemoryFill() throws(Stop) {
        try require(.bulkMemory)
        let memory = try readMemory()
        try pop(memory.pointee.addressType)
        try pop(.i32)
        try pop(memory.pointee.addressType)
    }

    mutating func validateMemoryCopy() throws(Stop) {
        try require(.bulkMemory)
        let destination = try readMemory()
        let source = try readMemory()
        // The length fits the smaller of the two address types.
        let areBoth64 = destination.pointee.limits.is64 && source.pointee.limits.is64
        try pop(areBoth64 ? .i64 : .i32)
        try pop(source.pointee.addressType)
        try pop(destination.pointee.addressType)
    }

    mutating func validateMemoryInit() throws(Stop) {
        try require(.bulkMemory)
        try readDataSegment()
        let memory = try readMemory()
        try pop(.i32)
        try pop(.i32)
        try pop(memory.pointee.addressType)
    }

    mutating func validateDataDrop() throws(Stop) {
        try require(.bulkMemory)
        try readDataSegment()
    }

    /// A data segment's index; the data count section must have announced how many there are.
    mutating func readDataSegment() throws(Stop) {
        let index = try readU32()
        guard let dataCount = module.pointee.dataCount else { throw missingDataCount() }
        guard index < dataCount else { throw fail(.unknownDataSegment) }
    }
}

/// What a load or store of a number moves: a digit of a table.
///
/// ```
/// bits 3-2: 0 i32, 1 i64, 2 f32, 3 f64    bits 1-0: logarithm of the bytes in memory
/// ```
private struct PlainAccess {
    let digit: UInt8

    /// The digit at a place of a table, counted from the lowest.
    @inline(__always)
    init(at place: UInt8, of table: UInt64) {
        digit = UInt8(truncatingIfNeeded: table &>> UInt64(place &* 4)) & 15
    }

    @inline(__always)
    var naturalLog2: UInt8 { digit & 3 }
    /// The types' bytes count down in the order of the digits.
    @inline(__always)
    var type: ValueType { ValueType(rawValue: 0x7F &- UInt32(digit &>> 2)) }
}

extension MemoryType {
    var addressType: ValueType { limits.is64 ? .i64 : .i32 }
}
