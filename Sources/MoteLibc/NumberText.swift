internal import MoteMemory

/// Numbers as texts, for the host.
package enum NumberText {
    /// Bytes that any text fits in, its zero included.
    package static var capacity: Int { 32 }

    /// What `printf` makes of a number with `%.7g`, into a buffer of ``capacity`` bytes.
    package static func writeGeneral(_ number: Double, to buffer: UnsafeMutableRawPointer) {
        var directive = FormatDirective()
        directive.conversion = UInt8(ascii: "g")
        directive.precision = 7
        let memory = LinearMemoryView(base: buffer, sizeInBytes: UInt64(capacity))
        var printer = Printer(
            memory,
            arguments: 0,
            sink: TextSink(memory, at: 0, capacity: UInt32(capacity))
        )
        printer.putFloat(directive, number)
        printer.sink.finish()
    }
}
