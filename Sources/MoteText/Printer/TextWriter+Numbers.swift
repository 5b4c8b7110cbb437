/// Floats as the text format writes them: the shortest decimal that reads back to the same bits, or a NaN with its
/// payload (spec 6.3.2).
extension TextWriter {
    mutating func f32(_ bits: UInt32) {
        let fraction = bits & 0x7F_FFFF
        if bits & 0x7F80_0000 == 0x7F80_0000 {
            special(
                isNegative: bits >> 31 != 0,
                payload: UInt64(fraction),
                isCanonical: fraction == 0x40_0000
            )
        } else {
            put(Float(bitPattern: bits).description)
        }
    }

    mutating func f64(_ bits: UInt64) {
        let fraction = bits & 0xF_FFFF_FFFF_FFFF
        if bits & 0x7FF0_0000_0000_0000 == 0x7FF0_0000_0000_0000 {
            special(
                isNegative: bits >> 63 != 0,
                payload: fraction,
                isCanonical: fraction == 0x8_0000_0000_0000
            )
        } else {
            put(Double(bitPattern: bits).description)
        }
    }

    private mutating func special(isNegative: Bool, payload: UInt64, isCanonical: Bool) {
        if isNegative { put(byte: 0x2D) }
        guard payload != 0 else {
            put("inf")
            return
        }
        put("nan")
        guard !isCanonical else { return }
        put(":")
        hexadecimal(payload)
    }
}
