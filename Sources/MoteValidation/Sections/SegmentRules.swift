internal import MoteMemory
internal import MoteModule

/// Element and data segments (spec 3.5 "Element Segments", "Data Segments").
extension Validator {
    mutating func validateElementSegments() throws(Stop) {
        let segments = module.pointee.elements
        var index = 0
        while let segment = segments.pointer(at: index) {
            try validateElementSegment(segment)
            index &+= 1
        }
    }

    private mutating func validateElementSegment(_ segment: UnsafeMutablePointer<ElementSegment>) throws(Stop)
    {
        let type = segment.pointee.elementType
        // Plain indices are functions, whatever proposals are on; their type is not written in the file.
        if segment.pointee.isExpressions { try requireFeatures(of: type) }
        switch segment.pointee.mode {
        case .active:
            guard let table = module.pointee.tables.pointer(at: Int(segment.pointee.tableIndex)) else {
                throw fail(.unknownTable)
            }
            guard matches(type, table.pointee.elementType) else { throw fail(.typeMismatch) }
            try validateConstant(segment.pointee.offset, table.pointee.addressType)
        case .passive: try require(.bulkMemory)
        case .declarative: try require(.referenceTypes)
        }
        if segment.pointee.isExpressions {
            try require(.bulkMemory)
            try validateConstants(segment.pointee.elements, count: segment.pointee.count, type)
        }
        // Plain indices the decoder saw to be functions.
    }

    mutating func validateDataSegments() throws(Stop) {
        let segments = module.pointee.dataSegments
        if module.pointee.dataCount != nil { try require(.bulkMemory) }
        var index = 0
        while let segment = segments.pointer(at: index) {
            if segment.pointee.mode == .active {
                guard let memory = module.pointee.memories.pointer(at: Int(segment.pointee.memoryIndex))
                else {
                    throw fail(.unknownMemory)
                }
                try validateConstant(segment.pointee.offset, memory.pointee.addressType)
            } else {
                try require(.bulkMemory)
            }
            index &+= 1
        }
    }
}
