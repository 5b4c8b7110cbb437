internal import MoteMemory
internal import MoteModule

/// Lanes of vectors; all else about vectors stands in the opcode table (spec 3.4 "Vector Instructions").
extension Validator {
    mutating func readLane(below laneCount: UInt32) throws(Stop) {
        let lane = try readByte()
        guard UInt32(lane) < laneCount else { throw fail(.invalidLaneIndex) }
    }

    /// Sixteen lanes of two vectors together.
    mutating func readShuffle() throws(Stop) {
        var remaining = 16
        while remaining > 0 {
            remaining &-= 1
            try readLane(below: 32)
        }
    }

    /// A memory argument, then a lane as wide as the access.
    mutating func readMemoryLane(_ row: OpcodeRow) throws(Stop) -> ValueType {
        let natural = row.naturalAlignmentLog2
        let address = try readMemoryArgument(naturalLog2: UInt8(truncatingIfNeeded: natural))
        try readLane(below: 16 &>> natural)
        return address
    }

    mutating func readByte() throws(Stop) -> UInt8 {
        guard cursor < end else { throw unexpectedEnd() }
        let byte = cursor.pointee
        cursor += 1
        return byte
    }
}
