import MoteCommands
import Testing

struct RunLineTests {
    @Test(
        arguments: [
            ("", [], nil), ("  ", [], nil), ("one two", ["one", "two"], nil),
            ("'one two' \"three'\"", ["one two", "three'"], nil),
            (#"a\ b "c\"d\\" '\'"#, ["a b", "c\"d\\", "\\"], nil), ("a''b ''", ["ab", ""], nil),
            ("one < file", ["one"], "file"), ("<file one", ["one"], "file"), ("< 'a file'", [], "a file"),
            ("one # two", ["one"], nil), ("one#two", ["one#two"], nil), ("# all", [], nil),
        ] as [(String, [String], String?)]
    )
    func `a line is parted as a shell does it`(line: String, arguments: [String], file: String?) throws {
        let run = try #require(RunLine(line))
        #expect(run.arguments == arguments)
        #expect(run.file == file)
    }

    @Test(arguments: ["'", "\"a", "a <", "< < a", "a\\", "a 'b' \"c"])
    func `what has no end is none`(line: String) {
        #expect(RunLine(line) == nil)
    }

    @Test func `shares are whole numbers, with a sign for per cent or without`() {
        #expect(Percentage("10%")?.value == 10)
        #expect(Percentage("0")?.value == 0)
        #expect(Percentage("1000%")?.value == 1000)
        for wrong in ["", "%", "+1", "-1", "1001", "1.5%", "much"] { #expect(Percentage(wrong) == nil) }
    }
}
