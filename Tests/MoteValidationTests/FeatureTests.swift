import MoteModule
import MoteValidation
import Testing

/// A module that one feature brought, and a name for it.
struct FeatureCase: Sendable, CustomTestStringConvertible {
    var feature: Feature
    var name: String
    var bytes: [UInt8]

    init(_ feature: Feature, _ name: String, _ make: (inout ModuleBytes) -> Void) {
        self.feature = feature
        self.name = name
        var module = ModuleBytes()
        module.types = [ModuleBytes.functionType([], [])]
        make(&module)
        bytes = module.bytes
    }

    /// A function `[] -> []` of this code.
    static func code(
        _ feature: Feature,
        _ name: String,
        _ code: [UInt8],
        locals: [(Int, UInt8)] = [],
        _ make: (inout ModuleBytes) -> Void = { _ in }
    ) -> FeatureCase {
        FeatureCase(feature, name) {
            $0.functions = [0]
            $0.bodies = [ModuleBytes.body(locals: locals, code)]
            make(&$0)
        }
    }

    var testDescription: String { "\(feature.name): \(name)" }
}

@Suite struct FeatureTests {
    static let everything: FeatureSet = ModuleValidator.supported

    static func all(but feature: Feature) -> FeatureSet {
        var features = everything
        features.disable(feature)
        return features
    }

    @Test(arguments: featureCases)
    func `a module of a feature is valid with it, and refused by its name without`(_ example: FeatureCase) {
        if Self.everything.contains(example.feature) {
            #expect(outcome(of: example.bytes, features: Self.everything) == .valid)
        }
        #expect(
            outcome(of: example.bytes, features: Self.all(but: example.feature)) == .off(example.feature)
        )
    }

    @Test func `every feature but hints has a case`() {
        var raw: UInt8 = 0
        while let feature = Feature(rawValue: raw) {
            let isIgnored = feature == .branchHints
            #expect(featureCases.contains { $0.feature == feature } != isIgnored, "\(feature.name)")
            raw += 1
        }
        #expect(Int(raw) == Feature.count)
    }

    @Test(arguments: (0..<OpcodeTable.count).filter { OpcodeTable.row($0)?.feature != nil })
    func `an instruction is refused by its feature's name, whatever follows`(_ rawValue: UInt32) throws {
        let feature = try #require(OpcodeTable.row(rawValue)?.feature)
        let example = FeatureCase.code(
            feature,
            "",
            [0x00] + RowTests.opcode(rawValue) + [UInt8](repeating: 0, count: 20)
        )
        #expect(outcome(of: example.bytes, features: Self.all(but: feature)) == .off(feature))
    }

    @Test func `with everything off, WebAssembly 1_0 is left`() {
        let module = FeatureCase.code(.simd, "", [0x41, 0, 0x11, 0, 0]) {
            $0.tables = [[0x70, 0, 1]]
            $0.memories = [[0, 1]]
            $0.globals = [[0x7F, 1, 0x41, 0, 0x0B]]
            $0.elements = [[0, 0x41, 0, 0x0B, 1, 0]]
            $0.data = [[0, 0x41, 0, 0x0B, 1, 7]]
        }
        #expect(outcome(of: module.bytes, features: .none) == .valid)
    }

    @Test func `switching on brings what is needed, switching off takes what needs it`() {
        var features = FeatureSet.none
        features.enable(.garbageCollection)
        #expect(features.contains(.typedFunctionReferences) && features.contains(.referenceTypes))
        features.enable(.relaxedSIMD)
        features.disable(.referenceTypes)
        #expect(!features.contains(.garbageCollection) && !features.contains(.typedFunctionReferences))
        #expect(features.contains(.simd))
        features.disable(.simd)
        #expect(features == .none)
        #expect(!FeatureSet.standard.contains(.legacyExceptions))
    }
}

private let featureCases: [FeatureCase] = [
    .code(.signExtension, "extend8", [0x41, 0, 0xC0, 0x1A]),
    .code(.saturatingConversions, "trunc_sat", [0x43, 0, 0, 0, 0, 0xFC, 0, 0x1A]),
    FeatureCase(.multiValue, "two results") { $0.types = [ModuleBytes.functionType([], [0x7F, 0x7F])] },
    .code(.multiValue, "a block of a type", [0x02, 0, 0x0B]),
    FeatureCase(.mutableGlobals, "exported") {
        $0.globals = [[0x7F, 1, 0x41, 0, 0x0B]]
        $0.exports = [ModuleBytes.name("g") + [3, 0]]
    },
    FeatureCase(.mutableGlobals, "imported") { $0.imports = [[0, 0, 3, 0x7F, 1]] },
    FeatureCase(.bulkMemory, "passive data") { $0.data = [[1, 0]] },
    FeatureCase(.bulkMemory, "a data count") { $0.dataCount = 0 },
    .code(.bulkMemory, "passive elements", []) { $0.elements = [[1, 0, 1, 0]] },
    .code(.bulkMemory, "memory.fill", [0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 11, 0]) { $0.memories = [[0, 1]] },
    FeatureCase(.referenceTypes, "a parameter") { $0.types = [ModuleBytes.functionType([0x6F], [])] },
    FeatureCase(.referenceTypes, "a table of externref") { $0.tables = [[0x6F, 0, 1]] },
    FeatureCase(.referenceTypes, "two tables") { $0.tables = [[0x70, 0, 1], [0x70, 0, 1]] },
    FeatureCase(.referenceTypes, "a global") { $0.globals = [[0x70, 0, 0xD0, 0x70, 0x0B]] },
    .code(.referenceTypes, "declared functions", []) { $0.elements = [[3, 0, 1, 0]] },
    .code(.referenceTypes, "a local", [], locals: [(1, 0x6F)]),
    .code(.referenceTypes, "a typed select", [0x41, 0, 0x41, 0, 0x41, 0, 0x1C, 1, 0x7F, 0x1A]),
    FeatureCase(.extendedConstants, "a sum") { $0.globals = [[0x7F, 0, 0x41, 1, 0x41, 1, 0x6A, 0x0B]] },
    .code(.tailCalls, "return_call", [0x12, 0]),
    FeatureCase(.simd, "a parameter") { $0.types = [ModuleBytes.functionType([0x7B], [])] },
    FeatureCase(.simd, "a global") { $0.imports = [[0, 0, 3, 0x7B, 0]] },
    .code(.simd, "a local", [], locals: [(1, 0x7B)]),
    .code(.simd, "a block", [0x02, 0x7B, 0x00, 0x0B, 0x1A]),
    .code(.relaxedSIMD, "swizzle", [0x00, 0xFD, 0x80, 0x02, 0x1A]),
    FeatureCase(.exceptions, "a tag") { $0.tags = [[0, 0]] },
    FeatureCase(.exceptions, "an imported tag") { $0.imports = [[0, 0, 4, 0, 0]] },
    FeatureCase(.exceptions, "exnref") { $0.types = [ModuleBytes.functionType([0x69], [])] },
    .code(.exceptions, "try_table", [0x1F, 0x40, 0, 0x0B]),
    .code(.legacyExceptions, "try", [0x06, 0x40, 0x19, 0x0B]),
    FeatureCase(.memory64, "a memory") { $0.memories = [[4, 1]] },
    FeatureCase(.memory64, "a table") { $0.tables = [[0x70, 4, 1]] },
    FeatureCase(.memory64, "an imported memory") { $0.imports = [[0, 0, 2, 4, 1]] },
    FeatureCase(.multiMemory, "two memories") { $0.memories = [[0, 1], [0, 1]] },
    FeatureCase(.multiMemory, "one imported, one own") {
        $0.imports = [[0, 0, 2, 0, 1]]
        $0.memories = [[0, 1]]
    },
    .code(.multiMemory, "an access that names memory 0", [0x41, 0, 0x28, 0x42, 0, 0, 0x1A]) {
        $0.memories = [[0, 1]]
    },
    FeatureCase(.typedFunctionReferences, "a parameter") {
        $0.types.append([0x60, 1, 0x64, 0, 0])
    },
    .code(.typedFunctionReferences, "a table with an initialiser", []) {
        $0.tables = [[0x40, 0, 0x70, 0, 1, 0xD0, 0x70, 0x0B]]
    },
    .code(.typedFunctionReferences, "call_ref", [0xD0, 0, 0x14, 0]),
    FeatureCase(.garbageCollection, "a structure") { $0.types = [[0x5F, 0]] },
    FeatureCase(.garbageCollection, "an array") { $0.types = [[0x5E, 0x7F, 0]] },
    FeatureCase(.garbageCollection, "a recursive group") { $0.types = [[0x4E, 1, 0x60, 0, 0]] },
    FeatureCase(.garbageCollection, "a type that may have subtypes") { $0.types = [[0x50, 0, 0x60, 0, 0]] },
    FeatureCase(.garbageCollection, "anyref") { $0.types = [ModuleBytes.functionType([0x6E], [])] },
    .code(.garbageCollection, "ref.i31", [0x41, 0, 0xFB, 28, 0x1A]),
    FeatureCase(.threads, "a shared memory") { $0.memories = [[3, 1, 1]] },
    .code(.threads, "a fence", [0xFE, 3, 0]),
    FeatureCase(.customPageSizes, "pages of one byte") { $0.memories = [[8, 1, 0]] },
    FeatureCase(.customPageSizes, "the usual size, spelled out") { $0.memories = [[8, 1, 16]] },
    .code(.wideArithmetic, "a product", [0x42, 0, 0x42, 0, 0xFC, 22, 0x1A, 0x1A]),
]
