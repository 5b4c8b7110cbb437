internal import MoteBinary
internal import MoteModule

/// One instruction with its immediates (spec 6.5).
extension ModulePrinter {
    /// A constant expression: one instruction in parentheses, more behind a keyword or bare.
    mutating func putConstantExpression(
        _ reader: inout ByteReader,
        keyword: StaticString? = nil
    ) throws(DecodeError) {
        body = BodyContext()
        var ahead = reader
        let row = try ahead.opcode(features: .everything)
        let immediates = try ahead.immediates(of: row, features: .everything)
        if row.opcode != .end, ahead.peek == 0x0B {
            writer.put(" (")
            putInstruction(row, immediates)
            writer.put(")")
            reader = ahead
            reader.offset &+= 1
            return
        }
        if let keyword {
            writer.put(" (")
            writer.put(keyword)
        }
        while true {
            let row = try reader.opcode(features: .everything)
            let immediates = try reader.immediates(of: row, features: .everything)
            if row.opcode == .end || row.opcode == .delegate {
                if body.depth == 0 { break }
                body.closeBlock()
            }
            writer.put(" ")
            putInstruction(row, immediates)
            if row.opensBlock { body.openBlock() }
        }
        if keyword != nil { writer.put(")") }
    }

    /// Spelling and immediates, in the order of the text, which is not always that of the binary format.
    mutating func putInstruction(_ row: OpcodeRow, _ immediates: Immediates) {
        writer.put(raw: spellings[Int(row.opcode.rawValue)])
        let first = UInt32(truncatingIfNeeded: immediates.first)
        let second = UInt32(truncatingIfNeeded: immediates.second)
        switch row.immediates {
        case .none, .zeroByte: break
        case .block: putBlockType(immediates.blockType)
        case .label: putLabel(first)
        case .labelTable: putLabels(immediates)
        case .function: putSpaced(.function, first)
        case .type: putSpaced(.type, first)
        case .typeTable:
            putUnlessZero(.table, second)
            putTypeUse(first)
        case .local: putLocal(first)
        case .global: putSpaced(.global, first)
        case .table: putUnlessZero(.table, first)
        case .tableTable: putPair(.table, first, second)
        case .elementTable:
            putUnlessZero(.table, second)
            putSpaced(.element, first)
        case .element: putSpaced(.element, first)
        case .data: putSpaced(.data, first)
        case .dataMemory:
            putUnlessZero(.memory, second)
            putSpaced(.data, first)
        case .memory: putUnlessZero(.memory, first)
        case .memoryMemory: putPair(.memory, first, second)
        case .memarg, .memargLane: putMemoryArgument(row, immediates)
        case .lane: putDecimal(immediates.first)
        case .lanes16:
            putLanes(immediates.first)
            putLanes(immediates.second)
        case .i32, .i64:
            writer.put(" ")
            writer.signed(Int64(bitPattern: immediates.first))
        case .f32:
            writer.put(" ")
            writer.f32(first)
        case .f64:
            writer.put(" ")
            writer.f64(immediates.first)
        case .v128: putVector(immediates)
        case .heapType: putHeapType(row, HeapType(rawValue: first))
        case .valueTypes, .tryTable: putVectorEntries(row, immediates)
        case .tag: putSpaced(.tag, first)
        case .castBranch: putCastBranch(immediates)
        case .typeField: putField(first, second)
        case .typeCount:
            putSpaced(.type, first)
            putDecimal(immediates.second)
        case .typeData:
            putSpaced(.type, first)
            putSpaced(.data, second)
        case .typeElement:
            putSpaced(.type, first)
            putSpaced(.element, second)
        case .typeType:
            putSpaced(.type, first)
            putSpaced(.type, second)
        }
    }

    private mutating func putSpaced(_ space: NameSpace, _ index: UInt32) {
        writer.put(" ")
        self.index(space, index)
    }

    private mutating func putUnlessZero(_ space: NameSpace, _ index: UInt32) {
        if index != 0 { putSpaced(space, index) }
    }

    private mutating func putPair(_ space: NameSpace, _ first: UInt32, _ second: UInt32) {
        guard first != 0 || second != 0 else { return }
        putSpaced(space, first)
        putSpaced(space, second)
    }

    private mutating func putDecimal(_ number: UInt64) {
        writer.put(" ")
        writer.decimal(number)
    }

    private mutating func putLocal(_ index: UInt32) {
        writer.put(" ")
        if let entry = body.locals[index], entry.isIdentifier {
            writer.identifier(entry.bytes)
        } else {
            writer.decimal(index)
        }
    }

    private mutating func putField(_ type: UInt32, _ index: UInt32) {
        putSpaced(.type, type)
        writer.put(" ")
        if let entry = fieldNames(of: type)[index], entry.isIdentifier {
            writer.identifier(entry.bytes)
        } else {
            writer.decimal(index)
        }
    }

    private mutating func putMemoryArgument(_ row: OpcodeRow, _ immediates: Immediates) {
        putUnlessZero(.memory, UInt32(truncatingIfNeeded: immediates.third))
        if immediates.first != 0 {
            writer.put(" offset=")
            writer.decimal(immediates.first)
        }
        if immediates.second != UInt64(row.naturalAlignmentLog2) {
            writer.put(" align=")
            writer.decimal(UInt64(1) << (immediates.second & 63))
        }
        if row.immediates == .memargLane { putDecimal(immediates.third >> 32) }
    }

    private mutating func putLanes(_ lanes: UInt64) {
        for position in 0..<8 { putDecimal((lanes >> UInt64(8 &* position)) & 0xFF) }
    }

    private mutating func putVector(_ immediates: Immediates) {
        writer.put(" i32x4")
        for word in [immediates.first, immediates.second] {
            writer.put(" ")
            writer.hexadecimal(word & 0xFFFF_FFFF, digits: 8)
            writer.put(" ")
            writer.hexadecimal(word >> 32, digits: 8)
        }
    }

    private mutating func putHeapType(_ row: OpcodeRow, _ type: HeapType) {
        writer.put(" ")
        switch row.opcode {
        case .refTest, .refCast: put(.reference(type, isNullable: false))
        case .refTestNull, .refCastNull: put(.reference(type, isNullable: true))
        default: put(type)
        }
    }

    private mutating func putCastBranch(_ immediates: Immediates) {
        let flags = immediates.third >> 32
        putLabel(UInt32(truncatingIfNeeded: immediates.first))
        writer.put(" ")
        put(
            .reference(
                HeapType(rawValue: UInt32(truncatingIfNeeded: immediates.second)),
                isNullable: flags & 1 != 0
            )
        )
        writer.put(" ")
        put(
            .reference(
                HeapType(rawValue: UInt32(truncatingIfNeeded: immediates.third)),
                isNullable: flags & 2 != 0
            )
        )
    }
}
