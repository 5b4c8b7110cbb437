import MoteEngine
import Testing

/// Instructions that become one, and ones that look as if they could.
@Suite struct VectorFusionTests {
    private func get(_ local: UInt8) -> [UInt8] { [0x20, local] }
    private func vector(_ number: Int) -> [UInt8] { [0xFD] + TestModule.leb(number) }

    private func run(_ body: [UInt8], _ operands: [Vector128]) throws -> Vector128 {
        let bench = try Workbench()
        var module = TestModule()
        let type = module.type(Array(repeating: 0x7B, count: operands.count), [0x7B])
        module.export("f", 0, module.function(type, locals: [0x7B], body))
        let instance = try bench.instantiate(module)
        let results = try instance.call(
            in: instance.environment(),
            "f",
            operands.flatMap { [$0.low, $0.high] }
        )
        return Vector128(low: results[0], high: results[1])
    }

    private let a = Vector128(lanes: [1.5, -2, 0.25, 8].map { UInt64(Float($0).bitPattern) }, 32)
    private let b = Vector128(lanes: [3, 0.5, -4, 7].map { UInt64(Float($0).bitPattern) }, 32)
    private let c = Vector128(lanes: [10, 20, 30, 40].map { UInt64(Float($0).bitPattern) }, 32)

    @Test func `products join the sum or difference that uses them`() throws {
        let product = get(0) + get(1) + vector(0xE6)
        let products = zip(a.floats, b.floats).map { $0 * $1 }
        func check(_ body: [UInt8], _ expected: [Float]) throws {
            #expect(try run(body, [a, b, c]).floats == expected)
        }
        try check(product + get(2) + vector(0xE4), zip(products, c.floats).map { $0 + $1 })
        try check(get(2) + product + vector(0xE4), zip(products, c.floats).map { $1 + $0 })
        try check(get(2) + product + vector(0xE5), zip(products, c.floats).map { $1 - $0 })
        try check(product + get(2) + vector(0xE5), zip(products, c.floats).map { $0 - $1 })
        // The sum replaces a factor; a product that is kept; a sum of two products.
        try check(
            product + get(0) + vector(0xE4) + [0x21, 0] + get(0),
            zip(products, a.floats).map { $0 + $1 }
        )
        try check(product + [0x22, 3] + get(2) + vector(0xE4) + get(3) + vector(0xE5), c.floats)
        try check(product + product + vector(0xE4), products.map { $0 + $0 })
    }

    @Test func `shifts that add up to a lane's width are a rotation`() throws {
        for (width, first) in [(32, 0xAB), (64, 0xCB)] {
            for count in [1, 7, 12, 31] {
                func shift(_ local: UInt8, _ kind: Int, _ count: Int) -> [UInt8] {
                    get(local) + TestModule.const32(count) + vector(first + kind)
                }
                let n = UInt64(count)
                let w = UInt64(width)
                let left = shift(0, 0, count)
                let rotated = a.lanes(width).map { $0 << n | $0 >> (w - n) }
                let right = shift(0, 2, width - count)
                #expect(try run(left + right + vector(0x50), [a, b]) == Vector128(lanes: rotated, width))
                #expect(try run(right + left + vector(0x50), [a, b]) == Vector128(lanes: rotated, width))
                // Another operand, another count, a shift that keeps the sign.
                let mixed = zip(a.lanes(width), b.lanes(width)).map { $0 << n | $1 >> (w - n) }
                let other = shift(1, 2, width - count)
                #expect(try run(left + other + vector(0x50), [a, b]) == Vector128(lanes: mixed, width))
                let uneven = a.lanes(width).map { $0 << n | $0 >> (w - n - 1) }
                let less = shift(0, 2, width - count - 1)
                if width - count > 1 {
                    #expect(try run(left + less + vector(0x50), [a, b]) == Vector128(lanes: uneven, width))
                }
                let arithmetic = a.lanes(width).map {
                    $0 << n | UInt64(bitPattern: signed($0, width) >> Int64(w - n))
                }
                let sign = shift(0, 1, width - count)
                #expect(try run(left + sign + vector(0x50), [a, b]) == Vector128(lanes: arithmetic, width))
                // A shift that is kept.
                let kept = left + [0x22, 2] + right + vector(0x50) + get(2) + vector(0x51)
                let rest = zip(rotated, a.lanes(width)).map { $0 ^ ($1 << n) }
                #expect(try run(kept, [a, b]) == Vector128(lanes: rest, width))
            }
        }
    }
}
