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
    private mutating func nextSection() -> SectionRecord {
        var section = SectionRecord(id: readByte(), name: .empty, contents: readSizedBytes())
        guard section.id == 0 else { return section }
        let (next, outerEnd) = (offset, end)
        enter(section.contents)
        section.name = readName()
        section.contents = ByteRange(
            offset: UInt32(truncatingIfNeeded: offset),
            sizeInBytes: UInt32(truncatingIfNeeded: end &- offset)
        )
        if !hasFailed { (offset, end) = (next, outerEnd) }
        return section
    }

    /// The four bytes that a module begins with, or its version; false, and why, where others stand there.
    private mutating func readWord(_ word: UInt32, orElse kind: DecodeError.Kind) -> Bool {
        guard end &- offset >= 4 else {
            fail(.unexpectedEnd, at: end)
            return false
        }
        // Safe: four bytes are left.
        let bits = UInt32(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self))
        if bits != word { fail(kind, at: offset) }
        offset &+= 4
        return !hasFailed
    }

    /// Checks the header and the order of sections, and remembers where they are.
    mutating func findSections() {
        end = module.pointee.sizeInBytes
        guard readWord(0x6D73_6100, orElse: .badMagic), readWord(1, orElse: .badVersion) else { return }
        var rank = 0
        while !isAtEnd {
            let start = offset
            let byte = peek
            guard byte == 0 || SectionID(rawValue: byte) != nil else {
                return fail(.malformedSectionID, at: start, detail: UInt32(byte))
            }
            let section = nextSection()
            guard !hasFailed else { return }
            sections.count &+= 1
            guard let id = SectionID(rawValue: section.id) else {
                sections.customCount &+= 1
                guard sections.customCount <= DecodeLimits.customSections else {
                    return exceed(.customSections, at: start)
                }
                if sections.names.offset == 0, isNamed(section.name, "name") {
                    sections.names = section.contents
                }
                continue
            }
            guard id.rank > rank else {
                return fail(.sectionOutOfOrder, at: start, detail: UInt32(section.id))
            }
            rank = id.rank
            sections.coreEnd = offset
            sections.ranges[Int(section.id)] = section.contents
        }
    }

    private func isNamed(_ range: ByteRange, _ name: Text) -> Bool {
        Int(range.sizeInBytes) == name.count
            && memcmp(module.pointee.bytes + Int(range.offset), name.start, name.count) == 0
    }

    /// Copies the bytes that the module needs, unless they are borrowed.
    mutating func takeBytes() {
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
        let copy = allocate(UInt8.self, count: kept, site: .moduleBytes, region: .moduleBytes)
        guard let base = copy.base else { return }
        if movesNames {
            memcpy(base, bytes, sections.coreEnd)
            memcpy(base + sections.coreEnd, bytes + Int(names.offset), Int(names.sizeInBytes))
            sections.names.offset = UInt32(truncatingIfNeeded: sections.coreEnd)
        } else {
            memcpy(base, bytes, kept)
        }
        self.base = UnsafePointer(base)
        module.pointee.bytes = self.base
        module.pointee.sizeInBytes = kept
    }

    /// Lists the sections in the order of the file; freeable modules keep no custom ones.
    mutating func recordSections() {
        let isFreeable = module.pointee.ownership == .freeable
        let count = isFreeable ? sections.count &- sections.customCount : sections.count
        let records = allocate(SectionRecord.self, count: count, site: .moduleSections)
        guard !hasFailed else { return }
        offset = 8
        end = isFreeable ? sections.coreEnd : module.pointee.sizeInBytes
        var index = 0
        while let record = records.pointer(at: index), !isAtEnd {
            let section = nextSection()
            if isFreeable && section.id == 0 { continue }
            record.initialize(to: section)
            index &+= 1
        }
        module.pointee.sections = Items(base: records.base, count: index)
        if sections.names.offset != 0 { findNames() }
    }

    /// Finds module and function names; what is malformed ends the search, never the load.
    private mutating func findNames() {
        enter(sections.names)
        while !isAtEnd {
            let id = readByte()
            let contents = readSizedBytes()
            guard !hasFailed else { break }
            if id == 1 {
                module.pointee.functionNames = contents
            } else if id == 0 {
                let (next, outerEnd) = (offset, end)
                enter(contents)
                let name = readName()
                if !hasFailed { module.pointee.moduleName = name }
                failure = DecodeError(.unexpectedEnd, at: -1)
                (offset, end) = (next, outerEnd)
            }
        }
        failure = DecodeError(.unexpectedEnd, at: -1)
    }
}
