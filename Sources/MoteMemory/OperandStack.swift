package import CPlatform

/// The slots of one execution environment: a block of their own in its arena, 8 bytes each, growing up.
///
/// Never written in advance: with the system as source, pages that no frame reached have no memory.
package struct OperandStack {
    package var base: UnsafeMutablePointer<UInt64>
    /// The first slot beyond the end.
    package var limit: UnsafeMutablePointer<UInt64>

    /// Least size of a stack: an activation and a small frame.
    package static var leastSizeInBytes: Int { 256 }

    /// Slots for `sizeInBytes`, rounded down to 16.
    package static func create(in arena: Arena, sizeInBytes: Int) throws(MemoryError) -> OperandStack {
        guard sizeInBytes >= leastSizeInBytes else {
            throw .invalidPlan(.operandStackTooSmall, region: .operandStack)
        }
        let size = sizeInBytes & ~15
        let raw = try arena.allocateGrowable(
            sizeInBytes: size,
            region: .operandStack,
            site: .operandStackSlots
        )
        let base = raw.bindMemory(to: UInt64.self, capacity: size / 8)
        return OperandStack(base: base, limit: base + size / 8)
    }

    /// Gives the slots back before the arena goes.
    package func destroy(in arena: Arena) { arena.freeGrowable(UnsafeMutableRawPointer(base)) }

    package var sizeInBytes: Int { (limit - base) &* 8 }

    /// Makes these the slots of an environment, none of them used yet.
    package func attach(to environment: UnsafeMutablePointer<MoteEnvironment>) {
        environment.pointee.stackBase = base
        environment.pointee.stackPeak = base
        environment.pointee.stackLimit = limit
    }

    /// Most bytes that frames of an environment ever needed.
    package static func peakInBytes(of environment: UnsafeMutablePointer<MoteEnvironment>) -> Int {
        guard let base = environment.pointee.stackBase, let peak = environment.pointee.stackPeak else {
            return 0
        }
        return max(peak - base, 0) &* 8
    }

    /// An environment with its slots, all else zero; both go with the arena.
    package static func createEnvironment(
        in arena: Arena,
        stackSizeInBytes: Int
    ) throws(MemoryError) -> UnsafeMutablePointer<MoteEnvironment> {
        let environment = try arena.allocateZeroed(
            MoteEnvironment.self,
            count: 1,
            region: .structures,
            site: .environment
        )
        try create(in: arena, sizeInBytes: stackSizeInBytes).attach(to: environment)
        environment.pointee.wakeDescriptor = -1
        return environment
    }
}
