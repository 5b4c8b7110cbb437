import MoteEngine
import MoteMemory
import MoteModule
import Testing

/// Memories and tables with 64-bit addresses.
@Suite struct Memory64Tests {
    private static let i32 = TestModule.i32
    private static let i64 = TestModule.i64

    @Test(arguments: [LinearMemoryBacking.reserved, .heap])
    func `no address and no offset of 64 bits reaches outside`(backing: LinearMemoryBacking) throws {
        var module = TestModule()
        _ = module.memory(flags: 4, 1)
        let type = module.type([Self.i64], [Self.i64])
        module.export("plain", 0, module.function(type, [0x20, 0, 0x29, 3, 0]))
        let offset = TestModule.leb(Int.max)
        module.export("far", 0, module.function(type, [0x20, 0, 0x29, 3] + offset))
        module.export("size", 0, module.function(module.type([], [Self.i64]), [0x3F, 0]))
        module.export("grow", 0, module.function(type, [0x20, 0, 0x40, 0]))
        let bench = try Workbench()
        var limits = InstanceLimits()
        limits.linearMemory = backing
        limits.bounds = .checked
        let instance = try bench.instantiate(module, limits: limits)
        #expect(try instance.call("plain", 65528) == [0])
        for address: UInt64 in [65529, 1 << 32, 1 << 63, .max - 7, .max] {
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("plain", address) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("far", address) }
        }
        // The sum of address and offset is not taken modulo 2^64.
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("far", (1 << 63) + 1) }
        for delta: UInt64 in [.max, 1 << 63, 1 << 47, 1 << 40] {
            #expect(try instance.call("grow", delta) == [.max])
        }
        #expect(try instance.call("grow", 2) == [1])
        #expect(try instance.call("size") == [3])
        #expect(try instance.call("plain", (3 << 16) - 8) == [0])
    }

    @Test func `memories and tables as large as types allow are declared for nothing`() throws {
        var module = TestModule()
        _ = module.memory(flags: 4, 0, 1 << 48)
        _ = module.memory(flags: 0, 0, 65536)
        _ = module.table64(0, Int.max)
        let bench = try Workbench()
        let instance = try bench.instantiate(module)
        #expect(instance.memory(at: 0)?.pointee.pageCount == 0)
        #expect(bench.runtime.ledger.current[Int(Region.linearMemory.rawValue)] == 0)
    }

    @Test func `bulk operations between address types take the smaller one's count, and cost fuel`() throws {
        var module = TestModule()
        _ = module.memory(flags: 4, 1)
        _ = module.memory(1)
        let copy = module.type([Self.i64, Self.i32, Self.i32], [])
        module.export("copy", 0, module.function(copy, [0x20, 0, 0x20, 1, 0x20, 2, 0xFC, 10, 0, 1]))
        let fill = module.type([Self.i32, Self.i32, Self.i32], [])
        module.export("fill", 0, module.function(fill, [0x20, 0, 0x20, 1, 0x20, 2, 0xFC, 11, 1]))
        let load = module.type([Self.i64], [Self.i32])
        module.export("load", 0, module.function(load, [0x20, 0, 0x2D, 0x40, 0, 0]))
        let bench = try Workbench()
        var limits = InstanceLimits()
        limits.isMetered = true
        let instance = try bench.instantiate(module, limits: limits)
        let environment = try instance.environment()
        environment.fuel = 10_000
        try instance.call("fill", 100, 7, 1000)
        // What a host leaves in the upper half of an i32 is not part of it.
        try instance.call("copy", 5, 0xFFFF_FFFF_0000_0064, 0xFFFF_FFFF_0000_03E8)
        #expect(environment.fuel <= 8_000 && environment.fuel > 7_900)
        #expect(try instance.call("load", 1004) == [7])
        #expect(try instance.call("load", 1005) == [0])
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("copy", 1 << 32, 0, 1) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("copy", 65_535, 0, 2) }
        environment.fuel = 500
        #expect(throws: TrapCode.fuelExhausted) { try instance.call("fill", 0, 1, 1000) }
    }

    @Test func `a 64-bit table is indexed by all bits`() throws {
        var module = TestModule()
        let table = module.table64(2, 20)
        let type = module.type([], [Self.i32])
        let answer = module.function(type, TestModule.const32(42))
        module.declare([answer])
        let indirect = module.type([Self.i64], [Self.i32])
        module.export("call", 0, module.function(indirect, [0x20, 0, 0x11, UInt8(type), 0]))
        module.export("tail", 0, module.function(indirect, [0x20, 0, 0x13, UInt8(type), 0]))
        let change = module.type([Self.i64], [])
        module.export("set", 0, module.function(change, [0x20, 0, 0xD2, UInt8(answer), 0x26, UInt8(table)]))
        let grow = module.type([Self.i64], [Self.i64])
        module.export(
            "grow",
            0,
            module.function(grow, [0xD2, UInt8(answer), 0x20, 0, 0xFC, 15, UInt8(table)])
        )
        let bench = try Workbench()
        let instance = try bench.instantiate(module)
        try instance.call("set", 1)
        for name in ["call", "tail"] {
            #expect(try instance.call(name, 1) == [42])
            #expect(throws: TrapCode.uninitializedElement) { try instance.call(name, 0) }
            for index: UInt64 in [2, (1 << 32) + 1, .max] {
                #expect(throws: TrapCode.undefinedElement) { try instance.call(name, index) }
            }
        }
        #expect(throws: TrapCode.tableOutOfBounds) { try instance.call("set", (1 << 32) + 1) }
        for delta: UInt64 in [19, 1 << 32, .max] { #expect(try instance.call("grow", delta) == [.max]) }
        #expect(try instance.call("grow", 18) == [2])
        #expect(try instance.call("call", 19) == [42])
    }
}
