internal import MoteMemory
internal import MoteModule

/// Atomic accesses: types stand in the opcode table (threads proposal, "Validation").
extension Validator {
    /// Unlike plain ones, atomic accesses must state exactly their natural alignment.
    mutating func readAtomicArgument(_ row: OpcodeRow) throws(Stop) -> ValueType {
        let flags = try readMemoryFlags()
        guard flags.alignmentLog2 == row.naturalAlignmentLog2 else { throw fail(.atomicAlignment) }
        return flags.addressType
    }

    /// The reserved byte of `atomic.fence`.
    mutating func readZeroByte() throws(Stop) {
        guard try readByte() == 0 else { throw malformedZeroByte() }
    }
}
