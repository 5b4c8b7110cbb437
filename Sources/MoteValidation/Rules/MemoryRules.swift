internal import MoteMemory
internal import MoteModule

/// Linear memory and data segments (spec 3.4 "Memory Instructions").
extension Validator {
    @inline(__always)
    mutating func validateLoad(_ type: ValueType, naturalLog2: UInt8) throws(Stop) {
        let address = try readMemoryArgument(naturalLog2: naturalLog2)
        try pop(address)
        try push(type)
    }

    @inline(__always)
    mutating func validateStore(_ type: ValueType, naturalLog2: UInt8) throws(Stop) {
        let address = try readMemoryArgument(naturalLog2: naturalLog2)
        try pop(type)
        try pop(address)
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

extension MemoryType {
    var addressType: ValueType { limits.is64 ? .i64 : .i32 }
}
