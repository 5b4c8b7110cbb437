internal import MoteBinary

extension UTF8Check {
    /// Whether all bytes of an array are UTF-8.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { firstFault($0, count: buffer.count) == nil } ?? true
        }
    }
}

/// String literals (spec 6.3.3).
enum StringText {
    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The offset behind the closing quote of a literal whose opening quote is at `start`, all escapes checked.
    static func end(_ base: UnsafePointer<UInt8>, from start: Int, sourceCount: Int) throws(TextError) -> Int
    {
        var position = start + 1
        while true {
            let byte = base[position]
            switch byte {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position = try escapeEnd(base, from: position)
            case 0x0A, 0x0D: throw TextError("unclosed string", at: start)
            case 0..<0x20, 0x7F:
                throw position >= sourceCount
                    ? TextError("unclosed string", at: start) : TextError("illegal character", at: position)
            default: position += 1
            }
        }
    }

    private static func escapeEnd(_ base: UnsafePointer<UInt8>, from start: Int) throws(TextError) -> Int {
        // The source ends with zeros, which are in no escape: nothing behind it is read.
        let byte = base[start + 1]
        switch byte {
        case UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "\\"):
            return start + 2
        case UInt8(ascii: "u"):
            guard base[start + 2] == UInt8(ascii: "{"), let scalar = scalar(base, from: start + 3) else {
                throw TextError("illegal escape", at: start)
            }
            return scalar.end
        default:
            guard hexDigit(byte) != nil, hexDigit(base[start + 2]) != nil else {
                throw TextError("illegal escape", at: start)
            }
            return start + 3
        }
    }

    /// The scalar value of `hexnum }`, and the offset behind the brace.
    private static func scalar(_ base: UnsafePointer<UInt8>, from start: Int) -> (
        value: Unicode.Scalar, end: Int
    )? {
        var value: UInt32 = 0
        var position = start
        var afterDigit = false
        while true {
            let byte = base[position]
            if let digit = hexDigit(byte) {
                value = value << 4 | UInt32(digit)
                guard value < 0x110000 else { return nil }
                afterDigit = true
            } else if byte == UInt8(ascii: "_"), afterDigit {
                afterDigit = false
            } else {
                guard byte == UInt8(ascii: "}"), afterDigit, let scalar = Unicode.Scalar(value) else {
                    return nil
                }
                return (scalar, position + 1)
            }
            position += 1
        }
    }

    /// Appends what a checked literal (with its quotes) stands for.
    static func decode(_ literal: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        guard let base = literal.baseAddress, literal.count >= 2 else { return }
        let end = literal.count - 1
        var position = 1
        while position < end {
            var run = position
            while run < end, base[run] != UInt8(ascii: "\\") { run += 1 }
            bytes.append(contentsOf: UnsafeBufferPointer(start: base + position, count: run - position))
            position = run
            guard position + 1 < end else { break }
            let byte = base[position + 1]
            switch byte {
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(base, from: position + 3) else { return }
                bytes.append(contentsOf: UTF8.encode(scalar.value) ?? UTF8.encodedReplacementCharacter)
                position = scalar.end
                continue
            default:
                bytes.append((hexDigit(byte) ?? 0) << 4 | (hexDigit(base[position + 2]) ?? 0))
                position += 3
                continue
            }
            position += 2
        }
    }
}
