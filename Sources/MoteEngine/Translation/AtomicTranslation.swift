internal import MoteMemory
internal import MoteModule

// Atomic accesses: numbers behind 0xFE.

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    ///
    /// ``FeatureSet/executable`` keeps modules that have one away until there is one.
    mutating func atomic(_ number: UInt32) throws(MemoryError) {
        _ = try emit(.unreachableOperation, sizeInBytes: 8)
    }
}
