internal import CPlatform
internal import MoteMemory
internal import MoteModule
internal import MotePlatform

/// The sections of a module that are not custom (spec 5.5.2).
enum SectionID: UInt8 {
    case type = 1
    case `import` = 2
    case function = 3
    case table = 4
    case memory = 5
    case global = 6
    case export = 7
    case start = 8
    case element = 9
    case code = 10
    case data = 11
    case dataCount = 12
    case tag = 13

    /// Place in the order that the format asks for.
    var rank: Int {
        switch self {
        case .type: 1
        case .import: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .tag: 6
        case .global: 7
        case .export: 8
        case .start: 9
        case .element: 10
        case .dataCount: 11
        case .code: 12
        case .data: 13
        }
    }
}

/// Where each section's contents are; a section not there has offset 0.
struct SectionMap {
    var ranges: InlineArray<14, ByteRange> = .init(repeating: .empty)
    var customCount = 0
    var count = 0
    /// End of the last section that is not custom.
    var coreEnd = 8
    /// Contents of the first custom section "name", behind its own name; offset 0 when there is none.
    var names: ByteRange = .empty

    subscript(_ section: SectionID) -> ByteRange { ranges[Int(section.rawValue)] }
    func isPresent(_ section: SectionID) -> Bool { self[section].offset != 0 }
}

extension ModuleDecoder {
    /// One section's header and contents, the reader left behind it.
    private func nextSection(
        _ reader: inout ByteReader
    ) throws(DecodeError) -> (id: UInt8, name: ByteRange, contents: ByteRange) {
        let id = try reader.u8()
        let contents = try reader.sizedBytes()
        guard id == 0 else { return (id, .empty, contents) }
        var custom = ByteReader(base: reader.base, range: contents)
        let name = try custom.name()
        let size = UInt32(truncatingIfNeeded: custom.remaining)
        return (0, name, ByteRange(offset: UInt32(truncatingIfNeeded: custom.offset), sizeInBytes: size))
    }

    /// Checks the header and the order of sections, and remembers where they are.
    mutating func findSections() throws(DecodeError) {
        var reader = ByteReader(base: module.pointee.bytes, offset: 0, end: module.pointee.sizeInBytes)
        guard reader.remaining >= 4 else { throw DecodeError(.unexpectedEnd, at: reader.end) }
        guard try reader.f32Bits() == 0x6D73_6100 else { throw DecodeError(.badMagic, at: 0) }
        guard reader.remaining >= 4 else { throw DecodeError(.unexpectedEnd, at: reader.end) }
        guard try reader.f32Bits() == 1 else { throw DecodeError(.badVersion, at: 4) }
        var rank = 0
        while !reader.isAtEnd {
            let start = reader.offset
            guard let byte = reader.peek, byte == 0 || SectionID(rawValue: byte) != nil else {
                throw reader.error(.malformedSectionID, detail: UInt32(reader.peek ?? 0))
            }
            let section = try nextSection(&reader)
            sections.count &+= 1
            guard let id = SectionID(rawValue: section.id) else {
                sections.customCount &+= 1
                guard sections.customCount <= DecodeLimits.customSections else {
                    throw limitExceeded(.customSections, at: start)
                }
                if sections.names.offset == 0, isNamed(section.name, "name") {
                    sections.names = section.contents
                }
                continue
            }
            guard id.rank > rank else {
                throw DecodeError(.sectionOutOfOrder, at: start, detail: UInt32(section.id))
            }
            rank = id.rank
            sections.coreEnd = reader.offset
            sections.ranges[Int(section.id)] = section.contents
        }
    }

    private func isNamed(_ range: ByteRange, _ name: Text) -> Bool {
        Int(range.sizeInBytes) == name.count
            && memcmp(module.pointee.bytes + Int(range.offset), name.start, name.count) == 0
    }

    /// Copies the bytes that the module needs, unless they are borrowed.
    mutating func takeBytes() throws(DecodeError) {
        let bytes = module.pointee.bytes
        var kept = module.pointee.sizeInBytes
        let names = sections.names
        var movesNames = false
        switch module.pointee.ownership {
        case .borrowed: return
        case .copied: break
        case .freeable:
            kept = sections.coreEnd
            movesNames = Int(names.end) > kept
            if movesNames { kept &+= Int(names.sizeInBytes) }
        }
        let copy = try allocate(UInt8.self, count: kept, site: .moduleBytes, region: .moduleBytes)
        guard let base = copy.base else { return }
        if movesNames {
            memcpy(base, bytes, sections.coreEnd)
            memcpy(base + sections.coreEnd, bytes + Int(names.offset), Int(names.sizeInBytes))
            sections.names.offset = UInt32(truncatingIfNeeded: sections.coreEnd)
        } else {
            memcpy(base, bytes, kept)
        }
        module.pointee.bytes = UnsafePointer(base)
        module.pointee.sizeInBytes = kept
    }

    /// Lists the sections in the order of the file; freeable modules keep no custom ones.
    mutating func recordSections() throws(DecodeError) {
        let isFreeable = module.pointee.ownership == .freeable
        let count = isFreeable ? sections.count &- sections.customCount : sections.count
        let records = try allocate(SectionRecord.self, count: count, site: .moduleSections)
        let end = isFreeable ? sections.coreEnd : module.pointee.sizeInBytes
        var reader = ByteReader(base: module.pointee.bytes, offset: 8, end: end)
        var index = 0
        while let record = records.pointer(at: index), !reader.isAtEnd {
            let section = try nextSection(&reader)
            if isFreeable && section.id == 0 { continue }
            record.initialize(
                to: SectionRecord(id: section.id, name: section.name, contents: section.contents)
            )
            index &+= 1
        }
        module.pointee.sections = Items(base: records.base, count: index)
        if sections.names.offset != 0 { findNames() }
    }

    /// Finds module and function names; what is malformed ends the search, never the load.
    private func findNames() {
        var reader = ByteReader(base: module.pointee.bytes, range: sections.names)
        while let id = try? reader.u8(), let contents = try? reader.sizedBytes() {
            switch id {
            case 0:
                var name = ByteReader(base: reader.base, range: contents)
                if let range = try? name.name() { module.pointee.moduleName = range }
            case 1: module.pointee.functionNames = contents
            default: break
            }
        }
    }
}
