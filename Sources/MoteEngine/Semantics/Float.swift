// Float operations of spec 4.3.3 that differ from Swift's operators: NaN handling, signed zeroes, and rounding
// without calls into libm (a call in a handler would save registers around every instruction).

extension Semantics {
    @inline(__always)
    static func minimum(_ a: Double, _ b: Double) -> Double {
        if a != a || b != b { return a + b }
        if a == b { return Double(bitPattern: a.bitPattern | b.bitPattern) }
        return a < b ? a : b
    }
    @inline(__always)
    static func maximum(_ a: Double, _ b: Double) -> Double {
        if a != a || b != b { return a + b }
        if a == b { return Double(bitPattern: a.bitPattern & b.bitPattern) }
        return a > b ? a : b
    }
    @inline(__always)
    static func minimum(_ a: Float, _ b: Float) -> Float {
        if a != a || b != b { return a + b }
        if a == b { return Float(bitPattern: a.bitPattern | b.bitPattern) }
        return a < b ? a : b
    }
    @inline(__always)
    static func maximum(_ a: Float, _ b: Float) -> Float {
        if a != a || b != b { return a + b }
        if a == b { return Float(bitPattern: a.bitPattern & b.bitPattern) }
        return a > b ? a : b
    }

    @inline(__always)
    static func copySign(_ a: Double, _ b: Double) -> Double {
        Double(bitPattern: (a.bitPattern & 0x7FFF_FFFF_FFFF_FFFF) | (b.bitPattern & 0x8000_0000_0000_0000))
    }
    @inline(__always)
    static func copySign(_ a: Float, _ b: Float) -> Float {
        Float(bitPattern: (a.bitPattern & 0x7FFF_FFFF) | (b.bitPattern & 0x8000_0000))
    }
    @inline(__always)
    static func absolute(_ a: Double) -> Double { Double(bitPattern: a.bitPattern & 0x7FFF_FFFF_FFFF_FFFF) }
    @inline(__always)
    static func absolute(_ a: Float) -> Float { Float(bitPattern: a.bitPattern & 0x7FFF_FFFF) }
    @inline(__always)
    static func negate(_ a: Double) -> Double { Double(bitPattern: a.bitPattern ^ 0x8000_0000_0000_0000) }
    @inline(__always)
    static func negate(_ a: Float) -> Float { Float(bitPattern: a.bitPattern ^ 0x8000_0000) }

    // Adding and subtracting 2^52 (2^23) rounds a smaller magnitude to an integer, ties to even, in the default
    // rounding mode. Larger magnitudes are integers already; `a + a` makes a signalling NaN quiet.

    // Adding the power of two from which on all numbers are whole rounds to a whole number. What is not below it is one,
    // or infinite, or NaN, which the addition of zero makes quiet.

    @inline(__always)
    static func nearest(_ a: Double) -> Double {
        let magnitude = absolute(a)
        guard magnitude < 0x1p52 else { return a + 0 }
        return copySign((magnitude + 0x1p52) - 0x1p52, a)
    }
    @inline(__always)
    static func floor(_ a: Double) -> Double {
        let magnitude = absolute(a)
        guard magnitude < 0x1p52 else { return a + 0 }
        let near = copySign((magnitude + 0x1p52) - 0x1p52, a)
        return near - (near > a ? 1 : 0)
    }
    @inline(__always)
    static func ceiling(_ a: Double) -> Double {
        let magnitude = absolute(a)
        guard magnitude < 0x1p52 else { return a + 0 }
        let near = copySign((magnitude + 0x1p52) - 0x1p52, a)
        return copySign(near + (near < a ? 1 : 0), a)
    }
    @inline(__always)
    static func truncate(_ a: Double) -> Double {
        let magnitude = absolute(a)
        guard magnitude < 0x1p52 else { return a + 0 }
        let near = (magnitude + 0x1p52) - 0x1p52
        return copySign(near - (near > magnitude ? 1 : 0), a)
    }

    @inline(__always)
    static func nearest(_ a: Float) -> Float {
        let magnitude = absolute(a)
        guard magnitude < 0x1p23 else { return a + 0 }
        return copySign((magnitude + 0x1p23) - 0x1p23, a)
    }
    @inline(__always)
    static func floor(_ a: Float) -> Float {
        let magnitude = absolute(a)
        guard magnitude < 0x1p23 else { return a + 0 }
        let near = copySign((magnitude + 0x1p23) - 0x1p23, a)
        return near - (near > a ? 1 : 0)
    }
    @inline(__always)
    static func ceiling(_ a: Float) -> Float {
        let magnitude = absolute(a)
        guard magnitude < 0x1p23 else { return a + 0 }
        let near = copySign((magnitude + 0x1p23) - 0x1p23, a)
        return copySign(near + (near < a ? 1 : 0), a)
    }
    @inline(__always)
    static func truncate(_ a: Float) -> Float {
        let magnitude = absolute(a)
        guard magnitude < 0x1p23 else { return a + 0 }
        let near = (magnitude + 0x1p23) - 0x1p23
        return copySign(near - (near > magnitude ? 1 : 0), a)
    }
}
