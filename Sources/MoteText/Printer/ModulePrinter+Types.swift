internal import MoteBinary
internal import MoteModule

/// Types (spec 6.4) and the type section.
extension ModulePrinter {
    mutating func printTypes(_ reader: inout ByteReader) throws(DecodeError) {
        for _ in 0..<(try reader.u32LEB()) {
            guard reader.peek == 0x4E else {
                try printSubtype(&reader, level: 1)
                continue
            }
            reader.offset &+= 1
            open("rec")
            for _ in 0..<(try reader.u32LEB()) { try printSubtype(&reader, level: 2) }
            if writer.bytes.last == 0x29 { writer.newLine(1) }
            writer.put(")")
        }
    }

    private mutating func printSubtype(_ reader: inout ByteReader, level: Int) throws(DecodeError) {
        let index = takeIndex(.type)
        writer.newLine(level)
        writer.put("(type")
        bind(.type, index)
        writer.put(" ")
        var form = try reader.u8()
        let isSub = form == 0x50 || form == 0x4F
        if isSub {
            writer.put(form == 0x4F ? "(sub final " : "(sub ")
            for _ in 0..<(try reader.u32LEB()) {
                self.index(.type, try reader.u32LEB())
                writer.put(" ")
            }
            form = try reader.u8()
        }
        switch form {
        case 0x60:
            writer.put("(func")
            for _ in 0..<(try reader.u32LEB()) { _ = try reader.valueType(features: .everything) }
            for _ in 0..<(try reader.u32LEB()) { _ = try reader.valueType(features: .everything) }
            // The names of a function type's parameters are kept where those of a struct's fields are.
            let shape = types[index]
            putParameters(shape.parameters, names.table(.field, of: index, count: shape.parameters.count))
            putValues("result", shape.results)
        case 0x5F:
            writer.put("(struct")
            try printFields(&reader, of: index)
        default:
            writer.put("(array ")
            put(field: try reader.field())
        }
        writer.put(isSub ? ")))" : "))")
    }

    private mutating func printFields(_ reader: inout ByteReader, of index: UInt32) throws(DecodeError) {
        let count = try reader.u32LEB()
        let table = names.table(.field, of: index, count: Int(count))
        for position in 0..<count {
            writer.put(" (field")
            if let entry = table[position] { bind(entry) }
            writer.put(" ")
            put(field: try reader.field())
            writer.put(")")
        }
    }

    private mutating func put(field: (type: ValueType, isMutable: Bool)) {
        if field.isMutable { writer.put("(mut ") }
        put(field.type)
        if field.isMutable { writer.put(")") }
    }

    /// ` (param i32 i64)`; nothing when there are no values.
    mutating func putValues(_ keyword: StaticString, _ values: ArraySlice<ValueType>) {
        guard !values.isEmpty else { return }
        writer.put(" (")
        writer.put(keyword)
        for value in values {
            writer.put(" ")
            put(value)
        }
        writer.put(")")
    }

    mutating func put(_ type: ValueType) {
        switch type.kind {
        case 0x7F: writer.put("i32")
        case 0x7E: writer.put("i64")
        case 0x7D: writer.put("f32")
        case 0x7C: writer.put("f64")
        case 0x7B: writer.put("v128")
        case 0x78: writer.put("i8")
        case 0x77: writer.put("i16")
        default:
            if type.isNullable, let short = Self.shorthand(type.heapType) {
                writer.put(short)
            } else {
                writer.put(type.isNullable ? "(ref null " : "(ref ")
                put(type.heapType)
                writer.put(")")
            }
        }
    }

    mutating func put(_ type: HeapType) {
        switch type {
        case .function: writer.put("func")
        case .external: writer.put("extern")
        case .any: writer.put("any")
        case .eq: writer.put("eq")
        case .i31: writer.put("i31")
        case .structure: writer.put("struct")
        case .array: writer.put("array")
        case .exception: writer.put("exn")
        case .none: writer.put("none")
        case .noFunction: writer.put("nofunc")
        case .noExternal: writer.put("noextern")
        case .noException: writer.put("noexn")
        default: index(.type, type.rawValue)
        }
    }

    private static func shorthand(_ type: HeapType) -> StaticString? {
        switch type {
        case .function: "funcref"
        case .external: "externref"
        case .any: "anyref"
        case .eq: "eqref"
        case .i31: "i31ref"
        case .structure: "structref"
        case .array: "arrayref"
        case .exception: "exnref"
        case .none: "nullref"
        case .noFunction: "nullfuncref"
        case .noExternal: "nullexternref"
        case .noException: "nullexnref"
        default: nil
        }
    }
}
