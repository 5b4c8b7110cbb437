internal import MoteMemory
internal import MoteModule

// Vector instructions: numbers behind 0xFD (spec 5.4.9).

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    ///
    /// ``FeatureSet/executable`` keeps modules that have one away until there is one.
    mutating func vector(_ number: UInt32) throws(MemoryError) {
        _ = try emit(.unreachableOperation, sizeInBytes: 8)
    }
}
