internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MoteModule

/// An import that a module declares.
public struct ImportType: Sendable {
    /// The module name.
    public let module: String
    /// The name within it.
    public let name: String
    /// What it has to be.
    public let type: ExternalType
}

/// An export that a module declares.
public struct ExportType: Sendable {
    /// Its name.
    public let name: String
    /// What it is.
    public let type: ExternalType
}

/// A section of a module.
public struct ModuleSection: Sendable {
    /// The name that the specification has for it, or a custom section's own.
    public let name: String
    /// Whether it is a custom section.
    public let isCustom: Bool
    /// Where its contents start, in bytes from the module's start.
    public let byteOffset: Int
    /// Of its contents.
    public let sizeInBytes: Int
}

extension Module {
    /// What it imports, in its order.
    public var imports: [ImportType] { (0..<tables.pointee.imports.count).compactMap { importType(at: $0) } }

    func importType(at index: Int) -> ImportType? {
        guard let declaration = tables.pointee.imports[checked: index],
            let type = ExternalType(declaration.kind, declaration.index, in: tables)
        else { return nil }
        return ImportType(module: text(declaration.moduleName), name: text(declaration.name), type: type)
    }

    /// The proposals beyond WebAssembly 1.0 that it makes use of.
    public var usedFeatures: [Feature] { Features(engine: tables.pointee.usedFeatures).list }

    /// What it exports, in its order.
    public var exports: [ExportType] {
        (0..<tables.pointee.exports.count).compactMap { index in
            guard let declaration = tables.pointee.exports[checked: index],
                let type = ExternalType(declaration.kind, declaration.index, in: tables)
            else { return nil }
            return ExportType(name: text(declaration.name), type: type)
        }
    }

    /// Its sections, in its order.
    public var sections: [ModuleSection] {
        (0..<tables.pointee.sections.count).compactMap { index in
            guard let section = tables.pointee.sections[checked: index] else { return nil }
            let isCustom = section.id == 0
            return ModuleSection(
                name: isCustom ? text(section.name) : Self.name(ofSection: section.id),
                isCustom: isCustom,
                byteOffset: Int(section.contents.offset),
                sizeInBytes: Int(section.contents.sizeInBytes)
            )
        }
    }

    /// Size of the whole module, in bytes.
    public var sizeInBytes: Int { tables.pointee.sizeInBytes }

    /// How many functions it defines and imports.
    public var functionCount: Int { tables.pointee.functions.count }

    /// Largest frame that any of its functions needs on the operand stack: parameters, locals and temporaries, in
    /// bytes; the interpreter may need some more for fused instructions and calls.
    public var largestFrameInBytes: Int {
        var largest = 0
        for index in 0..<tables.pointee.functions.count {
            guard let function = tables.pointee.functions[checked: index] else { break }
            let slots =
                Int(function.localSlots) &+ Int(function.maximumOperandSlots)
                &+ Int(
                    tables.pointee.functionType(of: UInt32(truncatingIfNeeded: index))?.pointee.parameterSlots
                        ?? 0
                )
            largest = max(largest, slots &+ 3)
        }
        return largest &* 8
    }

    /// The name of a function: of the name section, else of an export, else of its import; nil where it has none.
    ///
    /// What a terminal would act on is escaped. O(names).
    public func name(ofFunction index: Int) -> String? {
        UInt32(exactly: index).flatMap { DisplayName.function($0, of: tables) }
    }

    /// What the name section calls the module; nil where it has no name.
    ///
    /// What a terminal would act on is escaped.
    public var name: String? { DisplayName.module(tables) }

    func text(_ range: ByteRange) -> String { String(decoding: tables.pointee.text(range), as: UTF8.self) }

    private static func name(ofSection id: UInt8) -> String {
        switch id {
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
        default: "section \(id)"
        }
    }
}
