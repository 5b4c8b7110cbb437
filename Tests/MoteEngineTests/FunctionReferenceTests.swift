import CPlatform
import MoteEngine
import MoteMemory
import MoteModule
import Testing

@Suite struct FunctionReferenceTests {
    let i32 = TestModule.i32
    let funcref = TestModule.funcref

    /// `(ref null type)` as a block's or local's type.
    private func reference(_ type: Int) -> [UInt8] { [0x63, UInt8(type)] }

    @Test func `a call through a reference runs functions of this instance, another one and the host`() throws
    {
        let bench = try Workbench()
        var other = TestModule()
        let otherType = other.type([i32, i32], [i32])
        let offset = other.global(i32, mutable: false, TestModule.const32(1000))
        let add: [UInt8] = [0x20, 0, 0x20, 1, 0x6A, 0x23, UInt8(offset), 0x6A]
        other.export("add", 0, other.function(otherType, add))
        let added = try bench.instantiate(other)

        var module = TestModule()
        let type = module.type([i32, i32], [i32])
        let test = module.type([i32], [i32])
        let imported = module.importFunction("other", "add", type)
        let host = module.importFunction("host", "multiply", type)
        let own = module.function(type, [0x20, 0, 0x20, 1, 0x6B])
        // One of three references by number, null for others; called, or called in place of the frame.
        let choose: [UInt8] =
            [0x20, 0, 0x45, 0x04, 0x63, UInt8(type), 0xD2, UInt8(own), 0x05]
            + [0x20, 0] + TestModule.const32(1) + [
                0x46, 0x04, 0x63, UInt8(type), 0xD2, UInt8(imported), 0x05,
            ]
            + [0x20, 0] + TestModule.const32(2) + [0x46, 0x04, 0x63, UInt8(type), 0xD2, UInt8(host), 0x05]
            + [0xD0, UInt8(type), 0x0B, 0x0B, 0x0B]
        let arguments = TestModule.const32(50) + TestModule.const32(8)
        module.export("call", 0, module.function(test, arguments + choose + [0x14, UInt8(type)]))
        module.export("tail", 0, module.function(test, arguments + choose + [0x15, UInt8(type)]))
        for index in [own, imported, host] { module.export("f\(index)", 0, index) }
        let multiply = try bench.host([.i32, .i32], [.i32]) { _, _, slots in
            guard let slots else { return 14 }
            slots[0] = UInt64(UInt32(truncatingIfNeeded: slots[0]) &* UInt32(truncatingIfNeeded: slots[1]))
            return 0
        }
        let instance = try bench.instantiate(
            module,
            ["other.add": added.value("add")!, "host.multiply": multiply]
        )
        for name in ["call", "tail"] {
            #expect(try instance.call(name, 0) == [42])
            #expect(try instance.call(name, 1) == [1058])
            #expect(try instance.call(name, 2) == [400])
            #expect(throws: TrapCode.nullFunctionReference) { try instance.call(name, 3) }
        }
    }

    @Test func `branches on null keep the reference on one path and drop it on the other`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type([], [i32])
        let test = module.type([i32], [i32])
        let seven = module.function(type, TestModule.const32(7))
        module.export("seven", 0, seven)
        let choose: [UInt8] = [
            0x20, 0, 0x04, 0x63, UInt8(type), 0xD2, UInt8(seven), 0x05, 0xD0, UInt8(type), 0x0B,
        ]
        // The label's value lies where the block's result belongs, and above another value (so it has to move).
        let onNull: [UInt8] =
            [0x02, i32] + TestModule.const32(100) + choose + [0xD5, 0, 0x14, UInt8(type), 0x6A, 0x0B]
        let onNullMoved: [UInt8] =
            [0x02, i32] + TestModule.const32(3) + TestModule.const32(100) + choose
            + [0xD5, 0, 0x14, UInt8(type), 0x6A, 0x6A, 0x0B]
        let onNonNull: [UInt8] =
            [0x02, 0x64, UInt8(type)] + choose + [0xD6, 0] + TestModule.const32(-1) + [
                0x0F, 0x0B, 0x14, UInt8(type),
            ]
        let onNonNullMoved: [UInt8] =
            [0x02, 0x64, UInt8(type), 0xD2, UInt8(seven)] + choose + [0xD6, 0, 0x14, UInt8(type)] + [
                0x0F, 0x0B,
            ]
            + [0x14, UInt8(type)] + TestModule.const32(1) + [0x6A]
        // To the function's own label.
        let leave: [UInt8] = TestModule.const32(9) + choose + [0xD5, 0, 0x14, UInt8(type), 0x6A]
        let asNonNull: [UInt8] = choose + [0xD4, 0x14, UInt8(type)]
        for (name, body) in [
            ("onNull", onNull), ("onNullMoved", onNullMoved), ("onNonNull", onNonNull),
            ("onNonNullMoved", onNonNullMoved), ("leave", leave), ("asNonNull", asNonNull),
        ] {
            module.export(name, 0, module.function(test, body))
        }
        let instance = try bench.instantiate(module)
        #expect(try instance.call("onNull", 0) == [100])
        #expect(try instance.call("onNull", 1) == [107])
        #expect(try instance.call("onNullMoved", 0) == [100])
        #expect(try instance.call("onNullMoved", 1) == [110])
        #expect(try instance.call("onNonNull", 0) == [0xFFFF_FFFF])
        #expect(try instance.call("onNonNull", 1) == [7])
        #expect(try instance.call("onNonNullMoved", 0) == [7])
        #expect(try instance.call("onNonNullMoved", 1) == [8])
        #expect(try instance.call("leave", 0) == [9])
        #expect(try instance.call("leave", 1) == [16])
        #expect(try instance.call("asNonNull", 1) == [7])
        #expect(throws: TrapCode.nullReference) { try instance.call("asNonNull", 0) }
    }
}
