import MoteText
import Testing

private func parse<Value>(
    _ text: String,
    _ function: (UnsafeBufferPointer<UInt8>) throws -> Value
) -> Result<Value, NumberError> {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
        do { return .success(try function(bytes)) } catch {
            return .failure(error as? NumberError ?? .malformed)
        }
    }
}

private func f32(_ text: String) -> UInt32? { try? parse(text, NumberText.f32).get() }
private func f64(_ text: String) -> UInt64? { try? parse(text, NumberText.f64).get() }
private func i32(_ text: String) -> UInt32? { try? parse(text, NumberText.i32).get() }
private func i64(_ text: String) -> UInt64? { try? parse(text, NumberText.i64).get() }

private func isOutOfRange<Value>(_ result: Result<Value, NumberError>) -> Bool {
    if case .failure(.outOfRange) = result { return true }
    return false
}

struct NumberTextTests {
    @Test func `integers have signs, radixes and underscores`() {
        #expect(i32("0") == 0)
        #expect(i32("+1_000") == 1000)
        #expect(i32("-1") == 0xFFFF_FFFF)
        #expect(i32("0xfFfF_ffff") == 0xFFFF_FFFF)
        #expect(i32("-0x8000_0000") == 0x8000_0000)
        #expect(i64("18446744073709551615") == .max)
        #expect(i64("-9223372036854775808") == 1 << 63)
    }

    @Test(arguments: [
        "", "-", "+", "0x", "_1", "1_", "1__0", "0x_1", "0X1", "1a", "0b1", "--1", "1.0", "nan",
    ])
    func `what is no integer is malformed`(text: String) {
        #expect(i32(text) == nil)
        #expect(!isOutOfRange(parse(text, NumberText.i32)))
    }

    @Test func `integers out of range are refused`() {
        for text in ["4294967296", "-2147483649", "0x1_0000_0000", "-0xffffffff", "99999999999999999999999"] {
            #expect(isOutOfRange(parse(text, NumberText.i32)))
        }
        #expect(isOutOfRange(parse("18446744073709551616", NumberText.i64)))
        #expect(isOutOfRange(parse("-9223372036854775809", NumberText.i64)))
    }

    @Test func `decimal floats are rounded once`() {
        #expect(f32("1.5") == Float(1.5).bitPattern)
        #expect(f32("-0.0") == 0x8000_0000)
        #expect(f32("1.") == 0x3F80_0000)
        #expect(f32("1_0.2_5e0_1") == Float(102.5).bitPattern)
        // A double in between would round this down to even.
        #expect(f32("1.00000017881393432617187499") == 0x3F80_0001)
        #expect(f32("1.00000017881393432617187500") == 0x3F80_0002)
        #expect(f32("340282356779733661637539395458142568447.9") == 0x7F7F_FFFF)
        #expect(f64("1e-324") == 0)
        #expect(f64("5e-324") == 1)
        #expect(f64("1.7976931348623157e308") == 0x7FEF_FFFF_FFFF_FFFF)
    }

    @Test func `hexadecimal floats are rounded once`() {
        #expect(f32("0x1p0") == 0x3F80_0000)
        #expect(f32("0x1.8") == 0x3FC0_0000)
        #expect(f32("0x1.") == 0x3F80_0000)
        #expect(f32("-0x1p-149") == 0x8000_0001)
        #expect(f32("0x1p-150") == 0)
        #expect(f32("0x1.000000000001p-150") == 1)
        #expect(f32("0x1.fffffep+127") == 0x7F7F_FFFF)
        #expect(f32("0x1.00000100000000000p0") == 0x3F80_0000)
        #expect(f32("0x1.00000100000000000000000000000000000001p0") == 0x3F80_0001)
        #expect(f32("0x1.00000300000000000p0") == 0x3F80_0002)
        #expect(f32("0x1.fffffcp-127") == 0x007F_FFFF)
        #expect(f32("0x1.ffffffp-127") == 0x0080_0000)
        #expect(f64("0x1p-1074") == 1)
        #expect(f64("0x1.fffffffffffff7p1023") == 0x7FEF_FFFF_FFFF_FFFF)
        #expect(f64("0x0.0000000000000000000000000000000001p136") == 0x3FF0_0000_0000_0000)
        #expect(f64("0x0p999999999999999999999999") == 0)
    }

    @Test func `every hexadecimal double is what the standard library reads`() {
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let digits = String(state ^ state >> 17, radix: 16)
            let exponent = Int(state >> 33 % 2400) - 1200
            let text = "0x\(digits.prefix(1)).\(digits.dropFirst())p\(exponent)"
            guard let double = Double(text), let float = Float(text) else { continue }
            #expect(f64(text) == (double.isInfinite ? nil : double.bitPattern), "\(text)")
            #expect(f32(text) == (float.isInfinite ? nil : float.bitPattern), "\(text)")
        }
    }

    @Test func `infinities and NaNs have signs and payloads`() {
        #expect(f32("inf") == 0x7F80_0000)
        #expect(f32("-inf") == 0xFF80_0000)
        #expect(f32("nan") == 0x7FC0_0000)
        #expect(f32("-nan:0x1") == 0xFF80_0001)
        #expect(f64("nan:0xf_ffff_ffff_ffff") == 0x7FFF_FFFF_FFFF_FFFF)
        #expect(isOutOfRange(parse("nan:0x0", NumberText.f32)))
        #expect(isOutOfRange(parse("nan:0x80_0000", NumberText.f32)))
        #expect(f32("nan:1") == nil)
        #expect(f32("nan:") == nil)
        #expect(f32("infinity") == nil)
    }

    @Test func `floats beyond the largest are out of range`() {
        for text in ["0x1p128", "0x1.ffffffp127", "1e39", "340282356779733661637539395458142568448"] {
            #expect(isOutOfRange(parse(text, NumberText.f32)), "\(text)")
        }
        for text in ["0x1p1024", "-1e309", "0x1.fffffffffffff8p1023", "0x1p99999999999999999999999999"] {
            #expect(isOutOfRange(parse(text, NumberText.f64)), "\(text)")
        }
    }

    @Test(arguments: [
        "", ".5", "e5", "1e", "1e+", "1_.0", "1._0", "1.0_", "1e_1", "0x", "0x.1", "0x1p", "0x1._0", "0x1_.0",
        "0x1p1_",
        "1p1", "0x1.0pa", "1.0.0",
    ])
    func `what is no float is malformed`(text: String) {
        #expect(f64(text) == nil)
        #expect(!isOutOfRange(parse(text, NumberText.f64)))
    }
}
