package import MoteMemory
package import MotePlatform

/// Who keeps a module's bytes.
package enum ModuleBytesOwnership: UInt8, Sendable {
    /// The caller, unchanged, until the module is unloaded. Never written, never copied.
    case borrowed
    /// The module: a copy in its arena.
    case copied
    /// The caller may free them once the load returns: names and segments were copied, code translated.
    case freeable
}

/// What an import or export names (byte of the binary format).
package enum ExternalKind: UInt8, Sendable {
    case function = 0
    case table = 1
    case memory = 2
    case global = 3
    case tag = 4

    package var name: Text {
        switch self {
        case .function: "function"
        case .table: "table"
        case .memory: "memory"
        case .global: "global"
        case .tag: "tag"
        }
    }
}

package struct ImportDeclaration {
    package var moduleName: ByteRange
    package var name: ByteRange
    package var kind: ExternalKind
    /// Index in the index space of its kind.
    package var index: UInt32

    package init(moduleName: ByteRange, name: ByteRange, kind: ExternalKind, index: UInt32) {
        self.moduleName = moduleName
        self.name = name
        self.kind = kind
        self.index = index
    }
}

package struct ExportDeclaration {
    package var name: ByteRange
    package var kind: ExternalKind
    package var index: UInt32

    package init(name: ByteRange, kind: ExternalKind, index: UInt32) {
        self.name = name
        self.kind = kind
        self.index = index
    }
}

/// A function of the index space; imported ones come first and have an empty body.
package struct FunctionDeclaration {
    package var typeIndex: UInt32
    /// Locals' declarations and instructions, without the size that precedes them.
    package var body: ByteRange
    /// Filled by validation: slots of the deepest operand stack, and of all locals without parameters.
    package var maximumOperandSlots: UInt32
    package var localSlots: UInt32

    package init(typeIndex: UInt32, body: ByteRange) {
        self.typeIndex = typeIndex
        self.body = body
        maximumOperandSlots = 0
        localSlots = 0
    }
}

package struct GlobalDeclaration {
    package var type: GlobalType
    /// The constant expression with its `end`; empty for imports.
    package var initializer: ByteRange
    /// Own globals: first slot in the instance's globals (v128: two slots).
    ///
    /// Imported: index among imported globals.
    package var slot: UInt32

    package init(type: GlobalType, initializer: ByteRange, slot: UInt32) {
        self.type = type
        self.initializer = initializer
        self.slot = slot
    }
}

package enum SegmentMode: UInt8, Sendable {
    case active
    case passive
    case declarative
}

package struct ElementSegment {
    package var mode: SegmentMode
    package var tableIndex: UInt32
    package var offset: ByteRange
    package var elementType: ValueType
    package var count: UInt32
    /// Where the elements start: function indices (LEB128) or constant expressions one after another.
    package var elements: ByteRange
    package var isExpressions: Bool

    package init(
        mode: SegmentMode,
        tableIndex: UInt32,
        offset: ByteRange,
        elementType: ValueType,
        count: UInt32,
        elements: ByteRange,
        isExpressions: Bool
    ) {
        self.mode = mode
        self.tableIndex = tableIndex
        self.offset = offset
        self.elementType = elementType
        self.count = count
        self.elements = elements
        self.isExpressions = isExpressions
    }
}

package struct DataSegment {
    package var mode: SegmentMode
    package var memoryIndex: UInt32
    package var offset: ByteRange
    package var bytes: ByteRange

    package init(mode: SegmentMode, memoryIndex: UInt32, offset: ByteRange, bytes: ByteRange) {
        self.mode = mode
        self.memoryIndex = memoryIndex
        self.offset = offset
        self.bytes = bytes
    }
}

/// A section of the file, for inspection and custom-section lookup.
package struct SectionRecord {
    /// From 0, custom, and 1, type, to 13, tag.
    package var id: UInt8
    /// Custom sections: the name.
    ///
    /// Empty otherwise.
    package var name: ByteRange
    /// The contents (custom: behind the name).
    package var contents: ByteRange

    package init(id: UInt8, name: ByteRange, contents: ByteRange) {
        self.id = id
        self.name = name
        self.contents = contents
    }
}

/// A decoded module: tables and types, with ranges into the bytes for everything else.
///
/// At a stable address inside its own arena. Made by MoteBinary only; immutable after validation, except for what
/// MoteEngine keeps in `engineState`.
package struct Module {
    package typealias Pointer = UnsafeMutablePointer<Module>

    package var arena: Arena
    package var bytes: UnsafePointer<UInt8>
    package var sizeInBytes: Int
    package var ownership: ModuleBytesOwnership

    /// Their values stand in the registry's groups, which the module holds.
    package var types: Items<DefinedType> = .empty
    /// The groups of canonical types that the module holds, one for each recursion group; released with it.
    package var typeGroups: Items<TypeGroup.Pointer> = .empty
    /// Where the canonical types are; nil in a module made by hand.
    package var typeRegistry: TypeRegistry.Pointer?
    package var imports: Items<ImportDeclaration> = .empty
    /// Index spaces; imported entities come first.
    package var functions: Items<FunctionDeclaration> = .empty
    package var tables: Items<TableType> = .empty
    package var memories: Items<MemoryType> = .empty
    package var globals: Items<GlobalDeclaration> = .empty
    /// Type indices of tags.
    package var tags: Items<UInt32> = .empty
    package var importedFunctionCount: Int = 0
    package var importedTableCount: Int = 0
    package var importedMemoryCount: Int = 0
    package var importedGlobalCount: Int = 0
    package var importedTagCount: Int = 0
    /// Slots of all own globals together.
    package var globalSlots: Int = 0

    package var exports: Items<ExportDeclaration> = .empty
    /// Indices of `exports` ordered by size of the name, then by its bytes.
    package var exportOrder: Items<UInt32> = .empty
    package var startFunction: UInt32?
    package var elements: Items<ElementSegment> = .empty
    package var dataSegments: Items<DataSegment> = .empty
    package var dataCount: UInt32?
    package var sections: Items<SectionRecord> = .empty
    /// The name section's function names: contents of its subsection 1; empty when there is none.
    package var functionNames: ByteRange = .empty
    /// Module name of the name section; empty when there is none.
    package var moduleName: ByteRange = .empty
    /// One bit per function index, set when a reference to the function may be made.
    ///
    /// By exports, element segments, and initialisers of globals and tables; `ref.func` in a body needs it set.
    /// Words of 64 bits.
    package var referencedFunctions: Items<UInt64> = .empty
    /// How many bits are set before each word of `referencedFunctions`.
    package var referencedRanks: Items<UInt32> = .empty
    package var referencedFunctionCount: Int = 0
    /// Proposals the module makes use of, by ``Feature`` bit.
    package var usedFeatures: FeatureSet = .none
    /// Some function has `memory.grow` or `memory.size`, be it code that is never reached; filled by validation.
    package var usesMemorySize: Bool = false
    /// The engine's own record of the module.
    package var engineState: UnsafeMutableRawPointer?

    package init(arena: Arena, bytes: UnsafePointer<UInt8>, sizeInBytes: Int, ownership: ModuleBytesOwnership)
    {
        self.arena = arena
        self.bytes = bytes
        self.sizeInBytes = sizeInBytes
        self.ownership = ownership
    }

    /// Gives back a module and what it holds; nothing may refer to it any more.
    @inline(never)
    package static func destroy(_ module: Pointer) {
        if let registry = module.pointee.typeRegistry {
            for index in 0..<module.pointee.typeGroups.count {
                if let group = module.pointee.typeGroups[checked: index] {
                    TypeRegistry.release(registry, group)
                }
            }
        }
        let arena = module.pointee.arena
        arena.destroy()
    }

    /// The function type of a function index, or nil outside the index space.
    @inline(never)
    package func functionType(of functionIndex: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        guard let function = functions.pointer(at: Int(functionIndex)) else { return nil }
        return types.pointer(at: Int(function.pointee.typeIndex))
    }

    /// The function type of a tag index, or nil outside the index space.
    package func tagType(of tagIndex: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        guard let typeIndex = tags[checked: Int(tagIndex)] else { return nil }
        return types.pointer(at: Int(typeIndex))
    }
}

// Of a module where it is: its tables are not copied to ask it something.
extension UnsafeMutablePointer where Pointee == Module {
    /// The type of a function index, or nil outside the index space.
    @inline(never)
    package func functionType(of functionIndex: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        guard let function = pointee.functions.pointer(at: Int(functionIndex)) else { return nil }
        return pointee.types.pointer(at: Int(function.pointee.typeIndex))
    }

    /// The function type of a tag index, or nil outside the index space.
    package func tagType(of tagIndex: UInt32) -> UnsafeMutablePointer<DefinedType>? {
        guard let typeIndex = pointee.tags.pointer(at: Int(tagIndex)) else { return nil }
        return pointee.types.pointer(at: Int(typeIndex.pointee))
    }

    /// Position of a referenced function among the instance's function records, or nil if it never can be referred to.
    @inline(never)
    package func referencedRank(of functionIndex: UInt32) -> Int? {
        let word = Int(functionIndex >> 6)
        guard let bits = pointee.referencedFunctions[checked: word],
            let rank = pointee.referencedRanks[checked: word]
        else {
            return nil
        }
        let bit = UInt64(1) << UInt64(functionIndex & 63)
        guard bits & bit != 0 else { return nil }
        return Int(rank) &+ (bits & (bit &- 1)).nonzeroBitCount
    }
}
