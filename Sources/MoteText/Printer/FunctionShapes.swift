internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Parameters and results of each function type, with the type indices that the file has.
struct FunctionShapes {
    private struct Shape {
        var first: Int
        var parameterCount: Int
        var valueCount: Int
    }

    private var shapes: [Shape?] = []
    private var values: [ValueType] = []
    /// How many types the module has.
    var count: Int { shapes.count }

    init() {}

    init(of module: Module.Pointer) throws(DecodeError) {
        guard let section = module.pointee.sections.first(where: { $0.id == 1 }) else { return }
        var reader = ByteReader(base: module.pointee.bytes, range: section.contents)
        for _ in 0..<(try reader.u32LEB()) {
            if reader.peek == 0x4E {
                reader.offset &+= 1
                for _ in 0..<(try reader.u32LEB()) { try readSubtype(&reader) }
            } else {
                try readSubtype(&reader)
            }
        }
    }

    private mutating func readSubtype(_ reader: inout ByteReader) throws(DecodeError) {
        var form = try reader.u8()
        if form == 0x50 || form == 0x4F {
            for _ in 0..<(try reader.u32LEB()) { _ = try reader.u32LEB() }
            form = try reader.u8()
        }
        let first = values.count
        switch form {
        case 0x60:
            try readValues(&reader)
            let parameterCount = values.count &- first
            try readValues(&reader)
            shapes.append(
                Shape(first: first, parameterCount: parameterCount, valueCount: values.count &- first)
            )
        case 0x5F:
            for _ in 0..<(try reader.u32LEB()) { _ = try reader.field() }
            shapes.append(nil)
        default:
            _ = try reader.field()
            shapes.append(nil)
        }
    }

    private mutating func readValues(_ reader: inout ByteReader) throws(DecodeError) {
        for _ in 0..<(try reader.u32LEB()) { values.append(try reader.valueType(features: .everything)) }
    }

    /// What a function type takes and gives; nothing for another type or an index of none.
    subscript(index: UInt32) -> (parameters: ArraySlice<ValueType>, results: ArraySlice<ValueType>) {
        guard index < shapes.count, let shape = shapes[Int(index)] else { return ([], []) }
        let middle = shape.first &+ shape.parameterCount
        return (values[shape.first..<middle], values[middle..<(shape.first &+ shape.valueCount)])
    }
}

extension ByteReader {
    /// A field's storage type and mutability.
    mutating func field() throws(DecodeError) -> (type: ValueType, isMutable: Bool) {
        let type: ValueType
        if let byte = peek, byte == 0x78 || byte == 0x77 {
            offset &+= 1
            type = ValueType(rawValue: UInt32(byte))
        } else {
            type = try valueType(features: .everything)
        }
        return (type, try u8() != 0)
    }
}

extension Items {
    func first(where isWanted: (Element) -> Bool) -> Element? {
        for index in 0..<count {
            if let element = self[checked: index], isWanted(element) { return element }
        }
        return nil
    }
}
