internal import MoteMemory

/// Formats as `printf` does.
struct Printer {
    let memory: LinearMemoryView
    var arguments: ArgumentReader
    var sink: TextSink

    init(_ memory: LinearMemoryView, arguments: UInt32, sink: TextSink) {
        self.memory = memory
        self.arguments = ArgumentReader(memory, at: arguments)
        self.sink = sink
    }

    /// Prints a whole format; the number of bytes it makes.
    mutating func print(_ text: UnsafeBufferPointer<UInt8>) throws(LibcFault) -> UInt32 {
        var format = FormatReader(text)
        while let byte = format.peek {
            format.skip()
            if byte == UInt8(ascii: "%") {
                guard let directive = try FormatDirective.read(from: &format, arguments: &arguments) else {
                    break
                }
                try convert(directive)
            } else {
                sink.put(byte)
            }
            if sink.isOutOfBounds { throw .outOfBounds }
        }
        sink.finish()
        if sink.isOutOfBounds { throw .outOfBounds }
        return sink.count
    }

    private mutating func convert(_ directive: FormatDirective) throws(LibcFault) {
        switch directive.conversion {
        case UInt8(ascii: "d"), UInt8(ascii: "i"):
            let value = try signed(directive.length)
            putInteger(directive, value.magnitude, base: 10, isNegative: value < 0)
        case UInt8(ascii: "u"): putInteger(directive, try unsigned(directive.length), base: 10)
        case UInt8(ascii: "o"): putInteger(directive, try unsigned(directive.length), base: 8)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            putInteger(directive, try unsigned(directive.length), base: 16)
        case UInt8(ascii: "p"):
            var directive = directive
            directive.isAlternate = true
            putInteger(directive, UInt64(try arguments.word()), base: 16)
        case UInt8(ascii: "c"):
            let character = UInt8(truncatingIfNeeded: try arguments.word())
            if !directive.isLeft { sink.put(UInt8(ascii: " "), count: directive.width &- 1) }
            sink.put(character)
            if directive.isLeft { sink.put(UInt8(ascii: " "), count: directive.width &- 1) }
        case UInt8(ascii: "s"): try putString(directive, at: try arguments.word())
        case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "g"),
            UInt8(ascii: "G"):
            putFloat(directive, Double(bitPattern: try arguments.double()))
        case UInt8(ascii: "%"): sink.put(UInt8(ascii: "%"))
        default:
            // Nobody knows what argument it has, so the rest would print rubbish; the letter shows which one it was.
            sink.put(UInt8(ascii: "%"))
            sink.put(directive.conversion)
        }
    }

    private mutating func signed(_ length: FormatDirective.Length) throws(LibcFault) -> Int64 {
        switch length {
        case .byte: Int64(Int8(truncatingIfNeeded: try arguments.word()))
        case .short: Int64(Int16(truncatingIfNeeded: try arguments.word()))
        case .word: Int64(Int32(bitPattern: try arguments.word()))
        case .double: Int64(bitPattern: try arguments.double())
        }
    }

    private mutating func unsigned(_ length: FormatDirective.Length) throws(LibcFault) -> UInt64 {
        switch length {
        case .byte: UInt64(try arguments.word() & 0xFF)
        case .short: UInt64(try arguments.word() & 0xFFFF)
        case .word: UInt64(try arguments.word())
        case .double: try arguments.double()
        }
    }

    /// A text; with a precision it needs no zero behind that many bytes.
    private mutating func putString(_ directive: FormatDirective, at address: UInt32) throws(LibcFault) {
        let most = UInt64(directive.precision ?? .max)
        var count: UInt64 = 0
        while count < most {
            guard let byte = memory.load(UInt8.self, at: UInt64(address) &+ count) else { throw .outOfBounds }
            if byte == 0 { break }
            count &+= 1
        }
        let padding = directive.width &- Int(truncatingIfNeeded: count)
        if !directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
        if let start = memory.pointer(at: UInt64(address), count: count) {
            let bytes = start.assumingMemoryBound(to: UInt8.self)
            sink.put(UnsafeBufferPointer(start: bytes, count: Int(truncatingIfNeeded: count)))
        }
        if directive.isLeft { sink.put(UInt8(ascii: " "), count: padding) }
    }
}
