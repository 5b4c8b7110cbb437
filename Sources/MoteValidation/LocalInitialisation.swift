internal import MoteMemory
internal import MoteModule

/// Which locals without a default value have been set (spec appendix: `inits`).
///
/// Empty, and without memory, for functions without such locals.
struct LocalInitialisation {
    /// One bit per local, set while it has a value.
    private var bits: UnsafeMutablePointer<UInt64>?
    private var bitCapacity = 0
    /// The locals set, oldest first: what leaving a block takes back.
    private var order: UnsafeMutablePointer<UInt32>?
    private var orderCapacity = 0
    /// How many locals are set.
    private(set) var count = 0

    /// Clears the bits of a new function.
    mutating func prepare(localCount: Int, _ arena: Arena) throws(MemoryError) {
        count = 0
        // Safe: locals are limited to some ten thousands.
        let words = (localCount + 63) / 64
        if words > bitCapacity {
            let size = words * 8
            let block =
                if let bits {
                    try arena.resizeGrowable(bits, to: size, site: .validationInitialisedLocalGrowth)
                } else {
                    try arena.allocateGrowable(
                        sizeInBytes: size,
                        region: .scratch,
                        site: .validationInitialisedLocals
                    )
                }
            bits = block.assumingMemoryBound(to: UInt64.self)
            bitCapacity = words
        }
        var index = 0
        while index < words {
            bits?[index] = 0
            index &+= 1
        }
    }

    func isSet(_ index: UInt32) -> Bool {
        guard let bits, Int(index >> 6) < bitCapacity else { return false }
        return bits[Int(index >> 6)] & (1 &<< UInt64(index & 63)) != 0
    }

    /// Notes that a local has a value; the local is one of those announced.
    mutating func set(_ index: UInt32, _ arena: Arena) throws(MemoryError) {
        guard let bits, Int(index >> 6) < bitCapacity, !isSet(index) else { return }
        if count == orderCapacity {
            // Safe: at most twice the number of locals.
            let capacity = orderCapacity == 0 ? 16 : orderCapacity * 2
            let size = capacity * MemoryLayout<UInt32>.stride
            let block =
                if let order {
                    try arena.resizeGrowable(order, to: size, site: .validationInitialisationOrderGrowth)
                } else {
                    try arena.allocateGrowable(
                        sizeInBytes: size,
                        region: .scratch,
                        site: .validationInitialisationOrder
                    )
                }
            order = block.assumingMemoryBound(to: UInt32.self)
            orderCapacity = capacity
        }
        bits[Int(index >> 6)] |= 1 &<< UInt64(index & 63)
        order?[count] = index
        count &+= 1
    }

    /// Takes back what was set since there were `height` locals set.
    mutating func reset(to height: UInt32) {
        guard let bits, let order else { return }
        while count > Int(height) {
            count &-= 1
            let index = order[count]
            bits[Int(index >> 6)] &= ~(1 &<< UInt64(index & 63))
        }
    }

    /// Ends the function: no local counts as set.
    mutating func clear() { count = 0 }

    func release(_ arena: Arena) {
        if let bits { arena.freeGrowable(bits) }
        if let order { arena.freeGrowable(order) }
    }
}
