internal import ArgumentParser

/// A size in bytes as users write it: `4096`, `64K`, `1M`, `2G`, `0x400`.
package struct ByteSize: Equatable {
    package var bytes: Int

    package init?(_ text: String) {
        let lower = text.lowercased()
        if lower.hasPrefix("0x") {
            guard let bytes = Int(lower.dropFirst(2), radix: 16), bytes >= 0 else { return nil }
            self.bytes = bytes
            return
        }
        var digits = lower[...]
        for ending in ["ib", "b"] where digits.hasSuffix(ending) {
            digits = digits.dropLast(ending.count)
            break
        }
        var shift = 0
        if let unit = ["k": 10, "m": 20, "g": 30, "t": 40][digits.last.map(String.init) ?? ""] {
            shift = unit
            digits = digits.dropLast()
        }
        guard let number = Int(digits), number >= 0, digits.first != "+" else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}

extension ByteSize: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}

/// A span of time as users write it: `500` or `500ms`, `2s`, `1.5s`.
package struct TimeSpan: Equatable {
    package var milliseconds: Int

    package init?(_ text: String) {
        let lower = text.lowercased()
        if lower.hasSuffix("ms") {
            guard let number = Int(lower.dropLast(2)), number > 0 else { return nil }
            milliseconds = number
        } else if lower.hasSuffix("s") {
            guard let number = Double(lower.dropLast()), number > 0, number < 1e12,
                let whole = Int(exactly: (number * 1000).rounded(.up))
            else { return nil }
            milliseconds = whole
        } else {
            guard let number = Int(lower), number > 0 else { return nil }
            milliseconds = number
        }
    }
}

extension TimeSpan: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
