internal import CPlatform
internal import MoteEngine
internal import MoteLibc
internal import MoteModule
internal import MotePlatform

/// Values as the words of a command line.
///
/// | type | read | printed |
/// |---|---|---|
/// | i32, i64 | as C reads integers | `0x1f:i32` |
/// | f32, f64 | as C reads them; `nan:0x...` with a payload | `%.7g:f32` |
/// | v128 | two integers with `\` between them, the low half first | `<0xLOW 0xHIGH>:v128` |
/// | funcref | `null`, or the index of a function | `3:ref.func`, `func:ref.null` |
/// | externref | `null`, or a number that the guest passes on | `0x5:ref.extern`, `extern:ref.null` |
///
/// Behind a number, `_` and anything may follow.
enum ValueText {
    /// Puts what a word says into the slots of a parameter; false where it says nothing of that type.
    static func read(
        _ word: UnsafePointer<CChar>,
        _ type: ValueType,
        into slots: UnsafeMutablePointer<UInt64>,
        for instance: EngineInstance
    ) -> Bool {
        let end: UnsafePointer<CChar>
        switch type {
        case .i32, .i64:
            let reader = IntegerReader(word)
            slots[0] = type == .i32 ? reader.value & 0xFFFF_FFFF : reader.value
            end = reader.end
        case .f32:
            var rest: UnsafeMutablePointer<CChar>?
            var bits = strtof(word, &rest).bitPattern
            var stop = rest.map { UnsafePointer($0) } ?? word
            if bits & 0x7FFF_FFFF > 0x7F80_0000 {
                if word[0] == minus { bits |= 1 << 31 }
                if let payload = payload(&stop) {
                    bits = bits & 0xFF80_0000 | UInt32(truncatingIfNeeded: payload) & 0x7F_FFFF
                }
            }
            slots[0] = UInt64(bits)
            end = stop
        case .f64:
            var rest: UnsafeMutablePointer<CChar>?
            var bits = strtod(word, &rest).bitPattern
            var stop = rest.map { UnsafePointer($0) } ?? word
            if bits & (1 << 63 &- 1) > 0x7FF << 52 {
                if word[0] == minus { bits |= 1 << 63 }
                if let payload = payload(&stop) {
                    bits = bits & 0xFFF << 52 | payload & (1 << 52 &- 1)
                }
            }
            slots[0] = bits
            end = stop
        case .v128:
            let low = IntegerReader(word)
            guard low.end[0] == CChar(bitPattern: UInt8(ascii: "\\")) else { return false }
            let high = IntegerReader(low.end + 1)
            slots[0] = low.value
            slots[1] = high.value
            end = high.end
        default:
            if isNull(word) {
                slots[0] = 0
                return type.isNullable
            }
            let reader = IntegerReader(word)
            end = reader.end
            guard let reference = reference(to: reader.value, type, for: instance) else { return false }
            slots[0] = reference
        }
        return end[0] == 0 || end[0] == CChar(bitPattern: UInt8(ascii: "_"))
    }

    private static var minus: CChar { CChar(bitPattern: UInt8(ascii: "-")) }

    /// The number behind `nan:`, if there is one; `text` is what comes behind then.
    private static func payload(_ text: inout UnsafePointer<CChar>) -> UInt64? {
        guard text[0] == CChar(bitPattern: UInt8(ascii: ":")) else { return nil }
        let reader = IntegerReader(text + 1)
        text = reader.end
        return reader.value
    }

    /// Whether a word begins with `null`, in whatever case.
    private static func isNull(_ word: UnsafePointer<CChar>) -> Bool {
        let name: Text = "null"
        for index in 0..<4 {
            guard UInt8(bitPattern: word[index]) | 32 == name.start[index] else { return false }
        }
        return true
    }

    private static func reference(to number: UInt64, _ type: ValueType, for instance: EngineInstance)
        -> UInt64?
    {
        switch type.heapType {
        case .function:
            guard let index = UInt32(exactly: number), let function = instance.function(at: index) else {
                return nil
            }
            return UInt64(UInt(bitPattern: function))
        case .external:
            // Held as long as the store: a guest may keep it.
            let data = UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: number))
            do throws(EngineError) {
                return try instance.store.makeExternalReference(data, finalizer: nil)
            } catch {
                return nil
            }
        default: return nil
        }
    }

    /// Prints the value in the slots of a result.
    static func write(
        _ slots: UnsafePointer<UInt64>,
        _ type: ValueType,
        of store: EngineStore,
        to output: inout StandardOutput
    ) {
        switch type {
        case .i32:
            output.write("0x")
            output.write(slots[0] & 0xFFFF_FFFF, base: 16)
            output.write(":i32")
        case .i64:
            output.write("0x")
            output.write(slots[0], base: 16)
            output.write(":i64")
        case .f32:
            write(Double(Float(bitPattern: UInt32(truncatingIfNeeded: slots[0]))), to: &output)
            output.write(":f32")
        case .f64:
            write(Double(bitPattern: slots[0]), to: &output)
            output.write(":f64")
        case .v128:
            output.write("<0x")
            output.write(slots[0], base: 16, digitCount: 16)
            output.write(" 0x")
            output.write(slots[1], base: 16, digitCount: 16)
            output.write(">:v128")
        default: write(reference: slots[0], type, of: store, to: &output)
        }
    }

    private static func write(_ number: Double, to output: inout StandardOutput) {
        var text = InlineArray<32, CChar>(repeating: 0)
        withUnsafeMutablePointer(to: &text) {
            let start = UnsafeMutableRawPointer($0)
            NumberText.writeGeneral(number, to: start)
            output.write(cString: UnsafePointer(start.assumingMemoryBound(to: CChar.self)))
        }
    }

    private static func write(
        reference: UInt64,
        _ type: ValueType,
        of store: EngineStore,
        to output: inout StandardOutput
    ) {
        guard reference != 0 else {
            switch type.heapType {
            case .function, .noFunction: output.write("func:")
            case .external, .noExternal: output.write("extern:")
            case .exception, .noException: output.write("exn:")
            default: output.write(type.heapType.isConcrete ? "" : "any:")
            }
            return output.write("ref.null")
        }
        switch EngineStore.kind(of: reference) {
        case .function:
            let function = UnsafePointer<MoteFunction>(bitPattern: UInt(truncatingIfNeeded: reference))
            output.write(UInt64(function?.pointee.functionIndex ?? 0), base: 10)
            output.write(":ref.func")
        case .external:
            output.write("0x")
            output.write(UInt64(UInt(bitPattern: store.externalData(of: reference))), base: 16)
            output.write(":ref.extern")
        case .i31: output.write("ref.i31")
        case .array: output.write("ref.array")
        case .structure: output.write("ref.struct")
        case .exception: output.write("ref.exn")
        }
    }
}
