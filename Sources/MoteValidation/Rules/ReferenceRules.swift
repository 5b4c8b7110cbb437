internal import MoteMemory
internal import MoteModule

/// References to functions and null (spec 3.4 "Reference Instructions").
extension Validator {
    mutating func validateReferenceNull() throws(Stop) {
        try require(.referenceTypes)
        let heapType = try readHeapType()
        try push(.reference(heapType, isNullable: true))
    }

    mutating func validateReferenceIsNull() throws(Stop) {
        try require(.referenceTypes)
        _ = try popReference()
        try push(.i32)
    }

    mutating func validateReferenceFunction() throws(Stop) {
        try require(.referenceTypes)
        let index = try readU32()
        guard let type = module.pointee.functionType(of: index) else { throw fail(.unknownFunction) }
        guard functionIndex == nil || module.pointee.referencedRank(of: index) != nil else {
            throw fail(.undeclaredFunctionReference)
        }
        try push(.reference(.concrete(type.pointee.canonicalID), isNullable: false))
    }

    mutating func validateReferenceAsNonNull() throws(Stop) {
        try require(.typedFunctionReferences)
        let type = try popReference()
        try push(type.asNonNull)
    }

    mutating func validateReferenceEqual() throws(Stop) {
        try require(.garbageCollection)
        try pop(.reference(.eq, isNullable: true))
        try pop(.reference(.eq, isNullable: true))
        try push(.i32)
    }
}
