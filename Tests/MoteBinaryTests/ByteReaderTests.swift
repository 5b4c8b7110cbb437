import MoteBinary
import MoteModule
import Testing

/// Reads with a closure from bytes; an error becomes its kind.
private func read<Value>(
    _ bytes: [UInt8],
    _ body: (inout ByteReader) throws(DecodeError) -> Value
) -> Result<Value, DecodeError> {
    bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else {
            return .failure(DecodeError(.unexpectedEnd, at: 0))
        }
        var reader = ByteReader(base: base, offset: 0, end: buffer.count)
        do throws(DecodeError) {
            let value = try body(&reader)
            #expect(reader.offset <= buffer.count)
            return .success(value)
        } catch {
            #expect(error.byteOffset <= buffer.count)
            return .failure(error)
        }
    }
}

private func kind<Value>(_ result: Result<Value, DecodeError>) -> DecodeError.Kind? {
    if case .failure(let error) = result { error.kind } else { nil }
}

@Suite struct ByteReaderTests {
    @Test func `unsigned numbers are read to their last bit`() {
        func u32(_ bytes: [UInt8]) -> Result<UInt32, DecodeError> {
            read(bytes) { r throws(DecodeError) in try r.u32LEB() }
        }
        #expect(u32([0]) == .success(0))
        #expect(u32([0x7F]) == .success(127))
        #expect(u32([0x80, 0x01]) == .success(128))
        #expect(u32([0x80, 0x80, 0x80, 0x80, 0x00]) == .success(0))
        #expect(u32([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == .success(.max))
        #expect(kind(u32([0xFF, 0xFF, 0xFF, 0xFF, 0x1F])) == .integerTooLarge)
        #expect(kind(u32([0x80, 0x80, 0x80, 0x80, 0x80, 0])) == .integerTooLong)
        #expect(kind(u32([0x80, 0x80])) == .unexpectedEnd)
        func u64(_ bytes: [UInt8]) -> Result<UInt64, DecodeError> {
            read(bytes) { r throws(DecodeError) in try r.u64LEB() }
        }
        let nine = [UInt8](repeating: 0xFF, count: 9)
        #expect(u64(nine + [0x01]) == .success(.max))
        #expect(kind(u64(nine + [0x02])) == .integerTooLarge)
        #expect(kind(u64(nine + [0x81, 0])) == .integerTooLong)
    }

    @Test func `signed numbers keep their sign and refuse what would lose it`() {
        func s32(_ bytes: [UInt8]) -> Result<Int32, DecodeError> {
            read(bytes) { r throws(DecodeError) in try r.s32LEB() }
        }
        #expect(s32([0x7F]) == .success(-1))
        #expect(s32([0x40]) == .success(-64))
        #expect(s32([0x3F]) == .success(63))
        #expect(s32([0xC0, 0x00]) == .success(64))
        #expect(s32([0x80, 0x7F]) == .success(-128))
        #expect(s32([0x80, 0x80, 0x80, 0x80, 0x78]) == .success(.min))
        #expect(s32([0xFF, 0xFF, 0xFF, 0xFF, 0x07]) == .success(.max))
        #expect(s32([0xFF, 0xFF, 0xFF, 0xFF, 0x7F]) == .success(-1))
        #expect(kind(s32([0x80, 0x80, 0x80, 0x80, 0x70])) == .integerTooLarge)
        #expect(kind(s32([0xFF, 0xFF, 0xFF, 0xFF, 0x0F])) == .integerTooLarge)
        #expect(kind(s32([0xFF, 0xFF, 0xFF, 0xFF, 0x4F])) == .integerTooLarge)
        #expect(kind(s32([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])) == .integerTooLong)
        func s64(_ bytes: [UInt8]) -> Result<Int64, DecodeError> {
            read(bytes) { r throws(DecodeError) in try r.s64LEB() }
        }
        let nine = [UInt8](repeating: 0x80, count: 9)
        #expect(s64(nine + [0x7F]) == .success(.min))
        #expect(s64(nine + [0x00]) == .success(0))
        #expect(s64([0x7F]) == .success(-1))
        #expect(kind(s64(nine + [0x7E])) == .integerTooLarge)
        #expect(kind(s64(nine + [0x01])) == .integerTooLarge)
        func s33(_ bytes: [UInt8]) -> Result<Int64, DecodeError> {
            read(bytes) { r throws(DecodeError) in try r.s33() }
        }
        #expect(s33([0x70]) == .success(-16))
        #expect(s33([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]) == .success(Int64(UInt32.max)))
        #expect(kind(s33([0xFF, 0xFF, 0xFF, 0xFF, 0x2F])) == .integerTooLarge)
    }

    @Test func `every one-byte and two-byte number equals its arithmetic value`() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min..<0x80 {
                let value = first < 0x80 ? Int64(first) : Int64(first & 0x7F) | Int64(second) << 7
                let width: Int64 = first < 0x80 ? 7 : 14
                let signed = value >= (1 << (width - 1)) ? value - (1 << width) : value
                let unsigned = read([first, second]) { r throws(DecodeError) in try r.u32LEB() }
                let read32 = read([first, second]) { r throws(DecodeError) in try r.s32LEB() }
                let read64 = read([first, second]) { r throws(DecodeError) in try r.s64LEB() }
                guard unsigned == .success(UInt32(value)), read32 == .success(Int32(signed)),
                    read64 == .success(signed)
                else {
                    Issue.record("\(first) \(second)")
                    return
                }
            }
        }
    }

    @Test func `floating-point bits are little-endian and need all their bytes`() {
        #expect(read([1, 2, 3, 4]) { r throws(DecodeError) in try r.f32Bits() } == .success(0x0403_0201))
        #expect(
            read([1, 2, 3, 4, 5, 6, 7, 8]) { r throws(DecodeError) in try r.f64Bits() }
                == .success(0x0807_0605_0403_0201)
        )
        #expect(kind(read([1, 2, 3]) { r throws(DecodeError) in try r.f32Bits() }) == .unexpectedEnd)
        #expect(
            kind(read([1, 2, 3, 4, 5, 6, 7]) { r throws(DecodeError) in try r.f64Bits() }) == .unexpectedEnd
        )
    }

    @Test func `UTF-8 is checked as the standard library does it`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...6, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if Bool.random(using: &random) {
                // Near the borders of the table.
                bytes[0] = [0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEE, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5].randomElement(
                    using: &random
                )!
                for index in 1..<max(count, 1) {
                    bytes[index] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0].randomElement(
                        using: &random
                    )!
                }
            }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            let found = bytes.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { UTF8Check.firstFault($0, count: buffer.count) == nil }
            }
            #expect(found == expected, "\(bytes)")
        }
    }
}
