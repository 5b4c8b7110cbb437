// Vector operations of spec 4.3.2 and 4.3.6 that are not one Swift operator on lanes: integers and bits.
//
// Lane types are concrete everywhere: operators on them are vector instructions, generic ones would be loops.

typealias I8x16 = SIMD16<Int8>
typealias U8x16 = SIMD16<UInt8>
typealias I16x8 = SIMD8<Int16>
typealias U16x8 = SIMD8<UInt16>
typealias I32x4 = SIMD4<Int32>
typealias U32x4 = SIMD4<UInt32>
typealias I64x2 = SIMD2<Int64>
typealias U64x2 = SIMD2<UInt64>
typealias F32x4 = SIMD4<Float>
typealias F64x2 = SIMD2<Double>

/// The lanes of a comparison's result: all bits set, or none.
@inline(__always)
func mask<Lanes>(_ mask: SIMDMask<Lanes>) -> Lanes { unsafeBitCast(mask, to: Lanes.self) }

enum VectorSemantics {}

extension VectorSemantics {
    // Shift counts are modulo the lanes' width.

    @inline(__always)
    static func shiftLeft(_ a: U8x16, _ n: UInt32) -> U8x16 {
        a &<< U8x16(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftLeft(_ a: U16x8, _ n: UInt32) -> U16x8 {
        a &<< U16x8(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftLeft(_ a: U32x4, _ n: UInt32) -> U32x4 { a &<< U32x4(repeating: n) }
    @inline(__always)
    static func shiftLeft(_ a: U64x2, _ n: UInt32) -> U64x2 { a &<< U64x2(repeating: UInt64(n)) }
    @inline(__always)
    static func shiftRight(_ a: U8x16, _ n: UInt32) -> U8x16 {
        a &>> U8x16(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftRight(_ a: U16x8, _ n: UInt32) -> U16x8 {
        a &>> U16x8(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftRight(_ a: U32x4, _ n: UInt32) -> U32x4 { a &>> U32x4(repeating: n) }
    @inline(__always)
    static func shiftRight(_ a: U64x2, _ n: UInt32) -> U64x2 { a &>> U64x2(repeating: UInt64(n)) }
    @inline(__always)
    static func shiftRight(_ a: I8x16, _ n: UInt32) -> I8x16 {
        a &>> I8x16(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftRight(_ a: I16x8, _ n: UInt32) -> I16x8 {
        a &>> I16x8(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftRight(_ a: I32x4, _ n: UInt32) -> I32x4 {
        a &>> I32x4(repeating: .init(truncatingIfNeeded: n))
    }
    @inline(__always)
    static func shiftRight(_ a: I64x2, _ n: UInt32) -> I64x2 {
        a &>> I64x2(repeating: .init(truncatingIfNeeded: n))
    }

    @inline(__always)
    static func addSaturating(_ a: U8x16, _ b: U8x16) -> U8x16 {
        let sum = a &+ b
        return sum | unsafeBitCast(sum .< a, to: U8x16.self)
    }
    @inline(__always)
    static func addSaturating(_ a: U16x8, _ b: U16x8) -> U16x8 {
        let sum = a &+ b
        return sum | unsafeBitCast(sum .< a, to: U16x8.self)
    }
    @inline(__always)
    static func subtractSaturating(_ a: U8x16, _ b: U8x16) -> U8x16 {
        (a &- b) & unsafeBitCast(a .> b, to: U8x16.self)
    }
    @inline(__always)
    static func subtractSaturating(_ a: U16x8, _ b: U16x8) -> U16x8 {
        (a &- b) & unsafeBitCast(a .> b, to: U16x8.self)
    }

    // all_true: a comparison with zero finds nothing.

    @inline(__always)
    private static func isEmpty(_ found: U64x2) -> UInt32 { found[0] | found[1] == 0 ? 1 : 0 }
    @inline(__always)
    static func areAllSet(_ a: U8x16) -> UInt32 { isEmpty(unsafeBitCast(a .== U8x16(), to: U64x2.self)) }
    @inline(__always)
    static func areAllSet(_ a: U16x8) -> UInt32 { isEmpty(unsafeBitCast(a .== U16x8(), to: U64x2.self)) }
    @inline(__always)
    static func areAllSet(_ a: U32x4) -> UInt32 { isEmpty(unsafeBitCast(a .== U32x4(), to: U64x2.self)) }
    @inline(__always)
    static func areAllSet(_ a: U64x2) -> UInt32 { a[0] != 0 && a[1] != 0 ? 1 : 0 }

    @inline(__always)
    static func populationCount(_ a: U8x16) -> U8x16 {
        let pairs = a &- ((a &>> 1) & U8x16(repeating: 0x55))
        let fours = (pairs & U8x16(repeating: 0x33)) &+ ((pairs &>> 2) & U8x16(repeating: 0x33))
        return (fours &+ (fours &>> 4)) & U8x16(repeating: 0x0F)
    }

    @inline(__always)
    static func dot(_ a: I16x8, _ b: I16x8) -> I32x4 {
        I32x4(truncatingIfNeeded: a.evenHalf) &* I32x4(truncatingIfNeeded: b.evenHalf)
            &+ I32x4(truncatingIfNeeded: a.oddHalf) &* I32x4(truncatingIfNeeded: b.oddHalf)
    }

    /// The bytes at `a` that `indices` choose; 0 for one outside.
    @inline(__always)
    static func swizzle(_ a: UnsafeRawPointer, _ indices: U8x16) -> U64x2 {
        let words = unsafeBitCast(indices, to: U64x2.self)
        return U64x2(chosen(a, words[0]), chosen(a, words[1]))
    }
    @inline(__always)
    private static func chosen(_ a: UnsafeRawPointer, _ indices: UInt64) -> UInt64 {
        chosen(a, indices, 0) | chosen(a, indices, 8) | chosen(a, indices, 16) | chosen(a, indices, 24)
            | chosen(a, indices, 32) | chosen(a, indices, 40) | chosen(a, indices, 48)
            | chosen(a, indices, 56)
    }
    @inline(__always)
    private static func chosen(_ a: UnsafeRawPointer, _ indices: UInt64, _ at: UInt64) -> UInt64 {
        let index = UInt8(truncatingIfNeeded: indices &>> at)
        let byte = (a + Int(index & 15)).load(as: UInt8.self)
        return UInt64(index < 16 ? byte : 0) &<< at
    }

    // Relaxed dot products: both operands signed, as the deterministic profile has it. Bytes come in pairs.

    /// Sums of pairs of products; only 2 * (-128 * -128) does not fit, and saturates.
    @inline(__always)
    static func relaxedDot(_ a: I16x8, _ b: I16x8) -> I16x8 {
        let sum = ((a &<< 8) &>> 8) &* ((b &<< 8) &>> 8) &+ (a &>> 8) &* (b &>> 8)
        return sum ^ unsafeBitCast(sum .== I16x8(repeating: Int16.min), to: I16x8.self)
    }
    @inline(__always)
    static func relaxedDotAdd(_ a: I16x8, _ b: I16x8, _ c: I32x4) -> I32x4 {
        let pairs = unsafeBitCast(relaxedDot(a, b), to: I32x4.self)
        return ((pairs &<< 16) &>> 16) &+ (pairs &>> 16) &+ c
    }
}
