internal import MoteBinary
internal import MoteMemory
internal import MoteModule

/// Writes a module of the binary format as text that assembles to the same module (spec 6).
///
/// Declarations are read from the sections once more: the decoder's tables have canonical types, and the text needs
/// the indices that the file has. Takes time linear in the module's size, and no native recursion.
package struct ModulePrinter {
    let module: Module.Pointer
    var writer: TextWriter
    var names = ModuleNames()
    var types = FunctionShapes()
    var hints = BranchHints()
    /// Which sections those two came from; nil where they are printed as custom sections, if they are there.
    var nameSection: Int?
    var hintSection: Int?
    /// Of the function or constant expression that is being printed.
    var body = BodyContext()
    /// Field names by type, as far as they were asked for.
    private var fieldTables: [UInt32: NameTable] = [:]
    /// Index of the next entity of each space, while sections are printed.
    var next: [UInt32] = Array(repeating: 0, count: NameSpace.count)
    /// Spellings of instructions by raw opcode; empty where there is none.
    let spellings: [UnsafeBufferPointer<UInt8>]

    /// The text of a module, with a line feed at its end.
    ///
    /// It needs to be well-formed, not valid. With `flush`, the text is handed over piece by piece and the result is
    /// empty; an error may come after some pieces. Throws what makes the bytes no module.
    package static func print(
        _ bytes: UnsafeBufferPointer<UInt8>,
        flush: ((_ text: [UInt8]) -> Void)? = nil
    ) throws(PrintError) -> [UInt8] {
        do throws(LoadFailure) {
            let heap = try Self.heap()
            defer { GlobalHeap.destroy(heap) }
            let registry = try Self.registry(heap)
            defer { TypeRegistry.destroy(registry) }
            var nothing: UInt8 = 0
            let module = try ModuleDecoder.decode(
                bytes.baseAddress ?? withUnsafePointer(to: &nothing) { $0 },
                sizeInBytes: bytes.count,
                ownership: .borrowed,
                heap: heap,
                registry: registry,
                features: .everything
            )
            defer { Module.destroy(module) }
            var printer = ModulePrinter(module: module, writer: TextWriter(flush: flush))
            try printer.printAll()
            printer.writer.flushAll()
            return printer.writer.bytes
        } catch {
            throw PrintError(error)
        }
    }

    private static func heap() throws(LoadFailure) -> GlobalHeap.Pointer {
        do throws(MemoryError) { return try GlobalHeap.create(source: .system) } catch {
            throw .memory(error)
        }
    }

    private static func registry(_ heap: GlobalHeap.Pointer) throws(LoadFailure) -> TypeRegistry.Pointer {
        do throws(MemoryError) {
            return try TypeRegistry.create(in: heap)
        } catch {
            throw .memory(error)
        }
    }

    private init(module: Module.Pointer, writer: TextWriter) {
        self.module = module
        self.writer = writer
        spellings = (0..<OpcodeTable.count).map { raw in
            guard let row = OpcodeTable.row(raw) else { return UnsafeBufferPointer(start: nil, count: 0) }
            var length = 0
            while row.name[length] != 0 { length &+= 1 }
            return row.name.withMemoryRebound(to: UInt8.self, capacity: length) {
                UnsafeBufferPointer(start: $0, count: length)
            }
        }
    }

    private mutating func printAll() throws(LoadFailure) {
        do throws(DecodeError) {
            try printModule()
        } catch {
            throw .malformed(error)
        }
    }

    private mutating func printModule() throws(DecodeError) {
        types = try FunctionShapes(of: module)
        readAnnotatedSections()
        writer.put("(module")
        if let name = names.moduleName { bind(NameTable.Entry(bytes: name, isIdentifier: !name.isEmpty)) }
        for index in 0..<module.pointee.sections.count {
            guard let section = module.pointee.sections[checked: index] else { break }
            try printSection(section, at: index)
            writer.flushIfLarge()
        }
        if writer.lineCount > 1 { writer.newLine(0) }
        writer.put(")\n")
    }

    private mutating func printSection(_ section: SectionRecord, at index: Int) throws(DecodeError) {
        var reader = ByteReader(base: module.pointee.bytes, range: section.contents)
        switch section.id {
        case 0: printCustom(section, at: index)
        case 1: try printTypes(&reader)
        case 2:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printImport(&reader) }
        case 4:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printTable(&reader) }
        case 5:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printMemory(&reader) }
        case 6:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printGlobal(&reader) }
        case 7:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printExport(&reader) }
        case 8:
            open("start ")
            self.index(.function, try reader.u32LEB())
            writer.put(")")
        case 9:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printElements(&reader)
            }
        case 10: try printFunctions()
        case 11:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printData(&reader) }
        case 13:
            try printEach(&reader) { printer, reader throws(DecodeError) in try printer.printTag(&reader) }
        // Functions' types are printed with their bodies; the data count follows from the data.
        default: break
        }
    }

    /// The names of a struct type's fields.
    mutating func fieldNames(of type: UInt32) -> NameTable {
        if let table = fieldTables[type] { return table }
        let table = names.table(.field, of: type, count: DecodeLimits.fields)
        fieldTables[type] = table
        return table
    }

    private mutating func printEach(
        _ reader: inout ByteReader,
        _ body: (inout ModulePrinter, inout ByteReader) throws(DecodeError) -> Void
    ) throws(DecodeError) {
        let count = try reader.u32LEB()
        for _ in 0..<count {
            try body(&self, &reader)
            writer.flushIfLarge()
        }
    }
}

extension FeatureSet {
    /// Every feature: what can be decoded can be printed.
    static var everything: FeatureSet { FeatureSet(rawValue: (1 &<< UInt32(Feature.count)) &- 1) }
}
