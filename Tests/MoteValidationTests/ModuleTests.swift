import MoteModule
import MoteValidation
import Testing

private let i32: UInt8 = 0x7F
private let zero: [UInt8] = [0x41, 0, 0x0B]

/// A change of an almost empty module, and what validation says to it.
struct ModuleCase: Sendable, CustomTestStringConvertible {
    var name: String
    var expected: Outcome
    var features: FeatureSet
    var change: @Sendable (inout ModuleBytes) -> Void

    init(
        _ name: String,
        _ expected: Outcome = .valid,
        features: FeatureSet = .executable,
        _ change: @escaping @Sendable (inout ModuleBytes) -> Void
    ) {
        self.name = name
        self.expected = expected
        self.features = features
        self.change = change
    }

    var testDescription: String { name }
    /// Function 0 `[] -> []`, function 1 `[i32] -> [i32]`, a table of funcref, a memory, a global `mut i32`.
    var module: ModuleBytes {
        var module = ModuleBytes()
        module.types = [ModuleBytes.functionType([], []), ModuleBytes.functionType([i32], [i32])]
        module.functions = [0, 1]
        module.tables = [[0x70, 0, 1]]
        module.memories = [[0, 1]]
        module.globals = [[i32, 1] + zero]
        module.bodies = [ModuleBytes.body([]), ModuleBytes.body([0x20, 0])]
        change(&module)
        return module
    }

    static func with(_ feature: Feature) -> FeatureSet {
        var features = FeatureSet.executable
        features.insert(feature)
        return features
    }

    static func without(_ feature: Feature) -> FeatureSet {
        var features = FeatureSet.executable
        features.remove(feature)
        return features
    }
}

@Suite struct ModuleTests {
    @Test(arguments: entityCases)
    func `entities follow their rules`(_ example: ModuleCase) { check(example) }

    @Test(arguments: constantCases)
    func `constant expressions follow their rules`(_ example: ModuleCase) { check(example) }

    @Test(arguments: segmentCases)
    func `segments follow their rules`(_ example: ModuleCase) { check(example) }

    private func check(_ example: ModuleCase) {
        #expect(outcome(of: example.module.bytes, features: example.features) == example.expected)
    }
}

private let entityCases: [ModuleCase] = [
    ModuleCase("the module as it is") { _ in },
    ModuleCase("the empty module") { $0 = ModuleBytes() },
    ModuleCase("a function of an unknown type", .unknown) { $0.functions[1] = 7 },
    ModuleCase("a function whose body needs a memory", .invalid(.unknownMemory)) {
        $0.memories = []
        $0.bodies[0] = ModuleBytes.body([0x3F, 0, 0x1A])
    },
    ModuleCase("a memory of 65536 pages") { $0.memories = [[1, 0] + ModuleBytes.leb(65536)] },
    ModuleCase("a memory of more pages", .invalid(.memoryTooLarge)) {
        $0.memories = [[0] + ModuleBytes.leb(65537)]
    },
    ModuleCase("a memory that may become larger", .invalid(.memoryTooLarge)) {
        $0.memories = [[1, 0] + ModuleBytes.leb(65537)]
    },
    ModuleCase("a memory larger than its maximum", .invalid(.minimumGreaterThanMaximum)) {
        $0.memories = [[1, 2, 1]]
    },
    ModuleCase("two memories", .off(.multiMemory), features: ModuleCase.without(.multiMemory)) {
        $0.memories = [[0, 1], [0, 1]]
    },
    ModuleCase("two memories with the proposal", features: ModuleCase.with(.multiMemory)) {
        $0.memories = [[0, 1], [0, 1]]
    },
    ModuleCase("a memory of 64 bits", .off(.memory64), features: ModuleCase.without(.memory64)) {
        $0.memories = [[4, 1]]
    },
    ModuleCase("a shared memory", .off(.threads), features: ModuleCase.without(.threads)) {
        $0.memories = [[3, 1, 1]]
    },
    ModuleCase("a table larger than its maximum", .invalid(.minimumGreaterThanMaximum)) {
        $0.tables = [[0x70, 1, 2, 1]]
    },
    ModuleCase("two tables") { $0.tables.append([0x6F, 0, 1]) },
    ModuleCase(
        "two tables without reference types",
        .off(.referenceTypes),
        features: ModuleCase.without(.referenceTypes)
    ) {
        $0.tables.append([0x70, 0, 1])
    },
    ModuleCase("start") { $0.start = 0 },
    ModuleCase("start with parameters", .invalid(.startFunction)) { $0.start = 1 },
    ModuleCase("start of no function", .unknownFunction) { $0.start = 9 },
    ModuleCase("exports") {
        $0.exports = [
            ModuleBytes.name("f") + [0, 0], ModuleBytes.name("t") + [1, 0], ModuleBytes.name("m") + [2, 0],
            ModuleBytes.name("g") + [3, 0], ModuleBytes.name("") + [0, 1],
        ]
    },
    ModuleCase("export of no function", .invalid(.unknownFunction)) {
        $0.exports = [ModuleBytes.name("f") + [0, 9]]
    },
    ModuleCase("export of no table", .invalid(.unknownTable)) {
        $0.exports = [ModuleBytes.name("f") + [1, 9]]
    },
    ModuleCase("export of no memory", .invalid(.unknownMemory)) {
        $0.exports = [ModuleBytes.name("f") + [2, 9]]
    },
    ModuleCase("export of no global", .invalid(.unknownGlobal)) {
        $0.exports = [ModuleBytes.name("f") + [3, 9]]
    },
    ModuleCase("two exports of one name", .duplicateName) {
        $0.exports = ["b", "ab", "a", "c", "ab", "d"].map { ModuleBytes.name($0) + [0, 0] }
    },
    ModuleCase(
        "an exported mutable global without the proposal",
        .off(.mutableGlobals),
        features: ModuleCase.without(.mutableGlobals)
    ) {
        $0.exports = [ModuleBytes.name("g") + [3, 0]]
    },
    ModuleCase("an import of an unknown type", .unknown) {
        $0.imports = [ModuleBytes.name("a") + ModuleBytes.name("b") + [0, 9]]
    },
    ModuleCase("an import of a memory too large", .invalid(.memoryTooLarge)) {
        $0.memories = []
        $0.imports = [ModuleBytes.name("a") + ModuleBytes.name("b") + [2, 0] + ModuleBytes.leb(65537)]
    },
    ModuleCase("a tag", .off(.exceptions), features: ModuleCase.without(.exceptions)) { $0.tags = [[0, 0]] },
    ModuleCase(
        "two results without multi-value",
        .off(.multiValue),
        features: ModuleCase.without(.multiValue)
    ) {
        $0.types.append(ModuleBytes.functionType([], [i32, i32]))
    },
    ModuleCase(
        "sign extension switched off",
        .off(.signExtension),
        features: ModuleCase.without(.signExtension)
    ) {
        $0.bodies[0] = ModuleBytes.body([0x41, 0, 0xC0, 0x1A])
    },
]

private let constantCases: [ModuleCase] = [
    ModuleCase("arithmetic") {
        $0.globals[0] = [i32, 0, 0x41, 1, 0x41, 2, 0x6A, 0x41, 3, 0x6C, 0x41, 4, 0x6B, 0x0B]
    },
    ModuleCase(
        "arithmetic switched off",
        .off(.extendedConstants),
        features: ModuleCase.without(.extendedConstants)
    ) {
        $0.globals[0] = [i32, 0, 0x41, 1, 0x41, 2, 0x6A, 0x0B]
    },
    ModuleCase("division", .invalid(.constantExpressionRequired)) {
        $0.globals[0] = [i32, 0, 0x41, 1, 0x41, 2, 0x6D, 0x0B]
    },
    ModuleCase("a call", .invalid(.constantExpressionRequired)) {
        $0.globals[0] = [i32, 0, 0x41, 1, 0x10, 1, 0x0B]
    },
    ModuleCase("another type", .invalid(.typeMismatch)) { $0.globals[0] = [i32, 0, 0x42, 1, 0x0B] },
    ModuleCase("no value", .invalid(.typeMismatch)) { $0.globals[0] = [i32, 0, 0x0B] },
    ModuleCase("two values", .invalid(.typeMismatch)) { $0.globals[0] = [i32, 0, 0x41, 1, 0x41, 1, 0x0B] },
    ModuleCase("an earlier global") {
        $0.globals[0][1] = 0
        $0.globals.append([i32, 0, 0x23, 0, 0x0B])
    },
    ModuleCase("an earlier mutable global", .invalid(.constantExpressionRequired)) {
        $0.globals.append([i32, 0, 0x23, 0, 0x0B])
    },
    ModuleCase("a later global", .invalid(.unknownGlobal)) {
        $0.globals = [[i32, 0, 0x23, 1, 0x0B], [i32, 0, 0x41, 0, 0x0B]]
    },
    ModuleCase("itself", .invalid(.unknownGlobal)) { $0.globals = [[i32, 0, 0x23, 0, 0x0B]] },
    ModuleCase("an imported global") {
        $0.imports = [ModuleBytes.name("a") + ModuleBytes.name("b") + [3, i32, 0]]
        $0.globals = [[i32, 0, 0x23, 0, 0x0B]]
    },
    ModuleCase("a function") { $0.globals[0] = [0x70, 0, 0xD2, 0, 0x0B] },
    ModuleCase("no such function", .invalid(.unknownFunction)) { $0.globals[0] = [0x70, 0, 0xD2, 9, 0x0B] },
    ModuleCase("a function where an external reference is due", .invalid(.typeMismatch)) {
        $0.globals[0] = [0x6F, 0, 0xD2, 0, 0x0B]
    },
    ModuleCase("a global makes ref.func legal") {
        $0.globals.append([0x70, 0, 0xD2, 1, 0x0B])
        $0.bodies[0] = ModuleBytes.body([0xD2, 1, 0x1A])
    },
    ModuleCase("an export makes ref.func legal") {
        $0.exports = [ModuleBytes.name("f") + [0, 1]]
        $0.bodies[0] = ModuleBytes.body([0xD2, 1, 0x1A])
    },
    ModuleCase("a start function does not", .invalid(.undeclaredFunctionReference)) {
        $0.start = 0
        $0.bodies[0] = ModuleBytes.body([0xD2, 0, 0x1A])
    },
]

private let segmentCases: [ModuleCase] = [
    ModuleCase("active elements") { $0.elements = [[0] + zero + [2, 0, 1]] },
    ModuleCase("elements of no table", .invalid(.unknownTable)) {
        $0.tables = []
        $0.elements = [[0] + zero + [1, 0]]
    },
    ModuleCase("elements of no function", .unknownFunction) { $0.elements = [[0] + zero + [1, 9]] },
    ModuleCase("elements with an offset of another type", .invalid(.typeMismatch)) {
        $0.elements = [[0, 0x42, 0, 0x0B, 1, 0]]
    },
    ModuleCase("elements with an offset that is not constant", .invalid(.constantExpressionRequired)) {
        $0.elements = [[0, 0x41, 0, 0x01, 0x0B, 1, 0]]
    },
    ModuleCase("elements as expressions") { $0.elements = [[5, 0x70, 2, 0xD2, 0, 0x0B, 0xD0, 0x70, 0x0B]] },
    ModuleCase("elements as expressions of another type", .invalid(.typeMismatch)) {
        $0.elements = [[5, 0x70, 1, 0xD0, 0x6F, 0x0B]]
    },
    ModuleCase("active elements of another type than the table", .invalid(.typeMismatch)) {
        $0.elements = [[6, 0] + zero + [0x6F, 1, 0xD0, 0x6F, 0x0B]]
    },
    ModuleCase("passive elements switched off", .off(.bulkMemory), features: ModuleCase.without(.bulkMemory))
    {
        $0.elements = [[1, 0, 1, 0]]
    },
    ModuleCase("active data") { $0.data = [[0] + zero + [1, 0xAA]] },
    ModuleCase("data of no memory", .invalid(.unknownMemory)) {
        $0.memories = []
        $0.data = [[0] + zero + [1, 0xAA]]
    },
    ModuleCase("data with an offset of another type", .invalid(.typeMismatch)) {
        $0.data = [[0, 0x42, 0, 0x0B, 1, 0xAA]]
    },
    ModuleCase("data with an offset from a mutable global", .invalid(.constantExpressionRequired)) {
        $0.data = [[0, 0x23, 0, 0x0B, 1, 0xAA]]
    },
    ModuleCase("passive data switched off", .off(.bulkMemory), features: ModuleCase.without(.bulkMemory)) {
        $0.data = [[1, 1, 0xAA]]
    },
    ModuleCase("memory.init without a data count", .malformed(.dataCountRequired)) {
        $0.data = [[1, 1, 0xAA]]
        $0.bodies[0] = ModuleBytes.body([0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 8, 0, 0])
    },
]
