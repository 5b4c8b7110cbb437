import MoteEngine
import Testing

@Suite struct MultiMemoryTests {
    @Test func `memories other than the first are checked, each by its own size`() throws {
        var module = TestModule()
        _ = module.memory(3)
        _ = module.memory(1)
        let type = module.type([TestModule.i32], [TestModule.i32])
        module.export("first", 0, module.function(type, [0x20, 0, 0x28, 2, 0]))
        module.export("second", 0, module.function(type, [0x20, 0, 0x28, 0x42, 1, 0]))
        module.export("grow", 0, module.function(type, [0x20, 0, 0x40, 1]))
        let store = module.type([TestModule.i32, TestModule.i32], [])
        module.export("store", 0, module.function(store, [0x20, 0, 0x20, 1, 0x36, 0x42, 1, 0]))
        let bench = try Workbench()
        let instance = try bench.instantiate(module)
        #expect(instance.memory(at: 0)?.pointee.reservedInBytes ?? 0 > 0)
        try instance.call("store", 65_532, 9)
        #expect(try instance.call("second", 65_532) == [9])
        #expect(try instance.call("first", 65_532) == [0])
        #expect(try instance.call("first", 65_536) == [0])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("second", 65_533) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("store", 0xFFFF_FFFF, 0) }
        #expect(try instance.call("grow", 1) == [1])
        #expect(try instance.call("second", 65_533) == [0])
    }
}
