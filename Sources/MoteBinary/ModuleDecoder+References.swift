internal import MoteMemory
internal import MoteModule

extension ModuleDecoder {
    /// Makes the bitmap of functions that may be referred to (spec 3.5, C.refs), and marks what tables name.
    mutating func allocateReferencedFunctions() throws(DecodeError) {
        let words = (module.pointee.functions.count &+ 63) &>> 6
        let bits = try allocate(UInt64.self, count: words, site: .moduleReferencedFunctions)
        bits.base?.initialize(repeating: 0, count: words)
        module.pointee.referencedFunctions = bits
        let ranks = try allocate(UInt32.self, count: words, site: .moduleReferencedRanks)
        ranks.base?.initialize(repeating: 0, count: words)
        module.pointee.referencedRanks = ranks
        for index in 0..<module.pointee.tables.count {
            guard let table = module.pointee.tables.pointer(at: index) else { continue }
            var reader = ByteReader(base: module.pointee.bytes, range: table.pointee.initializer)
            if !table.pointee.initializer.isEmpty { _ = try readExpression(&reader) }
        }
    }

    /// Marks a function as one that may be referred to; an index outside the index space is left to validation.
    func markReferenced(_ functionIndex: UInt32) {
        module.pointee.referencedFunctions.pointer(at: Int(functionIndex &>> 6))?.pointee |=
            1 &<< UInt64(functionIndex & 63)
    }

    /// Skips a constant expression and marks the functions that it names.
    func readExpression(_ reader: inout ByteReader) throws(DecodeError) -> ByteRange {
        let start = reader.offset
        var depth = 0
        while depth >= 0 {
            let row = try reader.opcode(features: features)
            let immediates = try reader.immediates(of: row, features: features)
            if row.opcode == .refFunc { markReferenced(UInt32(truncatingIfNeeded: immediates.first)) }
            if let feature = row.feature { module.pointee.usedFeatures.insert(feature) }
            depth &+= row.nesting
        }
        return ByteRange(
            offset: UInt32(truncatingIfNeeded: start),
            sizeInBytes: UInt32(truncatingIfNeeded: reader.offset &- start)
        )
    }

    /// Counts the marks before each word.
    func rankReferencedFunctions() {
        var count = 0
        for word in 0..<module.pointee.referencedFunctions.count {
            guard let bits = module.pointee.referencedFunctions[checked: word],
                let rank = module.pointee.referencedRanks.pointer(at: word)
            else { break }
            rank.pointee = UInt32(truncatingIfNeeded: count)
            count &+= bits.nonzeroBitCount
        }
        module.pointee.referencedFunctionCount = count
    }
}
