internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// What can be named, by the number of its part of the name section.
enum NameSpace: UInt8 {
    case function = 1
    case local = 2
    case label = 3
    case type = 4
    case table = 5
    case memory = 6
    case global = 7
    case element = 8
    case data = 9
    case field = 10
    case tag = 11

    static let count = 12
}

/// The name section as tables (spec, appendix "Name Section"): what has no name, or one that is taken, has its index.
struct ModuleNames {
    var moduleName: UnsafeBufferPointer<UInt8>?
    /// By ``NameSpace``; those of locals, labels and fields are in `nested`.
    private var tables: [NameTable] = Array(repeating: NameTable(), count: NameSpace.count)
    /// Where the names of a function's locals and labels and of a type's fields are, by space and index.
    private var nested: [NameSpace: [UInt32: ByteReader]] = [:]

    /// No names.
    init() {}

    /// The names of a section's contents; malformed ones are an error, and to be kept as they are.
    init(_ contents: ByteRange, of module: Module.Pointer, typeCount: Int) throws(DecodeError) {
        var reader = ByteReader(base: module.pointee.bytes, range: contents)
        while !reader.isAtEnd {
            let id = try reader.u8()
            var part = ByteReader(base: reader.base, range: try reader.sizedBytes())
            if id == 0 {
                moduleName = part.text(try part.name())
            } else if let space = NameSpace(rawValue: id) {
                switch space {
                case .local, .label, .field: try readNested(&part, space)
                default:
                    tables[Int(id)] = try part.nameMap(
                        count: Self.count(space, of: module, typeCount: typeCount)
                    )
                }
            } else {
                continue
            }
            guard part.isAtEnd else { throw part.error(.sectionSizeMismatch) }
        }
    }

    private static func count(_ space: NameSpace, of module: Module.Pointer, typeCount: Int) -> Int {
        switch space {
        case .function: module.pointee.functions.count
        case .type: typeCount
        case .table: module.pointee.tables.count
        case .memory: module.pointee.memories.count
        case .global: module.pointee.globals.count
        case .element: module.pointee.elements.count
        case .data: module.pointee.dataSegments.count
        case .tag: module.pointee.tags.count
        case .local, .label, .field: 0
        }
    }

    private mutating func readNested(_ reader: inout ByteReader, _ space: NameSpace) throws(DecodeError) {
        let count = try reader.count(leastSize: 2)
        var maps: [UInt32: ByteReader] = [:]
        for _ in 0..<count {
            let index = try reader.u32LEB()
            let start = reader.offset
            _ = try reader.nameMap(count: 0)
            maps[index] = ByteReader(base: reader.base, offset: start, end: reader.offset)
        }
        nested[space] = maps
    }

    subscript(space: NameSpace, index: UInt32) -> NameTable.Entry? { tables[Int(space.rawValue)][index] }

    /// The names of a function's locals or labels, or of a type's fields, of which there are `count`.
    func table(_ space: NameSpace, of index: UInt32, count: Int) -> NameTable {
        guard var reader = nested[space]?[index] else { return NameTable() }
        // It was read before, so it is well-formed.
        return (try? reader.nameMap(count: count)) ?? NameTable()
    }
}

extension ByteReader {
    /// Bytes of a range of the module.
    func text(_ range: ByteRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + Int(range.offset), count: Int(range.sizeInBytes))
    }

    /// Pairs of index and name, for a space of `count` indices.
    mutating func nameMap(count: Int) throws(DecodeError) -> NameTable {
        var table = NameTable()
        for _ in 0..<(try self.count(leastSize: 2)) {
            let index = try u32LEB()
            table.set(index, text(try name()), count: count)
        }
        return table
    }
}
