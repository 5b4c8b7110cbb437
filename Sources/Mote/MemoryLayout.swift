internal import MoteMemory
internal import MoteModule

/// Where a C compiler and linker put data, stack and libc heap in a module's first memory.
///
/// ```
/// data first:   0 [ data ][ stack <- ][ libc heap ->     ]
/// stack first:  0 [ stack <- ][ data ][ libc heap ->     ]
/// ```
/// Known from the exports `__data_end` and `__heap_base`, addresses in bytes.
public struct ModuleMemoryLayout: Equatable, Sendable {
    /// How the global that holds the stack's address was found.
    public enum StackPointerSource: Sendable {
        /// There is none.
        case none
        /// By the export `__stack_pointer`.
        case export
        /// By its name in the name section.
        case nameSection
        /// It is the first mutable global that looks like one; it may be something else.
        case guess
    }

    /// End of static data.
    public let dataEnd: UInt32
    /// Where a libc heap starts.
    public let heapBase: UInt32
    /// Where the stack starts; it grows down.
    public let stackTop: UInt32
    /// The lowest address that the stack may reach.
    public let stackBottom: UInt32
    /// How the stack was found; without one, top and bottom are the heap's base.
    public let stackPointerSource: StackPointerSource
    /// Whether the stack lies below the data.
    public let isStackFirst: Bool
}

extension ModuleMemoryLayout {
    init(_ layout: LinearMemoryLayout) {
        dataEnd = layout.dataEnd
        heapBase = layout.heapBase
        stackTop = layout.auxiliaryStackTop
        stackBottom = layout.auxiliaryStackBottom
        isStackFirst = layout.stackPointerSource != .none && layout.order == .stackFirst
        stackPointerSource =
            switch layout.stackPointerSource {
            case .none: .none
            case .export: .export
            case .nameSection: .nameSection
            case .heuristic: .guess
            }
    }
}

extension Module {
    /// The layout that its exports tell of; nil where `__data_end` or `__heap_base` is missing or no constant.
    public var memoryLayout: ModuleMemoryLayout? {
        var globals = layoutGlobals
        return globals.withUnsafeMutableBufferPointer {
            LinearMemoryLayout.detect(UnsafeBufferPointer($0)).map { ModuleMemoryLayout($0) }
        }
    }

    private var layoutGlobals: [LayoutGlobal] {
        var globals: [LayoutGlobal] = (0..<tables.pointee.globals.count).compactMap { index in
            guard let global = tables.pointee.globals[checked: index] else { return nil }
            return LayoutGlobal(
                globalIndex: UInt32(truncatingIfNeeded: index),
                isDefined: index >= tables.pointee.importedGlobalCount,
                isMutable: global.type.isMutable,
                is32: global.type.valueType == .i32,
                initialValue: constant(global.initializer)
            )
        }
        for position in 0..<tables.pointee.exports.count {
            guard let export = tables.pointee.exports[checked: position], export.kind == .global,
                globals.indices.contains(Int(export.index))
            else { continue }
            switch text(export.name) {
            case "__heap_base": globals[Int(export.index)].isExportedAsHeapBase = true
            case "__data_end": globals[Int(export.index)].isExportedAsDataEnd = true
            case "__stack_pointer": globals[Int(export.index)].isExportedAsStackPointer = true
            default: break
            }
        }
        if let index = globalNames.first(where: { $0.name == "__stack_pointer" })?.index,
            globals.indices.contains(index)
        {
            globals[index].isNamedStackPointer = true
        }
        return globals
    }

    /// The value of a plain `i32.const`.
    private func constant(_ initializer: ByteRange) -> UInt32? {
        var reader = NameReader(tables.pointee.text(initializer))
        guard reader.byte() == 0x41, let value = reader.signed32(), reader.byte() == 0x0B, reader.isAtEnd
        else {
            return nil
        }
        return UInt32(bitPattern: value)
    }

    /// The name section's names of globals (subsection 7).
    private var globalNames: [(index: Int, name: String)] {
        guard
            let section = (0..<tables.pointee.sections.count).lazy.compactMap({
                self.tables.pointee.sections[checked: $0]
            })
            .first(where: { $0.id == 0 && self.text($0.name) == "name" })
        else { return [] }
        var reader = NameReader(tables.pointee.text(section.contents))
        while let identity = reader.byte(), let size = reader.unsigned32(),
            let contents = reader.take(Int(size))
        {
            guard identity == 7 else { continue }
            var names: [(index: Int, name: String)] = []
            var entries = NameReader(contents)
            guard let count = entries.unsigned32() else { return [] }
            for _ in 0..<count {
                guard let index = entries.unsigned32(), let size = entries.unsigned32(),
                    let name = entries.take(Int(size))
                else { break }
                names.append((Int(index), String(decoding: name, as: UTF8.self)))
            }
            return names
        }
        return []
    }

    /// Of each active data segment of the first memory with a constant offset: where it lies, in bytes.
    public var dataRanges: [Range<UInt64>] {
        (0..<tables.pointee.dataSegments.count).compactMap { index in
            guard let segment = tables.pointee.dataSegments[checked: index], segment.mode == .active,
                segment.memoryIndex == 0, let start = constant(segment.offset)
            else { return nil }
            return UInt64(start)..<(UInt64(start) + UInt64(segment.bytes.sizeInBytes))
        }
    }

    /// Limits of its first memory, own or imported, in pages; nil where it has none.
    public var memoryLimits: Limits? { tables.pointee.memories[checked: 0].map { Limits($0) } }
}
