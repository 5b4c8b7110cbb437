/// What a script expects of one result.
package indirect enum ResultPattern: Sendable {
    case i32(UInt32)
    case i64(UInt64)
    case f32(FloatPattern)
    case f64(FloatPattern)
    /// Integer lanes: the shape is kept for what is printed.
    case integers(LaneShape, low: UInt64, high: UInt64)
    case floats(LaneShape, [FloatPattern])
    /// A null reference of any type.
    case null
    /// The host's reference with a number.
    case host(UInt64)
    /// A reference of a kind that is not null.
    case reference(ReferencePattern)
    /// Any one of several.
    case either([ResultPattern])
}

/// What is expected of a floating-point number.
package enum FloatPattern: Equatable, Sendable {
    /// Exactly these bits; of an f32 the lower half.
    case bits(UInt64)
    /// A NaN with only the highest bit of the payload set, of either sign.
    case canonicalNaN
    /// A NaN with at least the highest bit of the payload set, of either sign.
    case arithmeticNaN

    func matches32(_ bits: UInt32) -> Bool {
        switch self {
        case .bits(let expected): bits == UInt32(truncatingIfNeeded: expected)
        case .canonicalNaN: bits & 0x7FFF_FFFF == 0x7FC0_0000
        case .arithmeticNaN: bits & 0x7FC0_0000 == 0x7FC0_0000
        }
    }

    func matches64(_ bits: UInt64) -> Bool {
        switch self {
        case .bits(let expected): bits == expected
        case .canonicalNaN: bits & 0x7FFF_FFFF_FFFF_FFFF == 0x7FF8_0000_0000_0000
        case .arithmeticNaN: bits & 0x7FF8_0000_0000_0000 == 0x7FF8_0000_0000_0000
        }
    }
}

/// Kinds of references, as result patterns name them.
package enum ReferencePattern: String, Sendable {
    case function = "func"
    case external = "extern"
    case any
    case eq
    case i31
    case structure = "struct"
    case array
    case exception = "exn"
}
