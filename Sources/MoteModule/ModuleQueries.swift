internal import CPlatform
internal import MoteMemory
package import MotePlatform

/// Questions that linking, inspection and backtraces ask of a module.
package enum ModuleQueries {
    /// The bytes of a range; valid as long as the module.
    package static func bytes(_ range: ByteRange, of module: Module.Pointer) -> UnsafeBufferPointer<UInt8> {
        guard Int(range.end) <= module.pointee.sizeInBytes, range.end >= range.offset else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(
            start: module.pointee.bytes + Int(range.offset),
            count: Int(range.sizeInBytes)
        )
    }

    /// The order of two names: by size, then by bytes.
    ///
    /// Negative, zero or positive.
    package static func compare(_ left: ByteRange, _ right: ByteRange, _ bytes: UnsafePointer<UInt8>) -> Int {
        if left.sizeInBytes != right.sizeInBytes { return left.sizeInBytes < right.sizeInBytes ? -1 : 1 }
        return Int(memcmp(bytes + Int(left.offset), bytes + Int(right.offset), Int(left.sizeInBytes)))
    }

    /// The export of a name, or nil.
    ///
    /// Takes the logarithm of the number of exports.
    package static func export(
        named name: UnsafeBufferPointer<UInt8>,
        in module: Module.Pointer
    ) -> UnsafeMutablePointer<ExportDeclaration>? {
        var low = 0
        var high = module.pointee.exportOrder.count
        while low < high {
            let middle = (low &+ high) / 2
            guard let index = module.pointee.exportOrder[checked: middle],
                let candidate = module.pointee.exports.pointer(at: Int(index))
            else { return nil }
            let order = compare(name, bytes(candidate.pointee.name, of: module))
            if order == 0 { return candidate }
            if order < 0 { high = middle } else { low = middle &+ 1 }
        }
        return nil
    }

    private static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>)
        -> Int
    {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        guard left.count > 0, let first = left.baseAddress, let second = right.baseAddress else { return 0 }
        return Int(memcmp(first, second, left.count))
    }

    /// A function's name: from the name section, or else an export's, or else an import's; empty when it has none.
    ///
    /// Takes time in the number of names: for backtraces and errors.
    package static func functionName(_ functionIndex: UInt32, of module: Module.Pointer)
        -> UnsafeBufferPointer<UInt8>
    {
        if let name = nameSectionName(functionIndex, of: module) { return name }
        for index in 0..<module.pointee.exports.count {
            guard let export = module.pointee.exports[checked: index] else { break }
            if export.kind == .function, export.index == functionIndex {
                return bytes(export.name, of: module)
            }
        }
        if Int(functionIndex) < module.pointee.importedFunctionCount {
            for index in 0..<module.pointee.imports.count {
                guard let declaration = module.pointee.imports[checked: index] else { break }
                if declaration.kind == .function, declaration.index == functionIndex {
                    return bytes(declaration.name, of: module)
                }
            }
        }
        return UnsafeBufferPointer(start: nil, count: 0)
    }

    /// The index of a function that is exported under a name, or has it in the name section; nil where none has.
    ///
    /// Takes time in the number of names: for reports.
    package static func function(named name: UnsafeBufferPointer<UInt8>, of module: Module.Pointer) -> UInt32?
    {
        if let export = export(named: name, in: module), export.pointee.kind == .function {
            return export.pointee.index
        }
        var rest = bytes(module.pointee.functionNames, of: module)[...]
        guard var left = takeNumber(&rest) else { return nil }
        while left > 0, let index = takeNumber(&rest), let size = takeNumber(&rest), Int(size) <= rest.count {
            if compare(name, UnsafeBufferPointer(rebasing: rest.prefix(Int(size)))) == 0 {
                return Int(index) < module.pointee.functions.count ? index : nil
            }
            rest = rest.dropFirst(Int(size))
            left &-= 1
        }
        return nil
    }

    /// The custom section of a name, or nil; the first, if there are several.
    package static func customSection(named name: Text, in module: Module.Pointer) -> ByteRange? {
        let wanted = name.bytes
        for index in 0..<module.pointee.sections.count {
            guard let section = module.pointee.sections[checked: index] else { break }
            if section.id == 0, compare(wanted, bytes(section.name, of: module)) == 0 {
                return section.contents
            }
        }
        return nil
    }

    /// The spelling of a section's id in reports.
    package static func sectionName(_ id: UInt8) -> Text {
        switch id {
        case 0: "custom"
        case 1: "type"
        case 2: "import"
        case 3: "function"
        case 4: "table"
        case 5: "memory"
        case 6: "global"
        case 7: "export"
        case 8: "start"
        case 9: "element"
        case 10: "code"
        case 11: "data"
        case 12: "data count"
        case 13: "tag"
        default: "unknown"
        }
    }

    /// The entry of the name section's function names; nil if there is none or the section is malformed before it.
    private static func nameSectionName(
        _ functionIndex: UInt32,
        of module: Module.Pointer
    ) -> UnsafeBufferPointer<UInt8>? {
        var rest = bytes(module.pointee.functionNames, of: module)[...]
        guard var left = takeNumber(&rest) else { return nil }
        while left > 0, let index = takeNumber(&rest), let size = takeNumber(&rest), Int(size) <= rest.count {
            if index == functionIndex { return UnsafeBufferPointer(rebasing: rest.prefix(Int(size))) }
            rest = rest.dropFirst(Int(size))
            left &-= 1
        }
        return nil
    }

    /// An unsigned LEB128 of 32 bits; nil at the end or when it is too long.
    private static func takeNumber(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var result: UInt32 = 0
        var shift: UInt32 = 0
        while shift < 35, let byte = rest.first {
            rest = rest.dropFirst()
            result |= UInt32(byte & 0x7F) &<< shift
            if byte < 0x80 { return result }
            shift &+= 7
        }
        return nil
    }
}
