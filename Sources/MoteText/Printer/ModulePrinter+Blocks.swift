internal import MoteBinary
internal import MoteModule

/// Block types, labels, and the lists of `br_table`, `select` and `try_table`.
extension ModulePrinter {
    /// The label's name where the next block has one, and what the block takes and leaves.
    mutating func putBlockType(_ type: BlockType) {
        if let name = body.nextLabel.name, !name.bytes.isEmpty {
            writer.put(" ")
            writer.identifier(name.bytes)
        }
        switch type {
        case .empty: break
        case .value(let value): putValues("result", [value])
        case .typeIndex(let index):
            putTypeUse(index)
            let shape = types[index]
            putValues("param", shape.parameters)
            putValues("result", shape.results)
        }
    }

    /// A label's name, or its index and, as a comment, the number of the block.
    mutating func putLabel(_ index: UInt32) {
        writer.put(" ")
        guard let label = body.label(index) else {
            writer.decimal(index)
            return
        }
        if let name = label.name {
            writer.identifier(name)
        } else {
            writer.decimal(index)
            writer.put(" (;@")
            writer.decimal(label.ordinal)
            writer.put(";)")
        }
    }

    mutating func putLabels(_ immediates: Immediates) {
        var reader = ByteReader(base: module.pointee.bytes, range: immediates.vector)
        while let label = try? reader.u32LEB() { putLabel(label) }
        putLabel(UInt32(truncatingIfNeeded: immediates.second))
    }

    /// The types of `select`, or the type and clauses of `try_table`.
    mutating func putVectorEntries(_ row: OpcodeRow, _ immediates: Immediates) {
        var reader = ByteReader(base: module.pointee.bytes, range: immediates.vector)
        guard row.immediates == .tryTable else {
            writer.put(" (result")
            while let type = try? reader.valueType(features: .everything) {
                writer.put(" ")
                put(type)
            }
            writer.put(")")
            return
        }
        putBlockType(immediates.blockType)
        while let clause = try? reader.u8() {
            switch clause {
            case 0: writer.put(" (catch ")
            case 1: writer.put(" (catch_ref ")
            case 2: writer.put(" (catch_all")
            default: writer.put(" (catch_all_ref")
            }
            if clause < 2, let tag = try? reader.u32LEB() { index(.tag, tag) }
            if let label = try? reader.u32LEB() { putLabel(label) }
            writer.put(")")
        }
    }
}
