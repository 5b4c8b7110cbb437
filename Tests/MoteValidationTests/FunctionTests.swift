import MoteModule
import Testing

@Suite struct FunctionTests {
    @Test(arguments: controlCases)
    func `control instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: parametricCases)
    func `parametric instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: variableCases)
    func `variable instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: tableCases)
    func `table instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: memoryCases)
    func `memory instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: referenceCases)
    func `reference instructions follow their rules`(_ example: FunctionCase) { check(example) }

    @Test(arguments: unreachableCases)
    func `unreachable code has any operands and no others`(_ example: FunctionCase) { check(example) }

    private func check(_ example: FunctionCase) {
        #expect(outcome(of: example.module.bytes) == example.expected)
    }

    @Test
    func `frames are measured in slots`() throws {
        // Three operands deep, and two locals.
        let module = ModuleBytes.environment(
            parameters: [0x7F],
            results: [],
            body: ModuleBytes.body(locals: [(2, 0x7E)], [0x41, 1, 0x41, 2, 0x41, 3, 0x6A, 0x6A, 0x1A])
        )
        try withValidModule(module.bytes) { module in
            let function = try #require(module.pointee.functions[checked: 2])
            #expect(function.maximumOperandSlots == 3)
            #expect(function.localSlots == 2)
            #expect(!module.pointee.usesMemorySize)
        }
    }

    @Test
    func `a vector takes two slots`() throws {
        var features = FeatureSet.executable
        features.insert(.simd)
        let constant: [UInt8] = [0xFD, 0x0C] + [UInt8](repeating: 0, count: 16)
        let module = ModuleBytes.environment(
            parameters: [],
            results: [],
            body: ModuleBytes.body(locals: [(3, 0x7B)], constant + constant + [0x41, 1, 0x1A, 0x1A, 0x1A])
        )
        try withValidModule(module.bytes, features: features) { module in
            let function = try #require(module.pointee.functions[checked: 2])
            #expect(function.maximumOperandSlots == 5)
            #expect(function.localSlots == 6)
        }
    }

    @Test(arguments: [[0x3F, 0], [0x41, 0, 0x40, 0]] as [[UInt8]])
    func `reading or changing the memory's size is noted`(_ code: [UInt8]) throws {
        let module = ModuleBytes.environment(
            parameters: [],
            results: [],
            body: ModuleBytes.body(code + [0x1A])
        )
        try withValidModule(module.bytes) { #expect($0.pointee.usesMemorySize) }
    }

    @Test(arguments: [(15_967, true), (15_968, true), (15_969, false)])
    func `operands have a limit`(_ depth: Int, _ isValid: Bool) {
        let code = (0..<depth).flatMap { _ in [0x41, 0] as [UInt8] } + [UInt8](repeating: 0x1A, count: depth)
        let module = ModuleBytes.environment(parameters: [], results: [], body: ModuleBytes.body(code))
        #expect(outcome(of: module.bytes) == (isValid ? .valid : .invalid(.tooManySlots)))
    }

    @Test(arguments: [99_999, 200_000])
    func `blocks nest deeply, but not without end`(_ depth: Int) {
        let code =
            (0..<depth).flatMap { _ in [0x02, 0x40] as [UInt8] } + [UInt8](repeating: 0x0B, count: depth)
        let module = ModuleBytes.environment(parameters: [], results: [], body: ModuleBytes.body(code))
        #expect(outcome(of: module.bytes) == (depth < 100_000 ? .valid : .invalid(.blocksTooDeep)))
    }

    @Test
    func `a branch table with a million labels is quick`() {
        let labels = [UInt8](repeating: 0, count: 1_000_000)
        let code = [0x41, 1, 0x0E] + ModuleBytes.leb(labels.count) + labels + [0]
        let module = ModuleBytes.environment(parameters: [], results: [], body: ModuleBytes.body(code))
        #expect(outcome(of: module.bytes) == .valid)
    }
}
