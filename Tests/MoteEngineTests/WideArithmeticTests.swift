import MoteEngine
import Testing

@Suite struct WideArithmeticTests {
    @Test func `sums and products of 128 bits keep both halves`() throws {
        var module = TestModule()
        let i64 = TestModule.i64
        let sum = module.type([i64, i64, i64, i64], [i64, i64])
        let product = module.type([i64, i64], [i64, i64])
        let four: [UInt8] = [0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3]
        module.export("add", 0, module.function(sum, four + [0xFC, 0x13]))
        module.export("subtract", 0, module.function(sum, four + [0xFC, 0x14]))
        module.export("signed", 0, module.function(product, [0x20, 0, 0x20, 1, 0xFC, 0x15]))
        module.export("unsigned", 0, module.function(product, [0x20, 0, 0x20, 1, 0xFC, 0x16]))
        // Operands that are constants, and a result that the next operation takes.
        module.export(
            "mixed",
            0,
            module.function(product, [0x42, 3, 0x42, 0, 0x20, 0, 0x20, 1, 0xFC, 0x13, 0x42, 5, 0x7C])
        )
        let bench = try Workbench()
        let instance = try bench.instantiate(module)
        #expect(try instance.call("add", .max, 1, 1, 2) == [0, 4])
        #expect(try instance.call("subtract", 0, 0, 1, 0) == [.max, .max])
        #expect(try instance.call("unsigned", .max, .max) == [1, .max - 1])
        #expect(try instance.call("signed", .max, .max) == [1, 0])
        #expect(try instance.call("signed", 1 << 63, 2) == [0, .max])
        #expect(try instance.call("mixed", .max, 10) == [2, 16])
    }
}
