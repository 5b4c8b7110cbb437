internal import MoteBinary
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The type section (spec 3.2).
extension Validator {
    mutating func validateTypes() {
        var index = 0
        while let type = types.pointer(at: index) {
            validateType(type)
            index &+= 1
        }
    }

    private mutating func validateType(_ type: UnsafeMutablePointer<DefinedType>) {
        if Build.hasGarbageCollection,
            type.pointee.kind != .function || !type.pointee.isFinal || type.pointee.supertypeID != .max
        {
            require(.garbageCollection)
        }
        if type.pointee.kind == .function, type.pointee.resultCount > 1 { require(.multiValue) }
        var index = 0
        while let value = type.pointee.values[checked: index] {
            if !value.isNumeric { requireFeatures(of: value) }
            index &+= 1
        }
        guard Int(type.pointee.parameterSlots) <= ValidationLimits.maximumSlots,
            Int(type.pointee.resultSlots) <= ValidationLimits.maximumSlots
        else { return fail(.tooManySlots) }
    }
}
