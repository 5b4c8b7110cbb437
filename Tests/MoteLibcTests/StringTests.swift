import MoteEngine
import MoteLibc
import Testing

@Suite struct StringTests {
    @Test func `texts are measured, compared, searched and copied`() throws {
        let guest = LibcGuest()
        guest.put("hello world", at: 100)
        guest.put("Hello", at: 200)
        guest.put("wor", at: 300)
        #expect(try guest.call("strlen", 100) == 11)
        #expect(try guest.call("strchr", 100, 111) == 104)
        #expect(try guest.call("strchr", 100, 0) == 111)
        #expect(try guest.call("strchr", 100, 122) == 0)
        #expect(try guest.call("strstr", 100, 300) == 106)
        #expect(try guest.call("strstr", 300, 100) == 0)
        #expect(Int32(bitPattern: try guest.call("strcmp", 100, 200)) > 0)
        #expect(try guest.call("strncasecmp", 100, 200, 5) == 0)
        #expect(try guest.call("strncmp", 100, 100, 50) == 0)
        #expect(try guest.call("strcpy", 400, 100) == 400)
        #expect(guest.text(at: 400) == "hello world")
        guest.put(UInt64.max, at: 500)
        #expect(try guest.call("strncpy", 500, 300, 6) == 500)
        #expect((500..<508).map { guest.memory[$0] } == [119, 111, 114, 0, 0, 0, 255, 255])
        #expect(try guest.call("strspn", 100, 200) == 0)
        guest.put("ehlo", at: 200)
        #expect(try guest.call("strspn", 100, 200) == 5)
        #expect(try guest.call("strcspn", 100, 300) == 4)
        #expect(try guest.call("memchr", 100, 119, 11) == 106)
        #expect(try guest.call("memcmp", 100, 400, 11) == 0)
        #expect(try guest.call("memmove", 101, 100, 11) == 101)
        #expect(guest.text(at: 100) == "hhello world")
        #expect(try guest.call("memset", 100, 0x141, 3) == 100)
        #expect(guest.text(at: 100) == "AAAllo world")
    }

    @Test func `numbers are read as C reads them`() throws {
        let guest = LibcGuest()
        func long(_ text: String, _ base: UInt32) throws -> (Int32, UInt32) {
            guest.put(text, at: 100)
            let value = Int32(bitPattern: try guest.call("strtol", 100, 50, base))
            let end = UnsafeRawPointer(guest.memory).load(fromByteOffset: 50 + 2, as: UInt16.self)
            return (value, UInt32(guest.memory[50]) | UInt32(end) << 16)
        }
        #expect(try long("  -42x", 10) == (-42, 105))
        #expect(try long("0x1Fz", 0) == (31, 104))
        #expect(try long("0xz", 16) == (0, 101))
        #expect(try long("077", 0) == (63, 103))
        #expect(try long("nothing", 10) == (0, 100))
        #expect(try long("99999999999", 10).0 == .max)
        #expect(try long("-99999999999", 10).0 == .min)
        #expect(try long("-2147483648", 10).0 == .min)
        #expect(try long("zz", 36).0 == 1295)
        guest.put("4294967295", at: 100)
        #expect(try guest.call("strtoul", 100, 0, 10) == .max)
        guest.put(" +17", at: 100)
        #expect(try guest.call("atoi", 100) == 17)
    }

    @Test func `classes of characters are those of ASCII`() throws {
        let guest = LibcGuest()
        for value in (0..<256 as Range<UInt32>) + [1000, .max] {
            let scalar = value < 128 ? Character(Unicode.Scalar(UInt8(value))) : nil
            #expect(try guest.call("isalpha", value) == (scalar?.isLetter == true ? 1 : 0))
            #expect(try guest.call("isdigit", value) == (scalar?.isNumber == true ? 1 : 0))
            #expect(try guest.call("isxdigit", value) == (scalar?.isHexDigit == true ? 1 : 0))
            #expect(try guest.call("isupper", value) == (scalar?.isUppercase == true ? 1 : 0))
            #expect(try guest.call("isprint", value) == (value >= 32 && value < 127 ? 1 : 0))
            let upper = value >= 97 && value <= 122 ? value - 32 : value
            #expect(try guest.call("toupper", value) == upper)
        }
    }

    @Test func `ranges outside of memory trap before anything is written`() {
        let guest = LibcGuest()
        let size = UInt32(LibcGuest.memorySize)
        for name in ["memcpy", "memmove", "memset", "emscripten_memcpy_big"] {
            guest.memory[0] = 7
            #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call(name, 0, 0, size &+ 1) }
            #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call(name, size &- 1, 0, 2) }
            #expect(guest.memory[0] == 7)
        }
        guest.memory[Int(size) - 1] = 1
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("strlen", size &- 1) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("strlen", .max) }
        #expect(throws: TrapCode.memoryOutOfBounds) { try guest.call("strcpy", size &- 2, 100_000) }
    }

    @Test func `the table has each function once`() {
        let names = (0..<LibcFunctions.count).map { LibcFunctions.entry(at: $0).name.description }
        #expect(Set(names).count == names.count)
        #expect(names.contains("clock"))
        #expect(names.count == 49)
    }

    @Test func `a guest ends itself`() {
        let guest = LibcGuest()
        var code: Int32 = 0
        guest.context.pointee.noteExit = { environment, code in
            environment.pointee.userData?.storeBytes(of: code, as: Int32.self)
        }
        withUnsafeMutablePointer(to: &code) {
            guest.environment.pointee.userData = UnsafeMutableRawPointer($0)
            #expect(throws: TrapCode.exit) { try guest.call("exit", 3) }
        }
        #expect(code == 3)
        #expect(throws: TrapCode.hostError) { try guest.call("abort", .max) }
    }
}
