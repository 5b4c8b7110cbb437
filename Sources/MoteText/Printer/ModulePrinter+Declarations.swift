internal import MoteBinary
internal import MoteModule

/// Imports, tables, memories, tags, globals and exports.
extension ModulePrinter {
    mutating func printImport(_ reader: inout ByteReader) throws(DecodeError) {
        open("import ")
        writer.name(reader.text(try reader.name()))
        writer.put(" ")
        writer.name(reader.text(try reader.name()))
        writer.put(" (")
        switch try reader.u8() {
        case 0:
            let index = takeIndex(.function)
            writer.put("func")
            bind(.function, index)
            let type = try reader.u32LEB()
            let shape = types[type]
            let locals = names.table(.local, of: index, count: shape.parameters.count)
            putSignature(type, locals)
        case 1:
            writer.put("table")
            bind(.table, takeIndex(.table))
            try putTableType(&reader)
        case 2:
            writer.put("memory")
            bind(.memory, takeIndex(.memory))
            try putMemoryType(&reader)
        case 3:
            writer.put("global")
            bind(.global, takeIndex(.global))
            try putGlobalType(&reader)
        default:
            writer.put("tag")
            bind(.tag, takeIndex(.tag))
            try putTagType(&reader)
        }
        writer.put("))")
    }

    mutating func printTable(_ reader: inout ByteReader) throws(DecodeError) {
        open("table")
        bind(.table, takeIndex(.table))
        let hasInitializer = reader.peek == 0x40
        // The form's byte and the reserved one behind it.
        if hasInitializer { reader.offset &+= 2 }
        try putTableType(&reader)
        if hasInitializer { try putConstantExpression(&reader) }
        writer.put(")")
    }

    mutating func printMemory(_ reader: inout ByteReader) throws(DecodeError) {
        open("memory")
        bind(.memory, takeIndex(.memory))
        try putMemoryType(&reader)
        writer.put(")")
    }

    mutating func printTag(_ reader: inout ByteReader) throws(DecodeError) {
        open("tag")
        bind(.tag, takeIndex(.tag))
        try putTagType(&reader)
        writer.put(")")
    }

    mutating func printGlobal(_ reader: inout ByteReader) throws(DecodeError) {
        open("global")
        bind(.global, takeIndex(.global))
        try putGlobalType(&reader)
        try putConstantExpression(&reader)
        writer.put(")")
    }

    mutating func printExport(_ reader: inout ByteReader) throws(DecodeError) {
        open("export ")
        writer.name(reader.text(try reader.name()))
        let kind = try reader.u8()
        let index = try reader.u32LEB()
        switch kind {
        case 0:
            writer.put(" (func ")
            self.index(.function, index)
        case 1:
            writer.put(" (table ")
            self.index(.table, index)
        case 2:
            writer.put(" (memory ")
            self.index(.memory, index)
        case 3:
            writer.put(" (global ")
            self.index(.global, index)
        default:
            writer.put(" (tag ")
            self.index(.tag, index)
        }
        writer.put("))")
    }

    /// ` (type 3)` and what the type takes and gives, with the names of parameters.
    mutating func putSignature(_ type: UInt32, _ locals: NameTable) {
        putTypeUse(type)
        let shape = types[type]
        putParameters(shape.parameters, locals)
        putValues("result", shape.results)
    }

    /// Parameters in one clause, or one for each where they have names.
    mutating func putParameters(_ parameters: ArraySlice<ValueType>, _ names: NameTable) {
        guard !names.isEmpty else { return putValues("param", parameters) }
        for (position, value) in parameters.enumerated() {
            writer.put(" ")
            putLocal("param", value, names[UInt32(truncatingIfNeeded: position)])
        }
    }

    mutating func putTypeUse(_ type: UInt32) {
        writer.put(" (type ")
        index(.type, type)
        writer.put(")")
    }

    /// One parameter or local by itself, as it must be to have a name.
    mutating func putLocal(_ keyword: StaticString, _ type: ValueType, _ name: NameTable.Entry?) {
        writer.put("(")
        writer.put(keyword)
        if let name { bind(name) }
        writer.put(" ")
        put(type)
        writer.put(")")
    }

    private mutating func putTagType(_ reader: inout ByteReader) throws(DecodeError) {
        _ = try reader.u8()
        let type = try reader.u32LEB()
        putSignature(type, NameTable())
    }

    private mutating func putGlobalType(_ reader: inout ByteReader) throws(DecodeError) {
        let type = try reader.valueType(features: .everything)
        let isMutable = try reader.u8() != 0
        writer.put(isMutable ? " (mut " : " ")
        put(type)
        if isMutable { writer.put(")") }
    }

    private mutating func putTableType(_ reader: inout ByteReader) throws(DecodeError) {
        let type = try reader.referenceType(features: .everything)
        _ = try putLimits(&reader)
        writer.put(" ")
        put(type)
    }

    private mutating func putMemoryType(_ reader: inout ByteReader) throws(DecodeError) {
        guard try putLimits(&reader) & 8 != 0 else { return }
        let log2 = try reader.u32LEB()
        writer.put(" (pagesize ")
        writer.decimal(UInt64(1) << UInt64(log2 & 63))
        writer.put(")")
    }

    /// Address type, sizes and sharing; gives the flags.
    private mutating func putLimits(_ reader: inout ByteReader) throws(DecodeError) -> UInt8 {
        let flags = try reader.u8()
        if flags & 4 != 0 { writer.put(" i64") }
        writer.put(" ")
        writer.decimal(try reader.u64LEB())
        if flags & 1 != 0 {
            writer.put(" ")
            writer.decimal(try reader.u64LEB())
        }
        if flags & 2 != 0 { writer.put(" shared") }
        return flags
    }
}
