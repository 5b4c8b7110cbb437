/// A value that a script writes down: an argument of a call.
package enum ScriptValue: Equatable, Sendable {
    case i32(UInt32)
    case i64(UInt64)
    /// Bits.
    case f32(UInt32)
    /// Bits.
    case f64(UInt64)
    /// Lower and upper half.
    case v128(UInt64, UInt64)
    /// A null reference of any type.
    case null
    /// The host's reference with a number: `(ref.extern 1)`, `(ref.host 1)`.
    case host(UInt64)
}

/// How a vector literal is divided.
package enum LaneShape: String, Sendable {
    case i8x16
    case i16x8
    case i32x4
    case i64x2
    case f32x4
    case f64x2

    var laneCount: Int {
        switch self {
        case .i8x16: 16
        case .i16x8: 8
        case .i32x4, .f32x4: 4
        case .i64x2, .f64x2: 2
        }
    }

    var laneBits: Int { 128 / laneCount }

    var isFloat: Bool { self == .f32x4 || self == .f64x2 }

    /// The bits of one lane of a vector.
    func lane(_ index: Int, low: UInt64, high: UInt64) -> UInt64 {
        let half = index < laneCount / 2 ? low : high
        let bit = index % (laneCount / 2) * laneBits
        return laneBits == 64 ? half : half >> UInt64(bit) & ((1 << UInt64(laneBits)) - 1)
    }
}

/// A vector while its lanes are read, the first one lowest.
struct LaneAccumulator {
    private(set) var low: UInt64 = 0
    private(set) var high: UInt64 = 0
    private var usedBits = 0

    mutating func append(_ bits: UInt64, laneBits: Int) {
        let masked = laneBits >= 64 ? bits : bits & ((1 << UInt64(laneBits)) - 1)
        if usedBits < 64 {
            low |= masked << UInt64(usedBits)
        } else {
            high |= masked << UInt64(usedBits - 64)
        }
        usedBits += laneBits
    }
}
