import Mote
import Testing

/// 128-bit vectors through every door of the interface.
struct VectorValueTests {
    /// ```
    /// (import "h" "mix" (func $mix (param i32 v128 f64) (result v128 i32)))
    /// (global (export "g") (mut v128) (v128.const i32x4 1 2 3 4))
    /// (func (export "f") (param v128 i32) (result i32 v128))  ;; what mix gives for its parameters and 2.0
    /// ```
    private static let bytes: [UInt8] = [
        0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x10, 0x02, 0x60, 0x03, 0x7F, 0x7B, 0x7C,
        0x02, 0x7B, 0x7F, 0x60, 0x02, 0x7B, 0x7F, 0x02, 0x7F, 0x7B, 0x02, 0x09, 0x01, 0x01, 0x68, 0x03,
        0x6D, 0x69, 0x78, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x06, 0x16, 0x01, 0x7B, 0x01, 0xFD, 0x0C,
        0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00,
        0x0B, 0x07, 0x09, 0x02, 0x01, 0x67, 0x03, 0x00, 0x01, 0x66, 0x00, 0x01, 0x0A, 0x1D, 0x01, 0x1B,
        0x01, 0x01, 0x7F, 0x20, 0x01, 0x20, 0x00, 0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x40,
        0x10, 0x00, 0x21, 0x02, 0x21, 0x00, 0x20, 0x02, 0x20, 0x00, 0x0B, 0x00, 0x1B, 0x04, 0x6E, 0x61,
        0x6D, 0x65, 0x01, 0x06, 0x01, 0x00, 0x03, 0x6D, 0x69, 0x78, 0x02, 0x0C, 0x01, 0x01, 0x03, 0x00,
        0x01, 0x76, 0x01, 0x01, 0x6E, 0x02, 0x01, 0x78,
    ]

    typealias Bytes = SIMD16<UInt8>

    private static let sample = Bytes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    private static let other = Bytes(repeating: 0xA5)

    private func instance(_ mix: Function) throws -> Instance {
        let module = try Runtime().load(bytes: Self.bytes)
        return try module.instantiate(imports: ["h": ["mix": mix]])
    }

    @Test func `typed functions take and give vectors among other values`() throws {
        let mix = Function { (number: Int32, vector: Bytes, factor: Double) -> (Bytes, Int32) in
            (vector &+ Bytes(repeating: UInt8(number)), number &* Int32(factor))
        }
        let f = try instance(mix).function("f", as: ((Bytes, Int32) -> (Int32, Bytes)).self)
        let (number, vector) = try f(Self.sample, 21)
        #expect(number == 42)
        #expect(vector == Self.sample &+ Bytes(repeating: 21))
    }

    @Test func `untyped functions do too`() throws {
        let type = FunctionType(parameters: [.i32, .v128, .f64], results: [.v128, .i32])
        let mix = Function(type: type) { _, arguments in
            guard case .i32(let number) = arguments[0], case .v128(let vector) = arguments[1],
                case .f64(let factor) = arguments[2]
            else { throw HostFailure(number: 1) }
            return [.v128(vector ^ Self.other), .i32(number &+ Int32(factor))]
        }
        let instance = try instance(mix)
        let results = try instance.function("f").call([.v128(Self.sample), .i32(40)])
        guard case .i32(42) = results[0], case .v128(let vector) = results[1] else {
            Issue.record("\(results)")
            return
        }
        #expect(vector == Self.sample ^ Self.other)
        #expect("\(results[1])" == "0xaaaba8a9aeafacada2a3a0a1a6a7a4a5")
    }

    @Test func `globals hold vectors`() throws {
        let mix = Function { (number: Int32, vector: Bytes, factor: Double) -> (Bytes, Int32) in
            (vector, number)
        }
        let instance = try instance(mix)
        let global = try instance.global("g")
        guard case .v128(let first) = try global.value else {
            Issue.record("no vector")
            return
        }
        #expect(first == Bytes(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0))
        try global.set(.v128(Self.sample))
        guard case .v128(let second) = try global.value else { return }
        #expect(second == Self.sample)
        #expect(throws: RuntimeError.self) { try global.set(.i32(1)) }
    }
}
