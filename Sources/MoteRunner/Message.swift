internal import CPlatform
internal import MotePlatform

/// What the runner says: on standard output, as WAMR's does, but for notes, which go where no guest's output is.
enum Message {
    static var output: StandardOutput { StandardOutput() }

    static func write(_ before: Text, _ text: UnsafePointer<CChar>?, _ after: Text = "\n") {
        var output = output
        output.write(before)
        if let text { output.write(cString: text) }
        output.write(after)
        output.flush()
    }

    /// Says something of an option on standard error.
    static func note(literal option: Text, _ text: Text) {
        note(option.cString, text)
    }

    static func note(_ option: UnsafePointer<CChar>, _ text: Text) {
        var output = StandardOutput(descriptor: 2)
        output.write("iwasm: ")
        output.write(cString: option)
        output.write(": ")
        output.write(text)
        output.write("\n")
        output.flush()
    }
}
