internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Structs and arrays (spec 3.4 "Aggregate Reference Instructions").
extension Validator {
    mutating func validateAggregate(_ opcode: Opcode) {
        switch opcode {
        case .structNew: validateStructNew()
        case .structNewDefault: validateStructNewDefault()
        case .structGet: validateStructGet(isPacked: false)
        case .structGetSigned, .structGetUnsigned: validateStructGet(isPacked: true)
        case .structSet: validateStructSet()
        case .arrayNew: validateArrayNew()
        case .arrayNewDefault: validateArrayNewDefault()
        case .arrayNewFixed: validateArrayNewFixed()
        case .arrayNewData: validateArrayNewData()
        case .arrayNewElem: validateArrayNewElement()
        case .arrayGet: validateArrayGet(isPacked: false)
        case .arrayGetSigned, .arrayGetUnsigned: validateArrayGet(isPacked: true)
        case .arraySet: validateArraySet()
        case .arrayLen:
            pop(.reference(.array, isNullable: true))
            push(.i32)
        case .arrayFill: validateArrayFill()
        case .arrayCopy: validateArrayCopy()
        case .arrayInitData: validateArrayInitData()
        case .arrayInitElem: validateArrayInitElement()
        default: return malformed(.illegalOpcode)
        }
    }

    private func reference(_ type: UnsafeMutablePointer<DefinedType>, isNullable: Bool) -> ValueType {
        .reference(.concrete(type.pointee.canonicalID), isNullable: isNullable)
    }

    // Structs

    private mutating func validateStructNew() {
        guard let type = readDefinedType(.structure) else { return }
        var index = type.pointee.values.count
        while index > 0 {
            index &-= 1
            guard let field = type.pointee.values[checked: index] else { return fail(.unknownField) }
            pop(field.unpacked)
        }
        push(reference(type, isNullable: false))
    }

    private mutating func validateStructNewDefault() {
        guard let type = readDefinedType(.structure) else { return }
        var index = 0
        while let field = type.pointee.values[checked: index] {
            guard field.isDefaultable else { return fail(.notDefaultable) }
            index &+= 1
        }
        push(reference(type, isNullable: false))
    }

    private mutating func readField() -> (ValueType, isMutable: Bool, ValueType) {
        if let type = readDefinedType(.structure) {
            let index = Int(readU32())
            if let field = type.pointee.values[checked: index],
                let isMutable = type.pointee.mutability[checked: index]
            {
                return (field, isMutable, reference(type, isNullable: true))
            }
            fail(.unknownField)
        }
        return (.bottom, false, .bottom)
    }

    private mutating func validateStructGet(isPacked: Bool) {
        let (field, _, structure) = readField()
        guard field.isPacked == isPacked else { return fail(.typeMismatch) }
        pop(structure)
        push(field.unpacked)
    }

    private mutating func validateStructSet() {
        let (field, isMutable, structure) = readField()
        guard isMutable else { return fail(.fieldIsImmutable) }
        pop(field.unpacked)
        pop(structure)
    }

    // Arrays

    private mutating func readArray() -> (ValueType, isMutable: Bool, ValueType) {
        guard let type = readDefinedType(.array),
            let element = type.pointee.values[checked: 0],
            let isMutable = type.pointee.mutability[checked: 0]
        else {
            fail(.unknownType)
            return (.bottom, false, .bottom)
        }
        return (element, isMutable, reference(type, isNullable: false))
    }

    private mutating func readMutableArray() -> (ValueType, ValueType) {
        let (element, isMutable, array) = readArray()
        if !isMutable { fail(.arrayIsImmutable) }
        return (element, .reference(array.heapType, isNullable: true))
    }

    private mutating func validateArrayNew() {
        let (element, _, array) = readArray()
        pop(.i32)
        pop(element.unpacked)
        push(array)
    }

    private mutating func validateArrayNewDefault() {
        let (element, _, array) = readArray()
        guard element.isDefaultable else { return fail(.notDefaultable) }
        pop(.i32)
        push(array)
    }

    private mutating func validateArrayNewFixed() {
        let (element, _, array) = readArray()
        var remaining = readU32()
        while remaining > 0, !hasFailed {
            // Unreachable code has all the rest: the number may be large.
            if count == floor, isUnreachable { break }
            remaining &-= 1
            pop(element.unpacked)
        }
        push(array)
    }

    private mutating func validateArrayNewData() {
        let (element, _, array) = readArray()
        readDataSegment()
        guard !element.isReference else { return fail(.arrayIsNotNumeric) }
        pop(.i32)
        pop(.i32)
        push(array)
    }

    private mutating func validateArrayNewElement() {
        let (element, _, array) = readArray()
        checkElements(element)
        pop(.i32)
        pop(.i32)
        push(array)
    }

    private mutating func checkElements(_ element: ValueType) {
        if let segment = readElementSegment() { requireMatch(segment.pointee.elementType, element) }
    }

    private mutating func validateArrayGet(isPacked: Bool) {
        let (element, _, array) = readArray()
        guard element.isPacked == isPacked else { return fail(.typeMismatch) }
        pop(.i32)
        pop(.reference(array.heapType, isNullable: true))
        push(element.unpacked)
    }

    private mutating func validateArraySet() {
        let (element, array) = readMutableArray()
        pop(element.unpacked)
        pop(.i32)
        pop(array)
    }

    private mutating func validateArrayFill() {
        let (element, array) = readMutableArray()
        pop(.i32)
        pop(element.unpacked)
        pop(.i32)
        pop(array)
    }

    private mutating func validateArrayCopy() {
        let (element, array) = readMutableArray()
        let (sourceElement, _, source) = readArray()
        guard matches(sourceElement, element) else { return fail(.arrayTypesDoNotMatch) }
        pop(.i32)
        pop(.i32)
        pop(.reference(source.heapType, isNullable: true))
        pop(.i32)
        pop(array)
    }

    private mutating func validateArrayInitData() {
        let (element, array) = readMutableArray()
        readDataSegment()
        guard !element.isReference else { return fail(.arrayIsNotNumeric) }
        popThreeIndices()
        pop(array)
    }

    private mutating func validateArrayInitElement() {
        let (element, array) = readMutableArray()
        checkElements(element)
        popThreeIndices()
        pop(array)
    }

    private mutating func popThreeIndices() {
        pop(.i32)
        pop(.i32)
        pop(.i32)
    }
}

extension ValueType {
    /// What a field of this type is on the operand stack.
    var unpacked: ValueType { isPacked ? .i32 : self }
}
