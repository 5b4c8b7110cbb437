internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Atomic accesses: types stand in the opcode table (threads proposal, "Validation").
extension Validator {
    /// Unlike plain ones, atomic accesses must state exactly their natural alignment.
    mutating func readAtomicArgument(_ row: OpcodeRow) -> ValueType {
        let flags = readMemoryFlags()
        if flags.alignmentLog2 != row.naturalAlignmentLog2 { fail(.atomicAlignment) }
        return flags.addressType
    }

    /// The reserved byte of `atomic.fence`.
    mutating func readZeroByte() {
        if readByte() != 0 { malformed(.zeroByteExpected) }
    }
}
