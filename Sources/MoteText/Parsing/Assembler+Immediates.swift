internal import MoteModule

extension Assembler {
    /// Encodes an instruction that opens or closes nothing, from behind its name.
    mutating func plain(_ raw: UInt32, _ token: Token) throws(TextError) {
        guard let row = OpcodeTable.row(raw) else {
            throw TextError("unknown operator \(source.text(token))", at: token.offset)
        }
        switch row.immediates {
        case .none where raw == 0x1B && isGroup("result"): return try typedSelect()
        case .heapType where raw != 0xD0: return try referenceCast(raw)
        case .castBranch: return try castBranch(raw)
        default: break
        }
        if raw < 0x100 {
            code.append(UInt8(truncatingIfNeeded: raw))
        } else {
            writePrefixed(raw)
        }
        if row.immediates != .none { try immediates(row.immediates, raw) }
    }

    private mutating func writePrefixed(_ raw: UInt32) {
        let (prefix, number): (UInt8, UInt32) =
            switch raw {
            case 0x100..<0x200: (0xFB, raw - 0x100)
            case 0x200..<0x300: (0xFC, raw - 0x200)
            case 0x300..<0x500: (0xFD, raw - 0x300)
            default: (0xFE, raw &- 0x500)
            }
        code.append(prefix)
        code.append(unsigned: number)
    }

    private mutating func immediates(_ kind: ImmediateKind, _ raw: UInt32) throws(TextError) {
        switch kind {
        case .none, .block, .tryTable, .valueTypes, .castBranch: break  // read elsewhere
        case .label: try label()
        case .labelTable: try labelTable()
        case .function: code.append(unsigned: try expectIndex(\.functions))
        case .type: code.append(unsigned: try expectIndex(\.types))
        case .local: try local()
        case .global: code.append(unsigned: try expectIndex(\.globals))
        case .tag: code.append(unsigned: try expectIndex(\.tags))
        case .data:
            needsDataCount = true
            code.append(unsigned: try expectIndex(\.datas))
        case .element: code.append(unsigned: try expectIndex(\.elements))
        case .table: code.append(unsigned: try takeIndex(\.tables))
        case .memory: code.append(unsigned: try takeIndex(\.memories))
        case .typeTable:
            let table = try takeIndex(\.tables)
            code.append(unsigned: try typeUse(allowsNames: false))
            code.append(unsigned: table)
        case .tableTable: try twoIndices(\.tables)
        case .memoryMemory: try twoIndices(\.memories)
        case .elementTable: try segment(\.elements, in: \.tables)
        case .dataMemory:
            needsDataCount = true
            try segment(\.datas, in: \.memories)
        case .memarg: try memoryArgument(raw, isBeforeLane: false)
        case .memargLane:
            try memoryArgument(raw, isBeforeLane: true)
            try lane()
        case .lane: try lane()
        case .lanes16: try shuffleLanes()
        case .i32, .i64, .f32, .f64, .v128: try constant(kind)
        case .heapType: code.append(signed: try heapType())
        case .typeField:
            let type = try expectIndex(\.types)
            code.append(unsigned: type)
            code.append(unsigned: try field(of: type))
        case .typeCount:
            code.append(unsigned: try expectIndex(\.types))
            code.append(unsigned: try expectUnsigned(bits: 32))
        case .typeData:
            needsDataCount = true
            code.append(unsigned: try expectIndex(\.types))
            code.append(unsigned: try expectIndex(\.datas))
        case .typeElement:
            code.append(unsigned: try expectIndex(\.types))
            code.append(unsigned: try expectIndex(\.elements))
        case .typeType:
            code.append(unsigned: try expectIndex(\.types))
            code.append(unsigned: try expectIndex(\.types))
        case .zeroByte: code.append(0)
        }
    }

    // MARK: Indices

    private mutating func local() throws(TextError) {
        let token = tokens[at]
        guard token.isIdentifier else { return code.append(unsigned: try expectUnsigned(bits: 32)) }
        guard let index = locals.index(of: source.name(token)), isInFunction else {
            throw TextError("unknown local \(source.text(token))", at: token.offset)
        }
        at += 1
        code.append(unsigned: index)
    }

    private mutating func labelTable() throws(TextError) {
        var labels: [UInt32] = []
        while isIndex { labels.append(try expectLabel()) }
        guard !labels.isEmpty else { throw unexpected("a label") }
        code.append(unsigned: labels.count - 1)
        for label in labels { code.append(unsigned: label) }
    }

    /// Both indices, or none.
    private mutating func twoIndices(_ space: KeyPath<Assembler, IndexSpace>) throws(TextError) {
        guard isIndex else { return code += [0, 0] }
        code.append(unsigned: try expectIndex(space))
        code.append(unsigned: try expectIndex(space))
    }

    /// A segment behind the optional index of what it initialises; the binary format has them the other way.
    private mutating func segment(
        _ segments: KeyPath<Assembler, IndexSpace>,
        in space: KeyPath<Assembler, IndexSpace>
    ) throws(TextError) {
        var target: UInt32 = 0
        if tokens[at + 1].isIdentifier || tokens[at + 1].kind == .number, isIndex {
            target = try expectIndex(space)
        }
        code.append(unsigned: try expectIndex(segments))
        code.append(unsigned: target)
    }

    private mutating func field(of type: UInt32) throws(TextError) -> UInt32 {
        let token = tokens[at]
        guard token.isIdentifier else { return UInt32(truncatingIfNeeded: try expectUnsigned(bits: 32)) }
        at += 1
        guard Int(type) < typeDefinitions.count,
            let index = typeDefinitions[Int(type)].fields.index(of: source.name(token))
        else { throw TextError("unknown field \(source.text(token))", at: token.offset) }
        return index
    }

    // MARK: Types

    private mutating func typedSelect() throws(TextError) {
        var types: [TextType] = []
        while takeGroup("result") {
            while tokens[at].kind != .rightParen { types.append(try valueType()) }
            try expectRightParen()
        }
        code.append(0x1C)
        code.append(unsigned: types.count)
        for type in types { type.write(to: &code) }
    }

    /// `ref.test` and `ref.cast`, which have an opcode more for types with null.
    private mutating func referenceCast(_ raw: UInt32) throws(TextError) {
        let type = try referenceType()
        writePrefixed(type.code == 0x63 ? raw + 1 : raw)
        code.append(signed: type.heapType)
    }

    private mutating func castBranch(_ raw: UInt32) throws(TextError) {
        let label = try expectLabel()
        let from = try referenceType()
        let to = try referenceType()
        writePrefixed(raw)
        code.append((from.code == 0x63 ? 1 : 0) | (to.code == 0x63 ? 2 : 0))
        code.append(unsigned: label)
        code.append(signed: from.heapType)
        code.append(signed: to.heapType)
    }

    // MARK: Memory accesses

    private mutating func memoryArgument(_ raw: UInt32, isBeforeLane: Bool) throws(TextError) {
        var memory: UInt32 = 0
        if tokens[at].isIdentifier {
            memory = try expectIndex(\.memories)
        } else if tokens[at].kind == .number {
            // Before a lane, a number alone is the lane.
            let next = tokens[at + 1]
            if !isBeforeLane || next.kind == .number || setting(next, "offset=") != nil
                || setting(next, "align=") != nil
            {
                memory = try expectIndex(\.memories)
            }
        }
        let offset = try takeSetting("offset=") ?? 0
        let place = tokens[at].offset
        let alignment = try takeSetting("align=")
        var log2 = OpcodeTable.row(raw)?.naturalAlignmentLog2 ?? 0
        if let alignment {
            guard alignment.nonzeroBitCount == 1 else {
                throw TextError("alignment must be a power of two", at: place)
            }
            log2 = UInt32(truncatingIfNeeded: alignment.trailingZeroBitCount)
        }
        code.append(unsigned: memory == 0 ? log2 : log2 | 0x40)
        if memory != 0 { code.append(unsigned: memory) }
        code.append(unsigned: offset)
    }

    /// The number behind `offset=` or `align=`.
    private func setting(_ token: Token, _ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
        let text = source.bytes(token)
        let size = name.utf8CodeUnitCount
        guard token.kind == .keyword, text.count > size else { return nil }
        for index in 0..<size where text[index] != name.utf8Start[index] { return nil }
        return UnsafeBufferPointer(rebasing: text[size...])
    }

    private mutating func takeSetting(_ name: StaticString) throws(TextError) -> UInt64? {
        let token = tokens[at]
        guard let text = setting(token, name) else { return nil }
        at += 1
        do { return try NumberText.unsigned(text, bits: 64) } catch {
            switch error {
            case .malformed: throw TextError("unknown operator \(source.text(token))", at: token.offset)
            case .outOfRange: throw TextError("i64 constant out of range", at: token.offset)
            }
        }
    }

    // MARK: Vectors and constants

    private mutating func lane() throws(TextError) {
        let token = tokens[at]
        guard token.kind == .number, source.base[token.offset] >= UInt8(ascii: "0") else {
            throw unexpected("a lane index")
        }
        code.append(UInt8(truncatingIfNeeded: try laneIndex(token)))
        at += 1
    }

    private func laneIndex(_ token: Token) throws(TextError) -> UInt64 {
        do { return try NumberText.unsigned(source.bytes(token), bits: 8) } catch {
            switch error {
            case .malformed: throw source.unexpected(token, "a lane index")
            case .outOfRange:
                throw TextError("malformed lane index: i8 constant out of range", at: token.offset)
            }
        }
    }

    private mutating func shuffleLanes() throws(TextError) {
        for _ in 0..<16 {
            guard tokens[at].kind == .number else {
                throw TextError("invalid lane length, expected 16 lane indices", at: tokens[at].offset)
            }
            try lane()
        }
        if tokens[at].kind == .number {
            throw TextError("invalid lane length, expected 16 lane indices", at: tokens[at].offset)
        }
    }

    private mutating func constant(_ kind: ImmediateKind) throws(TextError) {
        let token = tokens[at]
        guard token.isAtom else { throw unexpected("a constant") }
        at += 1
        switch kind {
        case .i32:
            let bits = UInt32(truncatingIfNeeded: try source.integer(token, bits: 32))
            code.append(signed: Int64(Int32(bitPattern: bits)))
        case .i64: code.append(signed: Int64(bitPattern: try source.integer(token, bits: 64)))
        case .f32: code.append(littleEndian: UInt64(try source.f32(token)), byteCount: 4)
        case .f64: code.append(littleEndian: try source.f64(token), byteCount: 8)
        default: try vector(shape: token)
        }
    }

    private mutating func vector(shape: Token) throws(TextError) {
        guard let (laneSize, isFloat) = vectorShape(shape) else {
            throw source.unexpected(shape, "a vector shape")
        }
        for _ in 0..<16 / laneSize {
            let token = tokens[at]
            guard token.isAtom, token.kind == .number || isFloat else {
                throw TextError("wrong number of lane literals", at: token.offset)
            }
            let bits: UInt64 =
                !isFloat
                ? try source.integer(token, bits: 8 * laneSize)
                : laneSize == 4 ? UInt64(try source.f32(token)) : try source.f64(token)
            code.append(littleEndian: bits, byteCount: laneSize)
            at += 1
        }
        if tokens[at].kind == .number {
            throw TextError("wrong number of lane literals", at: tokens[at].offset)
        }
    }

    private func vectorShape(_ token: Token) -> (laneSize: Int, isFloat: Bool)? {
        if matches(token, "i8x16") { return (1, false) }
        if matches(token, "i16x8") { return (2, false) }
        if matches(token, "i32x4") { return (4, false) }
        if matches(token, "i64x2") { return (8, false) }
        if matches(token, "f32x4") { return (4, true) }
        return matches(token, "f64x2") ? (8, true) : nil
    }
}
