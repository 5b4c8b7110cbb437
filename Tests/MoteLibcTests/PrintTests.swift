import Foundation
import MoteEngine
import Testing

@Suite struct PrintTests {
    /// What a guest's `snprintf` makes of one argument of 8 bytes at a multiple of 8, and the host's library of the same.
    private func compare<Value: BitwiseCopyable & CVarArg>(
        _ guest: LibcGuest,
        _ format: String,
        _ value: Value
    ) throws {
        guest.put(format, at: 64)
        guest.put(value, at: 1024)
        let count = try guest.call("snprintf", 4096, 8192, 64, 1024)
        let expected = withVaList([value]) { list in
            var buffer = [CChar](repeating: 0, count: 8192)
            vsnprintf(&buffer, buffer.count, format, list)
            return String(cString: buffer)
        }
        #expect(guest.text(at: 4096) == expected, "\(format) of \(value)")
        #expect(count == UInt32(expected.utf8.count), "\(format) of \(value)")
    }

    private static let flags = ["", "-", "+", " ", "#", "0", "-#", "+0", " 0", "#0", "-+#"]
    private static let widths = ["", "1", "7", "24"]
    private static let precisions = ["", ".", ".0", ".1", ".5", ".17", ".40"]

    @Test func `integers print as the host's library prints them`() throws {
        let guest = LibcGuest()
        let values: [Int32] = [0, 1, -1, 7, 8, 42, -12345, .max, .min]
        for flag in Self.flags {
            for width in Self.widths {
                for precision in Self.precisions {
                    for conversion in ["d", "i", "u", "x", "X", "o", "hd", "hhx"] {
                        for value in values {
                            try compare(guest, "%\(flag)\(width)\(precision)\(conversion)", value)
                        }
                    }
                }
            }
        }
        for value in [0, 1, -1, .max, .min, 0x1234_5678_9ABC_DEF0] as [Int64] {
            for conversion in ["lld", "llu", "llx", "llo", "jd"] {
                try compare(guest, "<%\(conversion)>", value)
            }
        }
    }

    @Test func `doubles print as the host's library prints them`() throws {
        let guest = LibcGuest()
        var values: [Double] = [
            0, -0.0, 1, -1, 0.5, 1.5, 2.5, 0.1, 9.995, 99.95, 999999.5, 1e10, 1e15, 1e16, 1e17, 1e100, 1e-5,
            1e-4,
            123456789.125, .pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
            .infinity,
            -.infinity, .nan, 5e-324, 0.00012345, 1e21, 1e22, 1e23, 8.5, 9.5,
        ]
        var generator = SplitMix(state: 7)
        for _ in 0..<300 {
            let value = Double(bitPattern: generator.next())
            if value.isFinite { values.append(value) }
        }
        for value in values {
            for conversion in ["f", "e", "g", "F", "E", "G"] {
                for shape in ["", ".0", ".1", ".3", ".17", "#", "+.2", "012.4", "-20.6", " .1", "#.0", ".60"]
                {
                    if value.isNaN { continue }
                    if value.isInfinite, shape.hasPrefix("0") { continue }
                    // glibc takes zeros away there though `#` asks for them.
                    if value == 999999.5, shape == "#", conversion == "g" || conversion == "G" { continue }
                    try compare(guest, "%\(shape)\(conversion)", value)
                }
            }
        }
    }

    @Test func `characters, texts, percent signs and stars`() throws {
        let guest = LibcGuest()
        guest.put("abc", at: 100)
        guest.put("[%c|%s|%.2s|%5s|%-5s|%%|%*d|%p]", at: 200)
        for (index, value) in ([65, 100, 100, 100, 100, 6, 42, 255] as [UInt32]).enumerated() {
            guest.put(value, at: 1024 + UInt32(index) * 4)
        }
        let count = try guest.call("sprintf", 4096, 200, 1024)
        #expect(guest.text(at: 4096) == "[A|abc|ab|  abc|abc  |%|    42|0xff]")
        #expect(count == UInt32(guest.text(at: 4096).utf8.count))
    }

    @Test func `a bounded text is cut, ends in zero and says how long it would be`() throws {
        let guest = LibcGuest()
        guest.put("hello %d", at: 64)
        guest.put(12345 as Int32, at: 1024)
        guest.put(UInt64.max, at: 4096)
        #expect(try guest.call("snprintf", 4096, 4, 64, 1024) == 11)
        #expect(guest.text(at: 4096) == "hel")
        #expect(guest.memory[4100] == 0xFF)
        #expect(try guest.call("snprintf", 0, 0, 64, 1024) == 11)
    }

    @Test func `what leads outside of memory traps`() {
        let guest = LibcGuest()
        guest.put("%s%n%d", at: 64)
        guest.put(UInt32(70000), at: 1024)
        let size = UInt32(LibcGuest.memorySize)
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("snprintf", 4096, 10, 64, 1024) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("printf", size, 1024) }
        guest.put("%d", at: 64)
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("sprintf", size &- 1, 64, 1024) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("sprintf", 4096, 64, size &- 2) }
        guest.put("%999999999d", at: 64)
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("sprintf", 4096, 64, 1024) }
    }
}

/// A small generator, so that the values are the same each time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
