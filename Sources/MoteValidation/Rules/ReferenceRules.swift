internal import MoteMemory
internal import MoteModule

/// References to functions and null (spec 3.4 "Reference Instructions").
extension Validator {
    mutating func validateReferenceNull() {
        push(.reference(readHeapType(), isNullable: true))
    }

    mutating func validateReferenceIsNull() {
        _ = popReference()
        push(.i32)
    }

    mutating func validateReferenceFunction() {
        let index = readU32()
        guard let type = functionType(index) else { return }
        let bits = module.pointee.referencedFunctions[checked: Int(index &>> 6)] ?? 0
        if functionIndex != nil, bits & (1 &<< UInt64(index & 63)) == 0 {
            fail(.undeclaredFunctionReference)
        }
        push(.reference(.concrete(type.pointee.canonicalID), isNullable: false))
    }

    mutating func validateReferenceAsNonNull() {
        push(popReference().asNonNull)
    }

    mutating func validateReferenceEqual() {
        pop(.reference(.eq, isNullable: true))
        pop(.reference(.eq, isNullable: true))
        push(.i32)
    }
}
