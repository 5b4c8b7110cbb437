/// Limits of a memory or a table, and what goes with them.
struct TextLimits {
    var minimum: UInt64
    var maximum: UInt64?
    var is64 = false
    var isShared = false
    var pageSizeLog2: UInt32?

    func write(to bytes: inout [UInt8]) {
        var flags: UInt8 = maximum == nil ? 0 : 1
        if isShared { flags |= 2 }
        if is64 { flags |= 4 }
        if pageSizeLog2 != nil { flags |= 8 }
        bytes.append(flags)
        bytes.append(unsigned: minimum)
        if let maximum { bytes.append(unsigned: maximum) }
        if let pageSizeLog2 { bytes.append(unsigned: pageSizeLog2) }
    }
}

/// A table's limits and the type of its elements.
struct TextTable {
    var limits: TextLimits
    var type: TextType

    func write(to bytes: inout [UInt8]) {
        type.write(to: &bytes)
        limits.write(to: &bytes)
    }
}

extension Assembler {
    /// `i32` or `i64`, if it follows: whether addresses have 64 bits.
    private mutating func takeAddressType() -> Bool {
        if takeKeyword("i64") { return true }
        _ = takeKeyword("i32")
        return false
    }

    private mutating func limits(is64: Bool) throws(TextError) -> TextLimits {
        // Too many for 32-bit addresses is for validation to say.
        var limits = TextLimits(minimum: try expectUnsigned(bits: 64), is64: is64)
        if tokens[at].kind == .number { limits.maximum = try expectUnsigned(bits: 64) }
        return limits
    }

    mutating func tableType() throws(TextError) -> TextTable {
        let is64 = takeAddressType()
        return TextTable(limits: try limits(is64: is64), type: try referenceType())
    }

    mutating func memoryType() throws(TextError) -> TextLimits {
        let is64 = takeAddressType()
        var limits = try limits(is64: is64)
        limits.isShared = takeKeyword("shared")
        limits.pageSizeLog2 = try takePageSize()
        return limits
    }

    private mutating func takePageSize() throws(TextError) -> UInt32? {
        guard takeGroup("pagesize") else { return nil }
        let start = tokens[at].offset
        let size = try expectUnsigned(bits: 64)
        guard size.nonzeroBitCount == 1 else { throw TextError("invalid custom page size", at: start) }
        try expectRightParen()
        return UInt32(truncatingIfNeeded: size.trailingZeroBitCount)
    }

    // MARK: Memories

    mutating func encodeMemory() throws(TextError) {
        let index = encoded.memories
        encoded.memories += 1
        try takeIdentifierAndName(\.memories, index)
        if try takeInlineExportsAndImport(2, index) {
            return try memoryType().write(to: &importSection.bytes)
        }
        memorySection.count += 1
        let start = at
        let is64 = takeAddressType()
        let pageSizeLog2 = try takePageSize()
        guard takeGroup("data") else {
            at = start
            return try memoryType().write(to: &memorySection.bytes)
        }
        let bytes = takeStrings()
        try expectRightParen()
        let log2 = UInt64(pageSizeLog2 ?? 16)
        let size = UInt64(bytes.count)
        let pageCount = log2 >= 64 ? min(size, 1) : size >> log2 + (size & (1 << log2 - 1) == 0 ? 0 : 1)
        TextLimits(minimum: pageCount, maximum: pageCount, is64: is64, pageSizeLog2: pageSizeLog2)
            .write(to: &memorySection.bytes)
        encoded.datas += 1
        dataSection.count += 1
        dataSection.bytes.append(index == 0 ? 0 : 2)
        if index != 0 { dataSection.bytes.append(unsigned: index) }
        dataSection.bytes += zeroOffset(is64: is64)
        dataSection.bytes.append(counted: bytes)
    }

    private func zeroOffset(is64: Bool) -> [UInt8] { [is64 ? 0x42 : 0x41, 0, 0x0B] }

    mutating func encodeData() throws(TextError) {
        let index = encoded.datas
        encoded.datas += 1
        try takeIdentifierAndName(\.datas, index)
        dataSection.count += 1
        var memory: UInt32?
        if takeGroup("memory") {
            memory = try expectIndex(\.memories)
            try expectRightParen()
        } else if tokens[at].kind == .number {
            memory = try expectIndex(\.memories)  // as WebAssembly 1.0 had it
        }
        if memory != nil || tokens[at].kind == .leftParen {
            try offsetExpression()
            dataSection.bytes.append(memory ?? 0 == 0 ? 0 : 2)
            if let memory, memory != 0 { dataSection.bytes.append(unsigned: memory) }
            dataSection.bytes += code
        } else {
            dataSection.bytes.append(1)
        }
        dataSection.bytes.append(counted: takeStrings())
    }

    /// `(offset ...)`, or one folded instruction, as an expression in `code`.
    mutating func offsetExpression() throws(TextError) {
        guard takeGroup("offset") else { return try foldedConstantExpression() }
        try constantExpression()
        try expectRightParen()
    }

    // MARK: Tables

    mutating func encodeTable() throws(TextError) {
        let index = encoded.tables
        encoded.tables += 1
        try takeIdentifierAndName(\.tables, index)
        if try takeInlineExportsAndImport(1, index) { return try tableType().write(to: &importSection.bytes) }
        tableSection.count += 1
        let start = at
        let is64 = takeAddressType()
        if let type = try takeReferenceType() {
            return try encodeTableWithElements(index, type, is64: is64)
        }
        at = start
        let table = try tableType()
        guard tokens[at].kind != .rightParen else { return table.write(to: &tableSection.bytes) }
        try constantExpression()
        tableSection.bytes += [0x40, 0]
        table.write(to: &tableSection.bytes)
        tableSection.bytes += code
    }

    private mutating func encodeTableWithElements(
        _ index: UInt32,
        _ type: TextType,
        is64: Bool
    ) throws(TextError) {
        try expectGroup("elem")
        encoded.elements += 1
        let list = tokens[at].kind == .leftParen ? try elementExpressions() : try functionIndices()
        try expectRightParen()
        let count = UInt64(list.count)
        let limits = TextLimits(minimum: count, maximum: count, is64: is64)
        TextTable(limits: limits, type: type).write(to: &tableSection.bytes)
        write(
            ElementList(
                // A list of functions is one of `(ref func)`: where that does not do, expressions say the type.
                type: list.isExpressions || type != .funcref ? type : nil,
                entries: type == .funcref || list.isExpressions ? list : expressions(list)
            ),
            mode: .active(table: index, offset: zeroOffset(is64: is64))
        )
    }
}
