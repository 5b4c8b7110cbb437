/// The exact decimal digits of a finite double.
///
/// A double is an integer times a power of two, so it has an end in decimal too: at most 309 digits before the point and
/// 1,074 behind it. Nine digits are a limb:
/// ```
/// limbs: [ ... before the point, most significant first ... ][ ... behind the point ... ]
///          first ^                                     point ^                      end ^
/// ```
struct DecimalExpansion {
    /// Digits of a limb and their number.
    private static var base: UInt64 { 1_000_000_000 }
    /// 35 limbs before the point, 120 behind it, and one that carries.
    private static var pointIndex: Int { 36 }

    private var limbs = InlineArray<160, UInt32>(repeating: 0)
    /// The limbs that may be other than zero.
    private var first = DecimalExpansion.pointIndex
    private var end = DecimalExpansion.pointIndex

    /// Of the magnitude of a finite number.
    init(_ number: Double) {
        let fraction = number.bitPattern & (1 << 52 &- 1)
        let biased = Int(number.bitPattern >> 52 & 0x7FF)
        var exponent = (biased == 0 ? 1 : biased) &- 1075
        var rest = biased == 0 ? fraction : fraction | 1 << 52
        while rest > 0 {
            first &-= 1
            limbs[first] = UInt32(truncatingIfNeeded: rest % Self.base)
            rest /= Self.base
        }
        while exponent > 0 {
            let bits = min(exponent, 29)
            multiply(byPowerOfTwo: UInt64(bits))
            exponent &-= bits
        }
        while exponent < 0 {
            let bits = min(0 &- exponent, 9)
            divide(byPowerOfTwo: UInt64(bits))
            exponent &+= bits
        }
    }

    private mutating func multiply(byPowerOfTwo bits: UInt64) {
        var carry: UInt64 = 0
        var at = Self.pointIndex
        while at > first {
            at &-= 1
            let value = UInt64(limbs[at]) << bits &+ carry
            limbs[at] = UInt32(truncatingIfNeeded: value % Self.base)
            carry = value / Self.base
        }
        guard carry > 0, first > 0 else { return }
        first &-= 1
        limbs[first] = UInt32(truncatingIfNeeded: carry)
    }

    /// `bits` is at most 9, so that a rest times the base is exact in a new limb.
    private mutating func divide(byPowerOfTwo bits: UInt64) {
        var carry: UInt64 = 0
        for at in first..<end {
            let value = carry &* Self.base &+ UInt64(limbs[at])
            limbs[at] = UInt32(truncatingIfNeeded: value >> bits)
            carry = value & (1 << bits &- 1)
        }
        if end < Self.pointIndex {
            // Nothing behind the point yet, and the limbs up to it are zero.
            end = Self.pointIndex
        }
        guard carry > 0, end < 160 else { return }
        limbs[end] = UInt32(truncatingIfNeeded: carry &* Self.base >> bits)
        end &+= 1
    }

    /// The power of ten of the first digit that is not zero; 0 for zero.
    var exponent: Int {
        var at = first
        while at < end, limbs[at] == 0 { at &+= 1 }
        guard at < end else { return 0 }
        var digits = 0
        var value = limbs[at]
        while value >= 10 {
            value /= 10
            digits &+= 1
        }
        return (Self.pointIndex &- 1 &- at) &* 9 &+ digits
    }

    /// The digit of a power of ten.
    func digit(ofPower power: Int) -> UInt8 {
        // Limb `pointIndex - 1` holds the powers 0 to 8.
        let shifted = power &+ 9 &* 160
        let at = Self.pointIndex &- 1 &- (shifted / 9 &- 160)
        guard at >= first, at < end else { return 0 }
        var value = limbs[at]
        for _ in 0..<shifted % 9 { value /= 10 }
        return UInt8(truncatingIfNeeded: value % 10)
    }

    /// Rounds to a power of ten, to nearest and ties to even; what is below is zero then.
    mutating func round(toPower power: Int) {
        guard end > first else { return }
        let lowest = (Self.pointIndex &- end) &* 9
        guard power > lowest else { return }
        let next = digit(ofPower: power &- 1)
        var isTie = next == 5
        if isTie {
            var below = power &- 2
            while below >= lowest {
                if digit(ofPower: below) != 0 {
                    isTie = false
                    break
                }
                below &-= 1
            }
        }
        let goesUp = isTie ? digit(ofPower: power) & 1 == 1 : next >= 5
        let shifted = power &+ 9 &* 160
        let at = Self.pointIndex &- 1 &- (shifted / 9 &- 160)
        var unit: UInt32 = 1
        for _ in 0..<shifted % 9 { unit = unit &* 10 }
        if at < first {
            // All digits go.
            guard goesUp, at >= 0 else {
                first = end
                return
            }
            for index in first..<end { limbs[index] = 0 }
            first = at
            limbs[at] = unit
            end = max(end, at &+ 1)
            return
        }
        for index in at..<end where index > at { limbs[index] = 0 }
        limbs[at] = limbs[at] / unit &* unit
        guard goesUp else { return }
        var place = at
        var sum = limbs[place] &+ unit
        while UInt64(sum) >= Self.base, place > 0 {
            limbs[place] = sum &- UInt32(truncatingIfNeeded: Self.base)
            place &-= 1
            if place < first {
                first = place
                limbs[place] = 0
            }
            sum = limbs[place] &+ 1
        }
        limbs[place] = sum
    }
}
