import MoteEngine
import Testing

/// What differential runs against another engine found.
@Suite struct TranslationTests {
    private let i32 = TestModule.i32

    @Test func `a constant that is no immediate, compared with a temporary, leaves that in place`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([0x7E], [i32])
        // 2823054844445047614 > extend16_s(x)
        let constant: [UInt8] = [0x42, 0xBE, 0xF6, 0xDE, 0x84, 0xC8, 0xAD, 0xE0, 0x96, 0x27]
        module.export("greater", 0, module.function(type, constant + [0x20, 0, 0xC3, 0x55]))
        module.export("less", 0, module.function(type, constant + [0x20, 0, 0xC3, 0x53]))
        let instance = try bench.instantiate(module)
        #expect(try instance.call("greater", 3) == [1])
        #expect(try instance.call("less", 3) == [0])
    }
}
