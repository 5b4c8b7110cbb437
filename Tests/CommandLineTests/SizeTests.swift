import MoteCommands
import Testing

struct SizeTests {
    @Test(
        arguments: [
            ("0", 0), ("4096", 4096), ("64K", 65536), ("64k", 65536), ("64KiB", 65536), ("1M", 1 << 20),
            ("2G", 2 << 30),
            ("0x400", 1024), ("0xFFk", nil), ("", nil), ("K", nil), ("-1", nil), ("+1", nil), ("1.5M", nil),
            ("12Q", nil),
            ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("9000000T", nil), ("0x", nil),
        ] as [(String, Int?)]
    )
    func `sizes are read as users write them`(text: String, bytes: Int?) {
        #expect(ByteSize(text)?.bytes == bytes)
    }

    @Test(
        arguments: [
            ("500", 500), ("500ms", 500), ("2s", 2000), ("1.5s", 1500), ("0", nil), ("s", nil), ("-1s", nil),
        ]
            as [(String, Int?)]
    )
    func `times are read as users write them`(text: String, milliseconds: Int?) {
        #expect(TimeSpan(text)?.milliseconds == milliseconds)
    }
}
