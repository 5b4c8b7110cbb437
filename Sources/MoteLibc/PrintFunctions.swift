internal import MoteMemory

// printf and its family, puts, putchar.
extension LibcCall {
    func printFormatted() throws(LibcFault) -> UInt32 {
        try format(0, arguments: 1, TextSink(descriptor: context.pointee.standardOutput))
    }

    func printToString() throws(LibcFault) -> UInt32 {
        // Without a size only the end of memory bounds it.
        try format(1, arguments: 2, TextSink(memory, at: word(0), capacity: .max))
    }

    func printToBoundedString() throws(LibcFault) -> UInt32 {
        try format(2, arguments: 3, TextSink(memory, at: word(0), capacity: word(1)))
    }

    private func format(_ format: Int, arguments: Int, _ sink: TextSink) throws(LibcFault) -> UInt32 {
        var printer = Printer(memory, arguments: word(arguments), sink: sink)
        return try printer.print(try text(word(format)))
    }

    func putLine() throws(LibcFault) -> UInt32 {
        let text = try text(word(0))
        var sink = TextSink(descriptor: context.pointee.standardOutput)
        sink.put(text)
        sink.put(UInt8(ascii: "\n"))
        sink.finish()
        return sink.count
    }

    func putCharacter() -> UInt32 {
        var sink = TextSink(descriptor: context.pointee.standardOutput)
        sink.put(UInt8(truncatingIfNeeded: word(0)))
        sink.finish()
        return 1
    }
}
