import MoteEngine
import Testing

/// Integer lanes, against scalar code.
@Suite struct VectorIntegerTests {
    /// A lane's result from its operands; lanes zero-extended, the result cut to the width.
    typealias Lane = @Sendable (_ a: UInt64, _ b: UInt64, _ width: Int) -> UInt64

    private static func truth(_ value: Bool) -> UInt64 { value ? .max : 0 }
    private static func clamp(_ value: Int64, _ range: ClosedRange<Int64>) -> UInt64 {
        UInt64(bitPattern: min(max(value, range.lowerBound), range.upperBound))
    }
    private static func signedRange(_ width: Int) -> ClosedRange<Int64> {
        -(1 << Int64(width - 1))...(1 << Int64(width - 1)) - 1
    }
    private static func unsignedRange(_ width: Int) -> ClosedRange<Int64> { 0...(1 << Int64(width)) - 1 }

    /// Numbers by width: 8, 16, 32 and 64 bits; nil: there is none.
    private static let lanewise: [(name: String, numbers: [Int?], lane: Lane)] = [
        ("eq", [0x23, 0x2D, 0x37, 0xD6], { a, b, _ in truth(a == b) }),
        ("ne", [0x24, 0x2E, 0x38, 0xD7], { a, b, _ in truth(a != b) }),
        ("lt_s", [0x25, 0x2F, 0x39, 0xD8], { a, b, w in truth(signed(a, w) < signed(b, w)) }),
        ("lt_u", [0x26, 0x30, 0x3A, nil], { a, b, _ in truth(a < b) }),
        ("gt_s", [0x27, 0x31, 0x3B, 0xD9], { a, b, w in truth(signed(a, w) > signed(b, w)) }),
        ("gt_u", [0x28, 0x32, 0x3C, nil], { a, b, _ in truth(a > b) }),
        ("le_s", [0x29, 0x33, 0x3D, 0xDA], { a, b, w in truth(signed(a, w) <= signed(b, w)) }),
        ("le_u", [0x2A, 0x34, 0x3E, nil], { a, b, _ in truth(a <= b) }),
        ("ge_s", [0x2B, 0x35, 0x3F, 0xDB], { a, b, w in truth(signed(a, w) >= signed(b, w)) }),
        ("ge_u", [0x2C, 0x36, 0x40, nil], { a, b, _ in truth(a >= b) }),
        ("add", [0x6E, 0x8E, 0xAE, 0xCE], { a, b, _ in a &+ b }),
        ("sub", [0x71, 0x91, 0xB1, 0xD1], { a, b, _ in a &- b }),
        ("mul", [nil, 0x95, 0xB5, 0xD5], { a, b, _ in a &* b }),
        ("min_s", [0x76, 0x96, 0xB6, nil], { a, b, w in signed(a, w) < signed(b, w) ? a : b }),
        ("min_u", [0x77, 0x97, 0xB7, nil], { a, b, _ in min(a, b) }),
        ("max_s", [0x78, 0x98, 0xB8, nil], { a, b, w in signed(a, w) > signed(b, w) ? a : b }),
        ("max_u", [0x79, 0x99, 0xB9, nil], { a, b, _ in max(a, b) }),
        (
            "add_sat_s", [0x6F, 0x8F, nil, nil],
            { a, b, w in clamp(signed(a, w) + signed(b, w), signedRange(w)) }
        ),
        ("add_sat_u", [0x70, 0x90, nil, nil], { a, b, w in clamp(Int64(a + b), unsignedRange(w)) }),
        (
            "sub_sat_s", [0x72, 0x92, nil, nil],
            { a, b, w in clamp(signed(a, w) - signed(b, w), signedRange(w)) }
        ),
        ("sub_sat_u", [0x73, 0x93, nil, nil], { a, b, w in clamp(Int64(a) - Int64(b), unsignedRange(w)) }),
        ("avgr_u", [0x7B, 0x9B, nil, nil], { a, b, _ in (a + b + 1) / 2 }),
        (
            "q15mulr_sat_s", [nil, 0x82, nil, nil],
            { a, b, w in clamp((signed(a, w) * signed(b, w) + 0x4000) >> 15, signedRange(w)) }
        ),
        ("andnot", [nil, nil, nil, 0x4F], { a, b, _ in a & ~b }),
        ("and", [nil, nil, nil, 0x4E], { a, b, _ in a & b }),
        ("or", [nil, nil, nil, 0x50], { a, b, _ in a | b }),
        ("xor", [nil, nil, nil, 0x51], { a, b, _ in a ^ b }),
    ]

    private static let unary: [(name: String, numbers: [Int?], lane: @Sendable (UInt64, Int) -> UInt64)] = [
        ("abs", [0x60, 0x80, 0xA0, 0xC0], { a, w in signed(a, w) < 0 ? 0 &- a : a }),
        ("neg", [0x61, 0x81, 0xA1, 0xC1], { a, _ in 0 &- a }),
        ("popcnt", [0x62, nil, nil, nil], { a, _ in UInt64(a.nonzeroBitCount) }),
        ("not", [nil, nil, nil, 0x4D], { a, _ in ~a }),
    ]

    private static let widths = [8, 16, 32, 64]

    @Test func `lanewise operations of two operands give what scalar code gives`() throws {
        let rows = Self.lanewise.flatMap { row in
            zip(row.numbers, Self.widths).compactMap { number, width in
                number.map { (row.name, VectorBench.Operation.binary($0), width, row.lane) }
            }
        }
        let bench = try VectorBench(rows.map(\.1))
        for (name, operation, width, lane) in rows {
            for a in VectorSamples.integers {
                for b in VectorSamples.integers {
                    let expected = zip(a.lanes(width), b.lanes(width)).map { lane($0, $1, width) }
                    let found = try bench.vector(operation, a, b)
                    #expect(found == Vector128(lanes: expected, width), "\(name) \(width) of \(a), \(b)")
                }
            }
        }
    }

    @Test func `lanewise operations of one operand give what scalar code gives`() throws {
        let rows = Self.unary.flatMap { row in
            zip(row.numbers, Self.widths).compactMap { number, width in
                number.map { (row.name, VectorBench.Operation.unary($0), width, row.lane) }
            }
        }
        let bench = try VectorBench(rows.map(\.1))
        for (name, operation, width, lane) in rows {
            for a in VectorSamples.integers {
                let expected = Vector128(lanes: a.lanes(width).map { lane($0, width) }, width)
                #expect(try bench.vector(operation, a) == expected, "\(name) \(width) of \(a)")
            }
        }
    }

    @Test func `shifts take their count modulo the lanes' width, from a slot or a constant`() throws {
        let firsts = [(8, 0x6B), (16, 0x8B), (32, 0xAB), (64, 0xCB)]
        let counts = [0, 1, 7, 8, 15, 31, 33, 63, 64, 257, -1]
        let operations = firsts.flatMap { first in
            (0..<3).flatMap { kind in
                counts.map { VectorBench.Operation.shift(first.1 + kind, by: $0) }
                    + [.shift(first.1 + kind)]
            }
        }
        let bench = try VectorBench(operations)
        for (width, first) in firsts {
            for kind in 0..<3 {
                for count in counts {
                    let n = UInt64(truncatingIfNeeded: count) & UInt64(width - 1)
                    for a in VectorSamples.integers {
                        let expected = Vector128(
                            lanes: a.lanes(width).map { lane in
                                switch kind {
                                case 0: lane << n
                                case 1: UInt64(bitPattern: signed(lane, width) >> Int64(n))
                                default: lane >> n
                                }
                            },
                            width
                        )
                        let slot = UInt64(UInt32(truncatingIfNeeded: count))
                        let found = try bench.vector(.shift(first + kind), a, scalars: [slot])
                        #expect(found == expected, "shift \(kind) of \(width) by \(count)")
                        #expect(try bench.vector(.shift(first + kind, by: count), a) == expected)
                    }
                }
            }
        }
    }

    @Test func `widening, pairwise sums, products and narrowing give what scalar code gives`() throws {
        func extended(_ lane: UInt64, _ width: Int, _ isSigned: Bool) -> UInt64 {
            isSigned ? UInt64(bitPattern: signed(lane, width)) : lane
        }
        // First numbers of extend and extmul (low_s high_s low_u high_u), of extadd (s u), by the narrow width.
        let rows = [(8, 0x87, 0x9C, 0x7C), (16, 0xA7, 0xBC, 0x7E), (32, 0xC7, 0xDC, nil)]
        let narrows = [(16, 0x65), (32, 0x85)]
        var operations: [VectorBench.Operation] = [.binary(0xBA)]
        for row in rows {
            for kind in 0..<4 { operations += [.unary(row.1 + kind), .binary(row.2 + kind)] }
            if let pairs = row.3 { operations += [.unary(pairs), .unary(pairs + 1)] }
        }
        for narrow in narrows { operations += [.binary(narrow.1), .binary(narrow.1 + 1)] }
        let bench = try VectorBench(operations)
        for a in VectorSamples.integers {
            for (width, extend, product, pairs) in rows {
                for kind in 0..<4 {
                    let half = 64 / width
                    func wide(_ a: Vector128) -> [UInt64] {
                        a.lanes(width)[(kind % 2 * half)..<(kind % 2 * half + half)]
                            .map { extended($0, width, kind < 2) }
                    }
                    #expect(
                        try bench.vector(.unary(extend + kind), a) == Vector128(lanes: wide(a), width * 2)
                    )
                    for b in VectorSamples.integers {
                        let expected = zip(wide(a), wide(b)).map { $0 &* $1 }
                        let found = try bench.vector(.binary(product + kind), a, b)
                        #expect(
                            found == Vector128(lanes: expected, width * 2),
                            "extmul \(kind) of \(a), \(b)"
                        )
                    }
                }
                for kind in 0..<2 {
                    guard let pairs else { continue }
                    let lanes = a.lanes(width).map { extended($0, width, kind == 0) }
                    let sums = stride(from: 0, to: lanes.count, by: 2).map { lanes[$0] &+ lanes[$0 + 1] }
                    #expect(try bench.vector(.unary(pairs + kind), a) == Vector128(lanes: sums, width * 2))
                }
            }
            for b in VectorSamples.integers {
                for (width, narrow) in narrows {
                    let lanes = (a.lanes(width) + b.lanes(width)).map { signed($0, width) }
                    let half = Int64(width / 2)
                    let low = lanes.map { Self.clamp($0, -(1 << (half - 1))...(1 << (half - 1)) - 1) }
                    let high = lanes.map { Self.clamp($0, 0...(1 << half) - 1) }
                    let found = try bench.vector(.binary(narrow), a, b)
                    #expect(found == Vector128(lanes: low, width / 2), "narrow_s of \(a), \(b)")
                    let unsigned = try bench.vector(.binary(narrow + 1), a, b)
                    #expect(unsigned == Vector128(lanes: high, width / 2), "narrow_u of \(a), \(b)")
                }
                let products = zip(a.lanes(16), b.lanes(16)).map { signed($0, 16) * signed($1, 16) }
                let sums = (0..<4).map { UInt64(bitPattern: products[2 * $0] + products[2 * $0 + 1]) }
                #expect(try bench.vector(.binary(0xBA), a, b) == Vector128(lanes: sums, 32))
            }
        }
    }

    @Test func `tests and masks look at every lane`() throws {
        let rows = [(8, 0x63), (16, 0x83), (32, 0xA3), (64, 0xC3)]
        let bench = try VectorBench(
            rows.flatMap { [VectorBench.Operation.test($0.1), .test($0.1 + 1)] } + [.test(0x53)]
        )
        var samples = VectorSamples.integers
        for bit in 0..<128 {
            samples.append(
                Vector128(low: bit < 64 ? 1 << UInt64(bit) : 0, high: bit < 64 ? 0 : 1 << UInt64(bit - 64))
            )
        }
        for a in samples {
            let inverse = Vector128(low: ~a.low, high: ~a.high)
            for a in [a, inverse] {
                for (width, number) in rows {
                    let lanes = a.lanes(width)
                    let isAll = lanes.allSatisfy { $0 != 0 }
                    #expect(try bench.call(.test(number), [a.low, a.high]) == [isAll ? 1 : 0])
                    let bits = lanes.enumerated().reduce(0) {
                        $0 | ($1.1 >> UInt64(width - 1)) << UInt64($1.0)
                    }
                    #expect(try bench.call(.test(number + 1), [a.low, a.high]) == [bits])
                }
                let isAny = a.low != 0 || a.high != 0
                #expect(try bench.call(.test(0x53), [a.low, a.high]) == [isAny ? 1 : 0])
            }
        }
    }
}
