internal import MoteMemory
internal import MoteModule

/// Structs and arrays (spec 3.4 "Aggregate Reference Instructions").
extension Validator {
    mutating func validateAggregate(_ opcode: Opcode) throws(Stop) {
        switch opcode {
        case .structNew: try validateStructNew()
        case .structNewDefault: try validateStructNewDefault()
        case .structGet: try validateStructGet(isPacked: false)
        case .structGetSigned, .structGetUnsigned: try validateStructGet(isPacked: true)
        case .structSet: try validateStructSet()
        case .arrayNew: try validateArrayNew()
        case .arrayNewDefault: try validateArrayNewDefault()
        case .arrayNewFixed: try validateArrayNewFixed()
        case .arrayNewData: try validateArrayNewData()
        case .arrayNewElem: try validateArrayNewElement()
        case .arrayGet: try validateArrayGet(isPacked: false)
        case .arrayGetSigned, .arrayGetUnsigned: try validateArrayGet(isPacked: true)
        case .arraySet: try validateArraySet()
        case .arrayLen:
            try pop(.reference(.array, isNullable: true))
            try push(.i32)
        case .arrayFill: try validateArrayFill()
        case .arrayCopy: try validateArrayCopy()
        case .arrayInitData: try validateArrayInitData()
        case .arrayInitElem: try validateArrayInitElement()
        default: throw illegalOpcode()
        }
    }

    private func reference(_ type: UnsafeMutablePointer<DefinedType>, isNullable: Bool) -> ValueType {
        .reference(.concrete(type.pointee.canonicalID), isNullable: isNullable)
    }

    // Structs

    private mutating func validateStructNew() throws(Stop) {
        let type = try readDefinedType(.structure)
        var index = type.pointee.values.count
        while index > 0 {
            index &-= 1
            guard let field = type.pointee.values[checked: index] else { throw fail(.unknownField) }
            try pop(field.unpacked)
        }
        try push(reference(type, isNullable: false))
    }

    private mutating func validateStructNewDefault() throws(Stop) {
        let type = try readDefinedType(.structure)
        var index = 0
        while let field = type.pointee.values[checked: index] {
            guard field.isDefaultable else { throw fail(.notDefaultable) }
            index &+= 1
        }
        try push(reference(type, isNullable: false))
    }

    private mutating func readField() throws(Stop) -> (ValueType, isMutable: Bool, ValueType) {
        let type = try readDefinedType(.structure)
        let index = Int(try readU32())
        guard let field = type.pointee.values[checked: index],
            let isMutable = type.pointee.mutability[checked: index]
        else { throw fail(.unknownField) }
        return (field, isMutable, reference(type, isNullable: true))
    }

    private mutating func validateStructGet(isPacked: Bool) throws(Stop) {
        let (field, _, structure) = try readField()
        guard field.isPacked == isPacked else { throw fail(.typeMismatch) }
        try pop(structure)
        try push(field.unpacked)
    }

    private mutating func validateStructSet() throws(Stop) {
        let (field, isMutable, structure) = try readField()
        guard isMutable else { throw fail(.fieldIsImmutable) }
        try pop(field.unpacked)
        try pop(structure)
    }

    // Arrays

    private mutating func readArray() throws(Stop) -> (ValueType, isMutable: Bool, ValueType) {
        let type = try readDefinedType(.array)
        guard let element = type.pointee.values[checked: 0],
            let isMutable = type.pointee.mutability[checked: 0]
        else { throw fail(.unknownType) }
        return (element, isMutable, reference(type, isNullable: false))
    }

    private mutating func readMutableArray() throws(Stop) -> (ValueType, ValueType) {
        let (element, isMutable, array) = try readArray()
        guard isMutable else { throw fail(.arrayIsImmutable) }
        return (element, .reference(array.heapType, isNullable: true))
    }

    private mutating func validateArrayNew() throws(Stop) {
        let (element, _, array) = try readArray()
        try pop(.i32)
        try pop(element.unpacked)
        try push(array)
    }

    private mutating func validateArrayNewDefault() throws(Stop) {
        let (element, _, array) = try readArray()
        guard element.isDefaultable else { throw fail(.notDefaultable) }
        try pop(.i32)
        try push(array)
    }

    private mutating func validateArrayNewFixed() throws(Stop) {
        let (element, _, array) = try readArray()
        var remaining = try readU32()
        while remaining > 0 {
            // Unreachable code has all the rest: the number may be large.
            if count == floor, isUnreachable { break }
            remaining &-= 1
            try pop(element.unpacked)
        }
        try push(array)
    }

    private mutating func validateArrayNewData() throws(Stop) {
        let (element, _, array) = try readArray()
        try readDataSegment()
        guard !element.isReference else { throw fail(.arrayIsNotNumeric) }
        try pop(.i32)
        try pop(.i32)
        try push(array)
    }

    private mutating func validateArrayNewElement() throws(Stop) {
        let (element, _, array) = try readArray()
        try checkElements(element)
        try pop(.i32)
        try pop(.i32)
        try push(array)
    }

    private mutating func checkElements(_ element: ValueType) throws(Stop) {
        let segment = try readElementSegment()
        guard matches(segment.pointee.elementType, element) else { throw fail(.typeMismatch) }
    }

    private mutating func validateArrayGet(isPacked: Bool) throws(Stop) {
        let (element, _, array) = try readArray()
        guard element.isPacked == isPacked else { throw fail(.typeMismatch) }
        try pop(.i32)
        try pop(.reference(array.heapType, isNullable: true))
        try push(element.unpacked)
    }

    private mutating func validateArraySet() throws(Stop) {
        let (element, array) = try readMutableArray()
        try pop(element.unpacked)
        try pop(.i32)
        try pop(array)
    }

    private mutating func validateArrayFill() throws(Stop) {
        let (element, array) = try readMutableArray()
        try pop(.i32)
        try pop(element.unpacked)
        try pop(.i32)
        try pop(array)
    }

    private mutating func validateArrayCopy() throws(Stop) {
        let (element, array) = try readMutableArray()
        let (sourceElement, _, source) = try readArray()
        guard matches(sourceElement, element) else { throw fail(.arrayTypesDoNotMatch) }
        try pop(.i32)
        try pop(.i32)
        try pop(.reference(source.heapType, isNullable: true))
        try pop(.i32)
        try pop(array)
    }

    private mutating func validateArrayInitData() throws(Stop) {
        let (element, array) = try readMutableArray()
        try readDataSegment()
        guard !element.isReference else { throw fail(.arrayIsNotNumeric) }
        try popThreeIndices()
        try pop(array)
    }

    private mutating func validateArrayInitElement() throws(Stop) {
        let (element, array) = try readMutableArray()
        try checkElements(element)
        try popThreeIndices()
        try pop(array)
    }

    private mutating func popThreeIndices() throws(Stop) {
        try pop(.i32)
        try pop(.i32)
        try pop(.i32)
    }
}

extension ValueType {
    /// What a field of this type is on the operand stack.
    var unpacked: ValueType { isPacked ? .i32 : self }
}
