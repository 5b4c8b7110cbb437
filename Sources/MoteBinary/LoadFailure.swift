package import MoteMemory
package import MoteModule

/// Why a module could not be decoded.
package enum LoadFailure: Error, Sendable {
    /// The bytes are not a module.
    case malformed(DecodeError)
    /// A region had nothing left.
    case memory(MemoryError)
    /// The module makes use of a proposal that is off.
    case unsupported(Feature, byteOffset: Int)
}
