internal import MoteMemory
internal import MoteModule

/// Element and data segments (spec 3.5 "Element Segments", "Data Segments").
extension Validator {
    mutating func validateElementSegments() {
        let segments = module.pointee.elements
        var index = 0
        while let segment = segments.pointer(at: index) {
            validateElementSegment(segment)
            index &+= 1
        }
    }

    private mutating func validateElementSegment(_ segment: UnsafeMutablePointer<ElementSegment>) {
        let type = segment.pointee.elementType
        // Plain indices are functions, whatever proposals are on; their type is not written in the file.
        if segment.pointee.isExpressions { requireFeatures(of: type) }
        switch segment.pointee.mode {
        case .active:
            guard let table = table(segment.pointee.tableIndex) else { return }
            requireMatch(type, table.pointee.elementType)
            validateConstant(segment.pointee.offset, table.pointee.addressType)
        case .passive: require(.bulkMemory)
        case .declarative: require(.referenceTypes)
        }
        if segment.pointee.isExpressions {
            require(.bulkMemory)
            validateConstants(segment.pointee.elements, count: segment.pointee.count, type)
        }
        // Plain indices the decoder saw to be functions.
    }

    mutating func validateDataSegments() {
        let segments = module.pointee.dataSegments
        if module.pointee.dataCount != nil { require(.bulkMemory) }
        var index = 0
        while let segment = segments.pointer(at: index) {
            if segment.pointee.mode == .active {
                validateConstant(segment.pointee.offset, addressType(segment.pointee.memoryIndex))
            } else {
                require(.bulkMemory)
            }
            index &+= 1
        }
    }
}
