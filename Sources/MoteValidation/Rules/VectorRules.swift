internal import MoteMemory
internal import MoteModule

/// Lanes of vectors; all else about vectors stands in the opcode table (spec 3.4 "Vector Instructions").
extension Validator {
    mutating func readLane(below laneCount: UInt32) {
        let lane = readByte()
        guard UInt32(lane) < laneCount else { return fail(.invalidLaneIndex) }
    }

    /// Sixteen lanes of two vectors together.
    mutating func readShuffle() {
        var remaining = 16
        while remaining > 0 {
            remaining &-= 1
            readLane(below: 32)
        }
    }

    /// A memory argument, then a lane as wide as the access.
    mutating func readMemoryLane(_ row: OpcodeRow) -> ValueType {
        let natural = row.naturalAlignmentLog2
        let address = readLongMemoryArgument(UInt8(truncatingIfNeeded: natural))
        readLane(below: 16 &>> natural)
        return address
    }
}
