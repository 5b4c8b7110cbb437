internal import MoteBinary
internal import MoteModule

/// Element and data segments.
extension ModulePrinter {
    /// Bytes of a data segment on one line.
    private static let bytesPerLine = 64

    mutating func printElements(_ reader: inout ByteReader) throws(DecodeError) {
        open("elem")
        bind(.element, takeIndex(.element))
        let flags = try reader.u32LEB()
        let isExpressions = flags & 4 != 0
        if flags & 1 == 0 {
            if flags & 2 != 0 {
                writer.put(" (table ")
                index(.table, try reader.u32LEB())
                writer.put(")")
            }
            try putOffset(&reader)
        } else if flags & 2 != 0 {
            writer.put(" declare")
        }
        writer.put(" ")
        // Without a kind or type it is funcref, and functions are indices.
        if isExpressions {
            put(flags & 3 == 0 ? .funcref : try reader.referenceType(features: .everything))
        } else {
            if flags & 3 != 0 { _ = try reader.u8() }
            writer.put("func")
        }
        for _ in 0..<(try reader.u32LEB()) {
            if isExpressions {
                try putConstantExpression(&reader, keyword: "item")
            } else {
                writer.put(" ")
                index(.function, try reader.u32LEB())
            }
        }
        writer.put(")")
    }

    mutating func printData(_ reader: inout ByteReader) throws(DecodeError) {
        open("data")
        bind(.data, takeIndex(.data))
        let flags = try reader.u32LEB()
        if flags == 2 {
            writer.put(" (memory ")
            index(.memory, try reader.u32LEB())
            writer.put(")")
        }
        if flags != 1 { try putOffset(&reader) }
        let bytes = reader.text(try reader.sizedBytes())
        if bytes.count <= Self.bytesPerLine {
            if !bytes.isEmpty {
                writer.put(" ")
                writer.string(bytes)
            }
        } else {
            var start = 0
            while start < bytes.count {
                let end = min(start &+ Self.bytesPerLine, bytes.count)
                writer.newLine(2)
                writer.string(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                start = end
                writer.flushIfLarge()
            }
        }
        writer.put(")")
    }

    private mutating func putOffset(_ reader: inout ByteReader) throws(DecodeError) {
        try putConstantExpression(&reader, keyword: "offset")
    }
}
