// Integer operations of spec 4.3.2 that are not one Swift operator. Operands and results are unsigned; signedness
// is in the name.

enum Semantics {}

extension Semantics {
    @inline(__always)
    static func shiftLeft(_ a: UInt32, _ b: UInt32) -> UInt32 { a &<< b }
    @inline(__always)
    static func shiftRightUnsigned(_ a: UInt32, _ b: UInt32) -> UInt32 { a &>> b }
    @inline(__always)
    static func shiftRightSigned(_ a: UInt32, _ b: UInt32) -> UInt32 {
        UInt32(bitPattern: Int32(bitPattern: a) &>> Int32(bitPattern: b))
    }
    @inline(__always)
    static func rotateLeft(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &<< b) | (a &>> (0 &- b)) }
    @inline(__always)
    static func rotateRight(_ a: UInt32, _ b: UInt32) -> UInt32 { (a &>> b) | (a &<< (0 &- b)) }

    @inline(__always)
    static func shiftLeft(_ a: UInt64, _ b: UInt64) -> UInt64 { a &<< b }
    @inline(__always)
    static func shiftRightUnsigned(_ a: UInt64, _ b: UInt64) -> UInt64 { a &>> b }
    @inline(__always)
    static func shiftRightSigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
        UInt64(bitPattern: Int64(bitPattern: a) &>> Int64(bitPattern: b))
    }
    @inline(__always)
    static func rotateLeft(_ a: UInt64, _ b: UInt64) -> UInt64 { (a &<< b) | (a &>> (0 &- b)) }
    @inline(__always)
    static func rotateRight(_ a: UInt64, _ b: UInt64) -> UInt64 { (a &>> b) | (a &<< (0 &- b)) }

    // Division: the caller has excluded zero divisors and, for signed ones, the quotient that overflows.

    @inline(__always)
    static func divideSigned(_ a: UInt32, _ b: UInt32) -> UInt32 {
        UInt32(
            bitPattern: Int32(bitPattern: a).dividedReportingOverflow(by: Int32(bitPattern: b)).partialValue
        )
    }
    @inline(__always)
    static func divideSigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
        UInt64(
            bitPattern: Int64(bitPattern: a).dividedReportingOverflow(by: Int64(bitPattern: b)).partialValue
        )
    }
    @inline(__always)
    static func divideUnsigned(_ a: UInt32, _ b: UInt32) -> UInt32 {
        a.dividedReportingOverflow(by: b).partialValue
    }
    @inline(__always)
    static func divideUnsigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
        a.dividedReportingOverflow(by: b).partialValue
    }
    /// Remainder of a quotient that overflows is zero.
    @inline(__always)
    static func remainderSigned(_ a: UInt32, _ b: UInt32) -> UInt32 {
        UInt32(
            bitPattern: Int32(bitPattern: a).remainderReportingOverflow(dividingBy: Int32(bitPattern: b))
                .partialValue
        )
    }
    @inline(__always)
    static func remainderSigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
        UInt64(
            bitPattern: Int64(bitPattern: a).remainderReportingOverflow(dividingBy: Int64(bitPattern: b))
                .partialValue
        )
    }
    @inline(__always)
    static func remainderUnsigned(_ a: UInt32, _ b: UInt32) -> UInt32 {
        a.remainderReportingOverflow(dividingBy: b).partialValue
    }
    @inline(__always)
    static func remainderUnsigned(_ a: UInt64, _ b: UInt64) -> UInt64 {
        a.remainderReportingOverflow(dividingBy: b).partialValue
    }

    // Sign extension in place.

    @inline(__always)
    static func extend8(_ a: UInt32) -> UInt32 { UInt32(bitPattern: Int32(Int8(truncatingIfNeeded: a))) }
    @inline(__always)
    static func extend16(_ a: UInt32) -> UInt32 { UInt32(bitPattern: Int32(Int16(truncatingIfNeeded: a))) }
    @inline(__always)
    static func extend8(_ a: UInt64) -> UInt64 { UInt64(bitPattern: Int64(Int8(truncatingIfNeeded: a))) }
    @inline(__always)
    static func extend16(_ a: UInt64) -> UInt64 { UInt64(bitPattern: Int64(Int16(truncatingIfNeeded: a))) }
    @inline(__always)
    static func extend32(_ a: UInt64) -> UInt64 { UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: a))) }
}
