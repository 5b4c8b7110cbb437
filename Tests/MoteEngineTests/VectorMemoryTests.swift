import MoteEngine
import MoteMemory
import Testing

/// Loads and stores of vectors and lanes: what they move, and where they trap.
@Suite struct VectorMemoryTests {
    enum Bounds: CaseIterable {
        case guardPages
        case checked

        var plan: MemoryPlan {
            var plan = MemoryPlan()
            plan.linearMemory = .reserved
            plan.bounds = self == .guardPages ? .guardPages : .checked
            return plan
        }
    }

    /// Bytes of a load, and the vector that comes of them.
    private static let loads: [(number: Int, size: Int, vector: @Sendable ([UInt64]) -> Vector128)] = {
        @Sendable func whole(_ bytes: ArraySlice<UInt64>) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | $1 }
        }
        @Sendable func lanes(_ bytes: [UInt64], _ width: Int) -> [UInt64] {
            stride(from: 0, to: bytes.count, by: width / 8).map { whole(bytes[$0..<$0 + width / 8]) }
        }
        var rows: [(Int, Int, @Sendable ([UInt64]) -> Vector128)] = [(0, 16, { Vector128(lanes: $0, 8) })]
        for (index, width) in [8, 16, 32].enumerated() {
            rows.append(
                (
                    1 + 2 * index, 8,
                    { bytes in
                        let wide = lanes(bytes, width).map { UInt64(bitPattern: signed($0, width)) }
                        return Vector128(lanes: wide, width * 2)
                    }
                )
            )
            rows.append((2 + 2 * index, 8, { Vector128(lanes: lanes($0, width), width * 2) }))
        }
        for (index, width) in [8, 16, 32, 64].enumerated() {
            rows.append(
                (
                    7 + index, width / 8,
                    { bytes in
                        Vector128(lanes: Array(repeating: lanes(bytes, width)[0], count: 128 / width), width)
                    }
                )
            )
        }
        rows.append((0x5C, 4, { Vector128(low: lanes($0, 32)[0], high: 0) }))
        rows.append((0x5D, 8, { Vector128(low: lanes($0, 64)[0], high: 0) }))
        return rows
    }()

    private func byte(_ address: Int) -> UInt8 { UInt8(truncatingIfNeeded: address * 7 + 0x81) }

    /// A module with one page whose last 64 bytes, and as many from 256 on, are a pattern; in memory 0, or in 1
    /// where memory 0 is empty.
    private func start(_ isSecond: Bool) -> TestModule {
        var module = TestModule()
        if isSecond {
            _ = module.memory(0)
        } else {
            for first in [256, 65_472] {
                module.data(at: TestModule.const32(first), (first..<first + 64).map { byte($0) })
            }
        }
        let memory = module.memory(1)
        // Second memories get their pattern by stores of bytes.
        let type = module.type([TestModule.i32, TestModule.i32], [])
        let argument: [UInt8] = isSecond ? [0x40, 1, 0] : [0, 0]
        module.export("put", 0, module.function(type, [0x20, 0, 0x20, 1, 0x3A] + argument))
        let read = module.type([TestModule.i32], [TestModule.i32])
        module.export("get", 0, module.function(read, [0x20, 0, 0x2D] + argument))
        _ = memory
        return module
    }

    private func prepare(_ instance: EngineInstance, _ isSecond: Bool) throws {
        guard isSecond else { return }
        for first in [256, 65_472] {
            for address in first..<first + 64 {
                try instance.call("put", UInt64(address), UInt64(byte(address)))
            }
        }
    }

    /// A memarg for the memory, whose alignment hint is 1.
    private func argument(_ isSecond: Bool, _ offset: Int) -> [UInt8] {
        (isSecond ? [0x40, 1] : [0]) + TestModule.leb(offset)
    }

    @Test(arguments: Bounds.allCases, [false, true])
    func `loads extend, repeat and fill, and trap at the first byte outside`(
        bounds: Bounds,
        isSecond: Bool
    ) throws {
        let bench = try Workbench(bounds.plan)
        var module = start(isSecond)
        let type = module.type([TestModule.i32], [0x7B])
        let two = module.type([TestModule.i32, TestModule.i32], [0x7B])
        for (number, _, _) in Self.loads {
            let load = [0xFD] + TestModule.leb(number)
            module.export("l\(number)", 0, module.function(type, [0x20, 0] + load + argument(isSecond, 3)))
            // As a sum of two, as a sum with a constant, and behind an instruction whose result is the address.
            let sum: [UInt8] = [0x20, 0, 0x20, 1, 0x6A]
            module.export("x\(number)", 0, module.function(two, sum + load + argument(isSecond, 3)))
            let moved = [0x20, 0] + TestModule.const32(3) + [0x6A]
            module.export("a\(number)", 0, module.function(type, moved + load + argument(isSecond, 0)))
            let shifted = [0x20, 0] + TestModule.const32(1) + [0x76]
            module.export("r\(number)", 0, module.function(type, shifted + load + argument(isSecond, 3)))
            let absolute = TestModule.const32(257) + load + argument(isSecond, 3)
            module.export("c\(number)", 0, module.function(type, absolute))
        }
        let instance = try bench.instantiate(module)
        try prepare(instance, isSecond)
        for (number, size, vector) in Self.loads {
            let expected = vector((260..<260 + size).map { UInt64(byte($0)) })
            let slots = [expected.low, expected.high]
            #expect(try instance.call("l\(number)", 257) == slots, "\(number)")
            #expect(try instance.call("l\(number)", 257 | 5 << 32) == slots, "upper half of the slot")
            #expect(try instance.call("x\(number)", 200, 57) == slots)
            #expect(try instance.call("x\(number)", 0xFFFF_FFFF, 258) == slots, "sums are modulo 2^32")
            #expect(try instance.call("a\(number)", 257) == slots)
            #expect(try instance.call("r\(number)", 514) == slots)
            #expect(try instance.call("c\(number)", 0) == slots)
            let end = vector((65_536 - size..<65_536).map { UInt64(byte($0)) })
            let last = UInt64(65_536 - size - 3)
            #expect(try instance.call("l\(number)", last) == [end.low, end.high], "\(number) at the end")
            for address in [last + 1, 65_536, 0xFFFF_FFF0, 0xFFFF_FFFF] {
                #expect(throws: TrapCode.memoryOutOfBounds) { try instance.call("l\(number)", address) }
            }
        }
    }

    @Test(arguments: Bounds.allCases, [false, true])
    func `stores write all bytes or none, lanes the ones they name`(bounds: Bounds, isSecond: Bool) throws {
        let bench = try Workbench(bounds.plan)
        var module = start(isSecond)
        let type = module.type([TestModule.i32, 0x7B], [])
        let two = module.type([TestModule.i32, TestModule.i32, 0x7B], [])
        let reload = module.type([TestModule.i32, 0x7B], [0x7B])
        let whole: [UInt8] = [0xFD, 0x0B]
        module.export("s", 0, module.function(type, [0x20, 0, 0x20, 1] + whole + argument(isSecond, 3)))
        let sum: [UInt8] = [0x20, 0, 0x20, 1, 0x6A, 0x20, 2]
        module.export("x", 0, module.function(two, sum + whole + argument(isSecond, 3)))
        let moved = [0x20, 0] + TestModule.const32(3) + [0x6A, 0x20, 1]
        module.export("a", 0, module.function(type, moved + whole + argument(isSecond, 0)))
        let absolute = TestModule.const32(257) + [0x20, 1]
        module.export("c", 0, module.function(type, absolute + whole + argument(isSecond, 3)))
        for log2 in 0..<4 {
            for lane in 0..<16 >> log2 {
                let store =
                    [0x20, 0, 0x20, 1, 0xFD, UInt8(0x58 + log2)] + argument(isSecond, 3) + [UInt8(lane)]
                module.export("s\(log2).\(lane)", 0, module.function(type, store))
                let load =
                    [0x20, 0, 0x20, 1, 0xFD, UInt8(0x54 + log2)] + argument(isSecond, 3) + [UInt8(lane)]
                module.export("l\(log2).\(lane)", 0, module.function(reload, load))
            }
        }
        let instance = try bench.instantiate(module)
        try prepare(instance, isSecond)
        let value = Vector128(lanes: (0..<16).map { 0xF0 &- $0 * 11 }, 8)
        func check(_ name: String, _ arguments: [UInt64], at address: Int, _ bytes: [UInt64]) throws {
            for at in address - 2..<address + 18 { try instance.call("put", UInt64(at), 0x5A) }
            _ = try instance.call(in: instance.environment(), name, arguments + [value.low, value.high])
            for at in address - 2..<address + 18 {
                let isInside = at >= address && at < address + bytes.count
                let expected = isInside ? bytes[at - address] : 0x5A
                #expect(try instance.call("get", UInt64(at)) == [expected], "\(name): byte \(at - address)")
            }
        }
        try check("s", [257], at: 260, value.lanes(8))
        try check("x", [200, 57], at: 260, value.lanes(8))
        try check("a", [257], at: 260, value.lanes(8))
        try check("c", [0], at: 260, value.lanes(8))
        let end = 65_536
        func contents() throws -> [UInt64] {
            try (end - 32..<end).map { try instance.call("get", UInt64($0))[0] }
        }
        let before = try contents()
        for address in [UInt64(end - 18), UInt64(end - 4), UInt64(end), 0xFFFF_FFF0] {
            #expect(throws: TrapCode.memoryOutOfBounds) {
                try instance.call("s", address, value.low, value.high)
            }
        }
        #expect(try contents() == before)
        for log2 in 0..<4 {
            let size = 1 << log2
            for lane in 0..<16 >> log2 {
                let name = "\(log2).\(lane)"
                try check("s" + name, [257], at: 260, Array(value.lanes(8)[lane * size..<lane * size + size]))
                let address = UInt64(end - size - 3)
                var lanes = value.lanes(8)
                for index in 0..<size {
                    lanes[lane * size + index] = UInt64(try contents()[32 - size + index])
                }
                let expected = Vector128(lanes: lanes, 8)
                #expect(
                    try instance.call("l" + name, address, value.low, value.high) == [
                        expected.low, expected.high,
                    ]
                )
                for kind in ["s", "l"] {
                    #expect(throws: TrapCode.memoryOutOfBounds) {
                        try instance.call(kind + name, address + 1, value.low, value.high)
                    }
                }
            }
        }
        #expect(try contents() == before)
    }
}
