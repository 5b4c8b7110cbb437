import MoteEngine
import Testing

/// Float lanes and conversions, against scalar code.
@Suite struct VectorFloatTests {
    /// NaNs are equal where both are quiet; everything else by its bits.
    private func isSame(_ left: Float, _ right: Float) -> Bool {
        if left.isNaN, right.isNaN { return !left.isSignalingNaN }
        return left.bitPattern == right.bitPattern
    }
    private func isSame(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN, right.isNaN { return !left.isSignalingNaN }
        return left.bitPattern == right.bitPattern
    }

    private static func minimum<F: BinaryFloatingPoint>(_ a: F, _ b: F) -> F {
        if a.isNaN || b.isNaN { return .nan }
        if a == 0, b == 0 { return a.sign == .minus ? a : b }
        return a < b ? a : b
    }
    private static func maximum<F: BinaryFloatingPoint>(_ a: F, _ b: F) -> F {
        if a.isNaN || b.isNaN { return .nan }
        if a == 0, b == 0 { return a.sign == .minus ? b : a }
        return a > b ? a : b
    }

    /// Numbers for f32x4 and f64x2.
    private static func binary<F: BinaryFloatingPoint>(_ type: F.Type) -> [(String, [Int], (F, F) -> F)] {
        [
            ("add", [0xE4, 0xF0], { $0 + $1 }), ("sub", [0xE5, 0xF1], { $0 - $1 }),
            ("mul", [0xE6, 0xF2], { $0 * $1 }), ("div", [0xE7, 0xF3], { $0 / $1 }),
            ("min", [0xE8, 0xF4], { minimum($0, $1) }), ("max", [0xE9, 0xF5], { maximum($0, $1) }),
        ]
    }
    /// These move bits, so a signalling NaN stays one.
    private static func choosing<F: BinaryFloatingPoint>(_ type: F.Type) -> [(String, [Int], (F, F) -> F)] {
        [("pmin", [0xEA, 0xF6], { $1 < $0 ? $1 : $0 }), ("pmax", [0xEB, 0xF7], { $0 < $1 ? $1 : $0 })]
    }
    private static func unary<F: BinaryFloatingPoint>(_ type: F.Type) -> [(String, [Int], (F) -> F)] {
        [
            ("ceil", [0x67, 0x74], { $0.rounded(.up) }), ("floor", [0x68, 0x75], { $0.rounded(.down) }),
            ("trunc", [0x69, 0x7A], { $0.rounded(.towardZero) }),
            ("nearest", [0x6A, 0x94], { $0.rounded(.toNearestOrEven) }),
            ("sqrt", [0xE3, 0xEF], { $0.squareRoot() }),
        ]
    }

    @Test func `arithmetic, rounding and roots give what scalar code gives`() throws {
        var operations: [VectorBench.Operation] = []
        for index in 0..<2 {
            operations += Self.binary(Float.self).map { .binary($0.1[index]) }
            operations += Self.unary(Float.self).map { .unary($0.1[index]) }
        }
        let bench = try VectorBench(operations)
        for a in VectorSamples.floatVectors {
            for (name, numbers, lane) in Self.unary(Float.self) {
                let found = try bench.vector(.unary(numbers[0]), a)
                #expect(
                    zip(found.floats, a.floats).allSatisfy { isSame($0, lane($1)) },
                    "\(name) \(a.floats)"
                )
            }
            for b in VectorSamples.floatVectors {
                for (name, numbers, lane) in Self.binary(Float.self) {
                    let found = try bench.vector(.binary(numbers[0]), a, b)
                    let expected = zip(a.floats, b.floats).map { lane($0, $1) }
                    #expect(
                        zip(found.floats, expected).allSatisfy { isSame($0, $1) },
                        "\(name) \(a.floats) \(b.floats)"
                    )
                }
            }
        }
        for a in VectorSamples.doubleVectors {
            for (name, numbers, lane) in Self.unary(Double.self) {
                let found = try bench.vector(.unary(numbers[1]), a)
                #expect(
                    zip(found.doubles, a.doubles).allSatisfy { isSame($0, lane($1)) },
                    "\(name) \(a.doubles)"
                )
            }
            for b in VectorSamples.doubleVectors {
                for (name, numbers, lane) in Self.binary(Double.self) {
                    let found = try bench.vector(.binary(numbers[1]), a, b)
                    let expected = zip(a.doubles, b.doubles).map { lane($0, $1) }
                    #expect(
                        zip(found.doubles, expected).allSatisfy { isSame($0, $1) },
                        "\(name) \(a.doubles) \(b.doubles)"
                    )
                }
            }
        }
    }

    @Test func `signs, comparisons and the pseudo-minimum move bits only`() throws {
        var operations: [VectorBench.Operation] = []
        for (index, compare) in [0x41, 0x47].enumerated() {
            operations += Self.choosing(Float.self).map { .binary($0.1[index]) }
            operations += (0..<6).map { .binary(compare + $0) }
            operations += [.unary([0xE0, 0xEC][index]), .unary([0xE1, 0xED][index])]
        }
        let bench = try VectorBench(operations)
        func truths<F: BinaryFloatingPoint>(_ a: F, _ b: F) -> [Bool] {
            [a == b, a != b, a < b, a > b, a <= b, a >= b]
        }
        for a in VectorSamples.floatVectors {
            let lanes = a.lanes(32)
            #expect(try bench.vector(.unary(0xE0), a) == Vector128(lanes: lanes.map { $0 & 0x7FFF_FFFF }, 32))
            #expect(try bench.vector(.unary(0xE1), a) == Vector128(lanes: lanes.map { $0 ^ 0x8000_0000 }, 32))
            for b in VectorSamples.floatVectors {
                for kind in 0..<6 {
                    let expected = zip(a.floats, b.floats).map { truths($0, $1)[kind] ? UInt64.max : 0 }
                    #expect(try bench.vector(.binary(0x41 + kind), a, b) == Vector128(lanes: expected, 32))
                }
                for (_, numbers, lane) in Self.choosing(Float.self) {
                    let expected = zip(a.floats, b.floats).map { UInt64(lane($0, $1).bitPattern) }
                    #expect(try bench.vector(.binary(numbers[0]), a, b) == Vector128(lanes: expected, 32))
                }
            }
        }
        for a in VectorSamples.doubleVectors {
            let lanes = a.lanes(64)
            #expect(try bench.vector(.unary(0xEC), a) == Vector128(lanes: lanes.map { $0 & (.max >> 1) }, 64))
            #expect(try bench.vector(.unary(0xED), a) == Vector128(lanes: lanes.map { $0 ^ (1 << 63) }, 64))
            for b in VectorSamples.doubleVectors {
                for kind in 0..<6 {
                    let expected = zip(a.doubles, b.doubles).map { truths($0, $1)[kind] ? UInt64.max : 0 }
                    #expect(try bench.vector(.binary(0x47 + kind), a, b) == Vector128(lanes: expected, 64))
                }
                for (_, numbers, lane) in Self.choosing(Double.self) {
                    let expected = zip(a.doubles, b.doubles).map { lane($0, $1).bitPattern }
                    #expect(try bench.vector(.binary(numbers[1]), a, b) == Vector128(lanes: expected, 64))
                }
            }
        }
    }

    private func saturated(_ value: Double, _ least: Double, _ most: Double) -> UInt64 {
        if value.isNaN { return 0 }
        return UInt64(bitPattern: Int64(min(max(value.rounded(.towardZero), least), most)))
    }

    @Test func `conversions saturate, round and fill with zeroes`() throws {
        let numbers = [0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF, 0x5E, 0x5F]
        let bench = try VectorBench(numbers.map { .unary($0) })
        let (least, most) = (Double(Int32.min), Double(Int32.max))
        for a in VectorSamples.floatVectors {
            let values = a.floats.map { Double($0) }
            let expected = values.map { saturated($0, least, most) }
            #expect(try bench.vector(.unary(0xF8), a) == Vector128(lanes: expected, 32), "\(a.floats)")
            let unsigned = values.map { saturated($0, 0, Double(UInt32.max)) }
            #expect(try bench.vector(.unary(0xF9), a) == Vector128(lanes: unsigned, 32), "\(a.floats)")
            let promoted = try bench.vector(.unary(0x5F), a).doubles
            #expect(zip(promoted, values).allSatisfy { isSame($0, $1) }, "\(a.floats)")
        }
        for a in VectorSamples.doubleVectors {
            let expected = a.doubles.map { saturated($0, least, most) }
            #expect(try bench.vector(.unary(0xFC), a) == Vector128(lanes: expected, 32), "\(a.doubles)")
            let unsigned = a.doubles.map { saturated($0, 0, Double(UInt32.max)) }
            #expect(try bench.vector(.unary(0xFD), a) == Vector128(lanes: unsigned, 32), "\(a.doubles)")
            let demoted = try bench.vector(.unary(0x5E), a)
            #expect(zip(demoted.floats, a.doubles).allSatisfy { isSame($0, Float($1)) } && demoted.high == 0)
        }
        for a in VectorSamples.integers {
            let lanes = a.lanes(32)
            let signedFloats = lanes.map { UInt64(Float(signed($0, 32)).bitPattern) }
            #expect(try bench.vector(.unary(0xFA), a) == Vector128(lanes: signedFloats, 32))
            #expect(
                try bench.vector(.unary(0xFB), a)
                    == Vector128(lanes: lanes.map { UInt64(Float($0).bitPattern) }, 32)
            )
            let signedDoubles = lanes.prefix(2).map { Double(signed($0, 32)).bitPattern }
            #expect(try bench.vector(.unary(0xFE), a) == Vector128(lanes: signedDoubles, 64))
            let doubles = lanes.prefix(2).map { Double($0).bitPattern }
            #expect(try bench.vector(.unary(0xFF), a) == Vector128(lanes: doubles, 64))
        }
    }

    @Test
    func `relaxed instructions give the deterministic profile's results where the runtime asks for them`()
        throws
    {
        // Relaxed number and the one whose results it must have.
        let unary = [(0x101, 0xF8), (0x102, 0xF9), (0x103, 0xFC), (0x104, 0xFD)]
        let binary = [
            (0x100, 0x0E), (0x10D, 0xE8), (0x10E, 0xE9), (0x10F, 0xF4), (0x110, 0xF5), (0x111, 0x82),
        ]
        let ternary = [(0x109, 0x52), (0x10A, 0x52), (0x10B, 0x52), (0x10C, 0x52)]
        var operations: [VectorBench.Operation] = []
        for row in unary { operations += [.unary(row.0), .unary(row.1)] }
        for row in binary { operations += [.binary(row.0), .binary(row.1)] }
        operations += ternary.map { .ternary($0.0) } + [.ternary(0x52)]
        operations += (0x105...0x108).map { .ternary($0) } + [.binary(0x112), .ternary(0x113)]
        let bench = try VectorBench(operations, isDeterministic: true)
        let samples = VectorSamples.floatVectors + VectorSamples.doubleVectors + VectorSamples.integers
        for (index, a) in samples.enumerated() {
            for row in unary {
                #expect(try bench.vector(.unary(row.0), a) == bench.vector(.unary(row.1), a))
            }
            let b = samples[(index * 7 + 3) % samples.count]
            for row in binary {
                #expect(try bench.vector(.binary(row.0), a, b) == bench.vector(.binary(row.1), a, b))
            }
            let c = samples[(index * 5 + 1) % samples.count]
            for row in ternary {
                #expect(try bench.vector(.ternary(row.0), a, b, c) == bench.vector(.ternary(row.1), a, b, c))
            }
            for (kind, number) in (0x105...0x108).enumerated() {
                let found = try bench.vector(.ternary(number), a, b, c)
                if kind < 2 {
                    let expected = (0..<4).map { lane -> Float in
                        let product = a.floats[lane] * b.floats[lane]
                        return kind == 0 ? product + c.floats[lane] : c.floats[lane] - product
                    }
                    #expect(zip(found.floats, expected).allSatisfy { isSame($0, $1) })
                } else {
                    let expected = (0..<2).map { lane -> Double in
                        let product = a.doubles[lane] * b.doubles[lane]
                        return kind == 2 ? product + c.doubles[lane] : c.doubles[lane] - product
                    }
                    #expect(zip(found.doubles, expected).allSatisfy { isSame($0, $1) })
                }
            }
            let products = zip(a.lanes(8), b.lanes(8)).map { signed($0, 8) * signed($1, 8) }
            let pairs = (0..<8).map { min(products[2 * $0] + products[2 * $0 + 1], 0x7FFF) }
            let dots = pairs.map { UInt64(bitPattern: $0) }
            #expect(try bench.vector(.binary(0x112), a, b) == Vector128(lanes: dots, 16))
            let sums = (0..<4).map { lane in
                UInt64(bitPattern: pairs[2 * lane] + pairs[2 * lane + 1]) &+ c.lanes(32)[lane]
            }
            #expect(try bench.vector(.ternary(0x113), a, b, c) == Vector128(lanes: sums, 32))
        }
    }

    @Test func `relaxed instructions give an allowed result otherwise`() throws {
        let bench = try VectorBench([.binary(0x10D), .binary(0x10E), .unary(0x101)])
        for a in VectorSamples.floatVectors {
            for b in VectorSamples.floatVectors {
                let least = try bench.vector(.binary(0x10D), a, b)
                let most = try bench.vector(.binary(0x10E), a, b)
                for lane in 0..<4 {
                    let (x, y) = (a.floats[lane], b.floats[lane])
                    let isFree = x.isNaN || y.isNaN || (x == 0 && y == 0)
                    let given = [a.lanes(32)[lane], b.lanes(32)[lane]]
                    #expect(isFree ? given.contains(least.lanes(32)[lane]) : least.floats[lane] == min(x, y))
                    #expect(isFree ? given.contains(most.lanes(32)[lane]) : most.floats[lane] == max(x, y))
                }
            }
            let found = try bench.vector(.unary(0x101), a).lanes(32)
            for (lane, value) in a.floats.enumerated() {
                let strict = saturated(Double(value), Double(Int32.min), Double(Int32.max)) & 0xFFFF_FFFF
                #expect(found[lane] == strict || found[lane] == 0x8000_0000 && !(abs(value) < 0x1p31))
            }
        }
    }
}
