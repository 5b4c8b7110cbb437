import MoteEngine
import Testing

/// Lanes moved about: constants, splats, single lanes, shuffles, selection by bits.
@Suite struct VectorLaneTests {
    private let sample = Vector128(lanes: (0..<16).map { 0x81 &+ $0 * 7 }, 8)
    private let other = Vector128(lanes: (0..<16).map { 0x1F &+ $0 * 13 }, 8)

    @Test func `a shuffle moves bytes, whole lanes or not`() throws {
        var patterns: [[UInt8]] = [
            Array(0..<16), Array(16..<32), Array(repeating: 0, count: 16), Array((0..<16).reversed()),
            // Interleaved bytes, pairs, words and double words; rotations; one odd byte among whole lanes.
            [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23],
            [0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23],
            [4, 5, 6, 7, 20, 21, 22, 23, 0, 1, 2, 3, 28, 29, 30, 31],
            [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
            [2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13],
            [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31],
            // Unaligned and across both operands.
            [14, 15, 16, 17, 0, 1, 2, 3, 9, 10, 11, 12, 4, 5, 6, 7],
        ]
        for seed in 1...40 { patterns.append((0..<16).map { UInt8(($0 * seed * 5 + seed * seed) % 32) }) }
        let operations = patterns.map {
            VectorBench.Operation(number: 0x0D, parameters: [0x7B, 0x7B], result: 0x7B, immediates: $0)
        }
        let bytes = sample.lanes(8) + other.lanes(8)
        for usesExtensions in [false, true] {
            let bench = try VectorBench(operations, usesProcessorExtensions: usesExtensions)
            for (operation, pattern) in zip(operations, patterns) {
                let expected = Vector128(lanes: pattern.map { bytes[Int($0)] }, 8)
                #expect(try bench.vector(operation, sample, other) == expected, "\(pattern)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `a swizzle chooses bytes, and zero for indices outside`(usesExtensions: Bool) throws {
        let bench = try VectorBench(
            [.binary(0x0E), .binary(0x100)],
            usesProcessorExtensions: usesExtensions
        )
        for indices in VectorSamples.integers + [other] {
            let bytes = sample.lanes(8)
            let expected = indices.lanes(8).map { $0 < 16 ? bytes[Int($0)] : 0 }
            #expect(try bench.vector(.binary(0x0E), sample, indices) == Vector128(lanes: expected, 8))
            let relaxed = try bench.vector(.binary(0x100), sample, indices).lanes(8)
            for (index, byte) in zip(indices.lanes(8), relaxed) {
                #expect(
                    byte == (index < 16 ? bytes[Int(index)] : 0)
                        || index < 128 && byte == bytes[Int(index & 15)]
                )
            }
        }
    }

    @Test func `single lanes are read and replaced`() throws {
        // Numbers of signed extraction (or plain), unsigned extraction, replacement; width, kind byte.
        let rows: [(Int, Int?, Int, Int, UInt8)] = [
            (0x15, 0x16, 0x17, 8, 0x7F), (0x18, 0x19, 0x1A, 16, 0x7F), (0x1B, nil, 0x1C, 32, 0x7F),
            (0x1D, nil, 0x1E, 64, 0x7E), (0x1F, nil, 0x20, 32, 0x7D), (0x21, nil, 0x22, 64, 0x7C),
        ]
        for (plain, unsigned, replace, width, kind) in rows {
            for lane in 0..<128 / width {
                func extract(_ number: Int) -> VectorBench.Operation {
                    VectorBench.Operation(
                        number: number,
                        parameters: [0x7B],
                        result: kind,
                        immediates: [UInt8(lane)]
                    )
                }
                let replacement = VectorBench.Operation(
                    number: replace,
                    parameters: [0x7B, kind],
                    result: 0x7B,
                    immediates: [UInt8(lane)]
                )
                let bench = try VectorBench(
                    [extract(plain), replacement] + (unsigned.map { [extract($0)] } ?? [])
                )
                let bits = sample.lanes(width)[lane]
                let expected =
                    width < 32 ? UInt64(UInt32(truncatingIfNeeded: signed(bits, width))) : bits
                #expect(try bench.call(extract(plain), [sample.low, sample.high]) == [expected])
                if let unsigned {
                    #expect(try bench.call(extract(unsigned), [sample.low, sample.high]) == [bits])
                }
                var lanes = sample.lanes(width)
                lanes[lane] = 0x1234_5678_9ABC_DEF0 & Vector128.mask(width)
                let found = try bench.vector(replacement, sample, scalars: [0x1234_5678_9ABC_DEF0])
                #expect(found == Vector128(lanes: lanes, width))
            }
        }
    }

    @Test func `splats, constants and selection by bits`() throws {
        let splats = [
            (0x0F, 8, 0x7F), (0x10, 16, 0x7F), (0x11, 32, 0x7F), (0x12, 64, 0x7E), (0x13, 32, 0x7D),
            (0x14, 64, 0x7C),
        ]
        let constant = VectorBench.Operation(
            number: 0x0C,
            parameters: [],
            result: 0x7B,
            immediates: sample.lanes(8).map { UInt8($0) }
        )
        let operations = splats.map {
            VectorBench.Operation(number: $0.0, parameters: [UInt8($0.2)], result: 0x7B)
        }
        let bench = try VectorBench(operations + [constant, .ternary(0x52)])
        for (operation, splat) in zip(operations, splats) {
            let value: UInt64 = 0xF1E2_D3C4_B5A6_9788
            let lanes = Array(repeating: value, count: 128 / splat.1)
            #expect(try bench.vector(operation, scalars: [value]) == Vector128(lanes: lanes, splat.1))
        }
        #expect(try bench.vector(constant) == sample)
        for mask in VectorSamples.integers {
            let expected = Vector128(
                low: sample.low & mask.low | other.low & ~mask.low,
                high: sample.high & mask.high | other.high & ~mask.high
            )
            #expect(try bench.vector(.ternary(0x52), sample, other, mask) == expected)
        }
    }

    @Test func `vector globals have their constants, and keep what is set`() throws {
        let bench = try Workbench()
        var module = TestModule()
        let bytes = sample.lanes(8).map { UInt8($0) }
        let global = module.global(0x7B, mutable: true, [0xFD, 0x0C] + bytes)
        let get = module.type([], [0x7B])
        let set = module.type([0x7B], [])
        module.export("get", 0, module.function(get, [0x23, UInt8(global)]))
        module.export("set", 0, module.function(set, [0x20, 0, 0x24, UInt8(global)]))
        let instance = try bench.instantiate(module)
        #expect(try instance.call("get") == [sample.low, sample.high])
        try instance.call("set", other.low, other.high)
        #expect(try instance.call("get") == [other.low, other.high])
    }
}
