internal import MoteText

extension ScriptSyntax {
    /// An argument: `(i32.const 1)`, `(v128.const i32x4 0 1 2 3)`, `(ref.null extern)`, `(ref.extern 1)`.
    static func value(_ cursor: inout TextCursor) throws(TextError) -> ScriptValue {
        try cursor.expectLeftParen()
        let keyword = try cursor.next()
        let value: ScriptValue
        switch cursor.text(keyword) {
        case "i32.const": value = .i32(try cursor.i32(try cursor.next()))
        case "i64.const": value = .i64(try cursor.i64(try cursor.next()))
        case "f32.const": value = .f32(try cursor.f32(try cursor.next()))
        case "f64.const": value = .f64(try cursor.f64(try cursor.next()))
        case "v128.const":
            let shape = try shape(&cursor)
            var lanes = LaneAccumulator()
            for _ in 0..<shape.laneCount {
                let token = try cursor.next()
                lanes.append(try bits(of: token, shape, cursor), laneBits: shape.laneBits)
            }
            value = .v128(lanes.low, lanes.high)
        case "ref.null":
            if try cursor.look().kind != .rightParen { _ = try cursor.next() }
            value = .null
        case "ref.extern", "ref.host": value = .host(try cursor.i64(try cursor.next()))
        default: throw cursor.unexpected(keyword, "a value")
        }
        try cursor.expectRightParen()
        return value
    }

    /// What is expected of a result.
    static func pattern(_ cursor: inout TextCursor) throws(TextError) -> ResultPattern {
        guard try cursor.takeLeftParen("either") else { return try simplePattern(&cursor) }
        var patterns: [ResultPattern] = []
        while try !cursor.takeRightParen() { patterns.append(try simplePattern(&cursor)) }
        return .either(patterns)
    }

    private static func simplePattern(_ cursor: inout TextCursor) throws(TextError) -> ResultPattern {
        try cursor.expectLeftParen()
        let keyword = try cursor.next()
        let text = cursor.text(keyword)
        let pattern: ResultPattern
        switch text {
        case "i32.const": pattern = .i32(try cursor.i32(try cursor.next()))
        case "i64.const": pattern = .i64(try cursor.i64(try cursor.next()))
        case "f32.const": pattern = .f32(try float(try cursor.next(), .f32x4, cursor))
        case "f64.const": pattern = .f64(try float(try cursor.next(), .f64x2, cursor))
        case "v128.const": pattern = try vector(&cursor)
        case "ref.null":
            if try cursor.look().kind != .rightParen { _ = try cursor.next() }
            pattern = .null
        case "ref.extern" where try cursor.look().kind != .rightParen, "ref.host":
            pattern = .host(try cursor.i64(try cursor.next()))
        default:
            guard text.hasPrefix("ref."), let kind = ReferencePattern(rawValue: String(text.dropFirst(4)))
            else {
                throw cursor.unexpected(keyword, "a result")
            }
            // A function's index says nothing about the reference that a caller sees.
            if kind == .function, try cursor.look().kind != .rightParen { _ = try cursor.next() }
            pattern = .reference(kind)
        }
        try cursor.expectRightParen()
        return pattern
    }

    private static func vector(_ cursor: inout TextCursor) throws(TextError) -> ResultPattern {
        let shape = try shape(&cursor)
        guard shape.isFloat else {
            var lanes = LaneAccumulator()
            for _ in 0..<shape.laneCount {
                let token = try cursor.next()
                lanes.append(try bits(of: token, shape, cursor), laneBits: shape.laneBits)
            }
            return .integers(shape, low: lanes.low, high: lanes.high)
        }
        var lanes: [FloatPattern] = []
        for _ in 0..<shape.laneCount {
            let token = try cursor.next()
            lanes.append(try float(token, shape, cursor))
        }
        return .floats(shape, lanes)
    }

    private static func shape(_ cursor: inout TextCursor) throws(TextError) -> LaneShape {
        let token = try cursor.next()
        guard let shape = LaneShape(rawValue: cursor.text(token)) else {
            throw cursor.unexpected(token, "a vector's shape")
        }
        return shape
    }

    /// One lane of a vector that is written down exactly.
    private static func bits(
        of token: Token,
        _ shape: LaneShape,
        _ cursor: TextCursor
    ) throws(TextError) -> UInt64 {
        switch shape {
        case .f32x4: UInt64(try cursor.f32(token))
        case .f64x2: try cursor.f64(token)
        default: try cursor.integer(token, bits: shape.laneBits)
        }
    }

    private static func float(
        _ token: Token,
        _ shape: LaneShape,
        _ cursor: TextCursor
    ) throws(TextError) -> FloatPattern {
        if cursor.matches(token, "nan:canonical") { return .canonicalNaN }
        if cursor.matches(token, "nan:arithmetic") { return .arithmeticNaN }
        return .bits(try bits(of: token, shape, cursor))
    }
}
