internal import MoteMemory
internal import MoteModule

/// Which locals without a default value have been set (spec appendix: `inits`).
///
/// Empty, and without memory, for functions without such locals.
struct LocalInitialisation {
    /// One bit per local, set while it has a value.
    var bits: UnsafeMutablePointer<UInt64>?
    var bitCapacity = 0
    /// The locals set, oldest first: what leaving a block takes back.
    var order: UnsafeMutablePointer<UInt32>?
    var orderCapacity = 0
    /// How many locals are set.
    var count = 0

    func isSet(_ index: UInt32) -> Bool {
        guard let word = word(index) else { return false }
        return word.pointee & bit(index) != 0
    }

    /// The word with the bit of a local; nil where no local was announced that has so large an index.
    func word(_ index: UInt32) -> UnsafeMutablePointer<UInt64>? {
        guard let bits, Int(index &>> 6) < bitCapacity else { return nil }
        return bits + Int(index &>> 6)
    }

    func bit(_ index: UInt32) -> UInt64 { 1 &<< UInt64(index & 63) }

    /// Takes back what was set since there were `height` locals set.
    mutating func reset(to height: UInt32) {
        guard let bits, let order else { return }
        while count > Int(height) {
            count &-= 1
            let index = order[count]
            bits[Int(index &>> 6)] &= ~bit(index)
        }
    }
}

extension Validator {
    /// Clears the bits of a new function.
    mutating func prepareInitialisation() {
        // Safe: locals are limited to some ten thousands.
        let words = (localCount &+ 63) &>> 6
        if words > initialisation.bitCapacity {
            let taken =
                initialisation.bits == nil
                ? resize(nil, to: words &* 8, site: .validationInitialisedLocals)
                : resize(initialisation.bits, to: words &* 8, site: .validationInitialisedLocalGrowth)
            guard let block = taken else { return }
            initialisation.bits = block.assumingMemoryBound(to: UInt64.self)
            initialisation.bitCapacity = words
        }
        var index = 0
        while index < words {
            initialisation.bits?[index] = 0
            index &+= 1
        }
    }

    /// A local without a default value must have been set.
    @inline(never)
    mutating func requireInitialised(_ index: UInt32) {
        guard Int(index) < parameters.count || initialisation.isSet(index) else {
            return fail(.uninitialisedLocal)
        }
    }

    /// Notes that a local has a value; the local is one of those announced.
    @inline(never)
    mutating func noteInitialised(_ index: UInt32) {
        let bit = initialisation.bit(index)
        guard Int(index) >= parameters.count, let word = initialisation.word(index), word.pointee & bit == 0
        else { return }
        let count = initialisation.count
        if count == initialisation.orderCapacity {
            // Safe: at most twice the number of locals.
            let capacity = count == 0 ? 16 : count &* 2
            let size = capacity &* MemoryLayout<UInt32>.stride
            let taken =
                initialisation.order == nil
                ? resize(nil, to: size, site: .validationInitialisationOrder)
                : resize(initialisation.order, to: size, site: .validationInitialisationOrderGrowth)
            guard let block = taken else { return }
            initialisation.order = block.assumingMemoryBound(to: UInt32.self)
            initialisation.orderCapacity = capacity
        }
        word.pointee |= bit
        initialisation.order?[count] = index
        initialisation.count = count &+ 1
    }
}
