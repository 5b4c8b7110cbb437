internal import Mote

/// Arguments of `--invoke`, read as the function's signature says.
enum Invocation {
    static func values(
        _ words: [String],
        for type: FunctionType,
        name: String
    ) throws(CommandFailure) -> [Value] {
        guard words.count == type.parameters.count else {
            throw CommandFailure(
                "\(name) has type \(type): \(type.parameters.count) arguments wanted, not \(words.count)",
                exitCode: 2
            )
        }
        var values: [Value] = []
        for (word, type) in zip(words, type.parameters) {
            guard let value = value(word, type) else {
                throw CommandFailure("\(name): \"\(word)\" is no \(type)", exitCode: 2)
            }
            values.append(value)
        }
        return values
    }

    /// A value of a type; integers signed, unsigned or as `0x...`, within 32 or 64 bits.
    static func value(_ word: String, _ type: ValueType) -> Value? {
        switch type {
        case .i32: integer(word, bits: 32).map { .i32(Int32(truncatingIfNeeded: $0)) }
        case .i64: integer(word, bits: 64).map { .i64(Int64(truncatingIfNeeded: $0)) }
        case .f32: Float(word).map { .f32($0) }
        case .f64: Double(word).map { .f64($0) }
        case .funcref: word == "null" ? .funcref(nil) : nil
        case .externref: word == "null" ? .externref(nil) : nil
        case .anyref, .eqref, .structref, .arrayref, .i31ref: word == "null" ? .anyref(nil) : nil
        case .exnref: word == "null" ? .exnref(nil) : nil
        case .v128: vector(word).map { .v128($0) }
        case .otherReference: nil
        }
    }

    /// Up to 32 hexadecimal digits behind `0x`, the last lane's first, as vectors are printed.
    private static func vector(_ word: String) -> SIMD16<UInt8>? {
        let digits = word.lowercased().dropFirst(2)
        guard word.lowercased().hasPrefix("0x"), (1...32).contains(digits.count),
            let lower = UInt64(digits.suffix(16), radix: 16),
            let upper = digits.count > 16 ? UInt64(digits.dropLast(16), radix: 16) : 0
        else { return nil }
        return SIMD16(bits: lower, upperBits: upper)
    }

    private static func integer(_ word: String, bits: Int) -> UInt64? {
        let isNegative = word.hasPrefix("-")
        let digits = isNegative || word.hasPrefix("+") ? word.dropFirst() : word[...]
        let lower = digits.lowercased()
        let magnitude = lower.hasPrefix("0x") ? UInt64(lower.dropFirst(2), radix: 16) : UInt64(lower)
        guard let magnitude else { return nil }
        let half = UInt64(1) << UInt64(bits - 1)
        if isNegative { return magnitude <= half ? 0 &- magnitude : nil }
        return bits == 64 || magnitude < half << 1 ? magnitude : nil
    }
}
