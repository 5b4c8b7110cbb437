package import CPlatform
internal import MoteMemory
package import MoteModule

/// What a function reference tells about its function.
package enum FunctionDescription {
    /// The type of a function: parameters and results.
    ///
    /// In the module's or store's arena.
    package static func type(of function: UnsafePointer<MoteFunction>) -> UnsafePointer<DefinedType>? {
        if let instance = function.pointee.instance {
            let module = instance.state.pointee.module.pointee.module
            return module.functionType(of: function.pointee.functionIndex).map { UnsafePointer($0) }
        }
        guard function.pointee.isHost != 0 else { return nil }
        // A host function's record starts with what its reference points at.
        let record = UnsafeMutableRawPointer(mutating: function).assumingMemoryBound(
            to: HostFunctionRecord.self
        )
        return withUnsafePointer(to: &record.pointee.type) { $0 }
    }
}

extension MoteFunction {
    /// Bits of `reserved`: whether values of its type are references, so that calls note who gets whose.
    static var takesReferences: UInt8 { 1 }
    static var resultsReferences: UInt8 { 2 }

    /// The bits for a function type.
    static func referenceBits(of type: DefinedType) -> UInt8 {
        (Publishing.hasReferences(type.parameters) ? takesReferences : 0)
            | (Publishing.hasReferences(type.results) ? resultsReferences : 0)
    }
}
