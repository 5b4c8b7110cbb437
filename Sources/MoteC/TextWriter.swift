internal import CPlatform
internal import MotePlatform

/// Writes a C string into a buffer of fixed size: what does not fit is cut off, and the end is always NUL.
struct TextWriter {
    private let buffer: UnsafeMutablePointer<CChar>?
    private let capacity: Int
    /// Bytes that were written, without the end.
    private(set) var count = 0
    /// Bytes that were to be written, those without room included.
    private(set) var wantedCount = 0

    /// A writer at the start of a buffer; a null or empty one takes nothing.
    init(_ buffer: UnsafeMutablePointer<CChar>?, sizeInBytes: Int) {
        self.buffer = buffer
        capacity = sizeInBytes
        if sizeInBytes > 0 { buffer?[0] = 0 }
    }

    @inline(never)
    mutating func write(byte: UInt8) {
        wantedCount &+= 1
        guard let buffer, count &+ 1 < capacity else { return }
        buffer[count] = CChar(bitPattern: byte)
        count &+= 1
        buffer[count] = 0
    }

    @inline(never)
    mutating func write(_ text: Text) {
        for index in 0..<text.count { write(byte: text.start[index]) }
    }

    @inline(never)
    mutating func write(_ text: UnsafeBufferPointer<UInt8>) {
        guard let start = text.baseAddress else { return }
        for index in 0..<text.count { write(byte: start[index]) }
    }

    @inline(never)
    mutating func write(cString text: UnsafePointer<CChar>) {
        var next = text
        while next.pointee != 0, count &+ 1 < capacity {
            write(byte: UInt8(bitPattern: next.pointee))
            next += 1
        }
    }

    @inline(never)
    mutating func write(number: Int) {
        if number < 0 { write(byte: UInt8(ascii: "-")) }
        var rest = number.magnitude
        var divisor: UInt = 1
        while rest / divisor >= 10 { divisor &*= 10 }
        while divisor > 0 {
            write(byte: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// A number with at least so many digits.
    mutating func write(number: Int, digits: Int) {
        var limit = 10
        for _ in 1..<Swift.max(digits, 2) {
            if number < limit { write(byte: UInt8(ascii: "0")) }
            limit &*= 10
        }
        write(number: number)
    }

    /// Digits of 16, capital letters, no prefix.
    @inline(never)
    mutating func write(hexadecimal number: UInt) {
        var shift = UInt.bitWidth &- 4
        while shift > 0, number &>> UInt(shift) == 0 { shift &-= 4 }
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number &>> UInt(shift) & 15)
            write(byte: digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "A") &- 10 &+ digit)
            shift &-= 4
        }
    }

    /// An address with its prefix.
    mutating func write(address: UnsafeMutableRawPointer?) {
        write("0x")
        write(hexadecimal: UInt(bitPattern: address))
    }
}
