internal import MoteModule

/// Names that modules carry, as people may read them.
package enum DisplayName {
    /// Most characters of a name that errors print.
    private static let limit = 200

    /// A name's bytes as text in which nothing acts on a terminal.
    ///
    /// Bytes that are not UTF-8 become `\ff`, and what is not to be seen (controls, marks of direction, ends of
    /// lines) `\u{202e}`, as the text format writes them. A long name is cut short.
    package static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text = ""
        var count = 0
        var decoder = UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        scanning: while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded):
                append(UTF8.decode(encoded), to: &text)
                position += encoded.count
            case .error(let length):
                for byte in bytes[position..<min(position + length, bytes.count)] {
                    text += "\\" + hexadecimal(UInt32(byte), digits: 2)
                }
                position += length
            case .emptyInput: break scanning
            }
            count += 1
            if count == limit, position < bytes.count {
                text += "..."
                break
            }
        }
        return text
    }

    /// The same for text.
    package static func text(_ name: String) -> String {
        var name = name
        return name.withUTF8 { text($0) }
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
            text += "\\u{" + hexadecimal(scalar.value, digits: 1) + "}"
        default: text.unicodeScalars.append(scalar)
        }
    }

    private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// A function's name: of the name section, else of an export, else of its import; nil where it has none.
    static func function(_ index: UInt32, of module: EngineModuleTables.Pointer) -> String? {
        let name = ModuleQueries.functionName(index, of: module)
        return name.isEmpty ? nil : text(name)
    }

    /// What the name section calls the module; nil where it has no name.
    static func module(_ module: EngineModuleTables.Pointer) -> String? {
        let name = ModuleQueries.bytes(module.pointee.moduleName, of: module)
        return name.isEmpty ? nil : text(name)
    }
}
