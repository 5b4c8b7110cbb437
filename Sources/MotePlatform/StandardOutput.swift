internal import CPlatform

/// Text for the process's standard output, without the C library's streams.
///
/// Holds back up to 512 bytes until ``flush()``; what a closed stream does not take is lost.
package struct StandardOutput {
    private var buffer = InlineArray<512, UInt8>(repeating: 0)
    private var count = 0
    private let descriptor: Int32

    package init(descriptor: Int32 = 1) { self.descriptor = descriptor }

    package mutating func write(byte: UInt8) {
        if count == 512 { flush() }
        buffer[count] = byte
        count &+= 1
    }

    package mutating func write(_ text: Text) {
        for index in 0..<text.count { write(byte: text.start[index]) }
    }

    package mutating func write(cString text: UnsafePointer<CChar>) {
        var next = text
        while next.pointee != 0 {
            write(byte: UInt8(bitPattern: next.pointee))
            next += 1
        }
    }

    package mutating func write(number: Int) {
        if number < 0 { write(byte: UInt8(ascii: "-")) }
        write(UInt64(number.magnitude), base: 10)
    }

    /// Lower-case digits in base 10 or 16, zeros before them up to a number of digits.
    package mutating func write(_ number: UInt64, base: UInt64, digitCount: Int = 1) {
        guard base >= 2 else { return }
        var divisor: UInt64 = 1
        var digits = 1
        while number / divisor >= base {
            divisor &*= base
            digits &+= 1
        }
        while digits < digitCount {
            write(byte: UInt8(ascii: "0"))
            digits &+= 1
        }
        var rest = number
        while divisor > 0 {
            let digit = UInt8(truncatingIfNeeded: rest / divisor)
            write(byte: digit < 10 ? digit &+ UInt8(ascii: "0") : digit &- 10 &+ UInt8(ascii: "a"))
            rest %= divisor
            divisor /= base
        }
    }

    package mutating func flush() {
        let size = count
        let descriptor = descriptor
        withUnsafePointer(to: &buffer) {
            let start = UnsafeRawPointer($0)
            var done = 0
            while done < size {
                let written = CPlatform.write(descriptor, start + done, size &- done)
                if written < 0 {
                    if mote_errno() == EINTR { continue }
                    break
                }
                done &+= written
            }
        }
        count = 0
    }
}
