import MoteEngine
import MoteMemory
import Testing

/// 16 bytes, seen as lanes of any width.
struct Vector128: Equatable, CustomStringConvertible {
    var low: UInt64
    var high: UInt64

    /// Lanes of a width in bits, zero-extended.
    func lanes(_ width: Int) -> [UInt64] {
        let perWord = 64 / width
        return (0..<128 / width).map { index in
            let word = index < perWord ? low : high
            return (word >> UInt64(index % perWord * width)) & Self.mask(width)
        }
    }

    init(low: UInt64, high: UInt64) { (self.low, self.high) = (low, high) }

    init(lanes: [UInt64], _ width: Int) {
        var words: [UInt64] = [0, 0]
        for (index, lane) in lanes.enumerated() {
            words[index * width / 64] |= (lane & Self.mask(width)) << UInt64(index * width % 64)
        }
        self.init(low: words[0], high: words[1])
    }

    static func mask(_ width: Int) -> UInt64 { width == 64 ? .max : (1 << UInt64(width)) - 1 }

    var floats: [Float] { lanes(32).map { Float(bitPattern: UInt32($0)) } }
    var doubles: [Double] { lanes(64).map { Double(bitPattern: $0) } }

    var description: String { lanes(32).map { String($0, radix: 16) }.joined(separator: " ") }
}

/// A lane's value as a signed number.
func signed(_ lane: UInt64, _ width: Int) -> Int64 {
    Int64(bitPattern: lane << UInt64(64 - width)) >> Int64(64 - width)
}

/// Calls single vector instructions with values.
final class VectorBench {
    let bench: Workbench
    private let instance: EngineInstance

    struct Operation: Hashable {
        var number: Int
        /// Kind bytes.
        var parameters: [UInt8]
        var result: UInt8
        var immediates: [UInt8] = []
        /// A constant instead of the last parameter.
        var constant: Int?

        static func unary(_ number: Int) -> Operation {
            Operation(number: number, parameters: [0x7B], result: 0x7B)
        }
        static func binary(_ number: Int) -> Operation {
            Operation(number: number, parameters: [0x7B, 0x7B], result: 0x7B)
        }
        static func ternary(_ number: Int) -> Operation {
            Operation(number: number, parameters: [0x7B, 0x7B, 0x7B], result: 0x7B)
        }
        static func shift(_ number: Int, by constant: Int? = nil) -> Operation {
            Operation(number: number, parameters: [0x7B, 0x7F], result: 0x7B, constant: constant)
        }
        static func test(_ number: Int) -> Operation {
            Operation(number: number, parameters: [0x7B], result: 0x7F)
        }
    }

    private var names: [Operation: String] = [:]

    init(
        _ operations: [Operation],
        isDeterministic: Bool = false,
        usesProcessorExtensions: Bool = true
    ) throws {
        bench = try Workbench()
        bench.runtime.isDeterministic = isDeterministic
        bench.runtime.usesProcessorExtensions = usesProcessorExtensions
        var module = TestModule()
        for operation in operations where names[operation] == nil {
            var parameters = operation.parameters
            if operation.constant != nil { parameters.removeLast() }
            let type = module.type(parameters, [operation.result])
            var body: [UInt8] = []
            for index in parameters.indices { body += [0x20, UInt8(index)] }
            if let constant = operation.constant { body += TestModule.const32(constant) }
            body += [0xFD] + TestModule.leb(operation.number) + operation.immediates
            let name = "f\(names.count)"
            module.export(name, 0, module.function(type, body))
            names[operation] = name
        }
        instance = try bench.instantiate(module)
    }

    func call(_ operation: Operation, _ slots: [UInt64]) throws -> [UInt64] {
        try instance.call(in: instance.environment(), #require(names[operation]), slots)
    }

    func vector(_ operation: Operation, _ operands: Vector128..., scalars: [UInt64] = []) throws -> Vector128
    {
        let results = try call(operation, operands.flatMap { [$0.low, $0.high] } + scalars)
        return Vector128(low: results[0], high: results[1])
    }
}

/// Vectors to try: edges of every width, then pseudo-random ones.
enum VectorSamples {
    static let integers: [Vector128] = {
        var samples = [
            Vector128(low: 0, high: 0), Vector128(low: .max, high: .max),
            Vector128(lanes: Array(repeating: 0x80, count: 16), 8),
            Vector128(lanes: Array(repeating: 0x7F, count: 16), 8),
            Vector128(lanes: Array(repeating: 0x8000, count: 8), 16),
            Vector128(lanes: Array(repeating: 0x7FFF, count: 8), 16),
            Vector128(lanes: Array(repeating: 0x8000_0000, count: 4), 32),
            Vector128(lanes: Array(repeating: 0x7FFF_FFFF, count: 4), 32),
            Vector128(lanes: [1 << 63, .max >> 1], 64),
            Vector128(lanes: (0..<16).map { $0 * 17 }, 8),
            Vector128(lanes: [0, 1, 127, 128, 255, 126, 129, 254, 2, 64, 192, 3, 253, 16, 15, 31], 8),
        ]
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for _ in 0..<6 { samples.append(Vector128(low: next(), high: next())) }
        return samples
    }()

    static let floats: [Float] = [
        0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999997, 1, -1, 8_388_607.5, -8_388_609, 16_777_216,
        2_147_483_648,
        -2_147_483_648, 2_147_483_520, 4_294_967_296, 4_294_967_040, -3e9, 1e30, -1e30, .infinity, -.infinity,
        .nan,
        Float(bitPattern: 0xFFC0_0000), Float(bitPattern: 0x7F80_0001), .leastNonzeroMagnitude, 1e-40, 3.25,
        -7.75,
        255.5, 65_535.9,
    ]

    static let floatVectors: [Vector128] = stride(from: 0, to: floats.count, by: 4).map { first in
        Vector128(lanes: floats[first..<first + 4].map { UInt64($0.bitPattern) }, 32)
    }

    static let doubles: [Double] =
        floats.map { Double($0) } + [
            4_503_599_627_370_495.5, -4_503_599_627_370_497, 2_147_483_647.5, 4_294_967_295.5,
            -2_147_483_648.5, -0.9,
            Double(bitPattern: 0x7FF0_0000_0000_0001), 5e-324,
        ]

    static let doubleVectors: [Vector128] = stride(from: 0, to: doubles.count, by: 2).map { first in
        Vector128(lanes: doubles[first..<first + 2].map { $0.bitPattern }, 64)
    }
}
