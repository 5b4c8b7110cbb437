internal import MoteMemory
internal import MoteModule

// Structs, arrays, casts and i31 references: numbers behind 0xFB (spec 5.4.2).

extension Translator {
    /// The instruction with a number, whose immediates are still to be read.
    ///
    /// ``FeatureSet/executable`` keeps modules that have one away until there is one.
    mutating func aggregate(_ number: UInt32) throws(MemoryError) {
        _ = try emit(.unreachableOperation, sizeInBytes: 8)
    }
}
