internal import CPlatform

// Conversions of spec 4.3.4. Trapping truncations ask `fits...` first; outside, a NaN is an invalid conversion
// and any other value an integer overflow.

extension Semantics {
    // f32 operands come promoted, which is exact, so one set of bounds serves both formats.

    @inline(__always)
    static func fitsI32(_ a: Double) -> Bool { a > -2147483649.0 && a < 2147483648.0 }
    @inline(__always)
    static func fitsU32(_ a: Double) -> Bool { a > -1.0 && a < 4294967296.0 }
    @inline(__always)
    static func fitsI64(_ a: Double) -> Bool { a >= -0x1p63 && a < 0x1p63 }
    @inline(__always)
    static func fitsU64(_ a: Double) -> Bool { a > -1.0 && a < 0x1p64 }

    // After the range is known.

    @inline(__always)
    static func toI32(_ a: Double) -> UInt32 { UInt32(truncatingIfNeeded: mote_truncate_to_integer(a)) }
    @inline(__always)
    static func toU32(_ a: Double) -> UInt32 { UInt32(truncatingIfNeeded: mote_truncate_to_integer(a)) }
    @inline(__always)
    static func toI64(_ a: Double) -> UInt64 { UInt64(bitPattern: mote_truncate_to_integer(a)) }
    @inline(__always)
    static func toU64(_ a: Double) -> UInt64 {
        if a < 0x1p63 { return UInt64(bitPattern: mote_truncate_to_integer(a)) }
        return UInt64(bitPattern: mote_truncate_to_integer(a - 0x1p63)) | 0x8000_0000_0000_0000
    }

    // Saturating: NaN is zero, the rest is clamped.

    @inline(__always)
    static func saturateI32(_ a: Double) -> UInt32 {
        if fitsI32(a) { return toI32(a) }
        return a != a ? 0 : (a < 0 ? 0x8000_0000 : 0x7FFF_FFFF)
    }
    @inline(__always)
    static func saturateU32(_ a: Double) -> UInt32 {
        if fitsU32(a) { return toU32(a) }
        return a > 0 ? 0xFFFF_FFFF : 0
    }
    @inline(__always)
    static func saturateI64(_ a: Double) -> UInt64 {
        if fitsI64(a) { return toI64(a) }
        return a != a ? 0 : (a < 0 ? 0x8000_0000_0000_0000 : 0x7FFF_FFFF_FFFF_FFFF)
    }
    @inline(__always)
    static func saturateU64(_ a: Double) -> UInt64 {
        if fitsU64(a) { return toU64(a) }
        return a > 0 ? 0xFFFF_FFFF_FFFF_FFFF : 0
    }

    /// f64 to f32, with NaN payloads' top bits kept and made quiet, as the hardware does.
    @inline(__always)
    static func demote(_ a: Double) -> Float { Float(a) }
    @inline(__always)
    static func promote(_ a: Float) -> Double { Double(a) }
}
