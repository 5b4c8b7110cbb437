internal import MoteEngine
internal import MoteModule

/// Values and patterns as failures print them.
enum ScriptText {
    static func of(_ patterns: [ResultPattern]) -> String {
        patterns.isEmpty ? "nothing" : patterns.map { of($0) }.joined(separator: ", ")
    }

    /// The shape in which vectors are printed is the pattern's at the same place.
    static func of(_ results: [ScriptResult], like patterns: [ResultPattern], in store: EngineStore) -> String
    {
        guard !results.isEmpty else { return "nothing" }
        return results.enumerated().map { index, result in
            of(result, like: index < patterns.count ? patterns[index] : nil, in: store)
        }.joined(separator: ", ")
    }

    static func of(_ pattern: ResultPattern) -> String {
        switch pattern {
        case .i32(let value): "i32 \(Int32(bitPattern: value))"
        case .i64(let value): "i64 \(Int64(bitPattern: value))"
        case .f32(let float): "f32 \(of(float, isDouble: false))"
        case .f64(let float): "f64 \(of(float, isDouble: true))"
        case .integers(let shape, let low, let high): vector(shape, low, high)
        case .floats(let shape, let lanes):
            "v128 \(shape.rawValue) "
                + lanes.map { of($0, isDouble: shape == .f64x2) }.joined(separator: " ")
        case .null: "ref.null"
        case .host(let number): "ref.extern \(number)"
        case .reference(let kind): "ref.\(kind.rawValue)"
        case .either(let patterns): "either " + patterns.map { of($0) }.joined(separator: " or ")
        }
    }

    private static func of(_ float: FloatPattern, isDouble: Bool) -> String {
        switch float {
        case .canonicalNaN: "nan:canonical"
        case .arithmeticNaN: "nan:arithmetic"
        case .bits(let bits):
            isDouble ? double(bits) : single(UInt32(truncatingIfNeeded: bits))
        }
    }

    private static func of(
        _ result: ScriptResult,
        like pattern: ResultPattern?,
        in store: EngineStore
    ) -> String {
        switch result.type {
        case .i32: return "i32 \(Int32(bitPattern: result.low32))"
        case .i64: return "i64 \(Int64(bitPattern: result.low))"
        case .f32: return "f32 \(single(result.low32))"
        case .f64: return "f64 \(double(result.low))"
        case .v128: return vector(shape(of: pattern), result.low, result.high)
        default:
            guard result.low != 0 else { return "ref.null" }
            if let number = result.hostNumber(in: store) { return "ref.extern \(number)" }
            return "ref." + (result.kinds(in: store).last?.rawValue ?? "?")
        }
    }

    private static func shape(of pattern: ResultPattern?) -> LaneShape {
        switch pattern {
        case .integers(let shape, _, _), .floats(let shape, _): shape
        case .either(let patterns): shape(of: patterns.first)
        default: .i32x4
        }
    }

    private static func vector(_ shape: LaneShape, _ low: UInt64, _ high: UInt64) -> String {
        let lanes = (0..<shape.laneCount).map { index in
            let bits = shape.lane(index, low: low, high: high)
            return switch shape {
            case .f32x4: single(UInt32(truncatingIfNeeded: bits))
            case .f64x2: double(bits)
            default: "0x" + hexadecimal(bits, digits: shape.laneBits / 4)
            }
        }
        return "v128 \(shape.rawValue) " + lanes.joined(separator: " ")
    }

    /// The bits stand beside the number, because decimals hide payloads and the sign of NaN.
    private static func single(_ bits: UInt32) -> String {
        "\(Float(bitPattern: bits)) (0x\(hexadecimal(UInt64(bits), digits: 8)))"
    }

    private static func double(_ bits: UInt64) -> String {
        "\(Double(bitPattern: bits)) (0x\(hexadecimal(bits, digits: 16)))"
    }

    private static func hexadecimal(_ bits: UInt64, digits: Int) -> String {
        let text = String(bits, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
