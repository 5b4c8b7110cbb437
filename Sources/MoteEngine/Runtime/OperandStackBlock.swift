internal import MoteMemory

/// Where the slots of one environment lie.
struct OperandStackBlock {
    var base: UnsafeMutablePointer<UInt64>
    var limit: UnsafeMutablePointer<UInt64>

    /// A block of its own in the arena, untouched.
    static func make(in arena: Arena, sizeInBytes: Int) throws(MemoryError) -> OperandStackBlock {
        let raw = try arena.allocateGrowable(sizeInBytes: sizeInBytes, region: .operandStack, site: .operandStack)
        let count = sizeInBytes / 8
        let base = raw.bindMemory(to: UInt64.self, capacity: count)
        return OperandStackBlock(base: base, limit: base + count)
    }
}
