import MoteEngine
import Testing

@Suite struct PageSizeTests {
    @Test(arguments: [UInt8(8), 12])
    func `pages of one byte bound a memory to the byte`(flags: UInt8) throws {
        var module = TestModule()
        let address = flags & 4 != 0 ? TestModule.i64 : TestModule.i32
        _ = module.memory(flags: flags, 5, 13, pageSizeLog2: 0)
        let type = module.type([address], [address])
        module.export("grow", 0, module.function(type, [0x20, 0, 0x40, 0]))
        let load = module.type([address], [TestModule.i32])
        module.export("byte", 0, module.function(load, [0x20, 0, 0x2D, 0, 0]))
        module.export("word", 0, module.function(load, [0x20, 0, 0x28, 0, 0]))
        let bench = try Workbench()
        let instance = try bench.instantiate(module)
        #expect(instance.base.pointee.variant & 1 == 0)
        #expect(try instance.call("byte", 4) == [0])
        #expect(try instance.call("word", 1) == [0])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("byte", 5) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("word", 2) }
        #expect(try instance.call("grow", 8) == [5])
        #expect(try instance.call("grow", 0) == [13])
        #expect(try instance.call("grow", 1) == [flags & 4 != 0 ? .max : 0xFFFF_FFFF])
        #expect(try instance.call("word", 9) == [0])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("word", 10) }
    }
}
