// Float lanes (spec 4.3.3), by the rules of the scalars in Float.swift: same NaNs, same roundings, no libm.

extension VectorSemantics {
    @inline(__always)
    private static func bits(_ a: F32x4) -> U32x4 { unsafeBitCast(a, to: U32x4.self) }
    @inline(__always)
    private static func bits(_ a: F64x2) -> U64x2 { unsafeBitCast(a, to: U64x2.self) }
    @inline(__always)
    private static func float(_ a: U32x4) -> F32x4 { unsafeBitCast(a, to: F32x4.self) }
    @inline(__always)
    private static func float(_ a: U64x2) -> F64x2 { unsafeBitCast(a, to: F64x2.self) }
    @inline(__always)
    private static func bits(_ a: SIMDMask<SIMD4<Int32>>) -> U32x4 { unsafeBitCast(a, to: U32x4.self) }
    @inline(__always)
    private static func bits(_ a: SIMDMask<SIMD2<Int64>>) -> U64x2 { unsafeBitCast(a, to: U64x2.self) }

    @inline(__always)
    static func clearingSign(_ a: U32x4) -> U32x4 { a & U32x4(repeating: 0x7FFF_FFFF) }
    @inline(__always)
    static func clearingSign(_ a: U64x2) -> U64x2 { a & U64x2(repeating: 0x7FFF_FFFF_FFFF_FFFF) }
    @inline(__always)
    static func changingSign(_ a: U32x4) -> U32x4 { a ^ U32x4(repeating: 0x8000_0000) }
    @inline(__always)
    static func changingSign(_ a: U64x2) -> U64x2 { a ^ U64x2(repeating: 0x8000_0000_0000_0000) }

    // min and max: the hardware's choose an operand for zeroes and NaNs, so both orders are asked. They differ for
    // zeroes of different sign only, where `or` finds the smaller and `and` the larger; a NaN is the canonical one.

    @inline(__always)
    static func minimum(_ a: F32x4, _ b: F32x4) -> U32x4 {
        let either = bits(b.replacing(with: a, where: a .< b)) | bits(a.replacing(with: b, where: b .< a))
        return canonical(either, bits(a .!= a) | bits(b .!= b))
    }
    @inline(__always)
    static func maximum(_ a: F32x4, _ b: F32x4) -> U32x4 {
        let both = bits(b.replacing(with: a, where: b .< a)) & bits(a.replacing(with: b, where: a .< b))
        return canonical(both, bits(a .!= a) | bits(b .!= b))
    }
    @inline(__always)
    private static func canonical(_ a: U32x4, _ isNaN: U32x4) -> U32x4 { (a | isNaN) & ~(isNaN &>> 10) }

    @inline(__always)
    static func minimum(_ a: F64x2, _ b: F64x2) -> U64x2 {
        let either = bits(b.replacing(with: a, where: a .< b)) | bits(a.replacing(with: b, where: b .< a))
        return canonical(either, bits(a .!= a) | bits(b .!= b))
    }
    @inline(__always)
    static func maximum(_ a: F64x2, _ b: F64x2) -> U64x2 {
        let both = bits(b.replacing(with: a, where: b .< a)) & bits(a.replacing(with: b, where: a .< b))
        return canonical(both, bits(a .!= a) | bits(b .!= b))
    }
    @inline(__always)
    private static func canonical(_ a: U64x2, _ isNaN: U64x2) -> U64x2 { (a | isNaN) & ~(isNaN &>> 13) }

    // Adding and subtracting 2^23 (2^52) rounds a smaller magnitude, as in Float.swift. Larger magnitudes are
    // integers already, and adding zero makes a signalling NaN quiet. Results have the operand's sign, zeroes too.

    /// The integer next to each lane of `a`, whose magnitudes are given.
    @inline(__always)
    private static func rounded(_ a: F32x4, _ magnitude: F32x4, _ sign: U32x4) -> F32x4 {
        let limit = F32x4(repeating: 0x1p23)
        let near = float(bits((magnitude + limit) - limit) | sign)
        return (a + F32x4()).replacing(with: near, where: magnitude .< limit)
    }
    @inline(__always)
    static func nearest(_ a: F32x4) -> F32x4 {
        let sign = bits(a) & U32x4(repeating: 0x8000_0000)
        return rounded(a, float(bits(a) ^ sign), sign)
    }
    @inline(__always)
    static func floor(_ a: F32x4) -> U32x4 {
        let sign = bits(a) & U32x4(repeating: 0x8000_0000)
        let near = rounded(a, float(bits(a) ^ sign), sign)
        return bits(near - float(bits(near .> a) & bits(F32x4(repeating: 1)))) | sign
    }
    @inline(__always)
    static func ceiling(_ a: F32x4) -> U32x4 {
        let sign = bits(a) & U32x4(repeating: 0x8000_0000)
        let near = rounded(a, float(bits(a) ^ sign), sign)
        return bits(near + float(bits(near .< a) & bits(F32x4(repeating: 1)))) | sign
    }
    @inline(__always)
    static func truncate(_ a: F32x4) -> U32x4 {
        let sign = bits(a) & U32x4(repeating: 0x8000_0000)
        let magnitude = float(bits(a) ^ sign)
        let near = rounded(magnitude, magnitude, U32x4())
        return bits(near - float(bits(near .> magnitude) & bits(F32x4(repeating: 1)))) | sign
    }

    @inline(__always)
    private static func rounded(_ a: F64x2, _ magnitude: F64x2, _ sign: U64x2) -> F64x2 {
        let limit = F64x2(repeating: 0x1p52)
        let near = float(bits((magnitude + limit) - limit) | sign)
        return (a + F64x2()).replacing(with: near, where: magnitude .< limit)
    }
    @inline(__always)
    static func nearest(_ a: F64x2) -> F64x2 {
        let sign = bits(a) & U64x2(repeating: 0x8000_0000_0000_0000)
        return rounded(a, float(bits(a) ^ sign), sign)
    }
    @inline(__always)
    static func floor(_ a: F64x2) -> U64x2 {
        let sign = bits(a) & U64x2(repeating: 0x8000_0000_0000_0000)
        let near = rounded(a, float(bits(a) ^ sign), sign)
        return bits(near - float(bits(near .> a) & bits(F64x2(repeating: 1)))) | sign
    }
    @inline(__always)
    static func ceiling(_ a: F64x2) -> U64x2 {
        let sign = bits(a) & U64x2(repeating: 0x8000_0000_0000_0000)
        let near = rounded(a, float(bits(a) ^ sign), sign)
        return bits(near + float(bits(near .< a) & bits(F64x2(repeating: 1)))) | sign
    }
    @inline(__always)
    static func truncate(_ a: F64x2) -> U64x2 {
        let sign = bits(a) & U64x2(repeating: 0x8000_0000_0000_0000)
        let magnitude = float(bits(a) ^ sign)
        let near = rounded(magnitude, magnitude, U64x2())
        return bits(near - float(bits(near .> magnitude) & bits(F64x2(repeating: 1)))) | sign
    }

    /// Two lanes in the lower half, zeroes above.
    @inline(__always)
    static func demote(_ a: F64x2) -> F32x4 { F32x4(lowHalf: SIMD2<Float>(a), highHalf: SIMD2<Float>()) }
}
