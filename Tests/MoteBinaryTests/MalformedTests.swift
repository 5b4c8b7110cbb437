import MoteBinary
import MoteMemory
import MoteModule
import MoteTestSupport
import Testing

/// A module that is wrong, and how.
struct Malformed: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var kind: DecodeError.Kind
    var testDescription: String { name }

    init(
        _ name: String,
        _ sections: [UInt8],
        _ kind: DecodeError.Kind,
        header: [UInt8] = ModuleBuilder.header
    ) {
        self.name = name
        bytes = header + sections
        self.kind = kind
    }
}

private func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] { ModuleBuilder.section(id, contents) }
private let type: [UInt8] = section(1, [1, 0x60, 0, 0])
private let function: [UInt8] = section(3, [1, 0])

@Suite struct MalformedTests {
    static let cases: [Malformed] = [
        Malformed("nothing", [], .unexpectedEnd, header: []),
        Malformed("half a header", [], .unexpectedEnd, header: [0, 0x61, 0x73]),
        Malformed("another file", [], .badMagic, header: [0x7F, 0x45, 0x4C, 0x46, 1, 0, 0, 0]),
        Malformed("a component", [], .badVersion, header: [0, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]),
        Malformed("no version", [], .unexpectedEnd, header: [0, 0x61, 0x73, 0x6D, 1]),
        Malformed("section 14", section(14, [0]), .malformedSectionID),
        Malformed("section 0x80", section(0x80, [0]), .malformedSectionID),
        Malformed("a section without size", [1], .unexpectedEnd),
        Malformed("a section longer than the module", [1, 5, 0], .lengthOutOfBounds),
        Malformed("two type sections", type + type, .sectionOutOfOrder),
        Malformed("functions before types", function + type, .sectionOutOfOrder),
        Malformed("data count behind code", section(10, [0]) + section(12, [0]), .sectionOutOfOrder),
        Malformed("an empty type section", section(1, []), .unexpectedEnd),
        Malformed("bytes behind the types", section(1, [0, 0]), .sectionSizeMismatch),
        Malformed("types cut off", section(1, [2, 0x60, 0, 0]), .unexpectedEnd),
        Malformed(
            "a count larger than the file",
            section(1, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            .unexpectedEnd
        ),
        Malformed("an unknown form", section(1, [1, 0x40, 0]), .malformedTypeForm),
        Malformed("a parameter that is no type", section(1, [1, 0x60, 1, 0x01, 0]), .malformedValueType),
        Malformed(
            "a parameter that is a packed type",
            section(1, [1, 0x60, 1, 0x78, 0]),
            .malformedValueType
        ),
        Malformed("an unknown heap type", section(1, [1, 0x60, 1, 0x63, 0x40, 0]), .malformedHeapType),
        Malformed("a type outside the space", section(1, [1, 0x60, 1, 0x63, 0x05, 0]), .unknownType),
        Malformed("a field's mutability", section(1, [1, 0x5F, 1, 0x7F, 2]), .malformedMutability),
        Malformed("two supertypes", section(1, [1, 0x50, 2, 0, 0, 0x60, 0, 0]), .invalidSubtype),
        Malformed("its own supertype", section(1, [1, 0x50, 1, 0, 0x60, 0, 0]), .unknownType),
        Malformed(
            "a final supertype",
            section(1, [2, 0x60, 0, 0, 0x50, 1, 0, 0x60, 0, 0]),
            .invalidSubtype
        ),
        Malformed(
            "a supertype of another kind",
            section(1, [2, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x60, 0, 0]),
            .invalidSubtype
        ),
        Malformed("a custom section without name", section(0, []), .unexpectedEnd),
        Malformed("a custom section's name cut off", section(0, [5, 65]), .lengthOutOfBounds),
        Malformed("a custom section's name not UTF-8", section(0, [2, 0xC0, 0x80]), .malformedUTF8),
        Malformed("import kind 5", section(2, [1, 0, 0, 5, 0]), .malformedImportKind),
        Malformed("an import's name not UTF-8", section(2, [1, 1, 0xFF, 0, 0, 0]), .malformedUTF8),
        Malformed("an import's type unknown", section(2, [1, 0, 0, 0, 0]), .unknownType),
        Malformed(
            "an imported global's mutability",
            section(2, [1, 0, 0, 3, 0x7F, 2]),
            .malformedMutability
        ),
        Malformed(
            "a function's type unknown",
            section(3, [1, 0]) + section(10, [1, 2, 0, 0x0B]),
            .unknownType
        ),
        Malformed("a function without code", type + function, .inconsistentFunctionLengths),
        Malformed("code without function", section(10, [1, 2, 0, 0x0B]), .inconsistentFunctionLengths),
        Malformed(
            "less code than functions",
            type + section(3, [2, 0, 0]) + section(10, [1, 2, 0, 0x0B]),
            .inconsistentFunctionLengths
        ),
        Malformed(
            "a body longer than the section",
            type + function + section(10, [1, 9, 0, 0x0B]),
            .lengthOutOfBounds
        ),
        Malformed(
            "bytes behind the code",
            type + function + section(10, [1, 2, 0, 0x0B, 0]),
            .sectionSizeMismatch
        ),
        Malformed("a table of numbers", section(4, [1, 0x7F, 0, 0]), .malformedReferenceType),
        Malformed("a table's limits", section(4, [1, 0x70, 8, 0]), .malformedLimitsFlags),
        Malformed("a shared table", section(4, [1, 0x70, 3, 0, 1]), .malformedLimitsFlags),
        Malformed("a table of another form", section(4, [1, 0x40, 1, 0x70, 0, 0]), .malformedTableForm),
        Malformed("a memory's limits", section(5, [1, 0x10, 0]), .malformedLimitsFlags),
        Malformed("a memory's minimum cut off", section(5, [1, 0, 0x80]), .unexpectedEnd),
        Malformed("a page size of 2^64 bytes", section(5, [1, 8, 0, 64]), .malformedPageSize),
        Malformed("a tag's attribute", type + section(13, [1, 1, 0]), .malformedTagAttribute),
        Malformed("a global without end", section(6, [1, 0x7F, 0, 0x41, 0]), .unexpectedEnd),
        Malformed("a global with an unknown opcode", section(6, [1, 0x7F, 0, 0xFF, 0x0B]), .illegalOpcode),
        Malformed(
            "a global with an unknown prefixed opcode",
            section(6, [1, 0x7F, 0, 0xFC, 0x7F, 0x0B]),
            .illegalOpcode
        ),
        Malformed(
            "a constant too large",
            section(6, [1, 0x7F, 0, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0x0B]),
            .integerTooLarge
        ),
        Malformed(
            "a constant too long",
            section(6, [1, 0x7F, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x0B]),
            .integerTooLong
        ),
        Malformed("export kind 5", section(7, [1, 0, 5, 0]), .malformedExportKind),
        Malformed("two exports of a name", section(7, [2, 1, 65, 3, 0, 1, 65, 3, 0]), .duplicateExportName),
        Malformed("a start function outside the space", section(8, [0]), .unknownFunction),
        Malformed("two start functions", section(8, [0, 0]), .unknownFunction),
        Malformed("element flags", section(9, [1, 8, 0]), .malformedElementFlags),
        Malformed("an element kind", section(9, [1, 1, 1, 0]), .malformedElementKind),
        Malformed("an element outside the space", section(9, [1, 1, 0, 1, 7]), .unknownFunction),
        Malformed("elements of numbers", section(9, [1, 5, 0x7F, 0]), .malformedReferenceType),
        Malformed("data flags", section(11, [1, 3, 0]), .malformedDataFlags),
        Malformed("data cut off", section(11, [1, 1, 5, 1]), .lengthOutOfBounds),
        Malformed("a data count without data", section(12, [1]), .inconsistentDataLengths),
        Malformed(
            "less data than counted",
            section(12, [2]) + section(11, [1, 1, 0]),
            .inconsistentDataLengths
        ),
        Malformed("a u32 too long", section(12, [0x80, 0x80, 0x80, 0x80, 0x80, 0]), .integerTooLong),
        Malformed("a u32 too large", section(12, [0xFF, 0xFF, 0xFF, 0xFF, 0x1F]), .integerTooLarge),
    ]

    @Test(arguments: cases)
    func `a module that is malformed says how`(_ malformed: Malformed) throws {
        let bench = try Workbench()
        guard case .malformed(let error) = try bench.failure(malformed.bytes) else {
            Issue.record("\(malformed.name) gave \(String(describing: try bench.failure(malformed.bytes)))")
            return
        }
        #expect(error.kind == malformed.kind, "\(malformed.name) at \(error.byteOffset)")
        #expect(error.byteOffset <= malformed.bytes.count)
    }

    @Test func `every truncation is an error inside what is left`() throws {
        let bench = try Workbench()
        let bytes = rich()
        // The registry's first entries stay; make them now.
        try bench.decode(bytes) { _ in }
        let before = bench.heap.pointee.ledger.total
        var accepted: [Int] = []
        for size in 0..<bytes.count {
            switch try bench.failure(Array(bytes[..<size])) {
            case .malformed(let error): #expect(error.byteOffset <= size)
            case nil: accepted.append(size)
            case let other: Issue.record("\(String(describing: other))")
            }
        }
        // The header alone, types, imports, and all without the last one or two custom sections are modules.
        #expect(accepted.count == 5)
        #expect(bench.heap.pointee.ledger.total == before)
    }

    @Test func `mutated modules neither crash nor leak`() throws {
        let bench = try Workbench()
        let original = rich()
        let types: [UInt8] =
            ModuleBuilder.header
            + section(
                1,
                [
                    3, 0x4E, 2, 0x50, 0, 0x5F, 1, 0x63, 1, 1, 0x50, 1, 0, 0x5F, 2, 0x63, 1, 1, 0x78, 0, 0x60,
                    1, 0x64,
                    0, 0, 0x5E, 0x6E, 1,
                ]
            )
        var random = SystemRandomNumberGenerator()
        let before = bench.heap.pointee.ledger.total
        let groups = bench.registry.pointee.groupCount
        for round in 0..<10_000 {
            var bytes = round % 2 == 0 ? original : types
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 8..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
                default: bytes.remove(at: position)
                }
            }
            let ownership: ModuleBytesOwnership = [.borrowed, .copied, .freeable][round % 3]
            do {
                try bench.decode(bytes, ownership: ownership) { module in
                    for index in UInt32(0)..<6 { _ = ModuleQueries.functionName(index, of: module) }
                }
            } catch let failure as LoadFailure {
                if case .malformed(let error) = failure { #expect(error.byteOffset <= bytes.count) }
            }
        }
        #expect(bench.registry.pointee.groupCount == groups)
        // Only entries by id may stay, in chunks that the registry keeps.
        #expect(bench.heap.pointee.ledger.total - before < 64 * 1024)
    }

    @Test(arguments: [ModuleBytesOwnership.borrowed, .copied, .freeable])
    func `each allocation may fail, and leaves the heap as it was`(_ ownership: ModuleBytesOwnership) throws {
        let bench = try Workbench()
        let bytes = rich()
        // The registry's first entries stay; make them now.
        try bench.decode(bytes, ownership: ownership) { _ in }
        let before = bench.heap.pointee.ledger.total
        var failures = 0
        while failures < 1000 {
            bench.heap.pointee.failureCountdown = failures
            defer { bench.heap.pointee.failureCountdown = -1 }
            do {
                try bench.decode(bytes, ownership: ownership) { _ in }
                break
            } catch LoadFailure.memory(let error) {
                #expect(error.kind == .exhausted)
            }
            #expect(bench.heap.pointee.ledger.total == before)
            failures += 1
        }
        #expect(failures > 3)
        #expect(bench.heap.pointee.ledger.total == before)
    }
}
